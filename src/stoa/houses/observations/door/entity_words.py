# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions to entities, and the JSON-LD contexts by which they are spoken of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.actions import entity_subscriptions as _subscriptions
from stoa.houses.observations.actions import linked_contexts as _contexts
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import EntitySubscription
from stoa.houses.observations.queries import linked_contexts as _kept
from stoa.houses.observations.queries.entity_subscriptions import in_reach, status_of
from stoa.houses.observations.queries.linked_contexts import KeptContext
from stoa.houses.observations.roles import Permission
from stoa.standards.ngsild.subscriptions import Subscription

__all__ = [
    "KeptContext", "KeptSubscription", "change_subscription", "context", "context_by_address", "contexts",
    "document_at", "fresh_id", "keep_context", "reload_context", "remove_context", "subscribe", "subscription",
    "subscriptions", "unsubscribe",
]  # fmt: skip
fresh_id = _subscriptions.fresh_id


@dataclass(frozen=True, slots=True)
class KeptSubscription:
    """A subscription as it was sent, its context (not in lists), and what became of its notifications."""

    uri: str
    document: Mapping[str, Any]
    context: Mapping[str, Any] | None
    status: Mapping[str, Any]


def subscribe(
    *,
    city: City,
    by: Principal,
    subscription: Subscription,
    document: Mapping[str, Any],
    context: Mapping[str, Any] | None,
) -> None:
    """A new subscription. Raises Refused (`observations.subscription_taken` and others)."""
    _subscriptions.subscribe(city=city, by=by, subscription=subscription, document=document, context=context)


def change_subscription(
    *,
    city: City,
    by: Principal,
    subscription: Subscription,
    document: Mapping[str, Any],
    context: Mapping[str, Any] | None,
) -> None:
    """Say something else in a subscription. Raises NotFound."""
    _subscriptions.change_subscription(
        city=city, by=by, subscription=subscription, document=document, context=context
    )


def unsubscribe(*, city: City, by: Principal, uri: str) -> None:
    """End a subscription. Raises NotFound."""
    _subscriptions.unsubscribe(city=city, by=by, uri=uri)


def subscriptions(
    *, city: City, by: Principal, limit: int, offset: int
) -> tuple[list[KeptSubscription], int]:
    """A page of one's own subscriptions, and how many there are; of all with the right for the whole city."""
    need(by, Permission.KEEP_RULES)
    asked = in_reach(city, by).defer("context").order_by("pk")
    return [_read(row, None) for row in asked[offset : offset + limit]], asked.count()


def subscription(*, city: City, by: Principal, uri: str) -> KeptSubscription:
    """One subscription. Raises NotFound, Refused."""
    need(by, Permission.KEEP_RULES)
    row = in_reach(city, by).filter(uri=uri).first()
    if row is None:
        raise NotFound("subscription", uri)
    return _read(row, row.context)


def _read(row: EntitySubscription, context: Mapping[str, Any] | None) -> KeptSubscription:
    return KeptSubscription(row.uri, row.document, context, status_of(row, timezone.now()))


# -- contexts


def document_at(*, city: City, by: Principal, address: str) -> Any:
    """The JSON of a context's address, kept, or fetched if `by` belongs to the city. Raises Refused."""
    return _contexts.document_at(city=city, by=by, address=address)


def keep_context(*, city: City, by: Principal, document: Mapping[str, Any]) -> uuid.UUID:
    """Keep a context for others. Raises Refused."""
    return _contexts.keep_context(city=city, by=by, document=document).uid


def contexts(*, city: City, kind: str = "") -> list[KeptContext]:
    """All contexts that are kept, or those of one kind."""
    return _kept.contexts(city=city, kind=kind)


def context(*, city: City, uid: uuid.UUID) -> KeptContext:
    """One context by its id. Raises NotFound."""
    return _kept.context(city=city, uid=uid)


def context_by_address(*, city: City, address: str) -> KeptContext:
    """One context by where it was fetched. Raises NotFound."""
    return _kept.context_by_address(city=city, address=address)


def remove_context(*, city: City, by: Principal, uid: uuid.UUID) -> None:
    """Remove a context. Raises NotFound, Refused."""
    _contexts.remove_context(city=city, by=by, uid=uid)


def reload_context(*, city: City, by: Principal, uid: uuid.UUID) -> None:
    """Fetch a context anew. Raises NotFound, Refused."""
    _contexts.reload_context(city=city, by=by, uid=uid)
