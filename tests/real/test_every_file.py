# SPDX-License-Identifier: EUPL-1.2
"""Every real file is read or refused in words; what comes of it is what a person finds in the file."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_real_table as real
import pytest

from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem

FILES = real.all_files()
NAMES = [path.relative_to(real.DATA).as_posix() for path in FILES]
EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "expected.json").read_text(encoding="utf-8")
)
ERRORS = (real.ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
CODE = re.compile(r"reading\.[a-z_]+")
NO_WORDS_OF_A_CLERK = re.compile(
    r"Traceback|Exception|Error:|NoneType|duckdb|pyogrio|calamine|pyarrow|0x[0-9a-f]|%\(|/tmp|/home"
)
Reading = Callable[[Path], Inspection | Problem]
Read = Callable[[str], Inspection]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_file_is_read_or_refused_in_words(name: str, reading: Reading) -> None:
    found = reading(real.DATA / name)
    if isinstance(found, Problem):
        assert_is_told(found)
        assert str(found.why)
        assert str(found.do)
        return
    assert found.staged
    assert found.rows == found.staged.rows > 0
    assert len(found.columns) == len(found.recipe.columns) > 0
    assert len({column.name for column in found.recipe.columns}) == len(found.recipe.columns)
    assert not found.drift
    for problem in found.warnings:
        assert_is_told(problem)
    for column in found.columns:
        assert column.empty + column.unreadable <= found.rows
        assert not (column.personal and column.examples)


def assert_is_told(problem: Problem) -> None:
    assert CODE.fullmatch(problem.code)
    assert f"| `{problem.code}` |" in ERRORS
    assert len(str(problem.what)) > 15
    assert not NO_WORDS_OF_A_CLERK.search(str(problem))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_real_file_gives_what_a_person_finds_in_it(name: str, reading: Reading) -> None:
    told = dict(EXPECTED[name])
    found = reading(real.DATA / name)
    if "refused" in told:
        assert isinstance(found, Problem)
        assert found.code == told["refused"]
        return
    assert isinstance(found, Inspection), str(found)
    assert facts(found, told) == told


def facts(found: Inspection, asked: dict[str, Any]) -> dict[str, Any]:
    """What was understood, in the form of the expectations and as far as they go."""
    recipe, staged = found.recipe, found.staged
    assert staged
    plan = recipe.geometry
    given = {
        "rows": found.rows,
        "columns": len(recipe.columns),
        "table": recipe.table,
        "format": recipe.format,
        "dialect": [recipe.encoding, recipe.separator],
        "headings": list(recipe.header_rows),
        "place": [plan.source, plan.x, plan.y, plan.crs],
        "swapped": plan.swapped,
        "shapes": list(staged.geometry_types),
        "without_place": staged.without_place,
        "kinds": {c.source: c.kind for c in recipe.columns if c.source in asked.get("kinds", {})},
        "skipped": sum(part.rows for part in found.skipped),
        "warnings": sorted({problem.code.removeprefix("reading.") for problem in found.warnings}),
        "personal": sorted(found.personal),
    }
    # What is not expected must not be there: no place, nothing skipped, no warning, nothing personal.
    silent = {"place", "swapped", "without_place", "skipped", "warnings", "personal"} - set(asked)
    assert not {key: given[key] for key in silent if given[key] and given[key] != ["none", "", "", plan.crs]}
    return {key: given[key] for key in asked}


def test_every_kind_of_file_has_an_expectation() -> None:
    kinds = {re.sub(r"\d+", "#", name) for name in NAMES}
    assert kinds == {re.sub(r"\d+", "#", name) for name in EXPECTED}


SHAPES = real.DATA / "06_geo/muenster/kommunalwahlbezirke_GK3"


def test_a_shapefile_packed_as_one_file_is_read(tmp_path: Path, read: Read) -> None:
    packed = tmp_path / "wards.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(SHAPES.iterdir()):
            archive.write(part, part.name)
    found = real.read(packed, tmp_path / "work")
    beside = read("06_geo/muenster/kommunalwahlbezirke_GK3/33_KommunalwahlbezirkeGK3.shp")
    assert isinstance(found, Inspection)
    assert found.staged
    assert beside.staged
    assert (found.rows, found.recipe.columns) == (beside.rows, beside.recipe.columns)
    assert found.recipe.geometry == beside.recipe.geometry
    assert found.staged.bbox == beside.staged.bbox


def test_the_outlines_of_a_shapefile_alone_are_refused_with_advice(tmp_path: Path) -> None:
    alone = tmp_path / "wards.shp"
    shutil.copy(SHAPES / "33_KommunalwahlbezirkeGK3.shp", alone)
    found = real.read(alone, tmp_path / "work")
    assert isinstance(found, Problem)
    assert found.code == "reading.shapefile_incomplete"
    assert ".dbf" in str(found)


def test_the_page_of_real_files_is_what_the_readers_give_now(reading: Reading) -> None:
    written = real.PAGE.read_text(encoding="utf-8")
    assert written == real.page(reader=reading), "run python docs/make_real_table.py"
