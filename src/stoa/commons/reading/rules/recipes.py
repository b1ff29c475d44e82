# SPDX-License-Identifier: EUPL-1.2
"""From the guesses about columns to the columns of a recipe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from stoa.commons.reading.recipe import RecipeColumn
from stoa.commons.reading.rules.columns import FEW_TOKENS, ColumnGuess, words_between_numbers
from stoa.commons.reading.rules.headings import unit_in_heading
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.ground.ids import column_name, unique
from stoa.ground.tables import Kind
from stoa.ground.words import say

CODE_LIST_MOST = 50
_WHOLE = re.compile(r"^[+-]?\d{1,18}$", re.ASCII)
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER})


def unique_headings(headings: Sequence[str], width: int) -> tuple[str, ...]:
    """One heading for each column: nameless ones are numbered, repeated ones told apart by a number."""
    folded = [" ".join(heading.split()) for heading in headings]
    folded += [""] * (width - len(folded))
    prefix = "column" if any(folded) else "c"
    taken: set[str] = set()
    result = []
    for place, heading in enumerate(folded, start=1):
        base = text = heading or f"{prefix}_{place}"
        count = 2
        while text in taken:
            text, count = f"{base} ({count})", count + 1
        taken.add(text)
        result.append(text)
    return tuple(result)


def machine_names(headings: Sequence[str]) -> list[str]:
    """Column names without quoting, all different, none of them ours (`_row`, `geometry`)."""
    names = [column_name(heading) for heading in headings]
    return unique([f"{name}_" if name in {"geometry", "row"} else name for name in names])


def recipe_columns(
    headings: Sequence[str],
    guesses: Sequence[ColumnGuess],
    samples: Sequence[ColumnSample],
    units: Sequence[str] = (),
) -> tuple[RecipeColumn, ...]:
    """The columns of the recipe in the order of the source."""
    names = machine_names(headings)
    told = [*units, *[""] * (len(headings) - len(units))]
    return tuple(
        RecipeColumn(
            source=heading,
            name=column,
            kind=guess.kind,
            label=heading,
            unit=guess.unit or (unit or unit_in_heading(heading) if guess.kind in NUMERIC else ""),
            decimal=guess.decimal,
            thousands=guess.thousands,
            date_format=guess.date_format,
            true_values=guess.true_values,
            false_values=guess.false_values,
            is_code_list=is_code_list(guess.kind, sample),
        )
        for heading, column, guess, sample, unit in zip(headings, names, guesses, samples, told, strict=False)
    )


def is_code_list(kind: Kind, sample: ColumnSample) -> bool:
    """Few different short texts that repeat."""
    if (
        kind is not Kind.TEXT
        or not 2 <= sample.distinct <= CODE_LIST_MOST
        or sample.filled < 3 * sample.distinct
    ):
        return False
    return all(len(value) <= 80 for value, _ in sample.values)


def with_shared_tokens(
    guesses: Sequence[ColumnGuess], samples: Sequence[ColumnSample]
) -> tuple[ColumnGuess, ...]:
    """Columns of nothing but a word that stands between the numbers of two other columns are numbers too."""
    counted: dict[str, int] = {}
    for guess in guesses:
        for token in guess.tokens[:FEW_TOKENS]:
            counted[token] = counted.get(token, 0) + 1
    shared = {token for token, columns in counted.items() if columns >= 2}
    if not shared:
        return tuple(guesses)
    result = []
    for guess, sample in zip(guesses, samples, strict=True):
        words = {value for value, _ in sample.values if not _WHOLE.match(value)}
        complete = sample.distinct == len(sample.values)
        if guess.kind is Kind.TEXT and complete and words and words <= shared:
            result.append(_numbers_too(guess, sample, sorted(words)))
        else:
            result.append(guess)
    return tuple(result)


def _numbers_too(guess: ColumnGuess, sample: ColumnSample, words: list[str]) -> ColumnGuess:
    shown = ", ".join(f"“{word}”" for word in words)
    reason = say(
        "Beside whole numbers the column holds only %(words)s, "
        "which stand between numbers in other columns too.",
        words=shown,
    )
    return replace(
        guess,
        kind=Kind.INTEGER,
        reasons=(reason,),
        tokens=tuple(words),
        warnings=(words_between_numbers(sample.heading, tuple(words)),),
    )
