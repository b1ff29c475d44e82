# SPDX-License-Identifier: EUPL-1.2
"""'This row is wrong': the form, and the page by which the sender follows the answer."""

from __future__ import annotations

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.actions.reporting import report_row
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import (
    Opened,
    city_of,
    frame,
    open_dataset,
    principal_of,
    public_page,
    way,
)
from stoa.houses.catalogue.pages.public.rows import row_name
from stoa.houses.catalogue.queries.figures import report_by_uid
from stoa.houses.catalogue.queries.rows import row_values
from stoa.houses.catalogue.rules.table_questions import title_column
from stoa.houses.catalogue.terms import REPORT_LABELS, ReportState
from stoa.web.notation import label


class ReportForm(forms.Form):
    """What is wrong, where, and where an answer may go."""

    message = forms.CharField(
        label=_("What is wrong?"),
        help_text=_(
            "What stands there, and what should stand there? Please write nothing about other people."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write one sentence: what stands there, and what should stand there.")},
    )
    column = forms.ChoiceField(label=_("Which value is wrong?"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Only for the answer; it is erased afterwards."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    """Hidden from people; programs that fill in everything fill it in."""

    def __init__(self, columns: tuple[ColumnSpec, ...], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        choices = [("", gettext("I am not sure, or several")), *((spec.name, spec.label) for spec in columns)]
        self.fields["column"].choices = choices  # type: ignore[attr-defined]


def _report(request: HttpRequest, slug: str, row: int) -> HttpResponseBase:
    """Ask what is wrong; send it to the owner; go to the page that will say what became of it."""
    opened = open_dataset(request, slug, with_rows=True)
    values = row_values(opened.shown, row)
    form = ReportForm(opened.shown.specs, request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            return HttpResponseRedirect(opened.url("dataset-row", row))
        try:
            return HttpResponseRedirect(_send(request, opened, row, form))
        except Refused as refusal:
            problems = refusal.problems
    name = row_name(opened.shown, values, row)
    lead = gettext("Tell %(department)s what is wrong with this row. You need no account.") % {
        "department": label(opened.dataset.department.name)
    }
    context = frame(
        request,
        opened,
        "table",
        heading=gettext("This row is wrong: %(name)s") % {"name": name},
        lead=lead,
        below=gettext("This row is wrong"),
    )
    context |= {
        "form": form,
        "problems": problems,
        "row_url": opened.url("dataset-row", row),
        "row_name": name,
        "title_column": title_column(opened.shown.specs),
    }
    context["crumbs"].insert(-1, (name, opened.url("dataset-row", row)))
    return render(
        request, "catalogue/public/report.html", context, status=422 if problems or form.errors else 200
    )


report_row_page = public_page(_report, methods=("GET", "HEAD", "POST"))


def _send(request: HttpRequest, opened: Opened, row: int, form: ReportForm) -> str:
    said = form.cleaned_data
    report = report_row(
        dataset=opened.dataset,
        version=opened.shown,
        row=row,
        message=said["message"],
        column=said["column"],
        email=said["email"],
        by=principal_of(request),
    )
    return address("row-report", report.uid)


@public_page
def row_report(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """What became of a report; says nothing about the sender."""
    report = report_by_uid(city=city_of(request), uid=uid)
    if report is None:
        raise Http404
    state = ReportState(report.state)
    title = label(report.dataset.title)
    context = {
        "title": gettext("Your report about a row of “%(title)s”") % {"title": title},
        "lead": gettext("Keep the address of this page: here you see what becomes of your report."),
        "crumbs": [*way(request), (gettext("Reports"), "")],
        "report": report,
        "state": gettext(REPORT_LABELS[state]),
        "is_open": state is ReportState.OPEN,
        "mood": {ReportState.MENDED: "good", ReportState.OPEN: "accent"}.get(state, ""),
        "dataset_title": title,
        "dataset_url": address("dataset", report.dataset.slug),
    }
    return render(request, "catalogue/public/row_report.html", context)
