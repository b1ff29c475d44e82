# SPDX-License-Identifier: EUPL-1.2
"""Files are made once, stay within bounds and carry their dictionary."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tests.commons.exports.conftest import COLUMNS, POINTS, Put

from stoa.commons.lake import door as lake
from stoa.commons.lake.exports import storing, texts
from stoa.commons.lake.exports.door import (
    About,
    ExportFile,
    Format,
    Headings,
    Limits,
    Wanted,
    export,
    export_dictionary,
)
from stoa.commons.lake.values import Filter, Layout, Op, Query
from stoa.ground.problems import Refused
from stoa.standards.tableschema import columns_of

ABOUT = About("trees", "Trees", licence_spdx="CC0-1.0", version="3")


def test_two_who_ask_at_once_get_one_file_that_was_made_once(
    layout: Layout, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, made, got = put(), [], []
    write = texts.write

    def counted(*args: object) -> None:
        made.append(1)
        write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(texts, "write", counted)
    askers = [
        threading.Thread(target=lambda: got.append(export(layout, ref, None, Format.CSV, about=ABOUT)))
        for _ in range(4)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(made) == 1
    assert len(set(got)) == 1


def test_another_question_is_another_file(layout: Layout, put: Put) -> None:
    ref = put(points=POINTS)
    questions = [
        (None, Wanted(), ABOUT),
        (None, Wanted(Headings.LABEL), ABOUT),
        (None, Wanted(zone="Europe/Berlin"), ABOUT),
        (None, Wanted(for_excel=True), ABOUT),
        (Query(sort="nr"), Wanted(), ABOUT),
        (None, Wanted(), replace(ABOUT, title="Other")),
    ]
    files = {
        export(layout, ref, query, Format.CSV, about=about, wanted=wanted).path
        for query, wanted, about in questions
    }
    assert len(files) == len(questions)


def test_a_write_that_fails_leaves_nothing_and_the_next_one_works(
    layout: Layout, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = put()
    with monkeypatch.context() as patched:

        def fail(_cursor: object, _plan: object, path: Path) -> None:
            path.write_bytes(b"half")
            raise OSError

        patched.setattr(texts, "write", fail)
        with pytest.raises(OSError):
            export(layout, ref, None, Format.CSV, about=ABOUT)
    assert not list(layout.cache.glob("**/exports/*"))
    assert export(layout, ref, None, Format.CSV, about=ABOUT).bytes > 100


def test_the_longest_unused_files_make_room(layout: Layout, put: Put) -> None:
    ref = put()
    files = [export(layout, ref, None, form, about=ABOUT) for form in (Format.CSV, Format.JSON, Format.TSV)]
    for age, file in zip((300, 100, 200), files, strict=True):
        os.utime(file.path, (1_000_000_000 - age,) * 2)
    assert storing.make_room(layout, keep=files[0].path) == 0
    assert storing.make_room(replace(layout, cache_mib=0), keep=files[0].path) == 2
    assert files[0].path.exists()


def test_work_over_its_time_is_stopped_and_said_plainly(tmp_path: Path) -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(Refused) as caught,
        storing.watched(connection, tmp_path, Limits(seconds=0.05)),
    ):
        connection.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()
    assert caught.value.problem.code == "export.too_slow"


def test_a_defect_of_ours_is_not_taken_for_a_limit(tmp_path: Path) -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(duckdb.BinderException),
        storing.watched(connection, tmp_path, Limits()),
    ):
        connection.execute("SELECT nothing")


@pytest.mark.parametrize("form", [Format.CSV, Format.GEOJSON])
def test_the_stored_file_and_the_copy_for_pages_give_the_same_download(
    layout: Layout, put: Put, form: Format
) -> None:
    ref = put(points=POINTS)
    first = export(layout, ref, None, form, about=ABOUT)
    before = first.path.read_bytes()
    assert not list(layout.cache.glob("**/*.duckdb"))
    assert not list((layout.cache / ".building").iterdir())
    first.path.unlink()
    lake.warm(layout, ref)
    assert export(layout, ref, None, form, about=ABOUT).path.read_bytes() == before


def test_a_column_that_does_not_exist_is_refused(layout: Layout, put: Put) -> None:
    for query in (
        Query(columns=("nothing",)),
        Query(sort="nothing"),
        Query((Filter("nothing", Op.IS, ("1",)),)),
    ):
        with pytest.raises(Refused) as caught:
            export(layout, put(), query, Format.CSV, about=ABOUT)
        assert caught.value.problem.code == "lake.column_unknown"


def test_a_file_is_named_after_dataset_version_and_view(layout: Layout, put: Put) -> None:
    ref = put()
    names = [
        export(layout, ref, q, Format.CSV, about=ABOUT).filename for q in (None, Query(), Query(sort="nr"))
    ]
    assert names == ["trees-v3.csv", "trees-v3.csv", "trees-v3-filtered.csv"]
    assert export(layout, ref, None, Format.CSV, about=About("../x\n")).filename == "x.csv"


def test_the_dictionary_describes_the_file(layout: Layout, put: Put) -> None:
    ref, wanted = put(points=POINTS, key=("nr",)), Wanted(Headings.LABEL)
    file = export(layout, ref, None, Format.CSV, about=ABOUT, wanted=wanted)
    beside: ExportFile = export_dictionary(
        layout, ref, None, Format.CSV, about=ABOUT, wanted=wanted, file=file
    )
    assert beside.filename == "trees-v3.datapackage.json"
    resource = json.loads(beside.path.read_bytes())["resources"][0]
    assert (resource["path"], resource["bytes"], resource["rows"]) == (file.filename, file.bytes, 6)
    assert columns_of(resource["schema"])[:7] == COLUMNS
    heading = file.path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert [field["name"] for field in resource["schema"]["fields"]] == heading
    assert resource["schema"]["primaryKey"] == ["Nr."]
    assert resource["schema"]["fields"][2]["unit"] == "m"
