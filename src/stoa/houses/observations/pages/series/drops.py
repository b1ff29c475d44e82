# SPDX-License-Identifier: EUPL-1.2
"""Bringing in a file of values, and the last ones that were brought in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.files.actions import content_of
from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions.dropping import take_drop
from stoa.houses.observations.models import FileDrop, FileRecipe
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.series.opening import framed
from stoa.houses.observations.queries.devices import departments_for
from stoa.houses.observations.queries.drops import drops_for, recipes_for
from stoa.houses.observations.terms import DROP_STATES, DropState
from stoa.web.notation import label, moment, number
from stoa.web.parts import Cell, Column, Row, Table


class DropForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel, OpenDocument, JSON or Parquet: with a column for the time. Zipped is fine."),
    )
    recipe = forms.ChoiceField(
        label=_("Read it as before"),
        required=False,
        help_text=_("A recipe knows which column is which, so nothing has to be settled again."),
    )
    department = forms.ChoiceField(
        label=_("Department that answers for it"), required=False, help_text=_("A recipe knows that too.")
    )

    def __init__(
        self, departments: Sequence[Department], recipes: Sequence[FileRecipe], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.departments, self.recipes = departments, recipes
        nothing = [("", gettext("– a file of a new make –"))]
        self.fields["recipe"].choices = nothing + [(str(one.pk), one.name) for one in recipes]  # type: ignore[attr-defined]
        listed = [(str(d.pk), label(d.name) or d.slug) for d in departments]
        self.fields["department"].choices = listed  # type: ignore[attr-defined]
        if not recipes:
            del self.fields["recipe"]

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if not said.get("recipe") and not said.get("department"):
            self.add_error("department", _("Choose who answers for the values."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        recipe = next((one for one in self.recipes if str(one.pk) == data.get("recipe")), None)
        department = next((d for d in self.departments if str(d.pk) == data["department"]), None)
        return {
            "chunks": content_of(data["file"]),
            "name": data["file"].name or "",
            "recipe": recipe,
            "department": recipe.department if recipe else department,
        }


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def drops(request: HttpRequest) -> HttpResponseBase:
    """Send a file; nothing is written before somebody has looked at it."""
    city, by = city_of(request), principal_of(request)
    context = framed(
        request,
        gettext("Values from files"),
        gettext("Put values from a file into series. First you see what would be written and what refused."),
        section="drops",
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Values from files"), "")],
    )
    form = DropForm(
        departments_for(city=city, principal=by),
        recipes_for(city=city, by=by),
        request.POST or None,
        request.FILES or None,
    )
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = take_drop(city=city, by=by, **form.said)
        except Refused as refusal:
            problems = refusal.problems
        else:
            return done(request, gettext("The file is here and is being read."), "desk-drop", made.pk)
    found = drops_for(city=city, by=by)
    context |= {"form": form, "problems": problems, "table": _table(found) if found else None}
    status = 422 if request.method == "POST" else 200
    return render(request, "observations/series/drops.html", context, status=status)


def _table(found: Sequence[FileDrop]) -> Table:
    columns = [
        Column(gettext("File"), is_heading=True),
        Column(gettext("State")),
        Column(gettext("Values written"), is_number=True),
        Column(gettext("Refused"), is_number=True),
        Column(gettext("Recipe")),
        Column(gettext("Sent")),
    ]
    rows = [
        Row(
            [
                Cell(one.name, url=reverse("desk-drop", args=(one.pk,))),
                gettext(DROP_STATES[DropState(one.state)]),
                number(one.counts.get("written", 0) + one.counts.get("corrected", 0)) if one.counts else "–",
                number(one.counts.get("refused", 0)) if one.counts else "–",
                one.recipe.name if one.recipe else "–",
                moment(one.made_at),
            ]
        )
        for one in found
    ]
    return Table(gettext("Files that were sent"), columns, rows)
