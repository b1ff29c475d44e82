# SPDX-License-Identifier: EUPL-1.2
"""Which rows did not get into the typed table: every one is counted, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.reading.report import CELLS_BEYOND, Skipped
from stoa.commons.reading.staging import Source, staged_scan
from stoa.commons.reading.staging_typing import BEYOND, Typed
from stoa.ground.problems import Problem
from stoa.ground.words import say

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Beyond:
    """Cells behind the last heading: no row of theirs is lost, but the dataset has no column for them."""

    rows: int = 0
    examples: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        if not self.rows:
            return ()
        return (
            Problem(
                CELLS_BEYOND,
                what=say("%(n)s rows have more cells than there are headings.", n=self.rows),
                why=say("The cells behind the last heading have no name and are not published."),
                do=say(
                    "Give them a heading in the source, or look whether a separator stands inside a cell "
                    "without quotation marks, so that everything behind it has moved."
                ),
            ),
        )


def cells_beyond(connection: duckdb.DuckDBPyConnection, source: Source, staged: Path) -> Beyond:
    """What stands behind the last heading, counted over all rows of the typed table."""
    if not source.beyond:
        return Beyond()
    row = connection.execute(
        f"SELECT count({BEYOND}), list(DISTINCT {BEYOND}[:200])[:{EXAMPLES}] FROM {staged_scan(staged)} "
        f"WHERE {BEYOND} IS NOT NULL"
    ).fetchone()
    return Beyond(int(row[0]), tuple(row[1] or ())) if row and row[0] else Beyond()


def skipped_rows(
    connection: duckdb.DuckDBPyConnection, source: Source, typed: Typed, beyond: Beyond
) -> tuple[Skipped, ...]:
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
    if beyond.rows:
        told = say("cells beyond the last heading were left out in %(n)s rows", n=beyond.rows)
        found.append(Skipped(0, told, beyond.examples))
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
