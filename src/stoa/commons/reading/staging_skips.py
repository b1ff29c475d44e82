# SPDX-License-Identifier: EUPL-1.2
"""Which rows did not get into the typed table: every one is counted, with the reason."""

from __future__ import annotations

import duckdb

from stoa.commons.reading.report import Skipped
from stoa.commons.reading.staging import Source
from stoa.commons.reading.staging_typing import Typed
from stoa.ground.words import say

EXAMPLES = 5


def _beyond(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Skipped]:
    """Cells after the last heading: nameless columns that were empty at both ends of the table."""
    extra = [f"c{place}" for place in range(len(source.headings), source.width)]
    if not extra:
        return []
    row = connection.execute(
        f"SELECT count(e), list(DISTINCT e[:200])[:{EXAMPLES}] "
        f"FROM (SELECT nullif(concat_ws(' | ', {', '.join(extra)}), '') AS e FROM {source.scan})"
    ).fetchone()
    if not row or not row[0]:
        return []
    return [
        Skipped(
            0,
            say("cells beyond the last heading were left out in %(n)s rows", n=int(row[0])),
            tuple(row[1] or ()),
        )
    ]


def skipped_rows(connection: duckdb.DuckDBPyConnection, source: Source, typed: Typed) -> tuple[Skipped, ...]:
    """Rows that came in and did not get through: not readable as a row, empty, or the headings again."""
    if source.native:
        return ()
    found = []
    if typed.broken:
        found.append(
            Skipped(
                typed.broken,
                say(
                    "lines that are no row of the table (too many cells, or a quotation mark that never ends)"
                ),
                typed.broken_examples,
            )
        )
    found += _beyond(connection, source)
    rest = source.rows - typed.broken - typed.rows
    if rest <= 0:
        return tuple(found)
    empty = "coalesce(" + ", ".join(source.cells) + ") IS NULL"
    row = connection.execute(
        f"SELECT count(*) FILTER ({empty}), count(*) FILTER (NOT ({empty}) AND NOT ({source.where})) "
        f"FROM {source.scan}"
    ).fetchone()
    repeated = int(row[1]) if row else 0
    if repeated:
        found.append(Skipped(repeated, say("the headings again")))
    if rest > repeated:
        found.append(Skipped(rest - repeated, say("empty rows")))
    return tuple(found)
