# SPDX-License-Identifier: EUPL-1.2
"""A large file as departments send it, and its clean twin. Seeded: the same bytes on every machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

_NUMBERS = 16
"""Random numbers a row, `h1` to `h16`."""


@dataclass(frozen=True, slots=True)
class Column:
    """Its heading, its clean value, and how the department writes it (SQL over the row's random numbers)."""

    heading: str
    clean: str
    messy: str = ""


def _comma(sql: str, digits: int) -> str:
    return f"replace(printf('%.{digits}f', {sql}), '.', ',')"


def _pick(words: str, number: str) -> str:
    listed = words.split()
    return f"[{', '.join(repr(word) for word in listed)}][1 + {number} % {len(listed)}]"


_DISTRICTS = (
    "Altstadt Süd Nord-West Hüfferstift Gievenbeck Kinderhaus Roxel Wolbeck Hiltrup Mauritz Coerde Nienberge"
)
_THINGS = "Baum Schlagloch Laterne Müll Ampel Gehweg Brücke Spielplatz Bank Graffiti Größe geprüft"
_DAY = "(DATE '2015-01-01' + (h1 % 3650)::INTEGER)"
_LATER = f"({_DAY} + (h2 % 90)::INTEGER + to_minutes(h3 % 1440))"
# Amounts with a long tail, as invoices have it.
_AMOUNT = "round(40 + 3000 * pow((h8 % 100003) / 100003.0, 3), 2)"
_DEGREES = "round(-8 + 40 * ((h9 % 1009) + (h10 % 1009)) / 2018.0, 1)"
_SHARE = "round((h13 % 10001) / 100.0, 2)"
_LON = "round(7.50 + (h14 % 2400007) / 10000000.0, 8)"
_LAT = "round(51.86 + (h15 % 1800017) / 10000000.0, 8)"
_HOURS = "round((h16 % 900001) / 1000.0, 3)"
_SENTENCE = (
    f"{_pick(_THINGS, 'h4')} || ' ' || {_pick(_THINGS, 'h5')} || ' an der Ecke, ' || {_pick(_THINGS, 'h6')}"
)

COLUMNS = (
    Column("Vorgang", "i + 1"),
    Column("Angelegt am", _DAY, f"strftime({_DAY}, '%d.%m.%Y')"),
    Column("Geändert", _LATER, f"strftime({_LATER}, '%d.%m.%Y %H:%M')"),
    Column("Straße", "'Straße ' || (h4 % 900) || ' am Döner Weg'"),
    Column("Hausnummer", "(1 + h5 % 219)::VARCHAR"),
    Column("PLZ", "(48143 + h6 % 25)::VARCHAR"),
    Column("Stadtbezirk", _pick(_DISTRICTS, "h7")),
    Column("Status", "['offen', 'geschlossen', 'in Arbeit', 'zurückgestellt'][1 + h11 % 4]"),
    Column("Betrag (EUR)", _AMOUNT, f"regexp_replace({_comma(_AMOUNT, 2)}, '^(\\d)(\\d\\d\\d,)', '\\1.\\2')"),
    # One in five thousand is no number: somebody wrote what he knew.
    Column(
        "Menge",
        "CASE WHEN h5 % 5000 <> 0 THEN h12 % 100000 END",
        "CASE WHEN h5 % 5000 <> 0 THEN (h12 % 100000)::VARCHAR ELSE 'etwa ' || (h12 % 100) END",
    ),
    Column("Temperatur [°C]", _DEGREES, _comma(_DEGREES, 1)),
    Column("Beschreibung", _SENTENCE),
    Column("Kategorie", _pick(_THINGS, "h12")),
    Column(
        "Erledigt",
        "CASE h9 % 3 WHEN 0 THEN true WHEN 1 THEN false END",
        "CASE h9 % 3 WHEN 0 THEN 'ja' WHEN 1 THEN 'nein' ELSE '' END",
    ),
    Column("Länge", _LON, _comma(_LON, 8)),
    Column("Breite", _LAT, _comma(_LAT, 8)),
    Column("Aktenzeichen", "'AZ-' || (10 + h10 % 89) || '/' || lpad((i + 1)::VARCHAR, 7, '0')"),
    Column("Dauer [h]", _HOURS, _comma(_HOURS, 3)),
    Column("Anteil in Prozent", _SHARE, _comma(_SHARE, 2)),
    Column(
        "Bemerkung",
        "CASE h2 % 4 WHEN 0 THEN 'siehe Anlage zum Vorgang Nr. ' || (h3 % 1000000) WHEN 1 THEN 'wird nachgereicht' END",
        "CASE h2 % 4 WHEN 0 THEN 'siehe Anlage zum Vorgang Nr. ' || (h3 % 1000000) WHEN 1 THEN 'wird nachgereicht' "
        "WHEN 2 THEN 'k.A.' ELSE '' END",
    ),
)


def plain_name(heading: str) -> str:
    """The heading as a name of plain letters, for the clean twin and for peers.

    >>> plain_name("Betrag (EUR)")
    'betrag_eur'
    """
    told = heading.casefold().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return "_".join(re.findall(r"[a-z0-9]+", told.replace("ss", "ss")))


def rows_sql(rows: int, *, messy: bool, seed: int = 7) -> str:
    """All rows as a query."""
    numbers = ", ".join(f"(hash(i, {n}, {seed}) >> 8)::BIGINT AS h{n}" for n in range(1, _NUMBERS + 1))
    columns = ", ".join(
        f'{(c.messy if messy else "") or c.clean} AS "{c.heading if messy else plain_name(c.heading)}"'
        for c in COLUMNS
    )
    return f"SELECT {columns} FROM (SELECT i, {numbers} FROM range({rows}) AS t(i))"


def write_clean(folder: Path, rows: int) -> Path:
    """The twin that needs no inspection: UTF-8, commas, ISO dates, decimal points; written once."""
    file = folder / f"clean-{rows}.csv"
    if not file.exists():
        _write(file, rows, messy=False, options="DELIMITER ','")
    return file


def write_messy(folder: Path, rows: int) -> Path:
    """The file that arrives: windows-1252, semicolons, CRLF, decimal commas, German dates; written once."""
    file = folder / f"messy-{rows}.csv"
    if not file.exists():
        utf8 = folder / "messy.utf8"
        _write(utf8, rows, messy=True, options="DELIMITER ';', QUOTE '\"'")
        with utf8.open(encoding="utf-8", newline="\n") as source, file.open("wb") as target:
            while lines := source.readlines(4 * 1024 * 1024):
                target.write("".join(lines).replace("\n", "\r\n").encode("cp1252"))
        utf8.unlink()
    return file


def _write(file: Path, rows: int, *, messy: bool, options: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 2")
        connection.execute(
            f"COPY ({rows_sql(rows, messy=messy)}) TO '{file}' (FORMAT csv, HEADER true, {options})"
        )
