# SPDX-License-Identifier: EUPL-1.2
"""What is done with a file from its page: read again, publish, send to review, release, discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.commons.reading.choices import LAYOUT, OPENING, checked
from stoa.commons.reading.report import Inspection
from stoa.houses.catalogue.actions import delivering, publishing
from stoa.houses.catalogue.models import Delivery
from stoa.houses.catalogue.pages.desk.column_form import PAGE, changed_columns, chosen_key, lines_of
from stoa.houses.catalogue.pages.desk.delivery import open_delivery, show_delivery
from stoa.houses.catalogue.pages.desk.forms import NoteForm, ReasonForm
from stoa.houses.catalogue.pages.desk.opening import attempt, done
from stoa.houses.catalogue.pages.desk.personal import concerns_of
from stoa.houses.catalogue.pages.desk.reading_form import ReadingForm
from stoa.houses.catalogue.pages.desk.refused import RefusedForm
from stoa.houses.catalogue.terms import DeliveryState

_ON_COLUMNS = ("columns", "key", "geometry")


def merged(before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier decisions with the new ones put in.

    Where the table itself is another one now (sheet, encoding, headings), decisions about its columns have no
    meaning any more and go, unless they were told at the same time about the same headings.
    """
    result = dict(before)
    if set(told) & (OPENING | LAYOUT):
        for name in _ON_COLUMNS:
            result.pop(name, None)
        told = {name: value for name, value in told.items() if name not in _ON_COLUMNS}
    for name, value in told.items():
        if name == "columns":
            columns = {heading: dict(fields) for heading, fields in (result.get("columns") or {}).items()}
            for heading, fields in value.items():
                columns[heading] = {**columns.get(heading, {}), **fields}
            result["columns"] = columns
        elif name == "geometry":
            result["geometry"] = {**(result.get("geometry") or {}), **value}
        else:
            result[name] = value
    return result


@desk_page
@require_POST
def read_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take what was decided otherwise, and have the file read with it."""
    found = open_delivery(request, pk)
    if "forget" in request.POST:
        return _choose(request, found, {})
    if "again" in request.POST:
        return _choose(request, found, dict(found.choices))
    if "heading" in request.POST:
        treatment = {"treatment": request.POST.get("treatment", "")}
        return _choose(
            request, found, merged(found.choices, {"columns": {request.POST["heading"]: treatment}})
        )
    inspection = found.inspection
    if found.state == DeliveryState.REFUSED or inspection is None:
        return _try_again(request, found)
    return _read_with(request, found, inspection)


def _try_again(request: HttpRequest, found: Delivery) -> HttpResponseBase:
    form = RefusedForm(found, request.POST)
    if not form.is_valid():
        return show_delivery(request, found, retry=form)
    return _choose(request, found, form.told())


def _read_with(request: HttpRequest, found: Delivery, inspection: Inspection) -> HttpResponseBase:
    first = request.POST.get("first", "0")
    place = int(first) // PAGE * PAGE if first.isascii() and first.isdigit() and len(first) < 6 else 0
    reading = ReadingForm(inspection, request.POST)
    lines = lines_of(found, inspection, place, request.POST)
    if not all([reading.is_valid(), *(line.form.is_valid() for line in lines)]):
        return show_delivery(request, found, reading=reading, lines=lines)
    told = reading.changed()
    columns, key = changed_columns(lines), chosen_key(lines, inspection)
    told |= {"columns": columns} if columns else {}
    told |= {"key": key} if key is not None else {}
    if not told:
        return done(
            request,
            gettext("Nothing was changed, so the file was not read again."),
            "desk-delivery",
            found.pk,
        )
    choices = merged(found.choices, told)
    problems = attempt(lambda: checked(choices))
    if problems:
        return show_delivery(request, found, problems=problems, reading=reading, lines=lines)
    return _choose(request, found, choices)


def _choose(request: HttpRequest, found: Delivery, choices: dict[str, Any]) -> HttpResponseBase:
    def deed() -> None:
        checked(choices)
        delivering.choose(delivery=found, choices=choices, by=principal_of(request))

    problems = attempt(deed)
    if problems:
        return show_delivery(request, open_delivery(request, found.pk), problems=problems)
    return HttpResponseRedirect(reverse("desk-delivery", args=(found.pk,)))


@desk_page
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Check everything and have the version made."""
    found, form = open_delivery(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        return show_delivery(request, found, note_form=form)
    note = form.cleaned_data["note"]
    problems = attempt(
        lambda: publishing.ask_publication(delivery=found, by=principal_of(request), note=note)
    )
    if problems:
        return show_delivery(request, open_delivery(request, pk), problems=problems, note_form=form)
    return HttpResponseRedirect(reverse("desk-delivery", args=(pk,)))


@desk_page
@require_POST
def send_to_review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The owner is done with the file; a steward is to look."""
    found = open_delivery(request, pk)
    problems = attempt(lambda: publishing.send_to_review(dataset=found.dataset, by=principal_of(request)))
    if problems:
        return show_delivery(request, found, problems=problems)
    return done(
        request,
        gettext("Sent. A data steward looks at it and publishes it, or tells you what to mend."),
        "desk-dataset",
        found.dataset.slug,
    )


@desk_page
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A steward answers by name for one column with personal data."""
    found = open_delivery(request, pk)
    inspection, column = found.inspection, request.POST.get("column", "")
    concerns = concerns_of(found.dataset, inspection, may_release=True) if inspection else []
    concern = next((one for one in concerns if one.column.name == column), None)
    if concern is None:
        return HttpResponseRedirect(reverse("desk-delivery", args=(pk,)))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    problems = attempt(
        lambda: publishing.release_personal(
            dataset=found.dataset, column=column, kinds=concern.kinds, reason=reason, by=principal_of(request)
        )
    )
    if problems:
        return show_delivery(
            request, found, problems=problems, typed_reason=request.POST.get("reason", ""), typed_for=column
        )
    words = gettext("Released. Your name and the reason stand in the history of the dataset.")
    return done(request, words, "desk-delivery", pk)


@desk_page
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file is not wanted."""
    found = open_delivery(request, pk)
    problems = attempt(lambda: delivering.discard(delivery=found, by=principal_of(request)))
    if problems:
        return show_delivery(request, found, problems=problems)
    return done(request, gettext("The file was put aside."), "desk-dataset", found.dataset.slug)
