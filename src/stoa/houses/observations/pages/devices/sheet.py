# SPDX-License-Identifier: EUPL-1.2
"""Many devices from one spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions.device_sheets import RowDone, register_sheet
from stoa.houses.observations.pages.devices.console import framed
from stoa.houses.observations.queries.devices import departments_for
from stoa.houses.observations.rules.device_sheets import COLUMNS
from stoa.houses.observations.terms import Access
from stoa.web.notation import in_words, label, number
from stoa.web.parts import Cell, Column, Row, Table


class SheetForm(forms.Form):
    """A spreadsheet of devices."""

    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("Excel, OpenDocument or CSV; LoRaWAN devices, one a row.")
    )
    department = forms.ChoiceField(label=_("Department that answers for them"))
    is_public = forms.BooleanField(label=_("Everybody may see their values"), required=False)

    def __init__(self, departments: Sequence[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = departments
        self.fields["department"].choices = [(str(d.pk), label(d.name) or d.slug) for d in departments]  # type: ignore[attr-defined]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Send a spreadsheet, see row by row what became of it."""
    city, by = city_of(request), principal_of(request)
    lead = gettext(
        "One row for each device. What is registered already is refused, so a file may be sent again."
    )
    context = framed(request, gettext("Many devices from a spreadsheet"), lead)
    posted = request.method == "POST"
    form = SheetForm(departments_for(city=city, principal=by), request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    done: list[RowDone] = []
    if posted and form.is_valid():
        said = form.cleaned_data
        department = next(d for d in form.offered if str(d.pk) == said["department"])
        access = str(Access.OPEN if said["is_public"] else Access.INTERNAL)
        try:
            done = register_sheet(
                city=city,
                by=by,
                department=department,
                chunks=said["file"].chunks(),
                name=said["file"].name,
                access=access,
            )
        except Refused as refusal:
            problems = list(refusal.problems)
    taken = sum(bool(one.uid) for one in done)
    context |= {
        "form": form,
        "problems": problems,
        "columns": [gettext(words) for words in COLUMNS.values()],
        "refused": _table(gettext("Refused"), [one for one in done if not one.uid]),
        "table": _table(gettext("Registered"), [one for one in done if one.uid]),
        "tone": "success" if taken == len(done) else "warning",
        "sum": gettext("%(taken)s of %(all)s devices are registered")
        % {"taken": number(taken), "all": number(len(done))},
    }
    return render(
        request, "observations/devices/sheet.html", context, status=422 if posted and not done else 200
    )


def _table(title: str, done: Sequence[RowDone]) -> Table | None:
    """Refused rows stand apart, so that of hundreds nobody has to look for them."""
    if not done:
        return None
    columns = [Column(gettext("Row"), is_number=True), Column(gettext("Device"), is_heading=True)]
    columns.append(Column(gettext("What became of it"), is_long=True))
    rows = []
    for one in done:
        name: Cell | str = (
            Cell(one.name, url=reverse("desk-device", args=(one.uid,))) if one.uid else one.name or "–"
        )
        words = (
            gettext("registered")
            if one.problem is None
            else f"{in_words(one.problem.what)} {in_words(one.problem.do)}"
        )
        rows.append(Row([number(one.place), name, words]))
    return Table(title, columns, rows)
