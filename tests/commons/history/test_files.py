# SPDX-License-Identifier: EUPL-1.2
"""Files of history: sorted, complete or not there at all, merged so that the newest word counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.history import reading, writing
from stoa.commons.history.schema import HOUR_SCHEMA, SCHEMA
from stoa.commons.history.values import Key
from stoa.commons.lake.values import Layout

DAY = datetime(2026, 11, 1, tzinfo=UTC)
US = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "lake", tmp_path / "cache")


def table(rows: list[tuple[int, int, float]]) -> pa.Table:
    """Rows of (series, minute of the day, number), sorted as a file wants them."""
    rows = sorted(rows)
    moments = [DAY + timedelta(minutes=minute) for _, minute, _ in rows]
    columns = {
        "datastream_id": [series for series, _, _ in rows],
        "at": moments,
        "number": [number for _, _, number in rows],
        "quality": [2] * len(rows),
        "received_at": moments,
        "revision": [0] * len(rows),
    }
    return pa.table(
        {field.name: pa.array(columns.get(field.name, [None] * len(rows)), field.type) for field in SCHEMA},
        schema=SCHEMA,
    )


def written(layout: Layout, name: str, rows: list[tuple[int, int, float]]) -> Path:
    target = layout.lake / name
    writing.write_sorted(layout, table(rows).to_batches(), target)
    return target


def read(layout: Layout, path: str, series: list[int]) -> list[tuple[int, int, float]]:
    found = reading.rows(
        layout, [path], series=series, begins=DAY, ends=DAY + timedelta(days=1), most=10_000
    ).to_pylist()
    return [(row["datastream_id"], (row["at"] - DAY) // timedelta(minutes=1), row["number"]) for row in found]


def test_what_was_written_is_read_by_time_and_newest_first_if_asked(layout: Layout) -> None:
    written(layout, "a.parquet", [(2, 5, 1.5), (1, 7, 2.5), (1, 3, 3.5)])
    assert read(layout, "a.parquet", [1, 2]) == [(1, 3, 3.5), (2, 5, 1.5), (1, 7, 2.5)]
    newest = reading.rows(
        layout,
        ["a.parquet"],
        series=[1, 2],
        begins=DAY,
        ends=DAY + timedelta(days=1),
        most=1,
        newest_first=True,
    )
    assert newest["number"].to_pylist() == [2.5]


def test_a_writer_that_fails_leaves_nothing(layout: Layout) -> None:
    def broken() -> object:
        yield from table([(1, 1, 1.0)]).to_batches()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        writing.write_sorted(layout, broken(), layout.lake / "a.parquet")  # type: ignore[arg-type]
    assert list(layout.lake.iterdir()) == []


def hours(layout: Layout, paths: list[str], series: Sequence[int], **among: Any) -> list[tuple[Any, ...]]:
    portions = reading.hours(
        layout, paths, begins=DAY, ends=DAY + timedelta(days=1), left_out=[4], among=reading.Among(series, **among)
    )  # fmt: skip
    rows = pa.Table.from_batches(portions, schema=HOUR_SCHEMA).to_pylist()
    return sorted(
        (r["datastream_id"], (r["start"] - DAY) // timedelta(hours=1), r["count"], r["total"], r["low"], r["high"])
        for r in rows
    )  # fmt: skip


HOURS = [(1, 0, 2, 4.0, 1.0, 3.0), (1, 1, 1, 8.0, 8.0, 8.0), (2, 0, 1, 4.0, 4.0, 4.0)]


def test_hours_are_the_same_whether_they_were_counted_before_or_are_counted_now(layout: Layout) -> None:
    path = "series/1/a.parquet"
    written(layout, path, [(1, 0, 1.0), (1, 59, 3.0), (1, 60, 8.0), (2, 5, 4.0)])
    assert hours(layout, [path], [1, 2]) == HOURS
    writing.write_hours(layout, path, left_out=[4])
    (layout.lake / path).unlink()
    assert hours(layout, [path], [1, 2]) == HOURS
    assert hours(layout, [path], [1], but={(1, DAY)}) == HOURS[1:2]
    assert hours(layout, [], [1]) == []


def test_bad_values_are_in_no_hour(layout: Layout) -> None:
    path = "series/1/a.parquet"
    rows = table([(1, 0, 1.0), (1, 59, 3.0)]).set_column(7, SCHEMA.field(7), pa.array([2, 4], pa.int32()))
    writing.write_sorted(layout, rows.to_batches(), layout.lake / path)
    for _ in range(2):
        assert hours(layout, [path], [1]) == [(1, 0, 1, 1.0, 1.0, 1.0)]
        writing.write_hours(layout, path, left_out=[4])


def test_hours_outlive_the_values_that_are_cut_off(layout: Layout) -> None:
    old, new = "series/1/old.parquet", "series/1/new.parquet"
    written(layout, old, [(1, 0, 1.0), (1, 700, 5.0), (2, 0, 2.0)])
    writing.write_hours(layout, old, left_out=[])
    written(layout, new, [(1, 700, 5.0)])
    noon = (DAY + timedelta(hours=11) - EPOCH) // US
    writing.write_hours(layout, new, left_out=[], older=[old], expired={1: noon})
    assert hours(layout, [new], [1, 2]) == [(1, 0, 1, 1.0, 1.0, 1.0), (1, 11, 1, 5.0, 5.0, 5.0)]


def test_observations_are_found_by_key_by_series_and_by_feature(layout: Layout) -> None:
    rows = table([(1, 0, 1.0), (1, 5, 2.0), (2, 0, 3.0)])
    rows = rows.set_column(8, SCHEMA.field(8), pa.array([None, 7, 7], pa.int64()))
    writing.write_sorted(layout, rows.to_batches(), layout.lake / "a.parquet")
    one, two, three = (
        Key(s, (DAY + timedelta(minutes=m) - EPOCH) // US, None) for s, m in ((1, 0), (1, 5), (2, 0))
    )
    span = {"begins": DAY, "ends": DAY + timedelta(days=1)}

    def found(**sought: Any) -> set[Key]:
        return {key for key, _ in reading.keys(layout, ["a.parquet"], reading.Sought(**(span | sought)))}

    assert found(keys=[two, Key(9, 0, None), Key(1, one.at_us, one.at_us)]) == {two}
    assert found(series=[1]) == {one, two}
    assert found(feature=7) == {two, three}
    assert found(feature=7, begins=DAY + timedelta(minutes=1)) == {two}
    assert found(keys=[]) == set()


def test_every_generation_of_a_span_has_a_name_of_its_own() -> None:
    span = (date(2026, 11, 1), date(2026, 12, 1))
    assert writing.file_name(1, *span, 1) != writing.file_name(1, *span, 2)


_FILES = st.lists(
    st.dictionaries(
        st.tuples(st.integers(1, 3), st.integers(0, 9)), st.integers(-5, 5).map(float), max_size=12
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=_FILES, removed=st.sets(st.tuples(st.integers(1, 3), st.integers(0, 9)), max_size=4))
def test_merging_says_what_writing_one_after_the_other_into_a_dictionary_says(
    tmp_path: Path, files: list[dict[tuple[int, int], float]], removed: set[tuple[int, int]]
) -> None:
    layout = Layout(tmp_path / "lake", tmp_path / "cache")
    oracle: dict[tuple[int, int], float] = {}
    paths = []
    for place, told in enumerate(files):
        oracle |= told
        paths.append(written(layout, f"{place}.parquet", [(s, m, n) for (s, m), n in told.items()]))
    keys = [Key(s, (DAY + timedelta(minutes=m) - EPOCH) // US, None) for s, m in removed]
    merged = writing.merge(
        layout, older=paths[:-1], newer=paths[-1], target=layout.lake / "all.parquet", removed=keys
    )
    left = sorted((s, m, n) for (s, m), n in oracle.items() if (s, m) not in removed or (s, m) in files[-1])
    assert merged.rows == len(left)
    told, gone = (
        Counter(s for told in files for s, _ in told),
        Counter(s for told in files[:-1] for s, m in told if (s, m) in removed),
    )
    kept = Counter(s for s, _, _ in left)
    assert merged.lost == {s: n for s in told if (n := told[s] - kept[s] - gone[s])}
    assert sorted(read(layout, "all.parquet", [1, 2, 3])) == left
