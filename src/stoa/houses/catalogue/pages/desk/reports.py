# SPDX-License-Identifier: EUPL-1.2
"""'This row is wrong': the queue of a department, and the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import NotFound, Problem
from stoa.houses.catalogue.actions.reporting import answer_report
from stoa.houses.catalogue.models import RowReport
from stoa.houses.catalogue.pages.desk.opening import attempt, done, pager, place_asked, title_of, way
from stoa.houses.catalogue.pages.public.showing import in_words
from stoa.houses.catalogue.queries.desk_lists import report_to_answer, reports_page
from stoa.houses.catalogue.queries.rows import row_values
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import REPORT_LABELS, ReportState
from stoa.web.parts import Cell, Column, Row, Table

SIZE = 50
OUTCOMES = (
    (ReportState.MENDED, _("Mended: the next version shows it right")),
    (ReportState.RIGHT_AS_IT_IS, _("Right as it is")),
    (ReportState.CANNOT_SAY, _("It cannot be settled")),
)


class AnswerForm(forms.Form):
    """What became of a report."""

    state = forms.ChoiceField(
        label=_("What became of it?"),
        widget=forms.RadioSelect,
        choices=[(str(state), words) for state, words in OUTCOMES],
        error_messages={"required": _("Choose one.")},
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "The sender reads it, and so does everybody with the address of the report. Write nothing about people."
        ),
        error_messages={"required": _("Write one sentence for the sender.")},
    )


@desk_page
@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """Open reports, the oldest first; or all of them."""
    by = principal_of(request)
    if not by.may(Permission.ANSWER_REPORT):
        raise PermissionDenied
    only_open = request.GET.get("all") != "1"
    first = place_asked(request, 1_000_000) // SIZE * SIZE
    listed, total = reports_page(
        city=city_of(request), principal=by, only_open=only_open, first=first, size=SIZE
    )
    lead = gettext("People say that these rows are wrong. Each gets one answer.")
    context = frame(
        request, "reports", gettext("Reported rows"), lead, crumbs=way((gettext("Reported rows"), ""))
    )
    context |= {
        "reports": [
            (one, title_of(one.dataset), gettext(REPORT_LABELS[ReportState(one.state)])) for one in listed
        ],
        "only_open": only_open,
        "pager": pager(request, first=first, shown=len(listed), total=total, size=SIZE),
    }
    return render(request, "catalogue/desk/reports.html", context)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The row as it was sent, as it is now, and the answer."""
    by = principal_of(request)
    found = report_to_answer(city=city_of(request), principal=by, report_id=pk)
    form = AnswerForm(request.POST or None)
    if request.method != "POST":
        return _show(request, found, form)
    if not form.is_valid():
        return _show(request, found, form)
    said = form.cleaned_data
    problems = attempt(
        lambda: answer_report(report=found, state=ReportState(said["state"]), answer=said["answer"], by=by)
    )
    if problems:
        return _show(
            request, report_to_answer(city=city_of(request), principal=by, report_id=pk), form, problems
        )
    return done(request, gettext("Answered. Whoever left an address gets a message."), "desk-reports")


def _show(
    request: HttpRequest, found: RowReport, form: AnswerForm, problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    title = title_of(found.dataset)
    heading = gettext("Row %(row)s of “%(title)s”") % {"row": found.row, "title": title}
    crumbs = way((gettext("Reported rows"), reverse("desk-reports")), (heading, ""))
    context = frame(
        request, "reports", heading, gettext("Somebody says that this row is wrong."), crumbs=crumbs
    )
    context |= {
        "report": found,
        "dataset_title": title,
        "dataset_page": reverse("desk-dataset", args=(found.dataset.slug,)),
        "state": gettext(REPORT_LABELS[ReportState(found.state)]),
        "is_open": found.state == ReportState.OPEN,
        "table": _table(found),
        "form": form,
        "problems": problems,
    }
    return render(
        request, "catalogue/desk/report.html", context, status=422 if request.method == "POST" else 200
    )


def _table(found: RowReport) -> Table:
    """Every column with the value the sender saw and the one that stands there now."""
    current = found.dataset.current
    specs = {spec.name: spec for spec in current.specs} if current else {}
    now = _row_now(found)
    rows = []
    for name in dict.fromkeys([*found.values, *specs]):
        words = specs[name].label if name in specs else name
        mark = gettext("%(column)s (said to be wrong)") % {"column": words} if name == found.column else words
        rows.append(Row([Cell(mark), Cell(str(found.values.get(name, ""))), Cell(in_words(now.get(name)))]))
    seen = gettext("As the sender saw it (version %(n)s)") % {"n": found.version_number}
    columns = [
        Column(gettext("Column"), is_heading=True),
        Column(seen, is_long=True),
        Column(gettext("As it is now"), is_long=True),
    ]
    return Table(gettext("The row"), columns, rows)


def _row_now(found: RowReport) -> dict[str, Any]:
    """The row with the same number in the version that is shown now; empty if there is none."""
    if found.dataset.current is None:
        return {}
    try:
        return row_values(found.dataset.current, found.row)
    except NotFound:
        return {}
