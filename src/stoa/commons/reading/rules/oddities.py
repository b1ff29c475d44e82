# SPDX-License-Identifier: EUPL-1.2
"""Values that somebody should look at: dates that a spreadsheet made of codes, far outliers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stoa.commons.reading.recipe import RecipeColumn
from stoa.commons.reading.rules.dates import EXCEL_FIRST, EXCEL_LAST
from stoa.commons.reading.rules.headings import words
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind
from stoa.ground.words import say

_MADE_DATE = re.compile(
    r"^(\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.(Jan|Feb|Mrz|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)|"
    r"(Jan|Feb|Mrz|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec) \d\d|\d{4}-\d\d-\d\d( 00:00:00)?)$"
)


def odd(columns: Sequence[RecipeColumn], samples: Sequence[ColumnSample]) -> tuple[Problem, ...]:
    """Warnings about dates in columns of codes."""
    found = []
    for column, sample in zip(columns, samples, strict=True):
        if column.kind not in {Kind.TEXT, Kind.INTEGER, Kind.NUMBER} or not sample.filled:
            continue
        made = [(value, rows) for value, rows in sample.values if _MADE_DATE.match(value)]
        if made and sum(rows for _, rows in made) < 0.5 * sample.filled:
            found.append(_made(column, made))
        serials = _serials(column, sample)
        if serials:
            found.append(_serial(column, serials))
    return tuple(found)


def _made(column: RecipeColumn, made: list[tuple[str, int]]) -> Problem:
    return Problem(
        "reading.date_made_by_spreadsheet",
        what=say(
            "“%(column)s” holds %(n)s dates such as “%(example)s” between other values.",
            column=column.source,
            n=sum(rows for _, rows in made),
            example=made[0][0],
        ),
        why=say("A spreadsheet has probably made a date of a code such as 2-3 or 1/12."),
        do=say("Format the column as text in the source and type these values again."),
        field=column.source,
    )


def _serials(column: RecipeColumn, sample: ColumnSample) -> list[str]:
    """Day numbers among house numbers and the like: five digits where others have one to three."""
    found = words(column.source)
    if not any(word.endswith(("hausnummer", "hausnr", "nr", "nummer", "number")) for word in found):
        return []
    digits = [value for value, _ in sample.values if value.isascii() and value.isdigit()]
    serials = [value for value in digits if len(value) == 5 and EXCEL_FIRST <= int(value) <= EXCEL_LAST]
    short = [value for value in digits if len(value) <= 3]
    return serials if serials and len(short) > 5 * len(serials) else []


def _serial(column: RecipeColumn, serials: list[str]) -> Problem:
    return Problem(
        "reading.date_made_by_spreadsheet",
        what=say(
            "“%(column)s” holds %(n)s values such as “%(example)s” "
            "that look like day numbers of a spreadsheet.",
            column=column.source,
            n=len(serials),
            example=serials[0],
        ),
        why=say("A spreadsheet has probably made a date of a value such as 10-14."),
        do=say("Format the column as text in the source and type these values again."),
        field=column.source,
    )


def outliers(columns: Sequence[RecipeColumn], samples: Sequence[ColumnSample]) -> tuple[Problem, ...]:
    """Numbers more than a thousand times beyond nearly all others."""
    found = []
    by_source = {sample.heading: sample for sample in samples}
    for column in columns:
        sample = by_source.get(column.source)
        if sample is None or column.kind not in {Kind.INTEGER, Kind.NUMBER}:
            continue
        numbers = sorted(value for text, _ in sample.values if (value := _number(text, column)) is not None)
        if len(numbers) < 50:
            continue
        high = numbers[int(len(numbers) * 0.98)]
        if high > 0 and numbers[-1] > 1000 * high:
            found.append(
                Problem(
                    "reading.value_outlier",
                    what=say(
                        "“%(column)s” holds %(value)s, far beyond all other values.",
                        column=column.source,
                        value=numbers[-1],
                    ),
                    why=say(
                        "Nearly all values are at most %(high)s; it may be a slip of the pen.", high=high
                    ),
                    do=say("Check the value in the source."),
                    field=column.source,
                )
            )
    return tuple(found)


def _number(text: str, column: RecipeColumn) -> float | None:
    from stoa.commons.reading.rules.numbers import read_number

    return read_number(text, column.decimal, column.thousands, column.unit)
