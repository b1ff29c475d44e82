# SPDX-License-Identifier: EUPL-1.2
"""Questions about one series that reach into the lake: its rows are handed to PostgreSQL in stretches of time, which
answers them like rows of its own. So every condition means the same, however old an observation is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from stoa.commons.cities.acting import current_city_id
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Call, Literal, Moment, Node, Path, Period
from stoa.houses.observations.models import Datastream, HistoryFile, SeriesState
from stoa.houses.observations.queries.asking.budgets import check_time, too_costly
from stoa.houses.observations.queries.asking.pieces import Sql
from stoa.houses.observations.queries.asking.questions import Id, Question
from stoa.houses.observations.queries.history import Reading, readings
from stoa.houses.observations.rules.ids import Key
from stoa.houses.observations.rules.instants import moment_of

SECONDS = 20
EVERY = 0
"""Stands for all series."""
FIRST_STRETCH, LONGEST_STRETCH = 2_500, 50_000
MOST_SORTED = 200_000
"""Rows of history that are sorted by anything but time."""
EARLIEST, LATEST = datetime(1000, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_BY_TIME = Path(("phenomenon_time",))

_COLUMNS = (
    "datastream_id bigint, at timestamptz, result_at timestamptz, until timestamptz, number float8, text text,"
    " json jsonb, quality smallint, feature_id bigint, extra jsonb"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of one series, half open."""

    series: int
    since: datetime = EARLIEST
    until: datetime = LATEST


def stretch_of(question: Question, start: tuple[str, Id, str] | None) -> Stretch:
    """The span of one series, or of all (0), that a question about observations can speak of."""
    series = (
        start[1]
        if start and start[0] in {"datastream", "multi_datastream"}
        else _series_in(_conjuncts(question.where))
    )
    return Stretch(series if isinstance(series, int) else EVERY, *span_of(question.where, _BY_TIME.names))


def span_of(where: Node | None, time: tuple[str, ...]) -> tuple[datetime, datetime]:
    """What a condition leaves possible for the begin of a phenomenon time, given the path to it."""
    since, until = EARLIEST, LATEST
    for part in _conjuncts(where):
        begin, end = _span(part, time)
        since, until = max(since, begin), min(until, end)
    return since, until


def lake_until(span: Stretch) -> datetime | None:
    """Until when (before) observations of the span lie in the city's lake; None if none do. At most two queries."""
    city_id = current_city_id() or 0
    begin, end = span.since.date(), (span.until + timedelta(days=1)).date()
    files = HistoryFile.objects.filter(city_id=city_id, replaced_at=None, begins__lt=end, ends__gt=begin)
    last = files.order_by("-ends").values_list("ends", flat=True).first()
    return None if last is None else datetime(last.year, last.month, last.day, tzinfo=UTC)


def series_with_history(by: Principal, first: int) -> Iterator[int]:
    """All series with observations that may be known of, from one on, by number, as long as the request has time."""
    seen = Datastream.objects.visible_to(by).filter(pk__gte=first, state__count__gt=0)
    for series in seen.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        check_time()
        yield series


def _conjuncts(node: Node | None) -> list[Node]:
    if isinstance(node, Call) and node.name == "and":
        return [part for one in node.args for part in _conjuncts(one)]
    return [] if node is None else [node]


def _series_in(parts: Sequence[Node]) -> int | None:
    for part in parts:
        if isinstance(part, Call) and part.name == "eq" and len(part.args) == 2:
            path, value = part.args
            is_series = isinstance(path, Path) and path.names in {
                ("datastream", "id"),
                ("multi_datastream", "id"),
            }
            if is_series and isinstance(value, Literal) and type(value.value) is int:
                return value.value
    return None


def _span(part: Node, time: tuple[str, ...]) -> tuple[datetime, datetime]:
    """What a comparison of the phenomenon time leaves possible for its begin."""
    if not (isinstance(part, Call) and len(part.args) == 2 and part.args[0] == Path(time)):
        return EARLIEST, LATEST
    value = part.args[1]
    if isinstance(value, Moment) and isinstance(value.value, datetime):
        begin = end = value.value
    elif isinstance(value, Period) and value.begins is not None and value.ends is not None:
        begin, end = value.begins, value.ends
    else:
        return EARLIEST, LATEST
    since = begin if part.name in {"gt", "ge", "eq"} else EARLIEST
    until = end + _TICK if part.name in {"lt", "le", "eq"} and end < LATEST else LATEST
    return max(since, EARLIEST), until


def lake_of(span: Stretch) -> int | None:
    """The number of the city in whose lake some of it may lie; None if there can be nothing; at most two queries."""
    state = SeriesState.objects.filter(datastream_id=span.series, first_at__lt=span.until)
    found = state.values_list("city_id", "first_at").first()
    if found is None:
        return None
    city_id, first_at = found
    begin = max(first_at or span.since, span.since).date()
    end = (span.until + timedelta(days=1)).date()
    files = HistoryFile.objects.filter(city_id=city_id, replaced_at=None, begins__lt=end, ends__gt=begin)
    return city_id if files.exists() else None


def is_by_time(question: Question) -> bool:
    """Whether the order is the one of time, so that a page needs only the rows around it."""
    return not question.order or (len(question.order) == 1 and question.order[0].by == _BY_TIME)


def is_newest_first(question: Question) -> bool:
    return bool(question.order) and is_by_time(question) and question.order[0].is_down


def stretches(city_id: int, span: Stretch, question: Question, at: datetime | None) -> Iterator[Sql]:
    """The rows of a span as tables, in the order of the question; `at` is where an earlier page ended."""
    newest_first = is_newest_first(question)
    if not is_by_time(question):
        yield table_of_rows(_all(city_id, span))
        return
    since, until = span.since, span.until
    if at is not None:
        since, until = (since, min(until, at + _TICK)) if newest_first else (max(since, at), until)
    began, most = monotonic(), FIRST_STRETCH
    while since < until:
        check_time()
        found = readings(
            city_id=city_id,
            series=[span.series],
            since=since,
            until=until,
            most=most,
            newest_first=newest_first,
        )
        if len(found) < most:
            yield table_of_rows(found)
            return
        edge = found[-1].at
        whole = [row for row in found if row.at != edge]
        most = min(most * 4, LONGEST_STRETCH)
        if monotonic() - began > SECONDS or (not whole and len(found) >= LONGEST_STRETCH):
            raise too_costly()
        if whole:
            yield table_of_rows(whole)
            since, until = (since, edge + _TICK) if newest_first else (edge, until)


def _all(city_id: int, span: Stretch) -> list[Reading]:
    found = readings(
        city_id=city_id, series=[span.series], since=span.since, until=span.until, most=MOST_SORTED + 1
    )
    if len(found) > MOST_SORTED:
        raise too_costly()
    return found


def table_of_one(key: Key) -> Sql | None:
    """The one observation with this key, if it lies in the lake."""
    at, result_at = moment_of(key.at), moment_of(key.result_at)
    city_id = lake_of(Stretch(key.series, at, at + _TICK)) if EARLIEST <= at < LATEST else None
    if city_id is None:
        return None
    found = readings(city_id=city_id, series=[key.series], since=at, until=at + _TICK, most=1_000)
    kept = [row for row in found if row.result_at == result_at]
    return table_of_rows(kept) if kept else None


def table_of_rows(rows: Sequence[Reading]) -> Sql:
    """Rows as a table like the one of observations."""
    told = [
        {
            "datastream_id": row.series, "at": row.at.isoformat(), "result_at": row.result_at.isoformat(),
            "until": row.until and row.until.isoformat(), "number": row.number, "text": row.text, "json": row.json,
            "quality": row.quality, "feature_id": row.feature, "extra": row.extra,
        }
        for row in rows
    ]  # fmt: skip
    return Sql(f"(select * from jsonb_to_recordset(%s::jsonb) as r({_COLUMNS}))", (json.dumps(told),))


def position(keys: Sequence[Any], *, order_has_time: bool) -> datetime | None:
    """The time at which a page ended, by the key values in its token."""
    told = keys[0] if order_has_time else keys[1]
    try:
        return datetime.fromisoformat(str(told))
    except ValueError:
        return None
