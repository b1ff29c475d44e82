# SPDX-License-Identifier: EUPL-1.2
"""Requests for data: asked, seen by a steward, wanted by others, answered with a reason."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.words import say
from stoa.houses.catalogue.actions.limits import (
    already_decided,
    need_in_city,
    need_text,
    refuse_links,
    refuse_too_many,
)
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.telling import tell_department, tell_stewards
from stoa.houses.catalogue.events import DataRequestAnswered, DataRequested
from stoa.houses.catalogue.models import DataRequest, Dataset
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.queries.policy import policy_of
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import RequestState

ANSWERS = (RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED)


@transaction.atomic
def ask_for_data(*, city: City, title: str, description: str, by: Principal, email: str = "") -> DataRequest:
    """Ask for data that does not exist or is not open; needs no account."""
    refuse_links(f"{title} {description}", "description")
    refuse_too_many(DataRequest.objects.filter(city=city))
    made = DataRequest.objects.create(
        city=city,
        title=need_text(title, "title")[:200],
        description=need_text(description, "description")[:3000],
        email=email.strip(),
    )
    record(city_id=city.pk, by=by, verb="data_request.made", thing="data_request", thing_id=str(made.uid))
    saying = say("Somebody asks for data: “%(title)s”.", title=made.title)
    tell_stewards(city=city, topic="data_request.made", saying=saying, link=f"/desk/requests/{made.pk}")
    return made


def _locked(found: DataRequest) -> DataRequest:
    return DataRequest.objects.select_for_update(of=("self",)).select_related("city").get(pk=found.pk)


@transaction.atomic
def show_request(*, found: DataRequest, by: Principal, department: Department | None = None) -> DataRequest:
    """Make a request public, say who answers it, and promise the day."""
    need_in_city(by, Permission.ANSWER_REQUEST)
    found = _locked(found)
    if found.state != RequestState.WAITING:
        raise already_decided()
    found.state, found.department, found.shown_at = RequestState.OPEN, department, timezone.now()
    found.promised_on = today_in(found.city) + timedelta(days=policy_of(found.city).answer_days)
    found.save()
    facts = {
        "promised_on": found.promised_on.isoformat(),
        "department": department.slug if department else "",
    }
    record(
        city_id=found.city_id,
        by=by,
        verb="data_request.shown",
        thing="data_request",
        thing_id=str(found.uid),
        facts=facts,
    )
    emit(found.city_id, DataRequested(str(found.uid), found.title, found.promised_on.isoformat()))
    if department:
        saying = say("Your department is to answer a request for data: “%(title)s”.", title=found.title)
        tell_department(
            city=found.city,
            department_id=department.pk,
            topic="data_request.shown",
            saying=saying,
            link=f"/desk/requests/{found.pk}",
        )
    return found


@transaction.atomic
def answer_request(
    *, found: DataRequest, state: RequestState, reason: str, by: Principal, dataset: Dataset | None = None
) -> DataRequest:
    """Grant, grant in part or refuse a public request; or, before it is public, say why it is not shown."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    found = _locked(found)
    if found.department_id is None or state is RequestState.NOT_SHOWN:
        need_in_city(by, Permission.ANSWER_REQUEST)
    else:
        need(by, Permission.ANSWER_REQUEST, found.department_id)
    is_fit = state in ANSWERS if found.state == RequestState.OPEN else state is RequestState.NOT_SHOWN
    if not is_fit or found.state not in {RequestState.OPEN, RequestState.WAITING}:
        raise already_decided()
    found.state, found.reason, found.dataset = state, need_text(reason, "reason")[:3000], dataset
    found.decided_at, found.decided_by = timezone.now(), by.name
    found.save()
    facts = {"state": str(state), "reason": found.reason, "dataset": dataset.slug if dataset else ""}
    record(
        city_id=found.city_id,
        by=by,
        verb="data_request.answered",
        thing="data_request",
        thing_id=str(found.uid),
        facts=facts,
    )
    if state in ANSWERS:
        emit(found.city_id, DataRequestAnswered(str(found.uid), str(state), dataset.slug if dataset else ""))
    if found.email:
        ask_for_letter(found.city_id, "data_request", found.pk)
    return found
