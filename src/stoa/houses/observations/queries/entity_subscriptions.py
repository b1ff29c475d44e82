# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions ready to be decided upon, and as whom each of them sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stoa.commons.cities.models import City
from stoa.commons.people.models import ApiToken, Person
from stoa.commons.roles.values import Grant, Principal
from stoa.houses.observations.models import EntitySubscription
from stoa.houses.observations.roles import Permission
from stoa.standards.ngsild import contexts, subscriptions
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.kinds import moment_text
from stoa.standards.ngsild.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription, and the words in which it is told."""

    row: EntitySubscription
    subscription: Subscription
    context: Context


def active(city: City | int, now: datetime) -> QuerySet[EntitySubscription]:
    """Those that are to be told of something now; nobody whose key was revoked or who left.

    Without their documents, which `read` fetches where it has not read them yet.
    """
    city_id = city if isinstance(city, int) else city.pk
    ends = Q(expires_at=None) | Q(expires_at__gt=now)
    told = EntitySubscription.objects.filter(ends, _OWNER_IS_THERE, city_id=city_id, is_active=True)
    return told.defer("document", "context").order_by("pk")


_OWNER_IS_THERE = (
    Q(owner_token=None) | Exists(ApiToken.objects.filter(pk=OuterRef("owner_token"), revoked_at=None))
) & (Q(owner_person=None) | Exists(Person.objects.filter(pk=OuterRef("owner_person"), is_active=True)))


def is_to_be_told(row: EntitySubscription) -> bool:
    """Whether it is active and whoever set it up may still ask here."""
    return EntitySubscription.objects.filter(_OWNER_IS_THERE, pk=row.pk, is_active=True).exists()


def in_reach(city: City, by: Principal) -> QuerySet[EntitySubscription]:
    """Subscriptions that somebody may see and change: their own; all with the right for the whole city."""
    everything = EntitySubscription.objects.filter(city=city)
    if by.departments_with(Permission.KEEP_RULES) is None:
        return everything
    if by.person_id is not None:
        return everything.filter(owner_person=by.person_id)
    if by.token_id is not None:
        return everything.filter(owner_token=by.token_id)
    return everything.none()


_READ: dict[tuple[int, datetime], tuple[Subscription, Context]] = {}


def read(row: EntitySubscription) -> Subscribed:
    """A row as a subscription; read once for each of its states."""
    key = (row.pk, row.modified_at)
    if key not in _READ:
        if len(_READ) > 2_000:
            _READ.clear()
        if row.get_deferred_fields():
            row.refresh_from_db(fields=["document", "context"])
        kept = row.context or {}
        documents = dict(kept.get("documents") or {})
        context = _built(kept.get("source"), documents)
        told = _built(kept["notified"], documents) if kept.get("notified") else context
        _READ[key] = (subscriptions.subscription(row.document, context), told)
    return Subscribed(row, *_READ[key])


def _built(source: Any, documents: Mapping[str, Any]) -> Context:
    return contexts.build(source, documents.__getitem__) if source else contexts.core()


def as_principal(row: EntitySubscription) -> Principal:
    """Somebody who sees what the subscriber sees."""
    rights = frozenset({str(Permission.SEE_INTERNAL)})
    if row.sees_all:
        return Principal(row.city_id, grants=(Grant("subscriber", rights),), channel="job")
    if row.sees_departments:
        departments = frozenset(row.sees_departments)
        return Principal(row.city_id, grants=(Grant("subscriber", rights, departments),), channel="job")
    return Principal(row.city_id, channel="job")


def status_of(row: EntitySubscription, now: datetime) -> Mapping[str, Any]:
    """What became of its notifications, by the standard's names (clause 5.2.14)."""
    is_over = row.expires_at is not None and row.expires_at <= now
    moments = {
        "lastNotification": row.last_notification,
        "lastSuccess": row.last_success,
        "lastFailure": row.last_failure,
    }
    return {
        "status": "expired" if is_over else "active" if row.is_active else "paused",
        "isFailing": row.failures > 0,
        "timesSent": row.times_sent,
        "timesFailed": row.times_failed,
        **{name: moment_text(when) for name, when in moments.items() if when},
    }
