# SPDX-License-Identifier: EUPL-1.2
"""Access on request: asked for with a purpose, decided with a reason, ended by a day or by taking it back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.jobs.events import emit
from stoa.commons.people.models import Person
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import pick, say
from stoa.houses.catalogue.actions.limits import already_decided, need_text, refuse_too_many
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.telling import tell_department
from stoa.houses.catalogue.events import AccessGranted, AccessRevoked
from stoa.houses.catalogue.models import AccessGrant, AccessRequest, Dataset
from stoa.houses.catalogue.queries.access import is_valid, today_in
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.rights import ON_ASKING
from stoa.houses.catalogue.terms import Access, AccessState, State

LONGEST = timedelta(days=5 * 365)


def can_be_asked_for(dataset: Dataset) -> bool:
    """Whether there is anything to ask for: published, and neither open nor internal."""
    return Access(dataset.access) in ON_ASKING and dataset.state in {State.PUBLISHED, State.RETIRED}


@transaction.atomic
def ask_for_access(
    *,
    dataset: Dataset,
    name: str,
    organisation: str,
    email: str,
    purpose: str,
    wanted_until_on: date,
    agreement: str,
    by: Principal,
) -> AccessRequest:
    """Ask for the rows of a dataset; `agreement` is the text that was accepted."""
    if not can_be_asked_for(dataset):
        raise NotFound("dataset", dataset.slug)
    _need_day(wanted_until_on, today_in(dataset.city), "wanted_until_on")
    refuse_too_many(AccessRequest.objects.filter(dataset=dataset))
    made = AccessRequest.objects.create(
        city_id=dataset.city_id,
        dataset=dataset,
        name=need_text(name, "name")[:200],
        organisation=organisation.strip()[:200],
        email=need_text(email, "email"),
        purpose=need_text(purpose, "purpose")[:3000],
        wanted_until_on=wanted_until_on,
        agreement=need_text(agreement, "agreement"),
    )
    _record(made, by, "access.asked", {"request": made.pk, "until": wanted_until_on.isoformat()})
    title = pick(dataset.title, list(dataset.city.languages))
    tell_department(
        city=dataset.city,
        department_id=dataset.department_id,
        topic="access.asked",
        saying=say("Somebody asks for access to “%(title)s”.", title=title),
        link=f"/desk/access/{made.pk}",
    )
    return made


def _need_day(day: date, today: date, field: str) -> None:
    if not today <= day <= today + LONGEST:
        raise Refused(
            Problem(
                "catalogue.access_day_unfit",
                say("Access cannot end on %(day)s.", day=day.isoformat()),
                say("It ends on a day that is still to come, at most five years from now."),
                say("Choose another day."),
                field,
            )
        )


def _record(found: AccessRequest, by: Principal, verb: str, facts: dict[str, object]) -> None:
    """One line in the dataset's trail; it holds no name or address of who asked."""
    record(city_id=found.city_id, by=by, verb=verb, thing="dataset", thing_id=found.dataset.slug, facts=facts)


def _waiting(found: AccessRequest, by: Principal) -> AccessRequest:
    need(by, Permission.GRANT_ACCESS, found.dataset.department_id)
    locked = AccessRequest.objects.select_for_update(of=("self",)).select_related("dataset", "city")
    found = locked.get(pk=found.pk)
    if found.state != AccessState.WAITING:
        raise already_decided()
    return found


def _decide(found: AccessRequest, state: AccessState, reason: str, by: Principal) -> None:
    found.state, found.reason = state, need_text(reason, "reason")[:2000]
    found.decided_at, found.decided_by = timezone.now(), by.name
    found.save()


@transaction.atomic
def grant_access(*, found: AccessRequest, until_on: date, reason: str, by: Principal) -> AccessGrant:
    """Open the rows until a day. Whoever has an account with the address sees them signed in; a key is made by a
    link that goes to the address alone."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    found = _waiting(found, by)
    _need_day(until_on, today_in(found.city), "until_on")
    _decide(found, AccessState.GRANTED, reason, by)
    person = Person.objects.filter(email__iexact=found.email, is_active=True).first()
    grant = AccessGrant.objects.create(
        city_id=found.city_id, request=found, dataset=found.dataset, person=person, until_on=until_on
    )
    facts = {"request": found.pk, "until": until_on.isoformat(), "reason": found.reason}
    _record(found, by, "access.granted", facts)
    emit(found.city_id, AccessGranted(found.dataset.slug, until_on.isoformat()))
    ask_for_letter(found.city_id, "access", found.pk)
    return grant


@transaction.atomic
def refuse_access(*, found: AccessRequest, reason: str, by: Principal) -> AccessRequest:
    """Say no, and why."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    found = _waiting(found, by)
    _decide(found, AccessState.REFUSED, reason, by)
    _record(found, by, "access.refused", {"request": found.pk, "reason": found.reason})
    ask_for_letter(found.city_id, "access", found.pk)
    return found


@transaction.atomic
def revoke_access(*, grant: AccessGrant, why: str, by: Principal) -> AccessGrant:
    """Take access back at once, and say why."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    need(by, Permission.GRANT_ACCESS, grant.dataset.department_id)
    grant = (
        AccessGrant.objects.select_for_update(of=("self",))
        .select_related("request__dataset")
        .get(pk=grant.pk)
    )
    if grant.revoked_at is not None:
        raise already_decided()
    grant.revoked_at, grant.revoked_by = timezone.now(), by.name
    grant.revoked_why, grant.digest = need_text(why, "reason")[:1000], None
    grant.save()
    _record(grant.request, by, "access.revoked", {"request": grant.request_id, "reason": grant.revoked_why})
    emit(grant.city_id, AccessRevoked(grant.request.dataset.slug))
    ask_for_letter(grant.city_id, "access", grant.request_id)
    return grant


@transaction.atomic
def make_key(*, grant: AccessGrant, by: Principal) -> str:
    """A key for programs, shown once; the one before it is not valid any more."""
    grant = (
        AccessGrant.objects.select_for_update(of=("self",))
        .select_related("request__dataset", "city")
        .get(pk=grant.pk)
    )
    if not is_valid(grant):
        raise NotFound("access")
    key = f"stoa_{secrets.token_urlsafe(32)}"
    grant.digest = hashlib.sha256(key.encode()).hexdigest()
    grant.save(update_fields=["digest"])
    _record(grant.request, by, "access.key_made", {"request": grant.request_id})
    return key
