# SPDX-License-Identifier: EUPL-1.2
"""Playing datasets of the catalogue again as live sensors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.lake.records import RecordQuery, Sort
from stoa.commons.lake.values import Filter, Op
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug
from stoa.houses.catalogue.door import finding, records
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Datastream, Replay, Sensor, Thing
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.replaying import (
    Recipe,
    ReplayedColumn,
    due,
    read_recipe,
    shift_of,
    value_at,
)
from stoa.houses.observations.terms import OBSERVATION_TYPES, ResultType, Way

MARGIN = timedelta(hours=4)
"""So much more of the record is read on both sides, so that moments between two values have neighbours."""
HISTORY_S = 900
"""History of before the first time has values no closer than this."""
MOST_CATCH_UP = timedelta(days=2)
"""After a longer pause the time before it stays empty."""
_Track = tuple[list[datetime], list[float]]


@dataclass(slots=True)
class Played:
    """Values by thing and column, and the times at which they were recorded."""

    tracks: dict[tuple[str, str], _Track] = field(default_factory=lambda: defaultdict(lambda: ([], [])))


@transaction.atomic
def set_up_replay(
    *, city: City, department: Department, name: str, recipe: Mapping[str, Any], by: Principal
) -> Replay:
    """Have a dataset played from now on; one of the same name is replaced and goes on where it was."""
    need(by, Permission.CHANGE_THING, department.pk)
    read_recipe(recipe)
    replay, _ = Replay.objects.update_or_create(
        city=city, name=name, defaults={"department": department, "recipe": dict(recipe), "is_on": True}
    )
    record(city_id=city.pk, by=by, verb="replay.set_up", thing="replay", thing_id=name)
    return replay


@transaction.atomic
def stop_replay(*, replay: Replay, by: Principal) -> None:
    """Write no more values; what was written stays."""
    need(by, Permission.CHANGE_THING, replay.department_id)
    replay.is_on = False
    replay.save(update_fields=["is_on"])
    record(city_id=replay.city_id, by=by, verb="replay.stopped", thing="replay", thing_id=replay.name)


@transaction.atomic
def play(*, replay: Replay, by: Principal, now: datetime) -> int:
    """Write what is due since the last time; at the first time the days of history before. Returns how many values."""
    recipe = read_recipe(replay.recipe)
    if replay.last_at:
        moments = due(max(replay.last_at, now - MOST_CATCH_UP), now, recipe.every_s)
    else:
        moments = due(now - timedelta(days=recipe.history_days), now, max(recipe.every_s, HISTORY_S))
    written = _write(replay, recipe, by, [(moment, moment) for moment in moments])
    if moments:
        replay.last_at = moments[-1]
        replay.save(update_fields=["last_at"])
    return written


@transaction.atomic
def play_faster(
    *, replay: Replay, by: Principal, since: datetime, now: datetime, recorded_s: float, copies: int = 1
) -> int:
    """Write what the record says of the `recorded_s` seconds before `now` as if it had happened between `since` and `now`.

    `copies`: every series as often as that, each of a thing of its own. Returns how many values were written.
    """
    recipe = read_recipe(replay.recipe)
    begin = now - timedelta(seconds=recorded_s)
    share = (now - since) / timedelta(seconds=recorded_s)
    moments = [(moment, since + (moment - begin) * share) for moment in due(begin, now, recipe.every_s)]
    return _write(replay, recipe, by, moments, copies)


def _write(
    replay: Replay, recipe: Recipe, by: Principal, moments: list[tuple[datetime, datetime]], copies: int = 1
) -> int:
    """Write values of the record: at which moment of it, and as of when."""
    need(by, Permission.CHANGE_THING, replay.department_id)
    city = replay.city
    newest = _newest(city, by, recipe)
    if newest is None or not moments:
        return 0
    shift = shift_of(moments[-1][0], newest)
    played = _read(city, by, recipe, moments[0][0] - shift, moments[-1][0] - shift)
    series = _series(replay, recipe, by, sorted(played.tracks), copies)
    observed = [
        Observed(series=one.pk, at=at, result=_rounded(value, column))
        for (thing, column, _), one in series.items()
        for moment, at in moments
        for value in [value_at(moment - shift, *played.tracks[thing, column.column])]
        if value is not None
    ]
    kept = keep_observations(
        city=city, observations=observed, by=by, way=Way.DROP, origin=f"replay {replay.name}"
    )
    return kept.written


def _rounded(value: float, column: ReplayedColumn) -> float | int:
    return round(value) if column.result_type == ResultType.COUNT else round(value, column.decimals)


def _table(city: City, by: Principal, recipe: Recipe) -> records.Table:
    return records.open_table(finding.entry(city=city, by=by, name=recipe.dataset))


def _newest(city: City, by: Principal, recipe: Recipe) -> datetime | None:
    sorts = tuple(Sort(column, descending=True, nulls_first=False) for column in recipe.time)
    found = records.read(_table(city, by, recipe), RecordQuery(sorts=sorts, columns=recipe.time), limit=1)
    return _moment(found.rows[0], ZoneInfo(city.zone)) if found.rows else None


def _moment(told: tuple[Any, ...], zone: ZoneInfo) -> datetime | None:
    """A moment of one column, or of a day and a clock time on the city's walls."""
    first = told[0]
    if isinstance(first, datetime):
        return first if first.tzinfo else first.replace(tzinfo=zone)
    if isinstance(first, date) and len(told) == 2 and told[1] is not None:
        clock = told[1] if isinstance(told[1], time) else time.fromisoformat(str(told[1]).zfill(5))
        return datetime.combine(first, clock, tzinfo=zone)
    return None


def _read(city: City, by: Principal, recipe: Recipe, since: datetime, until: datetime) -> Played:
    """The record of a span of time, with a margin."""
    zone, played = ZoneInfo(city.zone), Played()
    names = [
        *recipe.time,
        *([recipe.thing] if recipe.thing else []),
        *dict.fromkeys(v.column for v in recipe.values),
    ]
    low, high = since - MARGIN, until + MARGIN
    if len(recipe.time) == 2:
        bounds = (low.astimezone(zone).date().isoformat(), high.astimezone(zone).date().isoformat())
    else:
        bounds = (low.astimezone(UTC).isoformat(), high.astimezone(UTC).isoformat())
    filters = (
        Filter(recipe.time[0], Op.AT_LEAST, (bounds[0],)),
        Filter(recipe.time[0], Op.AT_MOST, (bounds[1],)),
    )
    query = RecordQuery(
        filters=filters, sorts=tuple(Sort(column) for column in recipe.time), columns=tuple(names)
    )
    for piece in records.stream(_table(city, by, recipe), query):
        for row in piece:
            moment = _moment(row[: len(recipe.time)], zone)
            if moment is not None:
                _note(played, recipe, moment, row[len(recipe.time) :])
    return played


def _note(played: Played, recipe: Recipe, moment: datetime, row: tuple[Any, ...]) -> None:
    named = str(row[0]) if recipe.thing else ""
    columns = dict(
        zip(dict.fromkeys(v.column for v in recipe.values), row[bool(recipe.thing) :], strict=True)
    )
    for value in recipe.values:
        number = columns[value.column]
        if isinstance(number, int | float) and not isinstance(number, bool):
            times, numbers = played.tracks[value.thing or named or recipe.dataset, value.column]
            if not times or moment > times[-1]:
                times.append(moment)
                numbers.append(float(number))


def _series(
    replay: Replay, recipe: Recipe, by: Principal, wanted: list[tuple[str, str]], copies: int
) -> dict[tuple[str, ReplayedColumn, int], Datastream]:
    """The series of each track, and of its copies, set up when they are not there yet."""
    columns = {(value.thing, value.column): value for value in recipe.values}
    mine = Datastream.objects.filter(city=replay.city, properties__replay=replay.name).select_related("thing")
    known = {(series.thing.name, series.properties.get("column")): series for series in mine}
    found = {}
    for thing, name in wanted:
        column = columns.get((thing, name)) or columns["", name]
        for copy in range(1, copies + 1):
            named = thing if copy == 1 else f"{thing} #{copy}"
            found[thing, column, copy] = known.get((named, name)) or _set_up(
                replay, recipe, by, named, column
            )
    return found


def _set_up(replay: Replay, recipe: Recipe, by: Principal, name: str, column: ReplayedColumn) -> Datastream:
    city = replay.city
    thing = _thing(replay, recipe, by, name)
    sensor = Sensor.objects.filter(city=city, properties__replay=replay.name).first()
    sensor = sensor or setting_up.set_up_sensor(
        city=city, by=by, name=recipe.sensor or replay.name, properties={"replay": replay.name}
    )
    measured = setting_up.known_property(city=city, by=by, definition=column.definition, name=column.property)
    return setting_up.set_up_datastream(
        thing=thing,
        sensor=sensor,
        observed_property=measured,
        by=by,
        name=f"{column.property}, {name}"[:255],
        properties={"replay": replay.name, "column": column.column},
        result_type=column.result_type,
        observation_type=OBSERVATION_TYPES[ResultType(column.result_type)],
        unit_symbol=column.unit_symbol,
        unit_code=column.unit_code,
        unit_name=column.unit_symbol,
        attribute=column.definition,
        expected_interval_s=recipe.every_s,
    )


def _thing(replay: Replay, recipe: Recipe, by: Principal, name: str) -> Thing:
    uri = f"urn:ngsi-ld:Thing:{slug(name) or replay.name}"
    thing = Thing.objects.filter(city=replay.city, uri=uri).first()
    if thing is not None:
        return thing
    thing = setting_up.set_up_thing(
        city=replay.city,
        by=by,
        department=replay.department,
        name=name,
        uri=uri,
        properties={"replay": replay.name},
    )
    place = (recipe.places or {}).get(name.partition(" #")[0])
    if place is not None:
        location = setting_up.set_up_location(
            city=replay.city, by=by, name=name, location={"type": "Point", "coordinates": list(place)}
        )
        setting_up.place_thing(thing=thing, locations=[location], by=by)
    return thing
