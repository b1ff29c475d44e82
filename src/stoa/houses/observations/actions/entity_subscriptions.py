# SPDX-License-Identifier: EUPL-1.2
"""Subscribing to entities, changing and ending a subscription."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.people.models import Person
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import EntitySubscription
from stoa.houses.observations.queries.entity_subscriptions import in_reach
from stoa.houses.observations.roles import Permission
from stoa.standards.ngsild.kinds import instant_of
from stoa.standards.ngsild.subscriptions import Subscription

MOST_SUBSCRIPTIONS = 1_000


def fresh_id() -> str:
    return f"urn:ngsi-ld:Subscription:{uuid.uuid4()}"


@transaction.atomic
def subscribe(
    *,
    city: City,
    by: Principal,
    subscription: Subscription,
    document: Mapping[str, Any],
    context: Mapping[str, Any] | None,
) -> None:
    """A new subscription; it tells what `by` may see now, and no more.

    Raises Refused (`observations.subscription_taken`, `observations.subscriptions_too_many`).
    """
    need(by, Permission.KEEP_RULES)
    known = EntitySubscription.objects.filter(city=city)
    if known.filter(uri=subscription.id).exists():
        raise _taken()
    if known.count() >= MOST_SUBSCRIPTIONS:
        raise _too_many()
    departments = by.departments_with(Permission.SEE_INTERNAL)
    row = EntitySubscription(
        city=city,
        uri=subscription.id,
        made_by=by.name[:200],
        owner_person=by.person_id,
        owner_token=by.token_id,
        sees_all=departments is None,
        sees_departments=sorted(departments or ()),
    )
    _say(row, subscription, document, context)
    row.save()
    _record(row, by, "set_up")


def _say(
    row: EntitySubscription,
    subscription: Subscription,
    document: Mapping[str, Any],
    context: Mapping[str, Any] | None,
) -> None:
    row.document = dict(document) | {"id": subscription.id}
    row.context = dict(context) if context else None
    row.is_active = subscription.is_active
    row.expires_at = instant_of(subscription.expires_at) if subscription.expires_at else None
    row.throttling_s = subscription.throttling_s
    row.interval_s = subscription.interval_s
    row.next_at = _first(subscription.interval_s, row.next_at)


def _first(interval_s: float, before: datetime | None) -> datetime | None:
    if not interval_s:
        return None
    return before or timezone.now() + timedelta(seconds=interval_s)


@transaction.atomic
def change_subscription(
    *,
    city: City,
    by: Principal,
    subscription: Subscription,
    document: Mapping[str, Any],
    context: Mapping[str, Any] | None,
) -> None:
    """Say something else in a subscription; it never tells more than whoever changes it may see. Raises NotFound."""
    row = _own(city, by, subscription.id)
    if subscription.is_active and not row.is_active:
        row.failures = 0
    _narrow(row, by)
    _say(row, subscription, document, context)
    row.save()
    _record(row, by, "changed")


def _narrow(row: EntitySubscription, by: Principal) -> bool:
    """What it may tell afterwards: what it might before, as far as `by` may see that as well; says if that is less."""
    sees = by.departments_with(Permission.SEE_INTERNAL)
    if sees is None:
        return False
    kept = sorted(sees if row.sees_all else sees & set(row.sees_departments))
    is_less = row.sees_all or kept != sorted(row.sees_departments)
    if is_less:
        row.news.all().delete()
    row.sees_all, row.sees_departments = False, kept
    return is_less


def keep_within_rights(row: EntitySubscription) -> bool:
    """Narrow a person's subscription to what they may see by now; says if it told more until now.

    Who may keep none any more is told nothing more. What a key may do never changes; it is revoked instead.
    """
    if row.owner_person is None:
        return False
    owner = Person.objects.filter(pk=row.owner_person).first()
    by = principal_of(owner, row.city)
    if by.may(Permission.KEEP_RULES):
        is_less = _narrow(row, by)
    else:
        row.news.all().delete()
        row.is_active, is_less = False, True
    if is_less:
        row.save(update_fields=["is_active", "sees_all", "sees_departments"])
    return is_less


@transaction.atomic
def unsubscribe(*, city: City, by: Principal, uri: str) -> None:
    """End a subscription; what was still to be told is not told any more. Raises NotFound."""
    row = _own(city, by, uri)
    _record(row, by, "removed")
    row.delete()


def _own(city: City, by: Principal, uri: str) -> EntitySubscription:
    need(by, Permission.KEEP_RULES)
    row = in_reach(city, by).select_for_update().filter(uri=uri).first()
    if row is None:
        raise NotFound("subscription", uri)
    return row


def _record(row: EntitySubscription, by: Principal, verb: str) -> None:
    record(
        city_id=row.city_id,
        by=by,
        verb=f"entity_subscription.{verb}",
        thing="entity_subscription",
        thing_id=str(row.pk),
        facts={"uri": row.uri},
    )


def _taken() -> Refused:
    return Refused(
        Problem(
            "observations.subscription_taken",
            say("There is a subscription with this id already."),
            say("An id stands for one subscription only."),
            say("Change that subscription, or choose another id."),
            field="id",
        )
    )


def _too_many() -> Refused:
    return Refused(
        Problem(
            "observations.subscriptions_too_many",
            say("The city has %(most)s subscriptions already.", most=MOST_SUBSCRIPTIONS),
            say("Every change is compared with each of them."),
            say("Remove one that nobody needs."),
        )
    )
