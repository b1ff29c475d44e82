# SPDX-License-Identifier: EUPL-1.2
"""Which columns of a table are the time of its rows, for `datetime` to ask."""

from __future__ import annotations

from collections.abc import Sequence

from stoa.ground.tables import ColumnSpec, Kind

_BEGINS = (
    "begins",
    "begin",
    "beginn",
    "start",
    "from",
    "von",
    "ab",
    "debut",
    "inicio",
    "valid_from",
    "gueltig_ab",
    "opened",
)
_ENDS = ("ends", "end", "ende", "stop", "to", "until", "bis", "fin", "valid_to", "gueltig_bis", "closed")
_MOMENTS = (
    "datetime", "timestamp", "phenomenon_time", "observed", "measured", "time", "zeit", "zeitpunkt", "zeitstempel",
    "date", "datum", "day", "tag", "jour", "fecha",
)  # fmt: skip


def time_columns(columns: Sequence[ColumnSpec]) -> tuple[str, str]:
    """Where a row's time begins and ends: two columns called so, else one column twice; two empty texts if none.

    Of several single columns the one called like a time goes first, then instants before days, then the first.
    """
    able = [column for column in columns if column.kind in {Kind.DATE, Kind.DATETIME}]
    for begins in able:
        fitting = [c for c in able if c.kind is begins.kind and _is_pair(begins.name, c.name)]
        if fitting:
            return begins.name, fitting[0].name
    ranked = sorted(able, key=lambda c: (_rank(c.name), c.kind is not Kind.DATETIME))
    return (ranked[0].name, ranked[0].name) if ranked else ("", "")


def _is_pair(begins: str, ends: str) -> bool:
    """Whether two names differ by a word for beginning against one for ending only.

    >>> _is_pair("gueltig_von", "gueltig_bis")
    True
    """
    return any(_without(begins, word) is not None and _without(begins, word) == _without(ends, other)
               for word in _BEGINS for other in _ENDS)  # fmt: skip


def _without(name: str, word: str) -> str | None:
    """The rest of a name beside a word in it; None where it has no such word."""
    padded = f"_{name}_"
    return padded.replace(f"_{word}_", "_*_", 1) if f"_{word}_" in padded else None


def _rank(name: str) -> int:
    parts = name.split("_")
    return min((_MOMENTS.index(part) for part in parts if part in _MOMENTS), default=len(_MOMENTS))
