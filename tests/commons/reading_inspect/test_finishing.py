# SPDX-License-Identifier: EUPL-1.2
"""Who reads a table leaves the files of its version beside it; where that fails nothing else does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from stoa.commons.lake import dictionary, finishing
from stoa.commons.reading.door import Order
from stoa.commons.reading.inspecting import inspect_here

TEXT = (
    "Name;Anzahl;Länge;Breite\n" + "\n".join(f"Ort {n};{n};7,6{n:03};51,9{n:03}" for n in range(200)) + "\n"
)


def read(folder: Path):
    file = folder / "orte.csv"
    file.write_text(TEXT, encoding="utf-8")
    work = folder / "work"
    work.mkdir()
    return inspect_here(Order(file, file.name, work, languages=("de",)), lambda *_: None)


def test_the_files_of_the_version_stand_beside_the_typed_rows(tmp_path):
    found = read(tmp_path)
    assert found.staged.is_finished
    beside = finishing.finished_folder(found.staged)
    table = pq.read_table(beside / dictionary.DATA)
    assert sorted(table["_row"].to_pylist()) == list(range(1, 201))
    assert {"geometry", "geometry_3857"} <= set(table.column_names)
    assert not any(name.startswith("_odd") for name in table.column_names)
    taken = tmp_path / "taken"
    taken.mkdir()
    ref = dictionary.VersionRef("1/a/v1", found.recipe.specs(), key=found.recipe.key)
    written = finishing.take_over(found.staged, taken, ref)
    assert written.ref.rows == 200
    assert written.bbox == found.staged.bbox


@pytest.mark.parametrize("error", [duckdb.OutOfMemoryException("full"), OSError("no space left")])
def test_a_file_is_read_also_where_the_version_could_not_be_written_yet(tmp_path, monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(finishing.staging, "write", fails)
    found = read(tmp_path)
    assert found.rows == 200
    assert not found.staged.is_finished
    assert list(tmp_path.rglob("*finished*")) == []
