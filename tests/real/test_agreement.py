# SPDX-License-Identifier: EUPL-1.2
"""Real files against what is known of them from elsewhere: the checker's notes, a clean twin, another format."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import make_real_table as real
import pytest
from tests.real.staged import values

from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind

Reading = Callable[[Path], Inspection | Problem]
Read = Callable[[str], Inspection]
BAR = re.compile(r"(?<!\\)\|")
FEATURES = re.compile(r"GeoJSON, (\d+) features \{(.*?)\}.*?bbox (-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)")
CSV = re.compile(r"sep '(.)', \S+, (\d+) rows?, (\d+) columns( \(ragged)?")


def notes() -> dict[str, str]:
    """What a checker wrote of each file, by its path; files that share a line are left out."""
    readme = real.DATA / "README.md"
    told: dict[str, str] = {}
    folder = ""
    for line in readme.read_text(encoding="utf-8").splitlines() if readme.exists() else ():
        folder = line[3:].partition(":")[0] if line.startswith("## ") else folder
        cells = [cell.strip() for cell in BAR.split(line)]
        if folder in real.FOLDERS and len(cells) > 3 and re.fullmatch(r"`[^`<]+`", cells[1]):
            told[f"{folder}/{cells[1][1:-1]}"] = cells[-2]
    return told


NOTES = notes()
MAPS = {name: found for name, note in NOTES.items() if (found := FEATURES.search(note))}
TABLES = {
    name: found for name, note in NOTES.items() if (found := CSV.search(note)) and name.endswith(".csv")
}
WITH_OUTLIERS = {"06_geo/muenster/sportstaetten.geojson"}
REPORTS = {"14_messy/muenster/220307_HHB_Auswertung_Ergebnisse.csv"}
OWN_COUNT = {
    # The checker saw no line ends in one, and no table below the preamble in the other.
    "14_messy/messytables_horror/mixedGLB.csv",
    "14_messy/messytables_horror/weird_head_padding.csv",
}


def test_there_are_notes_on_many_files() -> None:
    assert len(MAPS) >= 15
    assert len(TABLES) >= 35


@pytest.mark.parametrize("name", sorted(MAPS))
def test_a_map_has_the_shapes_and_the_box_that_were_noted(name: str, read: Read) -> None:
    count, kinds, *box = MAPS[name].groups()
    found = read(name)
    assert found.staged
    assert found.rows == int(count)
    assert set(found.staged.geometry_types) >= set(re.findall(r"[A-Z]\w+", kinds))
    assert found.staged.bbox
    if name not in WITH_OUTLIERS:
        assert list(found.staged.bbox) == pytest.approx([float(edge) for edge in box], abs=0.00051)


@pytest.mark.parametrize("name", sorted(set(TABLES) - REPORTS - OWN_COUNT))
def test_a_table_has_the_rows_and_columns_that_were_noted(name: str, read: Read) -> None:
    separator, rows, columns, ragged = TABLES[name].groups()
    found = read(name)
    assert found.recipe.separator == separator
    skipped = sum(part.rows for part in found.skipped)
    assert found.rows + skipped + len(found.recipe.header_rows) == int(rows)
    if not ragged:
        trailing = int(columns) - len(found.recipe.columns)
        assert trailing == 0 or (name.endswith("june_2015.csv") and trailing == 1)


@pytest.mark.parametrize("name", ["june_2015.csv", "planning-application-aug-17.csv"])
def test_a_messy_file_gives_its_clean_twin_to_the_cell(name: str, read: Read) -> None:
    messy, clean = read(f"14_messy/pollock/{name}"), read(f"14_messy/pollock/clean/{name}")
    truth = json.loads((real.DATA / f"14_messy/pollock/parameters/{name}_parameters.json").read_bytes())
    assert messy.recipe.separator == truth["delimiter"]
    assert len(messy.recipe.header_rows) == int(truth["header_lines"])
    assert messy.recipe.header_rows[0] == int(truth["preamble_lines"]) + 1
    named = [" ".join(heading.split()) for heading in truth["column_names"]]
    assert [column.source for column in messy.recipe.columns] == named
    assert messy.recipe.columns == clean.recipe.columns
    assert values(messy) == values(clean)
    with (real.DATA / f"14_messy/pollock/clean/{name}").open(encoding="utf-8", newline="") as file:
        _heading, *rows = csv.reader(file)
    for place, column in enumerate(messy.recipe.columns):
        if column.kind is Kind.TEXT:
            cells = [row[place].strip(" ") or None for row in rows]
            assert [value for (value,) in values(messy, column.name)] == cells, column.source


def test_the_counter_at_the_new_gate_is_the_same_as_csv_and_as_a_workbook(read: Read) -> None:
    folder, name = "03_sensors/muenster_bikes_weather", "zaehlstelle_neutor_2015_stundenauswertung"
    text, book = read(f"{folder}/{name}.csv"), read(f"{folder}/{name}.xlsx")
    assert [column.name for column in text.recipe.columns] == [column.name for column in book.recipe.columns]
    assert [column.kind for column in text.recipe.columns] == [column.kind for column in book.recipe.columns]
    assert values(text) == values(book)
    # The sum that stands in the last row is not a row, and it is right.
    assert sum(row[1] or 0 for row in values(text)) == 4041517


def test_the_wind_turbines_are_the_same_as_csv_and_as_a_workbook(read: Read) -> None:
    name = "14_messy/muenster/Steinfurt_WEA_Kataster_Anfrage WN Hr. Renners 26.08.14"
    text, book = read(f"{name}.csv"), read(f"{name}.xlsx")
    columns = ("bezeichnung", "hersteller", "rechtswert", "hochwert", "_lon", "_lat")
    placed = [row for row in values(book, *columns) if row[2] is not None]
    # The workbook holds 25 turbines more that have no place yet, and centimetres where the CSV has metres.
    assert len(placed) == text.rows == book.rows - 25
    for one, other in zip(placed, values(text, *columns), strict=True):
        assert one[:2] == other[:2]
        assert one[2:4] == pytest.approx(other[2:4], abs=0.51)
        assert one[4:] == pytest.approx(other[4:], abs=0.00001)


def test_the_glass_containers_agree_in_three_formats(read: Read) -> None:
    name = "06_geo/muenster/awm-glascontainer"
    text, records, shapes = read(f"{name}.csv"), read(f"{name}.json"), read(f"{name}.geojson")
    points = values(text, "_lon", "_lat")
    assert len(points) == text.rows == shapes.rows == 249
    # The first record holds the kind of container only.
    assert values(records, "_lon", "_lat") == [(None, None), *points]
    assert values(shapes, "_lon", "_lat") == points


def test_the_figures_of_the_police_agree_with_their_own_sums(read: Read) -> None:
    # The row above the data says how many accidents, dead, badly and slightly hurt there were.
    for name, sums in (("VU2010.xlsx", (10102, 2, 213, 1136)), ("VU PP 2015.xlsb", (10111, 6, 250, 1190))):
        found = read(f"14_messy/muenster/{name}")
        names = [
            c.name
            for c in found.recipe.columns
            if c.name in {"folgen_t", "folgen_sv", "sv", "folgen_lv", "lv"}
        ]
        rows = values(found, *names)
        told = tuple(sum(value or 0 for value in column) for column in zip(*rows, strict=True))
        assert (found.rows, *told) == sums


def test_the_payments_of_the_grants_agree_as_csv_and_as_json(read: Read) -> None:
    name = "08_budget_spend_procurement/trafford/trafford_council_voluntary_sector_grants"
    text, records = read(f"{name}.csv"), read(f"{name}.json")
    one = sorted(values(text, "identifier", "amount_awarded", "award_date"))
    assert one == sorted(values(records, "id", "amountawarded", "awarddate"))
