# SPDX-License-Identifier: EUPL-1.2
"""Rows with more cells than there are headings: nothing of them is lost in silence, wherever it stands."""

from __future__ import annotations

import pytest
from tests.commons.reading_inspect.test_inspecting import desk, rows

__all__ = ["desk"]

WIDE = ["Nr;Art;Bemerkung", *(f"{n};Baum;gut" for n in range(1, 3001))]


@pytest.mark.parametrize("extra", [1, 3, 15, 17, 60])
@pytest.mark.parametrize("quoted", [False, True])
def test_cells_of_a_wide_row_far_from_both_ends_are_kept_beside_and_told(desk, extra, quoted):
    lines = list(WIDE)
    cells = [f"mehr {n}" for n in range(1, extra + 1)]
    note = '"gut; sehr gut"' if quoted else "gut"
    lines[1500] = ";".join(["1500", "Baum", note, *cells])
    lines[2000] = "2000;Baum;gut;;;;;;"
    found = desk.look("\n".join(lines) + "\n")
    assert found.rows == 3000
    assert len(found.recipe.columns) == 3
    assert found.told_of("reading.cells_beyond") == 1
    assert [(part.rows, part.reason.facts["n"]) for part in found.skipped] == [(0, 1)]
    assert found.skipped[0].examples == (" | ".join(cells)[:200],)
    row = rows(found)[1499]
    assert row["_beyond"] == " | ".join(cells)
    assert row["bemerkung"] == ("gut; sehr gut" if quoted else "gut")


def test_a_wide_row_is_found_also_where_cells_hold_line_breaks(desk):
    lines = list(WIDE)
    lines[100], lines[1500] = '100;Baum;"gut\nund alt"', "1500;Baum;gut;und;noch;mehr"
    found = desk.look("\n".join(lines) + "\n")
    assert found.told_of("reading.cells_beyond") == 1
    assert found.skipped[-1].examples == ("und | noch | mehr",)


def test_a_table_without_wide_rows_tells_of_none(desk):
    found = desk.look("\n".join(WIDE) + "\n")
    assert found.told_of("reading.cells_beyond") == 0
    assert found.skipped == ()


@pytest.mark.parametrize("empty", [15, 16, 17, 40])
@pytest.mark.parametrize("blank", ["", '""'])
def test_something_behind_very_many_empty_cells_is_seen_too(desk, empty, blank):
    """The engine drops what lies beyond its columns, and empty cells tell nothing of it."""
    lines = list(WIDE)
    lines[1500] = ";".join(["1500;Baum;gut", *[blank] * empty, "Zaun"])
    found = desk.look("\n".join(lines) + "\n")
    assert found.told_of("reading.cells_beyond") == 1
    assert found.skipped[0].examples == ("Zaun",)
    assert rows(found)[1499]["_beyond"] == "Zaun"
    assert found.rows == 3000


def test_something_behind_very_many_empty_cells_is_seen_where_cells_hold_line_breaks(desk):
    lines = list(WIDE)
    lines[100], lines[1500] = '100;Baum;"gut\nund alt"', f'1500;Baum;"gut\nund neu"{";" * 18}Zaun'
    found = desk.look("\n".join(lines) + "\n")
    assert found.told_of("reading.cells_beyond") == 1
    assert found.skipped[-1].examples == ("Zaun",)


def test_a_sparse_table_has_long_runs_of_separators_and_no_wide_row(desk, monkeypatch):
    counted = []
    monkeypatch.setattr(
        "stoa.commons.reading.staging._widest_row", lambda path, plain: counted.append(path) or 0
    )
    names = ";".join(f"Spalte {n}" for n in range(40))
    found = desk.look("\n".join([names, *(f"{n}{';' * 38}x" for n in range(2000))]) + "\n")
    assert found.told_of("reading.cells_beyond") == 0
    assert counted == []
    assert len(found.recipe.columns) == 40
