# SPDX-License-Identifier: EUPL-1.2
"""Delimited text: encoding, separator, rows and the cut, compared with a slow and obvious reading."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.commons.reading.door import Order
from stoa.commons.reading.formats.encodings import guess_encoding
from stoa.commons.reading.formats.opening import open_table
from stoa.commons.reading.formats.raw import Cut, TextTable
from stoa.commons.reading.formats.survey import survey
from stoa.commons.reading.recipe import Recipe
from stoa.ground.problems import Refused

GERMAN = (
    "Name;Straße;Größe\nSpielplatz Süd;Königsweg;1,5\nBüro;Überwasser;2,5\nÄpfel – „gut“;Österreich;3,5\n"
)
SPANISH = "Descripción;Año;Niño\nAdministración;2011;señal\nEducación;2012;¿qué?\n"
POLISH = "Ulica;Dzielnica\nŁódzka;Śródmieście\nŻółta;Węgrzynów\nZażółć;gęślą jaźń\n"
CZECH = "Ulice;Čtvrť\nPříčná;Žižkov\nDlouhá;Malešice\nKřížová;Průmyslová čtvrť\n"
GREEK = (
    "Οδός;Περιοχή\nΛεωφόρος Αθηνών;Κέντρο\nΠλατεία Συντάγματος;Βόρεια\nΝοσοκομείο;Νότια περιοχή της πόλης\n"
)


def text_table(opened, content: bytes, name: str = "x.csv", **more: object) -> TextTable:
    table = opened(content, name, **more).table
    assert isinstance(table, TextTable)
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_german_text_is_read_in_every_encoding(opened, encoding: str) -> None:
    table = text_table(opened, GERMAN.replace("\n", "\r\n").encode(encoding))
    assert [list(row) for row in table.head] == list(csv.reader(io.StringIO(GERMAN), delimiter=";"))
    assert table.rows == 4


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"), (SPANISH, "cp1252"), (POLISH, "cp1250"), (CZECH, "cp1250"), (GREEK, "cp1253"),
        (GERMAN.replace("– „gut“", ""), "cp850"), (GERMAN, "mac_roman"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_by_the_letters(text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(text.encode(encoding) * 5)
    guess = guess_encoding(path.read_bytes(), survey(path))
    assert (text * 5).encode(encoding).decode(guess.name) == text * 5


def test_the_reason_of_the_encoding_shows_words(opened) -> None:
    reason = str(text_table(opened, GERMAN.encode("cp1252")).reasons["encoding"])
    assert "Süd" in reason


@pytest.mark.parametrize("late", ["", "– „gut“;5 €\n", "§ 7;20 °C\n", "\xa0;¿\n"])
def test_windows_letters_are_read_wherever_in_a_large_file_they_first_stand(
    opened, tmp_path, late: str
) -> None:
    text = "Straße;Größe\n" + "Überwasser;ÿ\n" * 40_000 + late * 5 + "Köln;é\n" * 40_000 + late
    table = text_table(opened, text.encode("cp1252"))
    assert table.write_plain(Cut(1), tmp_path).path.read_bytes() == text.encode()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_parts_rows(opened, tmp_path: Path, end: str) -> None:
    table = text_table(opened, f"a,b{end}1,2{end}3,4{end}".encode())
    assert table.head == (("a", "b"), ("1", "2"), ("3", "4"))
    assert table.write_plain(Cut(2), tmp_path).path.read_bytes() == b"1,2\n3,4\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found(opened, separator: str) -> None:
    rows = [["Ort", "Wert, gemessen", "Stand"], ["A; B", "1", "2"], ["C", "3", "4"]]
    target = io.StringIO()
    csv.writer(target, delimiter=separator).writerows(rows)
    table = text_table(opened, target.getvalue().encode())
    assert table.separator == separator
    assert [list(row) for row in table.head] == rows


def test_decimal_commas_are_no_separators(opened) -> None:
    assert text_table(opened, b"1,5;2,5;3,5\n" * 20).separator == ";"


def test_the_first_line_of_excel_names_the_separator(opened) -> None:
    assert text_table(opened, b"sep=;\na,b;c\nd,e;f\n").separator == ";"


@pytest.mark.parametrize(
    "text",
    [
        'PROJCS["GK3",GEOGCS["DHDN",DATUM["Potsdam",SPHEROID["Bessel",6377397.155,299.15]]],UNIT["m",1]]',
        "Der Rat hat am Montag getagt, und es wurde lange gesprochen.\nDanach war Schluss.\nAlle gingen.\n"
        * 5,
        "# Title\n\nSome words here.\n\n## Second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "Statistik   Stadtteil      Anteil\n  Dom        12        13,5\n    Summe, gesamt      14\n" * 10,
    ],
)
def test_a_text_for_reading_is_no_table(opened, text: str) -> None:
    with pytest.raises(Refused) as refusal:
        opened(text.encode(), "x.txt")
    assert refusal.value.problem.code == "reading.no_table_found"


def test_one_column_of_values_is_a_table(opened) -> None:
    assert text_table(opened, "Straße\nHafenweg\nDomplatz\n".encode()).head[1] == ("Hafenweg",)


def test_a_clean_utf8_file_is_used_in_place(opened, tmp_path: Path) -> None:
    table = text_table(opened, b"a,b\n1,2\n", "clean.csv")
    assert table.write_plain(Cut(1), tmp_path / "nowhere").path == tmp_path / "clean.csv"


def test_zero_bytes_are_left_out_with_a_warning(opened, tmp_path: Path) -> None:
    table = text_table(opened, b"a,b\n1\0,2\n3,4\n")
    assert [w.code for w in table.warnings] == ["reading.nul_removed"]
    assert table.write_plain(Cut(2), tmp_path).path.read_bytes() == b"1,2\n3,4\n"


def test_a_byte_of_another_encoding_is_read_as_its_neighbour(opened) -> None:
    raw = ("Straße;Grün\n" * 30).encode() + "Süd;x\n".encode("cp1252")
    table = text_table(opened, raw)
    assert table.tail[-1] == ("Süd", "x")
    assert "reading.encoding_mixed" in [w.code for w in table.warnings]


def test_a_choice_of_encoding_and_separator_is_kept(opened) -> None:
    choices = {"encoding": "cp850", "separator": ":"}
    table = text_table(opened, "a:b,c\nfür:1,2\n".encode("cp850"), choices=choices)
    assert (table.encoding, table.separator, table.head[1]) == ("cp850", ":", ("für", "1,2"))


@pytest.mark.parametrize("choices", [{"encoding": "klingon"}, {"encoding": "hex"}, {"separator": ";;"}])
def test_a_choice_that_cannot_be_is_refused(opened, choices: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        opened(b"a;b\n1;2\n", "x.csv", choices=choices)
    assert refusal.value.problem.code in {"reading.encoding_unknown", "reading.separator_unusable"}


def test_a_changed_separator_is_told_to_the_owner_of_the_recipe(opened) -> None:
    recipe = Recipe("csv", separator=";", encoding="cp1252")
    table = text_table(opened, b"a,b\n1,2\n3,4\n", recipe=recipe)
    assert table.separator == ","
    assert "reading.separator_changed" in [w.code for w in table.warnings]


def test_head_and_tail_are_the_ends_of_a_long_file(opened) -> None:
    table = text_table(opened, b"n;m\n" + b"".join(b"%d;x\n" % n for n in range(100_000)))
    assert (len(table.head), len(table.tail), table.rows) == (500, 50, 100_001)
    assert table.tail[0] == ("99950", "x")
    assert table.tail[-1] == ("99999", "x")


cells = st.text(alphabet='ab1 é"\n;,x', max_size=8)
grids = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=3, max_size=40)
)


@settings(max_examples=200, deadline=None)
@given(
    grids,
    st.data(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_cut_leaves_the_rows_that_a_slow_reading_leaves(
    grid: list[list[str]], data: st.DataObject, encoding: str, end: str
) -> None:
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator=end, quoting=csv.QUOTE_ALL).writerows(grid)
    first = data.draw(st.integers(1, len(grid) + 1))
    skip = tuple(data.draw(st.sets(st.integers(1, len(grid)), max_size=3)))
    footer = data.draw(st.integers(0, len(grid)))
    with tempfile.TemporaryDirectory() as folder:
        path, work = Path(folder) / "x.csv", Path(folder) / "work"
        work.mkdir()
        path.write_bytes(target.getvalue().encode(encoding))
        choices = {"separator": ";", "encoding": encoding}
        table = open_table(Order(path, "x.csv", work, choices=choices)).table
        assert isinstance(table, TextTable)
        assert [list(row) for row in table.head] == grid
        assert table.rows == len(grid)
        plain = table.write_plain(Cut(first, skip, footer), work)
        with plain.path.open(encoding="utf-8", newline="") as file:
            left = list(csv.reader(file, delimiter=";"))
    expected = [
        row for n, row in enumerate(grid, start=1) if first <= n <= len(grid) - footer and n not in skip
    ]
    assert left == expected


@pytest.mark.parametrize("quoted", [False, True])
def test_rows_in_the_middle_of_a_long_file_are_cut_out(opened, tmp_path: Path, quoted: bool) -> None:
    cell = '"a\nb"' if quoted else "é"
    lines = [f"{n};{cell}\n" for n in range(1, 3001)]
    table = text_table(opened, "".join(lines).encode("cp1252"))
    plain = table.write_plain(Cut(3, (1500, 1501, 2990), 70), tmp_path)
    kept = [line for n, line in enumerate(lines, start=1) if 3 <= n <= 2930 and n not in {1500, 1501}]
    assert plain.path.read_text("utf-8") == "".join(kept)
