# SPDX-License-Identifier: EUPL-1.2
"""Notifications (clause 5.3.1), and what a subscription's document says of those sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from stoa.standards.ngsild import rendering
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.core import CORE_CONTEXT
from stoa.standards.ngsild.kinds import NULL, VALUE_OF, Attributes, Entity, Instance, Kind, kind_of
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
    wanted = subscription.wanted
    if subscription.shows_changes:
        entity = _with_changes(change, context)
    if subscription.endpoint.accept == GEO_JSON:
        return rendering.feature(entity, context, wanted)
    found = rendering.entity(entity, context, wanted)
    for name, many in rendering.shown(_gone(change, now), wanted).items():
        found[context.compact(name)] = many[0] if len(many) == 1 else many
    return found


def _gone(change: Change, now: str) -> Attributes:
    """The attributes that were deleted, each instance with null for its value (clause 5.8.6)."""
    found: Attributes = {}
    for name in sorted(change.deleted):
        before = (change.before or {}).get(name) or [{"type": Kind.PROPERTY.value}]
        found[name] = [_null(one) | {"deletedAt": now} for one in before]
    return found


def _null(before: Instance) -> Instance:
    kind = kind_of(before)
    null: Any = {"@none": NULL} if kind is Kind.LANGUAGE else NULL
    dataset = {"datasetId": before["datasetId"]} if "datasetId" in before else {}
    return {"type": kind.value, VALUE_OF[kind]: null} | dataset


def _with_changes(change: Change, context: Context) -> Entity:
    """Each instance that changed says what that of the same dataset was before (`previousValue` ...)."""
    attributes = dict(change.entity.attributes)
    for name in change.updated & attributes.keys():
        before = {one.get("datasetId", ""): one for one in (change.before or {}).get(name, [])}
        attributes[name] = [
            one | _previous(before[dataset], context)
            if (dataset := one.get("datasetId", "")) in before and before[dataset] != one
            else one
            for one in attributes[name]
        ]
    return replace(change.entity, attributes=attributes)


def _previous(before: Instance, context: Context) -> Instance:
    member = VALUE_OF[kind_of(before)]
    value = rendering.normalized(before, context).get(member)
    return {f"previous{member[0].upper()}{member[1:]}": value}


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
