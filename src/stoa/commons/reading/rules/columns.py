# SPDX-License-Identifier: EUPL-1.2
"""What a column is: its kind, how it is written, and the reason with counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from stoa.commons.reading.rules import headings
from stoa.commons.reading.rules.dates import EXCEL, DateStyle, date_style
from stoa.commons.reading.rules.numbers import MOST_DIGITS, NumberStyle, bare, matches, number_style
from stoa.commons.reading.rules.samples import ColumnSample, Shape
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind
from stoa.ground.words import Saying, say

SURE = 0.98
"""Share of the filled cells that must fit a kind when the rest is of many different forms."""
FEW_TOKENS = 5
"""So many different words between numbers are taken for remarks (`closed`, `no signal`), not for values."""

BOOLEAN_WORDS: tuple[tuple[str, str], ...] = (
    ("ja", "nein"),
    ("j", "n"),
    ("yes", "no"),
    ("y", "n"),
    ("true", "false"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("si", "no"),
    ("sí", "no"),
    ("vrai", "faux"),
    ("verdadero", "falso"),
    ("tak", "nie"),
    ("prawda", "falsz"),
    ("prawda", "fałsz"),
    ("sì", "no"),
    ("vero", "falso"),
    ("sim", "não"),
    ("t", "f"),
    ("vorhanden", "nicht vorhanden"),
)
MARKS = ("x", "✓", "✔")
"""A mark in a cell means yes, an empty cell no."""


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """How one column should be read, and why."""

    kind: Kind
    reasons: tuple[Saying, ...]
    decimal: str = "."
    thousands: str = ""
    date_format: str = ""
    unit: str = ""
    true_values: tuple[str, ...] = ()
    false_values: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    """Words between the numbers that will become empty."""
    warnings: tuple[Problem, ...] = field(default=())


def guess_column(sample: ColumnSample, *, zone: str, languages: tuple[str, ...]) -> ColumnGuess:
    """Decide about one column; cells that mean 'missing' are left out of the sample beforehand."""
    if not sample.filled:
        return ColumnGuess(
            Kind.TEXT, (say("The column has no values in the first %(n)s rows.", n=sample.rows),)
        )
    return (
        _boolean(sample)
        or _date(sample, zone)
        or _number(sample, languages)
        or ColumnGuess(Kind.TEXT, (_text_reason(sample),))
    )


def _text_reason(sample: ColumnSample) -> Saying:
    return say(
        "%(n)s of %(all)s cells hold text, for example “%(example)s”.",
        n=sample.filled,
        all=sample.filled,
        example=sample.shapes[0].example[:60],
    )


def _boolean(sample: ColumnSample) -> ColumnGuess | None:
    if sample.distinct > len(sample.values):
        return None
    values: set[str] = set()
    for value, _ in sample.values:
        values.add(value.lower())
        if len(values) > 2:
            return None
    for yes, no in BOOLEAN_WORDS:
        pair = {yes, no}
        if values <= pair and (
            values == pair or (len(yes) > 1 and values == {yes}) or (len(no) > 2 and values == {no})
        ):
            reason = say("All %(n)s filled cells are “%(yes)s” or “%(no)s”.", n=sample.filled, yes=yes, no=no)
            return ColumnGuess(Kind.BOOLEAN, (reason,), true_values=(yes,), false_values=(no,))
    if len(values) == 1 and values <= set(MARKS) and sample.empty:
        mark = next(iter(values))
        reason = say(
            "%(n)s cells hold the mark “%(mark)s”, all others are empty: a mark means yes.",
            n=sample.filled,
            mark=mark,
        )
        return ColumnGuess(Kind.BOOLEAN, (reason,), true_values=(mark,), false_values=("",))
    return None


def _date(sample: ColumnSample, zone: str) -> ColumnGuess | None:
    style = date_style(sample, zone, date_heading=headings.says_date(sample.heading))
    if style is None or not _is_enough(sample, style.rows):
        return None
    shown = style.format or "ISO 8601"
    reasons = [
        say(
            "%(n)s of %(all)s filled cells are written like “%(example)s” (%(format)s).",
            n=style.rows,
            all=sample.filled,
            example=style.by.example,
            format=shown,
        )
    ]
    if style.order_by == "value":
        reasons.append(say("“%(example)s” settles which part is the day.", example=style.order_example))
    return ColumnGuess(
        style.kind, tuple(reasons), date_format=style.format, warnings=_date_warnings(sample, style, zone)
    )


def _date_warnings(sample: ColumnSample, style: DateStyle, zone: str) -> tuple[Problem, ...]:
    found = []
    if style.order_by == "zone":
        found.append(
            Problem(
                "reading.date_order_doubtful",
                what=say(
                    "The dates in “%(column)s” do not show whether day or month comes first.",
                    column=sample.heading,
                ),
                why=say("No part is above 12; we followed the habit of the time zone %(zone)s.", zone=zone),
                do=say(
                    "Look at “%(example)s” and change the date format if it is wrong.",
                    example=style.by.example,
                ),
                field=sample.heading,
            )
        )
    if style.order_by == "mixed":
        found.append(
            Problem(
                "reading.date_order_mixed",
                what=say(
                    "“%(column)s” has dates with the day first and others with the month first.",
                    column=sample.heading,
                ),
                why=say(
                    "Dates such as “%(example)s” cannot be read and become empty.",
                    example=style.order_example,
                ),
                do=say("Write all dates the same way in the source, best as 2026-01-31."),
                field=sample.heading,
            )
        )
    if EXCEL in style.format and style.format != EXCEL:
        found.append(_date_serial(sample))
    return tuple(found)


def _date_serial(sample: ColumnSample) -> Problem:
    return Problem(
        "reading.date_serial",
        what=say(
            "Some dates in “%(column)s” are spreadsheet day numbers such as 42167.", column=sample.heading
        ),
        why=say("They were read as days since 30 December 1899."),
        do=say("Give these cells a date format in the source."),
        field=sample.heading,
    )


def _numeric(sample: ColumnSample, style: NumberStyle) -> tuple[tuple[Shape, ...], tuple[Shape, ...]]:
    fits = [(shape, matches(shape.text, style.decimal, style.thousands)) for shape in sample.shapes]
    return tuple(s for s, fit in fits if fit), tuple(s for s, fit in fits if not fit)


def _number(sample: ColumnSample, languages: tuple[str, ...]) -> ColumnGuess | None:
    style = number_style(sample.shapes, languages, never_grouped=headings.says_place(sample.heading))
    if style is None:
        return None
    fitting, others = _numeric(sample, style)
    # In most columns every cell fits, and a look at each of thousands of values would find nothing.
    tokens = _tokens(sample, style) if others or style.rows < sample.filled else ()
    if (
        style.rows < sample.filled
        and not _are_slips(sample, style, others)
        and not _are_remarks(sample, style, tokens)
    ):
        return None
    named = _digits_that_name(sample, style, fitting)
    if named:
        return ColumnGuess(Kind.TEXT, (named,))
    kind = Kind.INTEGER if style.is_whole else Kind.NUMBER
    return ColumnGuess(
        kind,
        _number_reasons(sample, style, fitting),
        decimal=style.decimal,
        thousands=style.thousands,
        unit=style.unit,
        tokens=tokens if others else (),
        warnings=_number_warnings(sample, style, tokens),
    )


def _number_reasons(
    sample: ColumnSample, style: NumberStyle, fitting: tuple[Shape, ...]
) -> tuple[Saying, ...]:
    example = (style.by or fitting[0]).example
    if style.is_whole and not style.thousands:
        return (
            say(
                "%(n)s of %(all)s filled cells are whole numbers like “%(example)s”.",
                n=style.rows,
                all=sample.filled,
                example=example,
            ),
        )
    marks = {",": say("The decimal mark is a comma."), ".": say("The decimal mark is a point.")}
    reasons = [
        say(
            "%(n)s of %(all)s filled cells are numbers like “%(example)s”.",
            n=style.rows,
            all=sample.filled,
            example=example,
        )
    ]
    if not style.is_whole:
        reasons.append(marks[style.decimal])
    if style.thousands:
        reasons.append(say("Thousands are parted by “%(mark)s”.", mark=style.thousands))
    return tuple(reasons)


def _digits_that_name(sample: ColumnSample, style: NumberStyle, fitting: tuple[Shape, ...]) -> Saying | None:
    """The reason why digits are a name here and stay text, if there is one."""
    if not style.is_whole or style.thousands:
        return None
    if headings.says_text(sample.heading):
        return say("The heading names a code made of digits, not a quantity: it stays text.")
    zeros = [shape for shape in fitting if re.match(r"^Z9", shape.text)]
    if zeros:
        return say(
            "%(n)s cells begin with a zero like “%(example)s”: the digits are a name and stay text.",
            n=sum(s.rows for s in zeros),
            example=zeros[0].example,
        )
    long = [s for s in fitting if len(re.sub(r"[^9]", "", s.text)) > MOST_DIGITS]
    if long:
        return say(
            "Numbers like “%(example)s” are too long to calculate with: they stay text.",
            example=long[0].example,
        )
    return None


def _is_enough(sample: ColumnSample, rows: int) -> bool:
    """Do so many cells fit that the rest must be slips?"""
    return rows == sample.filled or (rows >= SURE * sample.filled and sample.filled - rows <= rows)


def _are_slips(sample: ColumnSample, style: NumberStyle, others: tuple[Shape, ...]) -> bool:
    """Are the few other cells slips, not codes such as 14a among house numbers or 3? among classes?"""
    if not _is_enough(sample, style.rows) or sample.distinct < 20:
        return False
    codes = sum(shape.rows for shape in others if re.search(r"[9Z]", shape.text) and len(shape.text) < 12)
    return codes <= 0.002 * sample.filled


def _tokens(sample: ColumnSample, style: NumberStyle) -> tuple[str, ...]:
    """The different cells that are no number, commonest first, at most one more than FEW_TOKENS."""
    from stoa.commons.reading.rules.samples import shape_of

    fits = cache(lambda shape: matches(shape, style.decimal, style.thousands))
    found = (value for value, _ in sample.values if not fits(shape_of(value)))
    return tuple(value for value, _ in zip(found, range(FEW_TOKENS + 1), strict=False))


def _are_remarks(sample: ColumnSample, style: NumberStyle, tokens: tuple[str, ...]) -> bool:
    """Are the cells that are no number a few short words between many different numbers?"""
    if sample.distinct > len(sample.values) or len(tokens) > FEW_TOKENS:
        return False
    if headings.says_id(sample.heading) or any(
        re.search(r"\d", token) or len(token) > 20 for token in tokens
    ):
        return False
    numbers = sample.distinct - len(tokens)
    return numbers >= 10 * len(tokens) and style.rows >= 0.3 * sample.filled


def _number_warnings(
    sample: ColumnSample, style: NumberStyle, tokens: tuple[str, ...]
) -> tuple[Problem, ...]:
    found = []
    if style.doubtful:
        shown = bare(style.by.example)[0] if style.by else ""
        found.append(
            Problem(
                "reading.number_mark_doubtful",
                what=say(
                    "“%(example)s” in “%(column)s” may have a thousands mark or a decimal mark.",
                    example=shown,
                    column=sample.heading,
                ),
                why=say(
                    "Every marked number has exactly three digits after the mark; "
                    "we followed the habit of the language."
                ),
                do=say("Look at the examples and change the decimal mark if they are wrong."),
                field=sample.heading,
            )
        )
    rest = sample.filled - style.rows
    if rest and tokens:
        found.append(words_between_numbers(sample.heading, tokens))
    return tuple(found)


def words_between_numbers(column: str, tokens: tuple[str, ...]) -> Problem:
    """The warning that some words of a number column will become empty."""
    return Problem(
        "reading.words_between_numbers",
        what=say(
            "“%(column)s” holds numbers, but also %(tokens)s.",
            column=column,
            tokens=", ".join(f"“{token[:40]}”" for token in tokens[:FEW_TOKENS]),
        ),
        why=say("These cells are no numbers: they become empty and are counted as unreadable."),
        do=say(
            "If such a word only means ‘no value’, add it to the words for missing values; "
            "else keep the column as text."
        ),
        field=column,
    )
