# SPDX-License-Identifier: EUPL-1.2
"""How numbers are written in a column: which decimal mark, which thousands mark, whole or not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from stoa.commons.reading.rules.samples import Shape

COMMA_LANGUAGES = frozenset(
    [
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "es",
        "et",
        "fi",
        "fr",
        "hr",
        "hu",
        "is",
        "it",
        "lt",
        "lv",
        "nb",
        "nl",
        "nn",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sr",
        "sv",
        "tr",
        "uk",
    ]
)
"""Languages whose decimal mark is the comma (CLDR)."""

STYLES: tuple[tuple[str, str], ...] = (
    (".", ""),
    (",", ""),
    (".", ","),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
    (",", "'"),
)
"""Decimal and thousands mark, plain first. A blank stands for every blank, an apostrophe for both kinds."""

AFFIXES = ("%", "€", "EUR", "£", "GBP", "$", "CHF", "Fr.", "zł", "PLN", "kr", "‰")
"""What may stand before or after a number and belongs to the unit, not to the value."""

_MARKS = {" ": "[ \u00a0\u202f\u2009]", "'": "['’]"}
_D = "[9Z]"
_AFFIX = "|".join(re.escape(affix) for affix in AFFIXES)
_WITH_AFFIX = re.compile(
    rf"^(?P<before>{_AFFIX})?\s*(?P<number>[+-]?\s?[9Z.,'’ \u00a0\u202f\u2009]*?[9Z])\s*(?P<after>{_AFFIX})?$"
)
MOST_DIGITS = 18
"""A whole number with more digits does not fit 64 bits."""


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers of a column are written, and how many cells of the sample agree."""

    decimal: str
    thousands: str
    rows: int
    is_whole: bool
    unit: str = ""
    doubtful: bool = False
    """Only groups of three after one mark: `1.234` may be 1234 or 1.234; the language decided."""
    by: Shape | None = None
    """The commonest shape that settled it."""


@cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = f"{_D}+"
    if thousands:
        mark = _MARKS.get(thousands, re.escape(thousands))
        whole = f"(?:9{{1,3}}(?:{mark}9{{3}})+|{_D}+)"
    fraction = f"(?:{re.escape(decimal)}9+)"
    return re.compile(
        f"^[+-]?(?:{whole}{fraction}?|{fraction}|{whole}{re.escape(decimal)})(?:[eE][+-]?{_D}+)?$"
    )


def bare(shape: str) -> tuple[str, str]:
    """The shape without currency or percent sign, and that sign."""
    found = _WITH_AFFIX.match(shape)
    if not found:
        return shape, ""
    return found["number"], found["before"] or found["after"] or ""


def matches(shape: str, decimal: str, thousands: str) -> bool:
    """Is a shape a number in this style?"""
    return bool(_pattern(decimal, thousands).match(bare(shape)[0]))


def _is_doubtful(shapes: Iterable[Shape], mark: str) -> bool:
    """Does one mark part groups of three only, with nothing that says what it means?"""
    once = re.compile(rf"^[+-]?9{{1,3}}{re.escape(mark)}999$")
    short = re.compile(r"^[+-]?[9Z]{1,3}$")
    numbers = [bare(shape.text)[0] for shape in shapes]
    marked = [text for text in numbers if mark in text]
    return (
        bool(marked)
        and all(once.match(text) for text in marked)
        and all(short.match(text) for text in numbers if mark not in text and re.match(r"^[+-]?[9Z]+$", text))
    )


def number_style(
    shapes: tuple[Shape, ...], languages: tuple[str, ...], *, never_grouped: bool = False
) -> NumberStyle | None:
    """The style that reads most cells; among equals the plainest; the language where marks are doubtful.

    `never_grouped`: the heading names degrees, so that a single mark is always the decimal mark.
    """
    counted = [(sum(s.rows for s in shapes if matches(s.text, *style)), style) for style in STYLES]
    rows = max(count for count, _ in counted)
    if not rows:
        return None
    decimal, thousands = next(style for count, style in counted if count == rows)
    fitting = tuple(shape for shape in shapes if matches(shape.text, decimal, thousands))
    doubtful = not thousands and not never_grouped and _is_doubtful(fitting, decimal)
    if doubtful and any(decimal not in shape.text for shape in fitting):
        # Plain numbers up to 999 beside it: with three decimals they would have decimals too.
        doubtful = False
        decimal, thousands = ("," if decimal == "." else "."), decimal
    if doubtful:
        comma = bool(languages) and languages[0].split("-")[0] in COMMA_LANGUAGES
        if comma == (decimal == "."):
            decimal, thousands = ("," if decimal == "." else "."), decimal
    return NumberStyle(
        decimal=decimal,
        thousands=thousands,
        rows=rows,
        is_whole=all(_is_whole(bare(s.text)[0], decimal) for s in fitting),
        unit=_unit(fitting, rows),
        doubtful=doubtful,
        by=next((s for s in fitting if decimal in s.text or (thousands and thousands in s.text)), fitting[0]),
    )


def _is_whole(number: str, decimal: str) -> bool:
    return decimal not in number and "e" not in number.lower()


def _unit(shapes: tuple[Shape, ...], rows: int) -> str:
    units = {bare(shape.text)[1] for shape in shapes}
    found = units - {""}
    return found.pop() if len(found) == 1 else ""


def read_number(text: str, decimal: str, thousands: str, unit: str = "") -> float | None:
    """Read one number the slow, obvious way; None if it is none. The oracle of the staged reading."""
    number = text.strip()
    if unit in AFFIXES:
        number = number.replace(unit, "").strip()
    if thousands:
        for mark in {" ": " \u00a0\u202f\u2009", "'": "'’"}.get(thousands, thousands):
            number = number.replace(mark, "")
    if decimal != ".":
        if "." in number:
            return None
        number = number.replace(decimal, ".")
    return float(number) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", number, re.ASCII) else None
