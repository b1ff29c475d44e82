# SPDX-License-Identifier: EUPL-1.2
"""From what somebody typed, sent or imported to the values of an entry, with a problem for each that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from stoa.ground.ids import plain
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, pick, say
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, Label
from stoa.houses.registers.terms import TRUTH_LABELS, Truth

MOST = {
    FieldType.TEXT: 300,
    FieldType.LONG_TEXT: 4000,
    FieldType.WORDS: 50,
    FieldType.THINGS: 50,
    FieldType.ENTRIES: 50,
    FieldType.CODES: 100,
    FieldType.ROWS: 20,
    FieldType.EMAIL: 254,
    FieldType.PHONE: 40,
    FieldType.URL: 1000,
    FieldType.DATASET: 80,
    FieldType.NUMBER: 10**9,
}
"""Most letters, or most values of a list."""
MOST_LETTERS_OF_A_WORD = 200
_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]]+@[^@\s<>,;:\"()\[\]]+\.[^@\s<>,;:\"()\[\]]{2,}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENTRY = re.compile(r"[a-z0-9]{4,12}")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """A value does not fit its field; says what would."""

    def __init__(self, do: Saying) -> None:
        self.do = do
        super().__init__(str(do))


def words_of(label: Label) -> Saying:
    """A label as a fact of a sentence: gettext's key, or the words of the main language."""
    return Saying(label) if isinstance(label, str) else Saying("%(words)s", {"words": pick(label, ())})


def read_values(kind: Kind, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The values that could be read, and what is wrong with the others; names that nobody knows are problems too."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in kind:
        value, found = read_value(field, raw.get(field.name))
        problems += found
        if value is not None:
            values[field.name] = value
    known = {field.name for field in kind}
    problems += [_unknown(name) for name in raw if name not in known]
    return values, problems


def read_value(field: Field, raw: Any, place: str = "") -> tuple[Any, list[Problem]]:
    """The value of one field, None where nothing was said; `place` names the row of a table within an entry."""
    name = f"{place}{field.name}"
    if field.type is FieldType.ROWS:
        return _rows(field, raw)
    try:
        return READERS[field.type](field, raw), []
    except Unreadable as why:
        return None, [_unreadable(field, raw, why.do, name)]


def _unknown(name: str) -> Problem:
    return Problem(
        "registers.field_unknown",
        say("There is no field “%(name)s”.", name=str(name)[:60]),
        say("What was meant by it would be lost."),
        say("Look up the names of the fields in the description of the register."),
        str(name)[:60],
    )


def _unreadable(field: Field, raw: Any, do: Saying, name: str) -> Problem:
    told = "" if field.is_personal else str(raw)[:60]
    return Problem(
        "registers.value_unreadable",
        say("“%(value)s” does not fit the field “%(field)s”.", value=told, field=words_of(field.label)),
        say("Nobody could rely on it."),
        do,
        name,
    )


def _text(raw: Any) -> str:
    return "" if raw is None else str(raw).strip()


def _line(field: Field, raw: Any) -> str | None:
    return _limited(field, " ".join(_text(raw).split()))


def _limited(field: Field, text: str) -> str | None:
    most = field.most or MOST.get(field.type, MOST_LETTERS_OF_A_WORD)
    if _CONTROL.search(text):
        raise Unreadable(say("Leave out characters that cannot be seen."))
    if len(text) > most:
        raise Unreadable(say("Say it in at most %(most)s letters.", most=most))
    return text or None


def _long(field: Field, raw: Any) -> str | None:
    return _limited(field, _text(raw).replace("\r\n", "\n"))


def _code(field: Field, raw: Any) -> str | None:
    text = _text(raw)
    return _code_of(field, text) if text else None


def _code_of(field: Field, text: str) -> str:
    """By code, else by the label in any language that we are told of."""
    if field.term(text):
        return text
    wanted = plain(text)
    for term in field.vocabulary:
        labels = [term.label] if isinstance(term.label, str) else [*term.label.values()]
        if wanted and wanted in {plain(term.code), *(plain(label) for label in labels)}:
            return term.code
    raise Unreadable(say("Use one of: %(codes)s.", codes=", ".join(term.code for term in field.vocabulary)))


def _list(raw: Any, parts: str = r"[\n;|]") -> list[str]:
    """Several values: a list as it is, a text parted by lines, semicolons or bars."""
    given = raw if isinstance(raw, list | tuple) else re.split(parts, _text(raw))
    return [*dict.fromkeys(text for one in given if (text := " ".join(_text(one).split())))]


def _codes(field: Field, raw: Any) -> list[str] | None:
    found = {_code_of(field, text) for text in _list(raw, r"[\n;|,]")}
    return [term.code for term in field.vocabulary if term.code in found] or None


def _words(field: Field, raw: Any) -> list[str] | None:
    found = _list(raw)
    if len(found) > (field.most or MOST[field.type]) or any(
        len(one) > MOST_LETTERS_OF_A_WORD for one in found
    ):
        raise Unreadable(say("Give at most %(most)s short texts.", most=field.most or MOST[field.type]))
    if any(_CONTROL.search(one) for one in found):
        raise Unreadable(say("Leave out characters that cannot be seen."))
    return found or None


_TRUTHS = {
    Truth.YES: {"yes", "y", "true", "1", "ja", "j", "waar", "wahr", "x"},
    Truth.NO: {"no", "n", "false", "0", "nein", "nee", "onwaar", "falsch"},
    Truth.UNKNOWN: {"unknown", "unbekannt", "onbekend", plain(TRUTH_LABELS[Truth.UNKNOWN])},
}


def _truth(field: Field, raw: Any) -> str | None:
    text = plain(_text(raw))
    if not _text(raw):
        return None
    for truth, said in _TRUTHS.items():
        if text in said:
            return str(truth)
    raise Unreadable(say("Say yes, no or unknown."))


def _date(field: Field, raw: Any) -> str | None:
    text = _text(raw)
    if not text:
        return None
    by_dots = re.fullmatch(r"(\d{1,2})[.](\d{1,2})[.](\d{4})", text)
    try:
        found = (
            date(int(by_dots[3]), int(by_dots[2]), int(by_dots[1]))
            if by_dots
            else date.fromisoformat(re.sub(r"[T ]00:00(:00(\.0+)?)?(\+00:00|Z)?$", "", text))
        )
    except ValueError:
        raise Unreadable(say("Write a day like 2026-11-30.")) from None
    if not 1900 <= found.year <= 2200:
        raise Unreadable(say("Check the year."))
    return found.isoformat()


def _number(field: Field, raw: Any) -> int | None:
    text = _text(raw)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", text):
        raise Unreadable(say("Write a whole number."))
    found = int(text.partition(".")[0])
    if found > (field.most or MOST[FieldType.NUMBER]):
        raise Unreadable(say("Write at most %(most)s.", most=field.most))
    return found


def _place(field: Field, raw: Any) -> list[float] | None:
    given = [*raw] if isinstance(raw, list | tuple) else re.split(r"[;\s]+|,(?=\s)|,(?=-?\d+\.)", _text(raw))
    texts = [text for one in given if (text := _text(one))]
    if not texts:
        return None
    try:
        lon, lat = (round(float(text.replace(",", ".")), 6) for text in texts)
    except ValueError:
        raise Unreadable(
            say("Give longitude and latitude in degrees, for example 7.6261 and 51.9607.")
        ) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0, 0):
        raise Unreadable(say("Longitude lies between -180 and 180, latitude between -90 and 90."))
    return [lon, lat]


def _mail(field: Field, raw: Any) -> str | None:
    text = _line(field, raw)
    if text and not _MAIL.fullmatch(text):
        raise Unreadable(say("Write an address like office@example.org."))
    return text


def _phone(field: Field, raw: Any) -> str | None:
    text = _line(field, raw)
    if text and not _PHONE.fullmatch(text):
        raise Unreadable(say("Write a number like +49 251 12345."))
    return text


def _url(field: Field, raw: Any) -> str | None:
    text = _line(field, raw)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        is_address = (
            parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
        )
    except ValueError:
        is_address = False
    if not is_address or " " in text:
        raise Unreadable(say("Write a whole address that begins with https://."))
    return text


def _dataset(field: Field, raw: Any) -> str | None:
    text = _text(raw).rstrip("/").rpartition("/")[2]
    if text and not (_SLUG.fullmatch(text) and len(text) <= MOST[FieldType.DATASET]):
        raise Unreadable(say("Give the short name of the dataset, as it stands in its address."))
    return text or None


def _entries(field: Field, raw: Any) -> list[str] | None:
    """Short codes, each alone or at the end of the address of its entry."""
    said = _list(raw, r"[\n;|,\s]")
    found = [*dict.fromkeys(one.rstrip("/").rpartition("/")[2].lower() for one in said)]
    most = field.most or MOST[field.type]
    if len(found) > most or not all(_ENTRY.fullmatch(code) for code in found):
        raise Unreadable(
            say("Give the short code or the address of each entry, at most %(most)s.", most=most)
        )
    return found or None


READERS: Mapping[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: _line,
    FieldType.LONG_TEXT: _long,
    FieldType.CODE: _code,
    FieldType.CODES: _codes,
    FieldType.TRUTH: _truth,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.PLACE: _place,
    FieldType.WORDS: _words,
    FieldType.THINGS: _words,
    FieldType.ENTRIES: _entries,
    FieldType.EMAIL: _mail,
    FieldType.PHONE: _phone,
    FieldType.URL: _url,
    FieldType.DATASET: _dataset,
}


def _rows(field: Field, raw: Any) -> tuple[list[dict[str, Any]] | None, list[Problem]]:
    given = raw if isinstance(raw, list | tuple) else []
    if raw and (not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw)):
        return None, [
            _unreadable(field, "", say("Give a list of rows, each with its columns by name."), field.name)
        ]
    most = field.most or MOST[FieldType.ROWS]
    if len(given) > most:
        return None, [
            _unreadable(field, len(given), say("Give at most %(most)s rows.", most=most), field.name)
        ]
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for place, said in enumerate(given):
        row: dict[str, Any] = {}
        for column in field.columns:
            value, found = read_value(column, said.get(column.name), f"{field.name}.{place}.")
            problems += found
            if value is not None:
                row[column.name] = value
        if row:
            rows.append(row)
    return rows or None, problems
