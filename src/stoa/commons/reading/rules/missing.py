# SPDX-License-Identifier: EUPL-1.2
"""Words that people write where they have no value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stoa.commons.reading.rules.samples import ColumnSample, Shape, shape_of

WORDS = frozenset(
    (
        "-",
        "--",
        "---",
        "–",
        "—",
        "k.A.",
        "k. A.",
        "k.A",
        "k.a.",
        "kA",
        "n/a",
        "N/A",
        "#N/A",
        "#NV",
        "NULL",
        "null",
        "(null)",
        "NaN",
        "nan",
        "None",
        "none",
        "n.v.",
        "n. v.",
        "keine Angabe",
        "ohne Angabe",
        "b.d.",
        "s.d.",
        "n.d.",
        "brak danych",
        "non renseigné",
        "...",
        "…",
        "#WERT!",
        "#VALUE!",
        "#DIV/0!",
        "#REF!",
        "#BEZUG!",
    )
)
_STARS = re.compile(r"^(\*{2,}|\?{2,}|-{2,})$")
_STARRED = frozenset("*?-")


def missing_words(samples: Iterable[ColumnSample]) -> tuple[str, ...]:
    """The words for 'no value' that really occur, in order; `NA` only where it is no code among codes."""
    found: dict[str, None] = {}
    for sample in samples:
        for value, _ in sample.values:
            if (
                value in WORDS
                or (value[:1] in _STARRED and _STARS.match(value))
                or (value == "NA" and not _has_country_codes(sample))
            ):
                found[value] = None
    return tuple(found)


def _has_country_codes(sample: ColumnSample) -> bool:
    codes = [value for value, _ in sample.values if len(value) == 2 and value.isalpha() and value.isupper()]
    return len(codes) >= 3


def without(sample: ColumnSample, missing: tuple[str, ...]) -> ColumnSample:
    """The sample as if the words for 'no value' were empty cells."""
    gone = [(value, rows) for value, rows in sample.values if value in missing]
    if not gone:
        return sample
    by_shape: dict[str, int] = {}
    for value, rows in gone:
        by_shape[shape_of(value)] = by_shape.get(shape_of(value), 0) + rows
    shapes = (Shape(s.text, s.rows - by_shape.get(s.text, 0), s.example) for s in sample.shapes)
    return ColumnSample(
        heading=sample.heading,
        rows=sample.rows,
        filled=sample.filled - sum(rows for _, rows in gone),
        shapes=tuple(sorted((s for s in shapes if s.rows > 0), key=lambda s: -s.rows)),
        values=tuple(pair for pair in sample.values if pair[0] not in missing),
        distinct=sample.distinct - len(gone),
    )
