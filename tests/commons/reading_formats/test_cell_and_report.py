# SPDX-License-Identifier: EUPL-1.2
"""The reading child and what crosses its door."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.commons.reading import cell
from stoa.commons.reading.door import Limits, Order
from stoa.commons.reading.recipe import GeometryPlan, GeometrySource, Recipe, RecipeColumn, Treatment
from stoa.commons.reading.report import (
    ColumnReport,
    FileFacts,
    Inspection,
    PersonalFinding,
    PersonalKind,
    Skipped,
    StagedTable,
    TableOffer,
)
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import Kind
from stoa.ground.words import Saying

words = st.text(max_size=12)
texts = st.lists(words, max_size=3).map(tuple)
whole = st.integers(0, 2**53)
sayings = st.builds(
    Saying, words, st.dictionaries(words, st.one_of(words, whole, st.booleans(), st.none()), max_size=2)
)
problems = st.builds(Problem, words, sayings, sayings, sayings, words)
places = st.builds(Path, st.sampled_from(["/tmp/x.parquet", "rel/Ä b.parquet"]))
recipe_columns = st.builds(
    RecipeColumn,
    words,
    words,
    st.sampled_from(Kind),
    words,
    true_values=texts,
    treatment=st.sampled_from(Treatment),
)
recipes = st.builds(
    Recipe, words, words,
    header_rows=st.lists(whole, max_size=3).map(tuple),
    skip_rows=st.lists(whole, max_size=3).map(tuple),
    missing=texts,
    columns=st.lists(recipe_columns, max_size=3).map(tuple),
    geometry=st.builds(GeometryPlan, st.sampled_from(GeometrySource), words, words, words, st.booleans()),
    key=texts,
)  # fmt: skip
findings = st.builds(PersonalFinding, st.sampled_from(PersonalKind), whole, sayings, st.booleans())
columns = st.builds(
    ColumnReport, words, st.lists(sayings, max_size=2).map(tuple), texts, whole, whole, texts, whole, words,
    words, st.lists(st.tuples(words, whole), max_size=3).map(tuple), st.booleans(),
    st.lists(findings, max_size=2).map(tuple),
)  # fmt: skip
degrees = st.floats(-180, 180)
staged = st.builds(
    StagedTable, places, whole, st.sampled_from(["none", "lonlat", "wkb"]), texts,
    st.none() | st.builds(Box, degrees, degrees, degrees, degrees), whole,
)  # fmt: skip
offers = st.builds(TableOffer, words, st.none() | whole, st.none() | whole, st.booleans(), sayings)
inspections = st.builds(
    Inspection,
    st.builds(FileFacts, words, whole, words, words),
    st.lists(offers, max_size=2).map(tuple),
    recipes,
    whole,
    st.lists(columns, max_size=3).map(tuple),
    st.dictionaries(words, sayings, max_size=2),
    st.lists(st.builds(Skipped, whole, sayings, texts), max_size=2).map(tuple),
    st.lists(problems, max_size=2).map(tuple),
    st.lists(problems, max_size=2).map(tuple),
    st.none() | staged,
)


@settings(max_examples=60, deadline=None)
@given(inspections)
def test_an_inspection_comes_back_from_json_as_it_was(found: Inspection) -> None:
    assert Inspection.from_json(json.loads(json.dumps(found.to_json()))) == found


@settings(max_examples=40, deadline=None)
@given(recipes, st.none() | st.tuples(degrees, degrees, degrees, degrees))
def test_an_order_comes_back_from_json_as_it_was(
    recipe: Recipe, area: tuple[float, float, float, float] | None
) -> None:
    choices = {"columns": {"Datum": {"kind": "date"}}}
    order = Order(
        Path("/a"), "ä", Path("/w"), recipe, choices, "Europe/Berlin", ("de", "en"), area, Limits(seconds=3)
    )
    assert cell.order_from_json(json.loads(json.dumps(cell.order_to_json(order)))) == order


def order_for(tmp_path: Path, content: bytes, limits: Limits | None = None) -> Order:
    path, work = tmp_path / "x.csv", tmp_path / "work"
    path.write_bytes(content)
    work.mkdir()
    return Order(path, "x.csv", work, limits=limits or Limits())


@pytest.mark.processes
def test_a_file_is_inspected_in_the_child(tmp_path: Path) -> None:
    steps: list[str] = []
    order = order_for(tmp_path, b"id;wert\n1;2\n2;3\n3;4\n")
    found = cell.inspect_apart(order, lambda step, _share: steps.append(step))
    assert found.rows == 3
    assert "reading" in steps
    assert found.staged is not None
    assert found.staged.path.exists()


@pytest.mark.processes
def test_a_refusal_crosses_the_door_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order_for(tmp_path, b"%PDF-1.7"))
    assert refusal.value.problem.code == "reading.type_not_taken"


@pytest.mark.processes
def test_too_little_memory_is_a_refusal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    order = order_for(tmp_path, b"id;wert\n" + b"1;geheim\n" * 200_000, Limits(memory_bytes=120 * 1024**2))
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order)
    assert refusal.value.problem.code in {"reading.memory_exceeded", "reading.cell_crashed"}
    assert "geheim" not in caplog.text


@pytest.mark.processes
def test_time_that_runs_out_is_a_refusal_and_ends_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text(
        "import os, sys, time\nopen(sys.argv[0] + '.pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    shell = tmp_path / "python"
    shell.write_text(f"#!/bin/sh\n{cell.sys.executable} {stuck} & wait\n")
    shell.chmod(0o755)
    monkeypatch.setattr(cell.sys, "executable", str(shell))
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order_for(tmp_path, b"a;b\n1;2\n", Limits(seconds=2)))
    assert refusal.value.problem.code == "reading.time_exceeded"
    grandchild = int((tmp_path / "stuck.py.pid").read_text())
    end = time.monotonic() + 10  # a kill is carried out when the kernel gets to it
    while _runs(grandchild) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(grandchild)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] not in "ZX"
    except OSError:
        return False


@pytest.mark.processes
def test_a_crash_is_a_refusal_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = tmp_path / "python"
    shell.write_text("#!/bin/sh\nkill -SEGV $$\n")
    shell.chmod(0o755)
    monkeypatch.setattr(cell.sys, "executable", str(shell))
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order_for(tmp_path, b"a;b\n1;2\n"))
    assert refusal.value.problem.code == "reading.cell_crashed"


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("STOA_SECRET_KEY", "secret")
    known = cell.environment()
    assert "secret" not in " ".join(known.values())
    assert known["PATH"] == os.environ["PATH"]


def test_the_log_names_the_place_of_a_crash_and_not_the_data() -> None:
    said = (
        'Traceback\n  File "/a/b/sheets.py", line 7, in read\n    x\nValueError: bad value Erika Mustermann\n'
    )
    assert cell.where_it_broke(said) == "sheets.py:7 read > ValueError"
