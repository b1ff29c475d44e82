# SPDX-License-Identifier: EUPL-1.2
"""Kinds of columns that a file types by itself."""

from __future__ import annotations

from stoa.commons.reading.rules.columns import ColumnGuess
from stoa.ground.tables import Kind
from stoa.ground.words import say

_KINDS: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("TIMESTAMP", "DATETIME"), Kind.DATETIME),
    (
        (
            "BIGINT",
            "INTEGER",
            "SMALLINT",
            "TINYINT",
            "UBIGINT",
            "UINTEGER",
            "USMALLINT",
            "UTINYINT",
            "HUGEINT",
        ),
        Kind.INTEGER,
    ),
    (("DOUBLE", "FLOAT", "REAL", "DECIMAL"), Kind.NUMBER),
    (("BOOLEAN",), Kind.BOOLEAN),
    (("DATE",), Kind.DATE),
    (("TIME",), Kind.TIME),
)


def native_guess(sql_type: str) -> ColumnGuess | None:
    """The kind of a typed column; None for text, which has to be looked at."""
    if sql_type == "VARCHAR":
        return None
    for names, kind in _KINDS:
        if sql_type.startswith(names) and "[" not in sql_type:
            return ColumnGuess(kind, (say("The file itself says so (%(type)s).", type=sql_type[:40]),))
    return ColumnGuess(Kind.TEXT, (say("The file holds nested values here; they are kept as text."),))
