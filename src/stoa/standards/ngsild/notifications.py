# SPDX-License-Identifier: EUPL-1.2
"""Notifications (clause 5.3.1), and what a subscription's document says of those sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stoa.standards.ngsild import rendering
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.core import CORE_CONTEXT
from stoa.standards.ngsild.kinds import VALUE_OF, Entity, Instance, Kind, kind_of, value_of
from stoa.standards.ngsild.matching import holds
from stoa.standards.ngsild.subscriptions import Subscription, without_secrets
from stoa.standards.ngsild.wire import GEO_JSON, JSON, JSON_LD, link_to


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one entity; names are IRIs."""

    entity: Entity
    """As it is now, or as it was last if it is gone."""
    is_created: bool = False
    is_deleted: bool = False
    created: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    before: Mapping[str, list[Instance]] | None = None
    """Attributes as they were, for `showChanges`."""


def concerns(subscription: Subscription, change: Change) -> bool:
    """Whether a subscriber is to be told of a change: the right entity, the right happening, all conditions."""
    if not subscription.is_active or subscription.interval_s or not _is_triggered(subscription, change):
        return False
    return is_selected(subscription, change.entity)


def is_selected(subscription: Subscription, entity: Entity) -> bool:
    """Whether an entity is one of those that a subscription is for, as it is now."""
    several = [one.condition() for one in subscription.selectors]
    if several and not any(holds(one, entity) for one in several):
        return False
    return all(holds(part, entity) for part in (subscription.q, subscription.place, subscription.scope))


def _is_triggered(subscription: Subscription, change: Change) -> bool:
    happenings = {
        "entityCreated": change.is_created,
        "entityUpdated": not change.is_created and not change.is_deleted,
        "entityDeleted": change.is_deleted,
    }
    watched = frozenset(subscription.watched)
    names = {
        "attributeCreated": change.created,
        "attributeUpdated": change.updated,
        "attributeDeleted": change.deleted,
    }
    touched = change.created | change.updated | change.deleted
    for trigger in subscription.triggers:
        if happenings.get(trigger) and (not watched or watched & touched):
            return True
        if names.get(trigger, frozenset()) & (watched or touched):
            return True
    return False


def notification(
    subscription: Subscription,
    data: list[dict[str, Any]],
    context: Context,
    *,
    name: str,
    now: str,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The document to send, and the headers that go with it."""
    document: dict[str, Any] = {
        "id": name,
        "type": "Notification",
        "subscriptionId": subscription.id,
        "notifiedAt": now,
        "data": data,
    }
    accept = subscription.endpoint.accept
    headers = {"Content-Type": accept}
    if accept == JSON:
        headers["Link"] = link_to(context_address(context))
    elif accept == JSON_LD:
        document["@context"] = context.source
    elif accept == GEO_JSON:
        document["data"] = rendering.collection(data) | {"@context": context.source}
    return document, headers


def context_address(context: Context) -> str:
    """The one address that a Link header can name: the user's own first, if it is an address."""
    parts = context.source if isinstance(context.source, list) else [context.source]
    return next((part for part in parts if isinstance(part, str)), CORE_CONTEXT)


def mqtt_message(
    document: dict[str, Any], headers: Mapping[str, str], receivers: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    """What goes over MQTT, which has no headers: they stand beside the body (clause 7)."""
    return {"metadata": dict(headers) | dict(receivers), "body": document}


def data_of(subscription: Subscription, change: Change, context: Context, now: str) -> dict[str, Any]:
    """One entity as a notification carries it."""
    entity = change.entity
    if change.is_deleted:
        return {
            "id": entity.id,
            "type": rendering.entity(Entity(entity.id, entity.types), context)["type"],
            "deletedAt": now,
        }
    if subscription.endpoint.accept == GEO_JSON:
        return rendering.feature(entity, context, subscription.wanted)
    found = rendering.entity(entity, context, subscription.wanted)
    for name in sorted(change.deleted):
        if not subscription.wanted.attributes or name in subscription.wanted.attributes:
            found[context.compact(name)] = _gone(name, change, now)
    if subscription.shows_changes:
        _show_changes(found, change, context)
    return found


def _gone(name: str, change: Change, now: str) -> dict[str, Any]:
    """An attribute that was deleted, with null for a value (clause 5.8.6)."""
    before = (change.before or {}).get(name) or [{"type": Kind.PROPERTY.value}]
    kind = kind_of(before[0])
    null: Any = {"@none": "urn:ngsi-ld:null"} if kind is Kind.LANGUAGE else "urn:ngsi-ld:null"
    return {"type": kind.value, VALUE_OF[kind]: null, "deletedAt": now}


def _show_changes(found: dict[str, Any], change: Change, context: Context) -> None:
    """Each attribute that changed says what it was before (`previousValue` ...)."""
    for name in change.updated:
        written = found.get(context.compact(name))
        before = (change.before or {}).get(name) or []
        if isinstance(written, dict) and before:
            member = VALUE_OF[kind_of(before[0])]
            written[f"previous{member[0].upper()}{member[1:]}"] = value_of(before[0])


def told(document: Mapping[str, Any], status: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A subscription's document without its secrets, with what became of its notifications (the standard's names)."""
    found = {name: part for name, part in document.items() if name != "@context"}
    sent = {
        name: status[name]
        for name in ("timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure", "status")
        if status.get(name) not in {None, ""} and name != "status"
    }
    notified = dict(found.get("notification") or {})
    if "endpoint" in notified:
        notified["endpoint"] = without_secrets(notified["endpoint"])
    notified["status"] = "failed" if status.get("isFailing") else "ok"
    found["notification"] = notified | sent
    found["status"] = status.get("status", "active")
    return found
