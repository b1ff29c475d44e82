# SPDX-License-Identifier: EUPL-1.2
"""A year of history that lies in the lake, and questions to it by the house's door and by DuckDB alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
from tests.perf.steps import CITY

MONTHS = [date(2030, month, 1) for month in range(1, 13)]
BEGIN, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def ask_history(*, rows: int, series: int) -> dict[str, Any]:
    """Twelve files of months are made as they lie after the roll, entered, and asked. Runs in a process of its own."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.houses.observations.door import history
    from stoa.houses.observations.models import Datastream
    from stoa.site.asking import operator

    city, by = City.objects.get(slug=CITY), operator()
    with acting_in(city):
        known = sorted(Datastream.objects.filter(city=city).values_list("pk", flat=True))[:series]
        paths, counting = _fill(city.pk, known[0], max(1, rows // series // len(MONTHS)), series)
        groups, door = _best(
            lambda: _fetched(history.hours(city=city, by=by, since=BEGIN, until=END).portions)
        )
        month = _best(
            lambda: len(
                history.readings(
                    city=city, by=by, series=known[7], since=BEGIN, until=BEGIN + timedelta(days=31)
                )
            )
        )
    ready, bare = _alone(paths)
    return {
        "door": door,
        "groups": groups,
        "counting": counting,
        "duckdb_hours": ready,
        "duckdb_values": bare,
        "month": month[1],
        "month_rows": month[0],
    }


def _best(ask: Callable[[], int], times: int = 3) -> tuple[int, float]:
    """What is answered, and the shortest of several times in seconds."""
    taken, found = [], 0
    for _ in range(times):
        began = time.perf_counter()
        found = ask()
        taken.append(time.perf_counter() - began)
    return found, min(taken)


def _fetched(portions: Any) -> int:
    return sum(batch.num_rows for batch in portions)


def _fill(city_id: int, first: int, each: int, series: int) -> tuple[list[str], float]:
    """The files; and how long the hours of all of them took to be counted when they were written."""
    from stoa.commons.history import writing
    from stoa.commons.lake.place import layout
    from stoa.houses.observations.models import HistoryFile
    from stoa.houses.observations.queries.buckets import LEFT_OUT

    place, paths, counting = layout(), [], 0.0
    for begins in MONTHS:
        ends = (begins + timedelta(days=32)).replace(day=1)
        path = writing.file_name(city_id, begins, ends, 1)
        target = place.lake / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"threads": 2}) as engine:
            engine.execute(
                _MONTH.format(begins=begins.isoformat(), each=each, first=first, series=series, path=target)
            )
        began = time.perf_counter()
        writing.write_hours(place, path, left_out=LEFT_OUT)
        counting += time.perf_counter() - began
        HistoryFile.objects.create(
            city_id=city_id, begins=begins, ends=ends, generation=1, path=path, rows=each * series,
            bytes=target.stat().st_size,
        )  # fmt: skip
        paths.append(path)
    return paths, counting


def _alone(paths: list[str]) -> tuple[float, float]:
    """DuckDB with nothing of ours: the files of hours handed over, and the same counted from single values."""
    from stoa.commons.history import writing
    from stoa.commons.lake.place import layout

    def ask(statement: str, files: list[str]) -> float:
        listed = writing.listed(layout(), files)
        with duckdb.connect(config={"threads": 2}) as engine:
            engine.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
            return _best(
                lambda: _fetched(engine.execute(statement.format(files=listed)).to_arrow_reader(122_880))
            )[1]

    return ask("FROM {files}", [writing.hours_name(path) for path in paths]), ask(_COUNTED, paths)


_COUNTED = """
    SELECT datastream_id, epoch_us("at") // 3600000000 AS hour, count(number), sum(number), min(number), max(number)
    FROM {files} GROUP BY 1, 2
"""
_MONTH = """
    SET TimeZone = 'UTC';
    COPY (
      SELECT ({first} + series)::BIGINT AS datastream_id,
             TIMESTAMPTZ '{begins} 00:00:00+00' + to_microseconds((step * 2419200000000 // {each})::BIGINT) AS "at",
             NULL::TIMESTAMPTZ AS result_at, NULL::TIMESTAMPTZ AS until,
             round(20 + 5 * sin(step / 50.0) + random(), 2) AS number, NULL::VARCHAR AS text, NULL::VARCHAR AS json,
             2::INTEGER AS quality, NULL::BIGINT AS feature_id, NULL::VARCHAR AS extra,
             TIMESTAMPTZ '{begins} 00:00:00+00' AS received_at, 0::INTEGER AS revision
      FROM range({series}) s(series), range({each}) t(step) ORDER BY series, step
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)
"""
