# SPDX-License-Identifier: EUPL-1.2
"""The whole way of a file: what was understood, what was typed, what was left out."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stoa.commons.reading.door import Order
from stoa.commons.reading.inspecting import inspect_here
from stoa.commons.reading.recipe import GeometrySource, Recipe, Treatment
from stoa.commons.reading.report import PersonalKind
from stoa.ground.problems import Refused
from stoa.ground.tables import Kind

AREA = (7.47, 51.84, 7.78, 52.06)


class Desk:
    """Writes a file and has it inspected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def look(self, text: str, name: str = "liste.csv", **order):
        self.count += 1
        path = self.folder / f"{self.count}-{name}"
        path.write_text(text, encoding=order.pop("encoding", "utf-8"))
        work = self.folder / f"work{self.count}"
        work.mkdir()
        given = {"zone": "Europe/Berlin", "languages": ("de",), "area": AREA} | order
        return inspect_here(Order(path, name, work, **given), lambda step, share: None)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def rows(inspection):
    table = pq.read_table(inspection.staged.path).to_pylist()
    assert len(table) == inspection.rows == inspection.staged.rows
    return table


TREES = "Nr;Art;Gepflanzt;Höhe [m];Länge;Breite;Straße\n" + "".join(
    f"{n};{'Linde' if n % 3 else 'Ahorn'};{n % 27 + 1:02}.03.2020;{n},5;7,6{n:03};51,9{n:03};Weg {n % 9}\n"
    for n in range(1, 61)
)


def test_a_clean_list_is_understood(desk):
    found = desk.look(TREES)
    kinds = {column.name: column.kind for column in found.recipe.columns}
    assert kinds == {
        "nr": Kind.INTEGER,
        "art": Kind.TEXT,
        "gepflanzt": Kind.DATE,
        "hoehe_m": Kind.NUMBER,
        "laenge": Kind.NUMBER,
        "breite": Kind.NUMBER,
        "strasse": Kind.TEXT,
    }
    assert found.recipe.key == ("nr",)
    assert found.recipe.columns[3].unit == "m"
    assert found.recipe.columns[1].is_code_list
    assert found.columns[1].top == (("Linde", 40), ("Ahorn", 20))
    assert found.recipe.geometry.source is GeometrySource.XY
    assert all(report.reasons for report in found.columns)
    first = rows(found)[0]
    assert (first["nr"], first["hoehe_m"], first["_lon"], first["_lat"]) == (
        1,
        1.5,
        7.6001,
        51.9001,
    ) or first["_lon"] == pytest.approx(7.6001, abs=0.01)


def test_the_same_recipe_reads_the_same_rows(desk):
    first = desk.look(TREES)
    again = desk.look(TREES, recipe=Recipe.from_json(first.recipe.to_json()))
    assert again.drift == ()
    assert again.recipe == first.recipe
    assert rows(again) == rows(first)


def test_every_row_is_a_row_or_is_counted(desk):
    text = "Stand: heute;;\nName;Zahl;Wert\n" + "".join(f"a{n};{n};{n},5\n" for n in range(700))
    text += ";;\nName;Zahl;Wert\n" + "".join(f"b{n};{n};{n},5\n" for n in range(600)) + "Summe;999;\n;;\n"
    found = desk.look(text)
    assert found.rows == 1300
    assert found.rows + sum(skipped.rows for skipped in found.skipped) == text.count("\n") - 1
    assert {str(skipped.reason) for skipped in found.skipped} >= {
        "the headings again",
        "a row of sums at the end",
    }


def test_rows_with_line_breaks_and_short_rows_are_kept(desk):
    text = "Name;Zahl;Text\n" + 'a;1;"zwei\nZeilen"\n' * 3 + "b;2\n" * 3
    found = desk.look(text)
    assert found.rows == 6
    assert rows(found)[0]["text"] == "zwei\nZeilen"


def test_unreadable_cells_are_counted_and_shown(desk):
    text = (
        "Zeit;Frei\n"
        + "".join(f"2026-06-01 {n // 60:02}:{n % 60:02};{n}\n" for n in range(300))
        + "2026-06-02 00:00;ges\n"
    )
    found = desk.look(text)
    frei = found.columns[1]
    assert (frei.unreadable, frei.unreadable_examples, frei.empty) == (1, ("ges",), 0)
    assert "reading.words_between_numbers" in [w.code for w in found.warnings]


def test_cells_for_missing_values_are_empty_not_unreadable(desk):
    found = desk.look("Ort;Wert\n" + "".join(f"o{n};{n},5\n" for n in range(30)) + "x;-\ny;k.A.\n")
    assert (found.columns[1].empty, found.columns[1].unreadable) == (2, 0)
    assert set(found.recipe.missing) == {"", "-", "k.A."}


def test_exchanged_coordinates_are_put_right_and_named(desk):
    text = "Name;Latitude;Longitude\n" + "".join(f"n{n};7.6{n};51.9{n}\n" for n in range(10, 40))
    found = desk.look(text)
    assert found.recipe.geometry.swapped
    assert found.staged.bbox.west == pytest.approx(7.61, abs=0.02)
    assert "reading.coordinates_swapped" in [w.code for w in found.warnings]


def test_gauss_krueger_lands_in_the_city(desk):
    text = "X;Y;Schule\n" + "".join(f"{3405000 + 40 * n};{5759000 + 30 * n};S{n}\n" for n in range(20))
    found = desk.look(text)
    assert found.recipe.geometry.crs == "EPSG:31467"
    assert AREA[0] < found.staged.bbox.west < found.staged.bbox.east < AREA[2]


def test_points_at_zero_and_far_away_lose_their_place_but_not_their_row(desk):
    text = (
        "Name;lon;lat\n"
        + "".join(f"n{n};7.6{n};51.9{n}\n" for n in range(10, 60))
        + "null;0;0\nweit;-24.8;26.3\nohne;;\n"
    )
    found = desk.look(text)
    assert (found.rows, found.staged.without_place) == (53, 3)
    warning = next(w for w in found.warnings if w.code == "reading.place_impossible")
    assert warning.what.facts["n"] == 2
    assert rows(found)[51]["lon"] == -24.8


def test_well_known_text_becomes_shapes(desk):
    text = "id;geom\n" + "".join(f"{n};POINT (7.6{n} 51.9{n})\n" for n in range(10, 20)) + "99;kaputt\n"
    found = desk.look(text.replace("99;kaputt\n", ""))
    assert (found.staged.geometry, found.staged.geometry_types) == ("wkb", ("Point",))


def test_personal_data_is_found_and_never_shown(desk):
    text = "Name;Geburtsdatum;Mail;Konto\n" + "".join(
        f"Anna Müller;0{n % 9 + 1}.05.1980;anna.{n}@example.org;DE89370400440532013000\n" for n in range(20)
    )
    found = desk.look(text)
    kinds = {name: {finding.kind for finding in findings} for name, findings in found.personal.items()}
    assert kinds == {
        "name": {PersonalKind.NAME},
        "geburtsdatum": {PersonalKind.BIRTH_DATE},
        "mail": {PersonalKind.EMAIL},
        "konto": {PersonalKind.IBAN},
    }
    assert all(report.examples == () and report.top == () and report.least == "" for report in found.columns)
    assert "anna" not in str(found.reasons) + str([str(w) for w in found.warnings])


def test_two_columns_may_be_the_key_together(desk):
    text = "Tag;Stelle;Zahl\n" + "".join(
        f"2026-01-{d:02};S{s};{d * s}\n" for d in range(1, 20) for s in range(3)
    )
    assert set(desk.look(text).recipe.key) == {"tag", "stelle"}


def test_rows_that_repeat_are_counted(desk):
    found = desk.look("a;b\n" + "x;1\ny;2\n" * 5)
    warning = next(w for w in found.warnings if w.code == "reading.rows_repeated")
    assert warning.what.facts["n"] == 8
    assert found.recipe.key == ()


def test_a_choice_goes_before_a_guess(desk):
    found = desk.look(
        TREES,
        choices={
            "columns": {"Nr": {"kind": "text"}, "Straße": {"treatment": "drop"}},
            "geometry": {"source": "none"},
        },
    )
    assert found.recipe.columns[0].kind is Kind.TEXT
    assert found.recipe.columns[6].treatment is Treatment.DROP
    assert "strasse" not in rows(found)[0]
    assert found.staged.geometry == "none"
    assert len(found.columns) == len(found.recipe.columns)


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"colour": "red"}, "reading.choice_unknown"),
        ({"columns": {"Nr": {"kind": "colour"}}}, "reading.choice_wrong"),
        ({"columns": {"Nr": {"colour": "red"}}}, "reading.choice_unknown"),
        ({"columns": {"Nichts": {"kind": "text"}}}, "reading.choice_column_unknown"),
        ({"zone": "Mars/North"}, "reading.choice_wrong"),
        ({"geometry": {"crs": "EPSG:0"}}, "reading.choice_wrong"),
        ({"key": ["nichts"]}, "reading.choice_wrong"),
        ({"header_rows": [0]}, "reading.choice_wrong"),
        ({"geometry": {"source": "xy", "x": "nichts", "y": "nr"}}, "reading.place_column_unknown"),
    ],
)
def test_impossible_choices_are_refused_plainly(desk, choices, code):
    with pytest.raises(Refused) as refused:
        desk.look(TREES, choices=choices)
    assert refused.value.problem.code == code
    assert refused.value.problem.do.text


def drift(desk, text: str, **order):
    agreed = desk.look(TREES).recipe
    return [problem.code for problem in desk.look(text, recipe=agreed, **order).drift]


def test_moved_columns_are_no_drift(desk):
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in TREES.strip().split("\n")) + "\n"
    assert drift(desk, turned) == []


def test_new_gone_and_renamed_columns_are_named(desk):
    lines = TREES.strip().split("\n")
    assert drift(desk, "\n".join([lines[0] + ";Umfang", *(line + ";3" for line in lines[1:])])) == [
        "drift.column_new"
    ]
    assert drift(desk, "\n".join(line.rsplit(";", 1)[0] for line in lines)) == ["drift.column_gone"]
    assert drift(desk, TREES.replace("Straße", "Straße (neu)", 1)) == ["drift.column_renamed"]


def test_a_changed_kind_is_named(desk):
    assert drift(desk, TREES.replace(",5;", " Meter;")) == ["drift.kind_changed"]


def test_half_the_rows_gone_is_named(desk):
    assert drift(desk, TREES, choices={"previous_rows": 200}) == ["drift.rows_halved"]
    assert drift(desk, TREES, choices={"previous_rows": 61}) == []


def test_a_moved_heading_is_named(desk):
    assert drift(desk, "Baumliste;;;;;;\n" + TREES) == ["drift.heading_moved"]


def test_lost_coordinates_are_named(desk):
    lines = [line.split(";") for line in TREES.strip().split("\n")]
    text = "\n".join(";".join([*line[:4], line[6]]) for line in lines)
    assert set(drift(desk, text)) == {"drift.column_gone", "drift.geometry_gone"}


def test_a_dropped_column_stays_dropped_and_is_no_drift(desk):
    agreed = desk.look(TREES, choices={"columns": {"Straße": {"treatment": "drop"}}}).recipe
    again = desk.look(TREES, recipe=agreed)
    assert again.drift == ()
    assert "strasse" not in rows(again)[0]


def test_a_recipe_with_a_new_kind_is_followed(desk):
    agreed = desk.look(TREES).recipe
    text = replace(agreed.columns[0], kind=Kind.TEXT)
    again = desk.look(TREES, recipe=replace(agreed, columns=(text, *agreed.columns[1:])))
    assert again.recipe.columns[0].kind is Kind.TEXT
    assert rows(again)[0]["nr"] == "1"


def test_hours_that_come_twice_are_counted(desk):
    text = "Zeit;Zahl\n" + "".join(
        f"2025-10-26 0{h}:{m:02};{h}\n" for h in range(1, 5) for m in (0, 15, 30, 45)
    )
    warning = next(w for w in desk.look(text).warnings if w.code == "reading.time_twice")
    assert warning.what.facts["n"] == 4


def test_doubtful_hours_are_counted_behind_the_first_rows_too(desk):
    plain = [f"2024-01-01 {n // 60 % 24:02}:{n % 60:02};{n}" for n in range(31_000)]
    odd = ["2025-10-26 02:30;1", "2025-03-30 02:15;2", "1985-09-29 02:30;3", "2045-03-26 02:30;4"]
    found = desk.look("\n".join(["Zeit;Zahl", *plain, *odd]) + "\n")
    assert found.told_of("reading.time_twice") == 2
    assert found.told_of("reading.time_never") == 2


def test_a_time_that_says_its_offset_is_not_doubtful(desk):
    times = [
        "2025-10-26T02:30:00+02:00",
        "2025-10-26T02:30:00+01:00",
        "2025-10-26T02:30:00",
        "2025-10-26T05:30:00",
    ]
    found = desk.look("\n".join(["Zeit;Zahl", *(f"{time};{n}" for n, time in enumerate(times * 5))]) + "\n")
    assert found.told_of("reading.time_twice") == 5


def test_a_long_table_keeps_the_order_of_its_rows(desk):
    found = desk.look("Nr;Wert\n" + "".join(f"{n};{n % 7},5\n" for n in range(1, 60_001)))
    table = rows(found)
    assert [row["nr"] for row in table] == list(range(1, 60_001))


def test_heads_and_ends_of_many_equal_files_do_not_become_rows(tmp_path: Path) -> None:
    days = [
        f"Zeit;Frei;Preis\nganz;(100);(200)\n2026-01-0{day} 01:00;{day};2\n2026-01-0{day} 02:00;7;3\n\nQuelle: Stadt;;\n"
        for day in range(1, 5)
    ]
    path, work = tmp_path / "days.zip", tmp_path / "work"
    work.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for number, text in enumerate(days):
            archive.writestr(f"{number}.csv", text)
    found = inspect_here(Order(path, path.name, work), lambda _step, _share: None)
    assert found.recipe.table == "*"
    assert found.rows == 8
    assert [column.unreadable for column in found.columns] == [0, 0, 0, 0]
    assert {part.rows for part in found.skipped if part.examples} == {4}


def test_a_table_read_in_pieces_is_the_same_table(desk, monkeypatch):
    heading, *lines = TREES.splitlines(keepends=True)
    too_wide, empty, odd = "1;2;3;4;5;6;7;8;9\n", ";;;;;;\n", "nichts;;kaputt;mal;;;\n"
    text = "".join([heading, *lines * 9, odd, too_wide, empty, heading, *lines, odd, too_wide, *lines])
    whole = desk.look(text, encoding="cp1252")
    monkeypatch.setattr("stoa.commons.reading.formats.pieces.PIECE_BYTES", 700)
    pieces = desk.look(text, encoding="cp1252")
    assert len(pieces.staged.files) > 4
    assert len(whole.staged.files) == 1
    assert rows(pieces) == rows(whole)
    names = {"file": whole.file, "staged": whole.staged}
    assert replace(pieces, **names) == whole
    assert [skipped.rows for skipped in whole.skipped] == [0, 1, 1]
    assert whole.told_of("reading.cells_beyond") == 2


def test_what_goes_wrong_while_the_pieces_are_written_is_not_lost(desk, monkeypatch):
    monkeypatch.setattr("stoa.commons.reading.formats.pieces.PIECE_BYTES", 700)

    def break_off(*_):
        raise MemoryError

    monkeypatch.setattr("stoa.commons.reading.formats.plain_text._transcode", break_off)
    with pytest.raises(MemoryError):
        desk.look(TREES, encoding="cp1252")


def test_a_counted_figure_is_never_part_of_a_key(desk):
    text = "Datum;Anzahl Fahrzeuge\n" + "".join(f"{n % 28 + 1:02}.02.2024;{n * 37}\n" for n in range(60))
    assert desk.look(text).recipe.key == ()
    text = "Straße;Anzahl\n" + "".join(f"Weg {n % 40};{n * 37}\n" for n in range(60))
    assert desk.look(text).recipe.key == ()


def test_one_place_for_all_rows_is_told(desk):
    text = "Nr;Name;Länge;Breite\n" + "".join(f"{n};Ort {n};7,6261;51,9607\n" for n in range(1, 41))
    assert "reading.place_all_the_same" in {warning.code for warning in desk.look(text).warnings}
    assert "reading.place_all_the_same" not in {warning.code for warning in desk.look(TREES).warnings}
