# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.lake import door
from stoa.commons.lake.values import Layout
from stoa.ground.tables import ROW, ColumnSpec, Kind

ID = ColumnSpec("id", "Id", Kind.INTEGER)
NAME = ColumnSpec("name", "Name", Kind.TEXT)
SIZE = ColumnSpec("size", "Größe", Kind.NUMBER)
COLUMNS = (ID, NAME, SIZE)

CELLS = st.tuples(
    st.sampled_from([1, 2, 3, 4, 5, 6]),
    st.sampled_from([None, "a", "b", "B"]),
    st.sampled_from([None, 0.0, -0.0, math.nan, 1.5]),
)


def settled(row: tuple) -> tuple:
    """A row as it counts: -0.0 is 0.0, and every NaN is the same one."""
    return tuple("nan" if isinstance(v, float) and math.isnan(v) else v for v in row)


def by_key_slowly(old: list[tuple], new: list[tuple]) -> tuple[int, int, int]:
    before, after = ({row[0]: settled(row) for row in rows} for rows in (old, new))
    changed = sum(1 for key in before.keys() & after.keys() if before[key] != after[key])
    return len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed


def whole_slowly(old: list[tuple], new: list[tuple]) -> tuple[int, int]:
    before, after = Counter(map(settled, old)), Counter(map(settled, new))
    return (after - before).total(), (before - after).total()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.lists(CELLS, max_size=6), new=st.lists(CELLS, max_size=6))
def test_the_comparison_is_what_one_counts_by_hand(stage_rows, old, new):
    with TemporaryDirectory() as folder:
        layout = Layout(Path(folder) / "lake", Path(folder) / "cache", memory_mib=200)
        refs = [
            door.write_version(
                layout, stage_rows(COLUMNS, rows), path=f"v{n}", columns=COLUMNS, key=("id",)
            ).ref
            for n, rows in enumerate((old, new))
        ]
        found = door.compare(layout, *refs, limit=100)
    if all(len({row[0] for row in rows}) == len(rows) for rows in (old, new)):
        assert found.by_key == ("id",)
        assert (found.added, found.removed, found.changed) == by_key_slowly(old, new)
    else:
        assert found.by_key == ()
        assert (found.added, found.removed) == whole_slowly(old, new)
        assert found.changed == 0
    assert found.same == len(new) - found.added - found.changed == len(old) - found.removed - found.changed
    sides = [(row.before is None, row.after is None) for row in found.sample]
    assert sides.count((True, False)) == found.added
    assert sides.count((False, True)) == found.removed
    assert sides == sorted(sides, key=[(False, False), (True, False), (False, True)].index), (
        "changed ones come first"
    )
    for row in found.sample:
        for side, rows in ((row.before, old), (row.after, new)):
            if side is not None:
                assert settled(rows[side[ROW] - 1]) == settled(tuple(side[c.name] for c in COLUMNS))


def test_a_changed_row_says_which_columns_differ(layout, put):
    old = put(COLUMNS, [(1, "a", 1.0), (2, "b", None), (3, "c", 3.0)], key=("id",)).ref
    new = put(COLUMNS, [(3, "c", 3.0), (2, "B", 5.0), (1, "a", 1.5)], key=("id",)).ref
    found = door.compare(layout, old, new)
    assert found.changed_by_column == {"name": 1, "size": 2}
    assert [(row.after["id"], row.columns) for row in found.sample] == [(2, ("name", "size")), (1, ("size",))]
    assert found.sample[0].before == {ROW: 2, "id": 2, "name": "b", "size": None}


def test_a_moved_place_is_a_change_and_is_shown_as_geojson(layout, put):
    old = put([ID], [(1, 7.5, 52.0), (2, 7.6, 52.0), (3, None, None)], place="lonlat", key=("id",)).ref
    new = put([ID], [(1, 7.5, 52.0), (2, 7.7, 52.0), (3, 7.0, 51.0)], place="lonlat", key=("id",)).ref
    found = door.compare(layout, old, new)
    assert (found.added, found.removed, found.changed) == (0, 0, 2)
    assert found.changed_by_column == {"geometry": 2}
    first, second = found.sample
    assert json.loads(first.before["geometry"])["coordinates"] == [7.6, 52.0]
    assert json.loads(first.after["geometry"])["coordinates"] == [7.7, 52.0]
    assert second.before["geometry"] is None


def test_columns_that_came_went_or_turned_are_said_and_not_compared(layout, put):
    old = put([ID, NAME, SIZE], [(1, "a", 2.0)], key=("id",)).ref
    unit = replace(SIZE, name="width", unit="m")
    new = put([ID, replace(NAME, kind=Kind.INTEGER), unit], [(1, 7, 2.0)], key=("id",)).ref
    found = door.compare(layout, old, new)
    assert found.schema.added == (unit,)
    assert found.schema.removed == (SIZE,)
    assert found.schema.retyped == ((NAME, replace(NAME, kind=Kind.INTEGER)),)
    assert (found.same, found.changed) == (1, 0)


def test_an_empty_or_double_key_is_not_used(layout, put):
    old = put(COLUMNS, [(None, "a", 1.0), (2, "b", 1.0)], key=("id",)).ref
    new = put(COLUMNS, [(None, "a", 1.0), (2, "c", 1.0)], key=("id",)).ref
    found = door.compare(layout, old, new)
    assert found.by_key == ()
    assert (found.added, found.removed, found.same) == (1, 1, 1)


def test_another_key_than_before_is_not_used(layout, put):
    old = put(COLUMNS, [(1, "a", 1.0)], key=("id",)).ref
    new = put(COLUMNS, [(1, "a", 1.0)], key=("name",)).ref
    assert door.compare(layout, old, new).by_key == ()


def test_pages_of_the_differences_are_read_from_the_kept_file(layout, put, monkeypatch):
    from stoa.commons.lake import comparing

    old = put(COLUMNS, [(n, "a", 1.0) for n in range(50)], key=("id",)).ref
    new = put(COLUMNS, [(n, "a", n / 3) for n in range(50)], key=("id",)).ref
    whole = door.compare(layout, old, new, limit=100)
    assert whole.changed == 49
    monkeypatch.setattr(comparing, "_work_out", lambda *a: pytest.fail("worked out again"))
    parts = [door.compare(layout, old, new, limit=20, offset=offset).sample for offset in (0, 20, 40)]
    assert parts[0] + parts[1] + parts[2] == whole.sample
