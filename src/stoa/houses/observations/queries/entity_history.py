# SPDX-License-Identifier: EUPL-1.2
"""Entities over time: observations of their series, and figures over periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import Datastream, HistoryFile, Observation, SeriesState, Thing
from stoa.houses.observations.queries.asking.budgets import check_time, timed
from stoa.houses.observations.queries.entities import entities_of, result_of, things_for
from stoa.houses.observations.queries.history import Reading, readings, walk
from stoa.houses.observations.rules.entities import plain_number
from stoa.houses.observations.rules.figures import figures, span_of
from stoa.houses.observations.rules.ids import id_of
from stoa.houses.observations.rules.instants import us_of
from stoa.standards.ngsild.histories import Aggregate, TemporalQuery, narrowed
from stoa.standards.ngsild.kinds import Attributes, Entity, Instance, Kind, moment_text

MOST_INSTANCES = 10_000
"""Of one attribute in one answer."""
MOST_IN_ALL = 100_000
"""Instances, or figures, in one answer; its attributes share them evenly."""
INSTANCE = "urn:ngsi-ld:Instance:"


@dataclass(frozen=True, slots=True)
class Past:
    """An entity over time."""

    entity: Entity
    figures: Mapping[str, Mapping[str, list[Aggregate]]]
    is_cut: bool
    """There are more instances than are shown."""


def histories(
    *, city: City, by: Principal, uris: Sequence[str], names: frozenset[str], query: TemporalQuery
) -> list[Past]:
    """The entities over time, in the order of the ids; those that may not be known are absent.

    Three queries and one for each series. Raises Refused: `observations.figures_too_many`,
    `observations.question_too_costly`.
    """
    with timed():
        return _histories(city, by, uris, (names, query))


def _histories(
    city: City, by: Principal, uris: Sequence[str], asked: tuple[frozenset[str], TemporalQuery]
) -> list[Past]:
    names, query = asked
    things = {thing.uri: thing for thing in things_for(city, by).filter(uri__in=list(uris))}
    listed = [things[uri] for uri in uris if uri in things]
    series: dict[int, list[Datastream]] = {}
    visible = Datastream.objects.filter(thing__in=listed).exclude(attribute="").visible_to(by)
    for one in visible.order_by("pk"):
        if not names or one.attribute in names:
            series.setdefault(one.thing_id, []).append(one)
    entities = entities_of(listed, by)
    share = _share(sum(map(len, series.values())), query)
    return [
        _past(thing, entity, series.get(thing.pk, []), (names, query, share))
        for thing, entity in zip(listed, entities, strict=True)
    ]


def _share(series: int, query: TemporalQuery) -> int:
    """How many instances, or periods, one series may fill."""
    return min(MOST_INSTANCES, max(1, MOST_IN_ALL // max(1, series * len(query.methods or "-"))))


def _past(
    thing: Thing,
    entity: Entity,
    series: Sequence[Datastream],
    asked: tuple[frozenset[str], TemporalQuery, int],
) -> Past:
    names, query, share = asked
    observed = {(one.attribute, one.dataset_id) for one in series}
    still = {
        name: kept
        for name, many in entity.attributes.items()
        if (not names or name in names)
        and (kept := [one for one in many if (name, one.get("datasetId", "")) not in observed])
    }
    attributes: Attributes = narrowed(still, query)
    told: dict[str, Mapping[str, list[Aggregate]]] = {}
    is_cut = False
    for one in series:
        check_time()
        if query.methods:
            told[one.attribute] = _figures(one, query, share)
            attributes.setdefault(one.attribute, [{"type": Kind.PROPERTY.value}])
            continue
        meta = _meta(thing, one)
        most = min(query.last or share, share)
        instances = _instances(one, query, meta, most + 1)
        is_cut |= len(instances) > most != query.last
        if instances:
            attributes.setdefault(one.attribute, []).extend(instances[:most])
    return Past(replace(entity, attributes=attributes), told, is_cut)


def _meta(thing: Thing, series: Datastream) -> Instance:
    """What the document says of an attribute beside its values."""
    for one in thing.attributes.get(series.attribute, []):
        if one.get("datasetId", "") == series.dataset_id and one["type"] == Kind.PROPERTY:
            left_out = {"value", "observedAt", "createdAt", "modifiedAt"}
            return {name: part for name, part in one.items() if name not in left_out}
    found: Instance = {"type": Kind.PROPERTY.value}
    if series.unit_code:
        found["unitCode"] = series.unit_code
    return found | ({"datasetId": series.dataset_id} if series.dataset_id else {})


_EARLIEST = datetime(1000, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


def _span(query: TemporalQuery) -> tuple[datetime, datetime]:
    """What is asked for as a span that holds its begin and not its end."""
    begins, ends = query.period.begins, query.period.ends
    if begins is not None and query.relation != "between":
        begins += _INSTANT
    return begins or _EARLIEST, ends or _LATEST


def _instances(series: Datastream, query: TemporalQuery, meta: Instance, most: int) -> list[Instance]:
    """The newest first; what lies in the lake is found by the time of observation only."""
    since, until = _span(query)
    if query.by != "observedAt":
        found = _received(series, (since, until), most)
    else:
        city = series.city_id
        found = readings(
            city_id=city, series=[series.pk], since=since, until=until, most=most, newest_first=True
        )
    return [meta | _instance(series, row) for row in found]


def _received(series: Datastream, span: tuple[datetime, datetime], most: int) -> list[Reading]:
    rows = Observation.objects.filter(
        datastream_id=series.pk, received_at__gte=span[0], received_at__lt=span[1]
    ).order_by("-received_at", "-at", "-result_at")
    return [
        Reading(
            row.datastream_id, row.at, row.result_at, row.until, row.number, row.text, row.json,
            row.quality, row.feature_id, row.extra, row.received_at, row.revision,
        )
        for row in rows[:most]
    ]  # fmt: skip


def _instance(series: Datastream, row: Reading) -> Instance:
    return {
        "value": plain_number(result_of(series.result_type, row.number, row.text, row.json)),
        "observedAt": moment_text(row.at),
        "instanceId": INSTANCE + id_of(series.pk, us_of(row.at), us_of(row.result_at)),
        "createdAt": moment_text(row.received_at),
        "modifiedAt": moment_text(row.received_at),
    }


_FIGURES = {
    "totalCount": "count(*)",
    "distinctCount": "count(distinct coalesce(number::text, text, json::text))",
    "sum": "sum(number)",
    "avg": "avg(number)",
    "min": "min(number)",
    "max": "max(number)",
    "stddev": "stddev_pop(number)",
    "sumsq": "sum(number * number)",
}
_WATCHED = 5_000


def _figures(series: Datastream, query: TemporalQuery, most: int) -> dict[str, list[Aggregate]]:
    """Figures of one series by method; by SQL, unless part of the time asked for lies in the lake."""
    since, until = _span(query)
    first = SeriesState.objects.filter(datastream=series).values_list("first_at", flat=True).first()
    since = max(since, first) if first else since
    if HistoryFile.objects.filter(
        city_id=series.city_id, replaced_at=None, ends__gt=since.date(), begins__lte=until.date()
    ).exists():
        rows = walk(city_id=series.city_id, series=series.pk, since=since, until=until)
        found = figures(_watched(series, rows), query, most)
    else:
        found = _counted(series, query, most)
    if any(len(listed) > most for listed in found.values()):
        raise _too_many(most)
    return found


def _watched(series: Datastream, rows: Iterable[Reading]) -> Iterator[tuple[datetime, Any]]:
    """Instants and values, as long as there is time."""
    for count, row in enumerate(rows):
        if count % _WATCHED == 0:
            check_time()
        yield row.at, result_of(series.result_type, row.number, row.text, row.json)


def _too_many(most: int) -> Refused:
    return Refused(
        Problem(
            "observations.figures_too_many",
            say("There would be more than %(most)s periods for each attribute.", most=most),
            say("So long an answer would keep everybody else waiting."),
            say("Ask for longer periods, for less time, or for fewer entities."),
        )
    )


def _counted(series: Datastream, query: TemporalQuery, most: int) -> dict[str, list[Aggregate]]:
    period, values = _period(query)
    listed = ", ".join(_FIGURES[method] for method in query.methods)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {period} as start, min(at), max(at), {listed} from observations_observation"
            " where datastream_id = %s and at >= %s and at < %s group by 1 order by 1 limit %s",
            [*values, series.pk, *_span(query), most + 1],
        )
        rows = cursor.fetchall()
    found: dict[str, list[Aggregate]] = {method: [] for method in query.methods}
    for start, first, last, *numbers in rows:
        span = span_of(start, (first, last), query)
        for method, number in zip(query.methods, numbers, strict=True):
            if number is not None:
                found[method].append(Aggregate(plain_number(number), *span))
    return found


def _period(query: TemporalQuery) -> tuple[str, list[Any]]:
    """SQL of the begin of an instant's period: counted from the begin of what is asked, else from 1970."""
    length = query.length
    if length.is_everything:
        return "null::timestamptz", []
    origin = query.period.begins
    if length.months:
        months = "extract(year from at at time zone 'UTC')::int * 12 + extract(month from at at time zone 'UTC')::int - 1"
        since = f"make_interval(months => ({months}) %% %s)"
        return f"(date_trunc('month', at at time zone 'UTC') - {since}) at time zone 'UTC'", [length.months]
    return "date_bin(make_interval(secs => %s), at, coalesce(%s, 'epoch'::timestamptz))", [
        length.seconds,
        origin,
    ]
