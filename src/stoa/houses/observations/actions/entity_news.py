# SPDX-License-Identifier: EUPL-1.2
"""Telling subscribers of changes: what is to be told is written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.ground.problems import Refused
from stoa.houses.observations.models import (
    Datastream,
    EntityNews,
    EntitySubscription,
    SeriesState,
    Thing,
    ToldSeries,
)
from stoa.houses.observations.queries.asking.budgets import one_budget
from stoa.houses.observations.queries.entities import find
from stoa.houses.observations.queries.entity_subscriptions import Subscribed, active, as_principal, read
from stoa.houses.observations.queries.entity_views import Views, views_of
from stoa.houses.observations.rules.subscribers import due_at, next_at, told_outside
from stoa.houses.observations.terms import Access
from stoa.standards.ngsild.kinds import Entity, moment_text
from stoa.standards.ngsild.notifications import Change, concerns, data_of, is_selected

MOST_BY_CLOCK = 1_000
_PORTION = 1_000


def is_heard(city: City | int) -> bool:
    """Whether anybody is to be told of changes at all."""
    return active(city, timezone.now()).filter(interval_s=0).exists()


def views_before(thing: Thing) -> Views | None:
    """How subscribers see a thing before it changes, to be handed to `tell_change`; None if nobody listens."""
    return views_of(thing) if is_heard(thing.city_id) else None


def tell_change(city: City, thing: Thing, change: Change, before: Views | None = None) -> int:
    """Note what every subscriber is to be told of a change; says how many are.

    `before`: how it was seen until now; not needed for what is new and for what is about to go.
    """
    now = timezone.now()
    rows = list(active(city, now).filter(interval_s=0))
    return _tell(city, rows, _Told(thing, change, before)) if rows else 0


class _Told:
    """One change as the two sorts of subscribers may know of it; worked out once for all of a sort."""

    def __init__(self, thing: Thing, change: Change, before: Views | None) -> None:
        self._thing = thing
        self._change = change
        self._before = before
        self._now = views_of(thing)
        self._found: dict[bool, Change | None] = {}

    def to(self, row: EntitySubscription) -> Change | None:
        """What a subscriber may know of; None if that is nothing."""
        is_inside = row.sees_all or self._thing.department_id in row.sees_departments
        if is_inside not in self._found:
            self._found[is_inside] = self._inside() if is_inside else self._outside()
        return self._found[is_inside]

    def _inside(self) -> Change:
        before = self._before.inside.attributes if self._before else None
        return replace(self._change, entity=self._now.inside, before=before)

    def _outside(self) -> Change | None:
        before = self._before.outside if self._before else None
        return told_outside(self._change, before, self._now.outside)


def _tell(city: City, rows: Sequence[EntitySubscription], told: _Told) -> int:
    now = timezone.now()
    count = 0
    for row in rows:
        one, change = read(row), told.to(row)
        if change is not None and concerns(one.subscription, change):
            _note(city, one, change, now)
            count += 1
    if count:
        ask_to_send(city.pk)
    return count


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


def mark_told(city: City, received: Mapping[int, datetime]) -> None:
    """Values (by series, when they came in) that subscribers know of: `tell_of_series` need not tell them."""
    ToldSeries.objects.bulk_create(
        [ToldSeries(datastream_id=number, city=city, received_at=when) for number, when in received.items()],
        update_conflicts=True,
        unique_fields=["datastream"],
        update_fields=["received_at"],
    )


def tell_of_series(city: City) -> int:
    """Tell of values that came in by other ways than as entities; says how many things changed.

    A series is told when its latest value is another one than was told last, whichever came in first: what was
    received earlier may be committed later.
    """
    now = timezone.now()
    rows = list(active(city, now).filter(interval_s=0).order_by("created_at"))
    if not rows:
        return 0
    fresh = (
        SeriesState.objects.filter(city=city, received_at__gt=rows[0].created_at)
        .exclude(datastream__attribute="")
        .filter(Q(datastream__told=None) | ~Q(received_at=F("datastream__told__received_at")))
        .order_by("received_at")
        .values_list("datastream_id", "received_at")[:_PORTION]
    )
    received = {number: when for number, when in fresh if when is not None}
    by_thing: dict[Thing, list[Datastream]] = {}
    for one in Datastream.objects.filter(pk__in=received).select_related("thing__city"):
        by_thing.setdefault(one.thing, []).append(one)
    for thing, series in by_thing.items():
        _tell(city, rows, _NewValues(thing, series))
    mark_told(city, received)
    return len(by_thing)


class _NewValues(_Told):
    """New values of some series of a thing."""

    def __init__(self, thing: Thing, series: Sequence[Datastream]) -> None:
        super().__init__(thing, Change(Entity("", ())), None)
        self._series = series

    def _inside(self) -> Change:
        return Change(self._now.inside, updated=frozenset(one.attribute for one in self._series))

    def _outside(self) -> Change | None:
        names = frozenset(one.attribute for one in self._series if one.access == Access.OPEN)
        found = self._now.outside
        return Change(found, updated=names) if found is not None and names else None


def tell_by_clock(city: City) -> int:
    """Tell those who asked to be told every so many seconds; says how many were."""
    now = timezone.now()
    due = active(city, now).filter(interval_s__gt=0, next_at__lte=now).select_for_update(skip_locked=True)
    count = 0
    for row in due:
        again = next_at(now, row.next_at or now, row.interval_s)
        mine = EntitySubscription.objects.filter(pk=row.pk)
        mine.update(next_at=again)
        try:
            with one_budget():
                _tell_all(city, read(row), now)
        except Refused:  # it asks for too much: its own failure, and nobody else's
            mine.update(failures=F("failures") + 1, times_failed=F("times_failed") + 1, last_failure=now)
            continue
        count += 1
    if count:
        ask_to_send(city.pk)
    return count


def _tell_all(city: City, one: Subscribed, now: datetime) -> None:
    for entity in _selected(city, one):
        data = data_of(one.subscription, Change(entity), one.context, moment_text(now))
        EntityNews.objects.create(
            city=city, subscription=one.row, entity=entity.id, data=data, at=now, due_at=now
        )


def _selected(city: City, one: Subscribed) -> list[Entity]:
    found: dict[str, Entity] = {}
    conditions = [selector.condition() for selector in one.subscription.selectors] or [None]
    for condition in conditions:
        page = find(city=city, by=as_principal(one.row), condition=condition, limit=MOST_BY_CLOCK)
        found |= {entity.id: entity for entity in page.entities if is_selected(one.subscription, entity)}
    return list(found.values())[:MOST_BY_CLOCK]
