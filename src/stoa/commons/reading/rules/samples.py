# SPDX-License-Identifier: EUPL-1.2
"""What the rules see of a column: how often each shape and each value stands in the first rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHAPE_LENGTH = 60
_DIGITS = str.maketrans("0123456789", "9" * 10)


@dataclass(frozen=True, slots=True)
class Shape:
    """One pattern of cells: every digit is `9`, but a leading zero that something follows is `Z`."""

    text: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """The first rows of one column, counted."""

    heading: str
    rows: int
    filled: int
    shapes: tuple[Shape, ...] = ()
    """Commonest first; the rare end of a text column may be cut off."""
    values: tuple[tuple[str, int], ...] = ()
    """Different trimmed values with their counts, commonest first; may be cut off likewise."""
    distinct: int = 0

    @property
    def empty(self) -> int:
        return self.rows - self.filled


def shape_of(value: str) -> str:
    """The shape of one trimmed cell.

    >>> shape_of("07.03.2022"), shape_of("-1.234,5")
    ('Z9.99.9999', '-9.999,9')
    """
    short = value[:SHAPE_LENGTH]
    shape = short.translate(_DIGITS)
    return "Z" + shape[1:] if short[:1] == "0" and len(value) > 1 else shape


def sample_of(heading: str, cells: Iterable[str]) -> ColumnSample:
    """Count cells that are already in memory (short tables, tests)."""
    trimmed = [cell.strip() for cell in cells]
    values = Counter(cell for cell in trimmed if cell)
    shapes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for value, rows in values.items():
        shape = shape_of(value)
        shapes[shape] += rows
        examples.setdefault(shape, value)
    return ColumnSample(
        heading=heading,
        rows=len(trimmed),
        filled=sum(values.values()),
        shapes=tuple(Shape(text, rows, examples[text]) for text, rows in shapes.most_common()),
        values=tuple(values.most_common()),
        distinct=len(values),
    )
