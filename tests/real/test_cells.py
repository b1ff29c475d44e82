# SPDX-License-Identifier: EUPL-1.2
"""Cell by cell: what the readers made of delimited files, against Python's csv module and plain rules."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import make_real_table as real
import pytest
from tests.real.staged import values

from stoa.commons.reading.recipe import Recipe, RecipeColumn
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind

Reading = Callable[[Path], Inspection | Problem]
FILES = [path for path in real.all_files() if path.suffix == ".csv"]
SEMICOLONS = {
    "03_sensors/muenster_air",
    "03_sensors/muenster_traffic",
    "06_geo/muenster/Schulen.csv",
    "06_geo/muenster/bike_and_ride",
    "06_geo/muenster/haltestellen_barrierefrei",
    "06_geo/muenster/ladesaeulen",
    "06_geo/muenster/park_and_ride",
    "06_geo/muenster/refill",
    "06_geo/muenster/spielplaetze",
    "06_geo/muenster/tischtennis",
    "14_messy/messytables_horror/weird_head_padding",
    "14_messy/muenster/05515000",
}
ENCODINGS = {"spielplaetze": "cp1252", "spanish_chars": "cp1252", "utf-16le": "utf-16", "Steinfurt": "utf-16"}
BEGIN = {"pollock/june_2015": 3, "mixedGLB": 4, "weird_head_padding": 12, "muenster_parking/2026": 2}
"""Rows above the data, by a part of the path; where nothing is said: 1."""
END = {
    "muenster_air": 1,
    "neutor": 1,
    "awm-": 1,
    "spanish_chars": 1,
    "weird_head_padding": 16,
}
"""Rows at the end that are no data (sums, sources, footnotes); empty ones are not counted."""
EXCEL_BEGINS = date(1899, 12, 30)


@pytest.mark.parametrize("name", [path.relative_to(real.DATA).as_posix() for path in FILES])
def test_every_cell_is_what_stands_in_the_file(name: str, reading: Reading) -> None:
    found = reading(real.DATA / name)
    if isinstance(found, Problem):
        assert found.code == "reading.not_one_table"
        assert "220307_HHB" in name
        return
    assert_same_cells(found, rows_of(name, (real.DATA / name).read_bytes()))


def test_the_payments_in_an_archive_are_what_stands_in_the_file(reading: Reading) -> None:
    path = real.DATA / "08_budget_spend_procurement/trafford/trafford-supplier-spend-2026-27.zip"
    found = reading(path)
    assert isinstance(found, Inspection)
    with zipfile.ZipFile(path) as archive:
        [member] = archive.namelist()
        assert_same_cells(found, rows_of(member, archive.read(member)))


def test_the_days_of_an_archive_become_one_table_with_the_day_beside(reading: Reading) -> None:
    path = real.DATA / "15_eservices/muenster_buergerbuero_wartezeiten_2019-09_2020-02.zip"
    found = reading(path)
    assert isinstance(found, Inspection)
    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
        rows = [[*row, name] for name in names for row in rows_of(name, archive.read(name))]
    assert_same_cells(found, rows)


def rows_of(name: str, content: bytes) -> list[list[str]]:
    """The data rows, trimmed; what stands above and below them was found by looking at the files."""
    encoding = next((code for part, code in ENCODINGS.items() if part in name), "utf-8-sig")
    separator = ";" if any(name.startswith(part) for part in SEMICOLONS) else ","
    text = content.decode(encoding)
    # Blanks and half line breaks at the ends mean nothing; line feeds may, and stay.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = [[cell.strip(" \xa0\r") for cell in row] for row in lines]
    begin = next((number for part, number in BEGIN.items() if part in name), 1)
    # Preambles may hold empty rows, which count; below them an empty row is nothing.
    filled = [row for row in rows[begin:] if "".join(row)]
    end = next((number for part, number in END.items() if part in name), 0)
    return filled[: len(filled) - end]


def assert_same_cells(found: Inspection, rows: list[list[str]]) -> None:
    assert found.rows == len(rows)
    plain = [converter(column, found.recipe) for column in found.recipe.columns]
    unreadable = 0
    for number, (got, cells) in enumerate(zip(values(found), rows, strict=True), start=1):
        padded = [*cells, *[""] * (len(plain) - len(cells))]
        for value, cell, convert in zip(got, padded, plain, strict=False):
            expected = convert(cell)
            if expected is UNREADABLE:
                unreadable += 1
                expected = None
            if isinstance(value, datetime):
                value = value.astimezone(UTC)
            assert value == expected, f"row {number}: {value!r} for {cell!r}"
    assert unreadable == sum(column.unreadable for column in found.columns)


UNREADABLE = object()
"""Holds something, but not what its kind says."""


def converter(column: RecipeColumn, recipe: Recipe) -> Callable[[str], Any]:
    """A cell as a value, by the slowest and plainest way."""
    rule = RULES[column.kind]
    known: dict[str, Any] = {}

    def convert(cell: str) -> Any:
        if cell not in known:
            is_missing = cell in recipe.missing and cell not in column.false_values
            known[cell] = None if is_missing else tried(rule, cell, column, recipe)
        return known[cell]

    return convert


def tried(rule: Rule, cell: str, column: RecipeColumn, recipe: Recipe) -> Any:
    try:
        return rule(cell, column, recipe)
    except (ValueError, KeyError):
        return UNREADABLE


Rule = Callable[[str, RecipeColumn, Recipe], Any]


def number(cell: str, column: RecipeColumn, _recipe: Recipe) -> Any:
    plain = cell.replace(column.thousands, "") if column.thousands else cell
    value = float(plain.replace(column.decimal, "."))
    if column.kind is Kind.INTEGER and value != int(value):
        raise ValueError(cell)
    return int(value) if column.kind is Kind.INTEGER else value


def boolean(cell: str, column: RecipeColumn, _recipe: Recipe) -> bool:
    words = {word.lower(): True for word in column.true_values or ("true",)}
    words |= {word.lower(): False for word in column.false_values or ("false",)}
    return words[cell.lower()]


def days(cell: str, column: RecipeColumn, _recipe: Recipe) -> date:
    for form in (column.date_format or "%Y-%m-%d").split("|"):
        if form == "excel" and cell.isdigit():
            return EXCEL_BEGINS + timedelta(days=int(cell))
        for moment in parsed(cell, form):
            return moment.date()
    raise ValueError(cell)


def clock(cell: str, column: RecipeColumn, _recipe: Recipe) -> time:
    for form in (*column.date_format.split("|"), "%H:%M", "%H:%M:%S"):
        for moment in parsed(cell, form):
            return moment.time()
    raise ValueError(cell)


def moments(cell: str, column: RecipeColumn, recipe: Recipe) -> datetime:
    bare = cell.strip("'\" ")
    is_midnight = bare.endswith(" 24:00")
    bare = bare.replace(" 24:00", " 00:00") if is_midnight else bare
    found = [moment for form in filter(None, column.date_format.split("|")) for moment in parsed(bare, form)]
    moment = (found[0] if found else datetime.fromisoformat(bare)) + timedelta(days=is_midnight)
    if moment.tzinfo:
        return moment.astimezone(UTC)
    local = moment.replace(tzinfo=ZoneInfo(recipe.zone))
    was = local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == moment
    # Winter time in the hour that comes twice; an hour later where there was no such time.
    return local.replace(fold=int(was)).astimezone(UTC)


def parsed(cell: str, form: str) -> Iterator[datetime]:
    if not form or form == "excel":
        return
    try:
        yield datetime.strptime(cell, form)
    except ValueError:
        return


RULES: dict[Kind, Rule] = {
    Kind.TEXT: lambda cell, _column, _recipe: cell,
    Kind.INTEGER: number,
    Kind.NUMBER: number,
    Kind.BOOLEAN: boolean,
    Kind.DATE: days,
    Kind.TIME: clock,
    Kind.DATETIME: moments,
}
