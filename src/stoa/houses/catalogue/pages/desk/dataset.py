# SPDX-License-Identifier: EUPL-1.2
"""One dataset at the desk: where it stands and what is to be done; its versions; its history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.audit.queries import history_of
from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.publishing import candidate
from stoa.houses.catalogue.models import Dataset, Delivery, SavedQuery, Source
from stoa.houses.catalogue.pages.desk.forms import ReasonForm
from stoa.houses.catalogue.pages.desk.frames import dataset_frame
from stoa.houses.catalogue.pages.desk.histories import lines_of_history
from stoa.houses.catalogue.pages.desk.opening import open_dataset
from stoa.houses.catalogue.pages.desk.progress import state_in_words
from stoa.houses.catalogue.queries.datasets import versions_of
from stoa.houses.catalogue.queries.desk_overview import deliveries_of, newest_open_delivery
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import FRESHNESS_LABELS, freshness
from stoa.houses.catalogue.rules.publication import obstacles
from stoa.houses.catalogue.terms import DeliveryState, State
from stoa.standards.vocabularies import FREQUENCIES
from stoa.web.notation import day, label, number


@desk_page
@require_safe
def dataset(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Where the dataset stands, and the next step."""
    return show_dataset(request, open_dataset(request, slug))


def show_dataset(
    request: HttpRequest,
    found: Dataset,
    *,
    problems: tuple[Problem, ...] = (),
    wrong: tuple[str, ReasonForm] | None = None,
) -> HttpResponse:
    """The overview; after a refusal with its problems, or with the form that came back."""
    waiting = newest_open_delivery(found)
    inspection = (
        waiting.inspection
        if waiting
        else (found.current.delivery.inspection if found.current and found.current.delivery else None)
    )
    listed = obstacles(candidate(found, inspection)) if found.state != State.RETIRED else []
    context = dataset_frame(request, found, "overview", _lead(found))
    context |= {
        "problems": problems,
        "steps": [gettext("Draft"), gettext("In review"), gettext("Published")],
        "step": {State.DRAFT: 1, State.REVIEW: 2}.get(State(found.state), 4),
        "missing": [(problem, _where(found, problem, waiting)) for problem in listed],
        "waiting": waiting,
        "is_ready": bool(
            waiting
            and waiting.state == DeliveryState.READY
            and not listed
            and _may_publish(found, principal_of(request))
        ),
        "files": [(one, *state_in_words(one)) for one in deliveries_of(found, most=5)],
        "facts": _facts(found),
        "source": Source.objects.filter(dataset=found).first(),
        "view": SavedQuery.objects.filter(dataset=found).first(),
        **_deeds(found, principal_of(request), wrong),
    }
    return render(request, "catalogue/desk/dataset.html", context, status=422 if problems or wrong else 200)


def _may_publish(found: Dataset, by: Principal) -> bool:
    """A first publication is a steward's; new versions of what is public are the owner's daily work."""
    return found.state == State.PUBLISHED or by.may(Permission.PUBLISH_DATASET, found.department_id)


def _lead(found: Dataset) -> str:
    return {
        State.DRAFT: gettext("Only your department and the data stewards see this draft."),
        State.REVIEW: gettext("A data steward looks at it now, and publishes it or says what to mend."),
        State.PUBLISHED: gettext("It is published. New files become new versions; older versions are kept."),
        State.RETIRED: gettext("It is not offered any more; its versions stay readable."),
    }[State(found.state)]


def _where(found: Dataset, problem: Problem, waiting: Delivery | None) -> tuple[str, str]:
    """Where something that is missing is mended: address and words for the link."""
    if problem.code == "catalogue.personal_data" and waiting:
        return f"{reverse('desk-delivery', args=(waiting.pk,))}#personal", gettext("Look at these columns")
    if problem.field and problem.field != "columns":
        return f"{reverse('desk-dataset-describe', args=(found.slug,))}#id_{problem.field}", gettext(
            "Mend it on the page “Describe”"
        )
    if problem.code == "catalogue.file_missing":
        return reverse("desk-dataset-files", args=(found.slug,)), gettext("Send a file")
    return (
        (reverse("desk-delivery", args=(waiting.pk,)), gettext("Look at the file")) if waiting else ("", "")
    )


def _facts(found: Dataset) -> list[tuple[str, str]]:
    now = timezone.now()
    fresh = (
        gettext(FRESHNESS_LABELS[freshness(found.frequency, found.checked_at, now)])
        if found.state == State.PUBLISHED
        else ""
    )
    due = (
        gettext("%(state)s, due %(day)s") % {"state": fresh, "day": day(found.due_at)}
        if fresh and found.due_at
        else fresh
    )
    facts = [
        (gettext("Department"), label(found.department.name)),
        (gettext("Promised update"), gettext(FREQUENCIES[found.frequency].label)),
        (gettext("Freshness"), due),
        (gettext("Rows"), number(found.rows) if found.current_id else ""),
        (
            gettext("Quality"),
            gettext("%(n)s of 100 points") % {"n": found.quality} if found.quality is not None else "",
        ),
        (gettext("Last change"), day(found.updated_at) if found.updated_at else ""),
    ]
    return [(term, value) for term, value in facts if value]


def _deeds(found: Dataset, by: Principal, wrong: tuple[str, ReasonForm] | None) -> dict[str, Any]:
    """What this person may do with the dataset in its state, and the forms that ask for a reason."""

    def form(deed: str, words: str) -> ReasonForm:
        return wrong[1] if wrong and wrong[0] == deed else ReasonForm(words=words, auto_id=f"id_{deed}_%s")

    may_publish = by.may(Permission.PUBLISH_DATASET, found.department_id)
    state = State(found.state)
    return {
        "may_review": state is State.DRAFT and not may_publish,
        "send_back": form("back", gettext("What is to be mended?"))
        if state is State.REVIEW and may_publish
        else None,
        "retire": form("retire", gettext("Why is it not offered any more?"))
        if state is State.PUBLISHED and by.may(Permission.RETIRE_DATASET, found.department_id)
        else None,
        "may_restore": state is State.RETIRED and may_publish,
        "wrong_deed": wrong[0] if wrong else "",
    }


@desk_page
@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All versions, with the way back to an earlier one."""
    return show_versions(request, open_dataset(request, slug))


def show_versions(
    request: HttpRequest,
    found: Dataset,
    *,
    problems: tuple[Problem, ...] = (),
    wrong: tuple[int, ReasonForm] | None = None,
) -> HttpResponse:
    """The list; after a refusal with its problems, or with the form that came back."""
    may_roll_back = principal_of(request).may(Permission.PUBLISH_DATASET, found.department_id)
    lines = []
    for version in versions_of(found, principal_of(request)):
        is_shown = version.pk == found.current_id
        is_open = version.number >= found.readable_from
        can = may_roll_back and is_open and version.dropped_at is None and not is_shown
        form = (
            wrong[1]
            if wrong and wrong[0] == version.number
            else ReasonForm(words=gettext("Why is it shown again?"), auto_id=f"id_{version.number}_%s")
        )
        lines.append((version, form if can else None, bool(wrong and wrong[0] == version.number)))
    lead = gettext(
        "A version never changes. Going back to an earlier one makes a new version with its content; nothing is lost."
    )
    has_closed = any(version.number < found.readable_from for version, _form, _is_wrong in lines)
    context = dataset_frame(
        request, found, "versions", lead, lines=lines, problems=problems, has_closed=has_closed,
        may_open_history=may_roll_back,
    )  # fmt: skip
    return render(request, "catalogue/desk/versions.html", context, status=422 if problems or wrong else 200)


@desk_page
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Who did what with the dataset, and why."""
    found = open_dataset(request, slug)
    lines = lines_of_history(history_of(city_id=found.city_id, thing="dataset", thing_id=found.slug))
    lead = gettext("Who did what, and why. These lines can be added to, never changed.")
    return render(
        request, "catalogue/desk/history.html", dataset_frame(request, found, "history", lead, lines=lines)
    )
