# SPDX-License-Identifier: EUPL-1.2
"""The files of a version that stand finished beside the staged table are taken over, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from stoa.commons.lake import door, finishing
from stoa.commons.lake.engine import open_engine
from stoa.ground.tables import ColumnSpec, Kind

NAME, SIZE = ColumnSpec("name", "Name", Kind.TEXT), ColumnSpec("size", "Size", Kind.NUMBER)
PLACES = [("b", 2.0, 7.61, 51.95), ("a", 1.0, 7.50, 51.90), ("c", 3.0, None, None)]


@pytest.fixture
def finished(layout, stage_rows, tmp_path):
    """A staged table with finished files beside it, as the reading child leaves them."""
    staged = stage_rows([NAME, SIZE], PLACES, "lonlat")
    with open_engine(layout, spatial=True, scratch=tmp_path / "spill") as connection:
        finishing.finish(connection, staged, (NAME, SIZE))
    return replace(staged, is_finished=True)


def files_of(layout, path):
    folder = layout.lake / path
    return pq.read_table(folder / "data.parquet"), json.loads((folder / "dictionary.json").read_text())


def test_a_version_from_finished_files_is_the_same_as_one_written_anew(layout, finished):
    taken = door.write_version(layout, finished, path="1/a/v1", columns=(NAME, SIZE), key=("name",))
    anew = door.write_version(
        layout, replace(finished, is_finished=False), path="1/a/v2", columns=(NAME, SIZE), key=("name",)
    )
    assert replace(taken, ref=replace(taken.ref, path="")) == replace(anew, ref=replace(anew.ref, path=""))
    assert files_of(layout, "1/a/v1")[0].equals(files_of(layout, "1/a/v2")[0])
    assert files_of(layout, "1/a/v1")[1] == files_of(layout, "1/a/v2")[1]
    assert door.read_dictionary(layout, "1/a/v1").ref.key == ("name",)
    assert door.same_content(layout, taken.ref, anew.ref)


def test_the_data_is_linked_so_that_a_killed_publication_finds_it_again(layout, finished):
    first = door.write_version(layout, finished, path="1/a/v1", columns=(NAME, SIZE))
    again = door.write_version(layout, finished, path="1/a/v2", columns=(NAME, SIZE))
    beside = finishing.finished_folder(finished) / "data.parquet"
    assert {(layout.lake / ref.path / "data.parquet").stat().st_ino for ref in (first.ref, again.ref)} == {
        beside.stat().st_ino
    }


def test_a_lake_on_another_file_system_gets_a_copy(layout, finished, monkeypatch):
    def refuses(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuses)
    written = door.write_version(layout, finished, path="1/a/v1", columns=(NAME, SIZE))
    assert written.ref.rows == 3
    assert files_of(layout, "1/a/v1")[0].num_rows == 3
    assert list((layout.lake / ".incoming").iterdir()) == []


@pytest.mark.parametrize("trouble", ["other columns", "another release", "torn dictionary", "gone"])
def test_what_does_not_fit_is_written_from_the_staged_rows(layout, finished, trouble):
    folder, columns = finishing.finished_folder(finished), (NAME, SIZE)
    file = folder / "dictionary.json"
    if trouble == "other columns":
        columns = (NAME, replace(SIZE, unit="m"))
    elif trouble == "another release":
        file.write_text(file.read_text().replace("rowsum1:duckdb-", "rowsum1:duckdb-0."))
    elif trouble == "torn dictionary":
        file.write_text(file.read_text()[:40])
    else:
        for path in (*folder.iterdir(), folder):
            path.rmdir() if path.is_dir() else path.unlink()
    written = door.write_version(layout, finished, path="1/a/v1", columns=columns)
    assert written.ref.columns == columns
    assert written.ref.content_hash.startswith(finishing.hashing.prefix())
    stored = layout.lake / "1/a/v1/data.parquet"
    assert pq.read_table(stored).num_rows == 3
    assert stored.stat().st_nlink == 1
