# SPDX-License-Identifier: EUPL-1.2
"""Telling subscribers of changes: what is to be told is written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import (
    Datastream,
    EntityNews,
    EntitySubscription,
    SeriesState,
    Thing,
    ToldSeries,
)
from stoa.houses.observations.queries.entities import entities_of, find, things_for
from stoa.houses.observations.queries.entity_subscriptions import Subscribed, active, as_principal, read
from stoa.houses.observations.rules.subscribers import due_at, next_at
from stoa.houses.observations.terms import Access
from stoa.standards.ngsild.kinds import Entity, moment_text
from stoa.standards.ngsild.notifications import Change, concerns, data_of, is_selected

MOST_BY_CLOCK = 1_000
_PORTION = 1_000


def tell_change(city: City, thing: Thing, change: Change) -> int:
    """Note what every subscriber is to be told of a change; says how many are."""
    now = timezone.now()
    rows = list(active(city, now).filter(interval_s=0))
    _mark_told(city, thing, now, is_needed=bool(rows))
    if not rows:
        return 0
    is_open = thing.access == Access.OPEN and not thing.datastreams.exclude(access=Access.OPEN).exists()
    told = 0
    for row in rows:
        one = read(row)
        seen = change.entity if is_open else _as_seen(thing, as_principal(row), change)
        if seen is not None and concerns(one.subscription, _with(change, seen)):
            _note(city, one, _with(change, seen), now)
            told += 1
    if told:
        ask_to_send(city.pk)
    return told


def _with(change: Change, seen: Entity) -> Change:
    names = frozenset(seen.attributes) | change.deleted
    return Change(
        seen,
        change.is_created,
        change.is_deleted,
        change.created & names,
        change.updated & names,
        change.deleted,
        change.before,
    )


def _as_seen(thing: Thing, by: Principal, change: Change) -> Entity | None:
    """The entity with what a subscriber may see of it; None if that is nothing."""
    if not things_for(thing.city, by).filter(pk=thing.pk).exists():
        return None
    (found,) = entities_of([Thing.objects.get(pk=thing.pk)], by)
    return found


def ask_to_send(city_id: int) -> None:
    from stoa.houses.observations.jobs import send_entity_news

    ask_once(send_entity_news, f"entity-news-{city_id}", city_id=city_id)


def ask_for_what_is_due(city: City) -> None:
    """See to it that nothing stays untold because a job was lost."""
    if EntityNews.objects.filter(city=city, due_at__lte=timezone.now()).exists():
        ask_to_send(city.pk)


def _note(city: City, one: Subscribed, change: Change, now: datetime) -> None:
    """Put news down; what waits for its time is replaced by what is newer."""
    row = one.row
    when = due_at(now, row.last_notification, row.throttling_s)
    data = data_of(one.subscription, change, one.context, moment_text(now))
    if row.throttling_s:
        waiting = EntityNews.objects.filter(subscription=row, entity=change.entity.id, attempts=0)
        if waiting.update(data=data, at=now):
            return
    EntityNews.objects.create(
        city=city, subscription=row, entity=change.entity.id, data=data, at=now, due_at=when
    )


def _mark_told(city: City, thing: Thing, now: datetime, *, is_needed: bool) -> None:
    """Values that came with this change are not told a second time by `tell_of_series`."""
    if not is_needed:
        return
    numbers = list(thing.datastreams.exclude(attribute="").values_list("pk", flat=True))
    ToldSeries.objects.bulk_create(
        [ToldSeries(datastream_id=number, city=city, received_at=now) for number in numbers],
        update_conflicts=True,
        unique_fields=["datastream"],
        update_fields=["received_at"],
    )


def tell_of_series(city: City) -> int:
    """Tell of values that came in by other ways than as entities; says how many things changed."""
    now = timezone.now()
    oldest = active(city, now).order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        return 0
    fresh = (
        SeriesState.objects.filter(city=city, received_at__gt=oldest)
        .exclude(datastream__attribute="")
        .filter(Q(datastream__told=None) | Q(received_at__gt=F("datastream__told__received_at")))
        .order_by("received_at")
        .values_list("datastream_id", "received_at")[:_PORTION]
    )
    received = dict(fresh)
    series = Datastream.objects.filter(pk__in=received).select_related("thing__city")
    by_thing: dict[int, tuple[Thing, set[str]]] = {}
    for one in series:
        by_thing.setdefault(one.thing_id, (one.thing, set()))[1].add(one.attribute)
    everything = Principal(city.pk, is_operator=True, channel="job")
    for thing, names in by_thing.values():
        (entity,) = entities_of([thing], everything)
        tell_change(city, thing, Change(entity, updated=frozenset(names)))
    for number, when in received.items():
        ToldSeries.objects.filter(datastream_id=number, received_at__lt=when).update(received_at=when)
    return len(by_thing)


def tell_by_clock(city: City) -> int:
    """Tell those who asked to be told every so many seconds; says how many were."""
    now = timezone.now()
    due = active(city, now).filter(interval_s__gt=0, next_at__lte=now).select_for_update(skip_locked=True)
    count = 0
    for row in due:
        one = read(row)
        for entity in _selected(city, one):
            data = data_of(one.subscription, Change(entity), one.context, moment_text(now))
            EntityNews.objects.create(
                city=city, subscription=row, entity=entity.id, data=data, at=now, due_at=now
            )
        again = next_at(now, row.next_at or now, row.interval_s)
        EntitySubscription.objects.filter(pk=row.pk).update(next_at=again)
        count += 1
    if count:
        ask_to_send(city.pk)
    return count


def _selected(city: City, one: Subscribed) -> list[Entity]:
    found: dict[str, Entity] = {}
    conditions = [selector.condition() for selector in one.subscription.selectors] or [None]
    for condition in conditions:
        page = find(city=city, by=as_principal(one.row), condition=condition, limit=MOST_BY_CLOCK)
        found |= {entity.id: entity for entity in page.entities if is_selected(one.subscription, entity)}
    return list(found.values())[:MOST_BY_CLOCK]
