# SPDX-License-Identifier: EUPL-1.2
"""The inspection as a page: what was understood of a file, what is wrong with it, and what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.publishing import candidate
from stoa.houses.catalogue.models import Delivery
from stoa.houses.catalogue.pages.desk.column_form import PAGE, ColumnLine, lines_of
from stoa.houses.catalogue.pages.desk.forms import FileForm, NoteForm
from stoa.houses.catalogue.pages.desk.opening import pager, place_asked, title_of, way
from stoa.houses.catalogue.pages.desk.personal import Concern, concerns_of
from stoa.houses.catalogue.pages.desk.preview import preview_table
from stoa.houses.catalogue.pages.desk.progress import share_of, state_in_words, step_in_words
from stoa.houses.catalogue.pages.desk.reading_form import ReadingForm, systems
from stoa.houses.catalogue.pages.desk.refused import RefusedForm
from stoa.houses.catalogue.queries.datasets import delivery_for
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.publication import obstacles
from stoa.houses.catalogue.terms import DeliveryState, State
from stoa.web.notation import in_words, number, size
from stoa.web.parts import JobProgress

OPEN = frozenset({DeliveryState.READY, DeliveryState.HELD})


def open_delivery(request: HttpRequest, pk: int) -> Delivery:
    """The file, if this person looks after its dataset (one query); else `NotFound`."""
    return delivery_for(city=city_of(request), principal=principal_of(request), delivery_id=pk)


@desk_page
@require_safe
def delivery(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What became of a file so far."""
    return show_delivery(request, open_delivery(request, pk))


@desk_page
@require_safe
def delivery_state(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far it is, for the script that waits."""
    found = open_delivery(request, pk)
    label = step_in_words(found) if found.is_at_work else state_in_words(found)[0]
    page = reverse("desk-delivery", args=(pk,))
    body = {
        "state": found.state,
        "share": share_of(found),
        "label": label,
        "is_done": not found.is_at_work,
        "next_url": page,
    }
    return JsonResponse(body)


def show_delivery(
    request: HttpRequest,
    found: Delivery,
    *,
    problems: tuple[Problem, ...] = (),
    reading: ReadingForm | None = None,
    lines: list[ColumnLine] | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page in its present state; with problems or forms that came back, nothing typed is lost."""
    inspection = found.inspection if found.state in OPEN else None
    context = _context(request, found) | {"problems": problems}
    if found.is_at_work:
        page = reverse("desk-delivery", args=(found.pk,))
        context["job"] = JobProgress(
            step_in_words(found), reverse("desk-delivery-state", args=(found.pk,)), share_of(found), page
        )
    elif found.state == DeliveryState.REFUSED:
        context |= {
            "refusal": found.refusal,
            "retry": forms.get("retry") or RefusedForm(found),
            "file_form": FileForm(),
            "dataset_url": reverse("desk-dataset-files", args=(found.dataset.slug,)),
        }
    elif inspection is not None:
        context |= _inspected(request, found, inspection, reading, lines) | forms
    status = 422 if problems or reading is not None or lines is not None or forms else 200
    return render(request, "catalogue/desk/delivery.html", context, status=status)


def _context(request: HttpRequest, found: Delivery) -> dict[str, Any]:
    dataset, (state, mood) = found.dataset, state_in_words(found)
    page = reverse("desk-dataset", args=(dataset.slug,))
    crumbs = way(
        (gettext("Datasets"), reverse("desk-datasets")), (title_of(dataset), page), (gettext("File"), "")
    )
    return frame(
        request,
        "datasets",
        _heading(found),
        _lead(found),
        crumbs=crumbs,
        delivery=found,
        dataset=dataset,
        dataset_title=title_of(dataset),
        dataset_page=page,
        state=state,
        mood=mood,
        steps=[gettext("Sent"), gettext("Read"), gettext("Looked at"), gettext("Published")],
        step=_step(found),
        is_public=dataset.state in {State.PUBLISHED, State.RETIRED},
    )


def _step(found: Delivery) -> int:
    if found.state in {DeliveryState.WAITING, DeliveryState.READING, DeliveryState.REFUSED}:
        return 2
    return {DeliveryState.PUBLISHING: 4, DeliveryState.PUBLISHED: 5}.get(DeliveryState(found.state), 3)


def _heading(found: Delivery) -> str:
    """What the page is about; the name of the file stands apart, where a long one may break."""
    words = {
        DeliveryState.READY: gettext("What was understood"),
        DeliveryState.HELD: gettext("This file differs from what was agreed"),
        DeliveryState.REFUSED: gettext("This file could not be read"),
        DeliveryState.PUBLISHING: gettext("The file is being published"),
        DeliveryState.PUBLISHED: gettext("This file is published"),
        DeliveryState.UNCHANGED: gettext("There is nothing new in this file"),
        DeliveryState.DISCARDED: gettext("This file was put aside"),
    }
    return words.get(DeliveryState(found.state), gettext("The file is being read"))


def _lead(found: Delivery) -> str:
    words = {
        DeliveryState.READY: gettext(
            "Look at the rows and columns below. What is not right can be changed; nothing is public yet."
        ),
        DeliveryState.HELD: gettext(
            "So it was not published by itself. Look at what has changed, and decide."
        ),
        DeliveryState.REFUSED: gettext("Below is why, and what you can try."),
        DeliveryState.PUBLISHING: gettext("Everything was checked. The new version is being made."),
        DeliveryState.PUBLISHED: gettext("It has become a version of the dataset."),
        DeliveryState.UNCHANGED: gettext(
            "The current version has the same content. The promised update counts as kept."
        ),
        DeliveryState.DISCARDED: gettext("It will not be published. Send it again if you change your mind."),
    }
    waiting = gettext("You may leave this page; the file waits for you at your desk.")
    return words.get(DeliveryState(found.state), waiting)


def _inspected(
    request: HttpRequest,
    found: Delivery,
    inspection: Inspection,
    reading: ReadingForm | None,
    lines: list[ColumnLine] | None,
) -> dict[str, Any]:
    """Everything that a person needs to judge a file that has been read."""
    by, dataset = principal_of(request), found.dataset
    total = len(inspection.recipe.columns)
    first = lines[0].number - 1 if lines else place_asked(request, total) // PAGE * PAGE
    shown = lines if lines is not None else lines_of(found, inspection, first)
    concerns = concerns_of(
        dataset, inspection, may_release=by.may(Permission.RELEASE_PERSONAL, dataset.department_id)
    )
    right = Permission.EDIT_DATASET if dataset.state == State.PUBLISHED else Permission.PUBLISH_DATASET
    return {
        "inspection": inspection,
        "figures": _figures(inspection),
        "facts": _facts(found, inspection),
        "preview": preview_table(inspection),
        "reading": reading or ReadingForm(inspection),
        "systems": systems(),
        "lines": shown,
        "has_wrong_lines": any(line.must_look for line in shown),
        "pager": pager(request, first=first, shown=len(shown), total=total, size=PAGE),
        "concerns": concerns,
        "open_concerns": [concern for concern in concerns if not concern.is_settled],
        "obstacles": _obstacles(found, inspection, concerns),
        "skipped": [(number(part.rows), in_words(part.reason), part.examples) for part in inspection.skipped],
        "may_publish": by.may(right, dataset.department_id),
        "may_send": dataset.state == State.DRAFT,
        "is_in_review": dataset.state == State.REVIEW,
        "note_form": NoteForm(initial={"note": found.note}),
    }


def _obstacles(found: Delivery, inspection: Inspection, concerns: list[Concern]) -> list[tuple[Problem, str]]:
    """What stands between the file and the public, each with the page where it is mended."""
    describe = reverse("desk-dataset-describe", args=(found.dataset.slug,))
    listed = obstacles(candidate(found.dataset, inspection))
    # Personal data has a place of its own on the page.
    return [
        (problem, f"{describe}#id_{problem.field}" if problem.field else "")
        for problem in listed
        if not (concerns and problem.code == "catalogue.personal_data")
    ]


def _figures(inspection: Inspection) -> list[tuple[str, str]]:
    kept = inspection.recipe.kept
    cells = inspection.rows * len(inspection.columns)
    empty = sum(column.empty for column in inspection.columns)
    unreadable = sum(column.unreadable for column in inspection.columns)
    share = 100 * empty / cells if cells else 0
    return [
        (f"{number(inspection.rows)} × {number(len(kept))}", gettext("rows and columns")),
        (f"{number(share, 1)} %", gettext("of the cells are empty")),
        (number(unreadable), gettext("cells could not be read")),
    ]


def _facts(found: Delivery, inspection: Inspection) -> list[tuple[str, str]]:
    file = inspection.file
    facts = [
        (gettext("Name"), found.name),
        (gettext("Kind of file"), file.format.upper()),
        (gettext("Size"), size(file.bytes)),
    ]
    if inspection.recipe.table:
        facts.append((gettext("Table"), inspection.recipe.table))
    facts.append((gettext("Sent by"), found.by_name or "–"))
    return [*facts, (gettext("Fingerprint (SHA-256)"), file.sha256)]
