# SPDX-License-Identifier: EUPL-1.2
"""My desk: what waits for me, and the way to bring something in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from stoa.commons.notices.actions import mark_read
from stoa.commons.notices.models import Notice
from stoa.commons.notices.queries import notices_for
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.houses.catalogue.models import Dataset, Delivery, RowReport
from stoa.houses.catalogue.pages.desk.opening import title_of
from stoa.houses.catalogue.pages.desk.progress import state_in_words
from stoa.houses.catalogue.queries import desk_overview as overview
from stoa.houses.catalogue.queries.datasets import reports_for, waiting_for_review
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState
from stoa.web.notation import label


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits."""

    url: str
    title: str
    what: str
    mood: str
    about: str
    since: datetime | None


@desk_page
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """What waits for whoever is signed in, most pressing first."""
    city, by, now = city_of(request), principal_of(request), timezone.now()
    keeps_data = by.may(Permission.EDIT_DATASET)
    files = overview.files_waiting(city=city, principal=by, now=now) if keeps_data else []
    tasks = [_file(found) for found in files]
    if by.may(Permission.PUBLISH_DATASET):
        tasks += [_review(found) for found in waiting_for_review(city=city, principal=by)]
    if by.may(Permission.ANSWER_REPORT):
        tasks += [_report(found) for found in reports_for(city=city, principal=by)[:20]]
    due = (
        [_due(found, now) for found in overview.updates_due(city=city, principal=by, now=now)]
        if keeps_data
        else []
    )
    title = gettext("Hello, %(name)s") % {"name": by.name} if by.name else gettext("Your desk")
    lead = (
        gettext("This is what waits for you today.")
        if tasks or due
        else gettext("Nothing waits for you today.")
    )
    context = frame(
        request,
        "desk",
        title,
        lead,
        tasks=tasks,
        due=due,
        keeps_data=keeps_data,
        may_add=by.may(Permission.ADD_DATASET),
    )
    context["figures"] = _figures(overview.figures_for(city=city, principal=by)) if keeps_data else []
    context["notices"] = [
        _notice(one) for one in notices_for(city_id=city.pk, person_id=by.person_id, most=20)
    ]
    return render(request, "catalogue/desk/home.html", context)


def _file(found: Delivery) -> Task:
    state, mood = state_in_words(found)
    what = {
        DeliveryState.HELD: gettext("differs from what was agreed"),
        DeliveryState.READY: gettext("has been read: look at it"),
        DeliveryState.REFUSED: gettext("could not be read"),
    }
    words = what.get(DeliveryState(found.state), state)
    return Task(
        reverse("desk-delivery", args=(found.pk,)),
        found.name,
        words,
        mood,
        title_of(found.dataset),
        found.came_at,
    )


def _review(found: Dataset) -> Task:
    page = reverse("desk-dataset", args=(found.slug,))
    return Task(
        page, title_of(found), gettext("waits for your review"), "accent", label(found.department.name), None
    )


def _report(found: RowReport) -> Task:
    words = gettext("Row %(n)s may be wrong") % {"n": found.row}
    return Task(
        reverse("desk-report", args=(found.pk,)),
        words,
        gettext("waits for an answer"),
        "warn",
        title_of(found.dataset),
        found.made_at,
    )


def _due(found: Dataset, now: datetime) -> Task:
    is_late = found.late_at is not None and found.late_at <= now
    words, mood = (gettext("late"), "bad") if is_late else (gettext("due soon"), "warn")
    return Task(
        reverse("desk-dataset-files", args=(found.slug,)),
        title_of(found),
        words,
        mood,
        label(found.department.name),
        found.due_at,
    )


def _figures(found: overview.Figures) -> list[tuple[object, str]]:
    quality = "–" if found.quality is None else round(found.quality)
    return [
        (found.published, gettext("published datasets")),
        (found.drafts, gettext("drafts and in review")),
        (quality, gettext("points of quality on average")),
    ]


def _notice(notice: Notice) -> tuple[Notice, str]:
    """A message, and where to act on it (links are kept without the prefix of the city)."""
    return notice, get_script_prefix().rstrip("/") + notice.link if notice.link.startswith("/") else ""


@desk_page
@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person has seen a message."""
    by = principal_of(request)
    if by.person_id is not None:
        mark_read(city_id=city_of(request).pk, person_id=by.person_id, notice_id=pk)
    return HttpResponseRedirect(f"{reverse('desk')}#messages")
