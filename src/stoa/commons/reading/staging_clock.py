# SPDX-License-Identifier: EUPL-1.2
"""Local times in the hour that the clocks repeat or leave out: counted, and named in a warning."""

from __future__ import annotations

from pathlib import Path

import duckdb

from stoa.commons.reading.recipe import Recipe, RecipeColumn
from stoa.commons.reading.rules.clock import Change, changes
from stoa.commons.reading.staging import Source, staged_scan
from stoa.commons.reading.staging_casts import has_offset, literal, local_moment, name
from stoa.commons.reading.staging_sample import SAMPLE_ROWS, TABLE
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind
from stoa.ground.words import say


def clock_warnings(
    connection: duckdb.DuckDBPyConnection, staged: Path, source: Source, recipe: Recipe, rows: int
) -> tuple[Problem, ...]:
    """Warnings about local times that the change of the clocks makes doubtful or impossible."""
    found: list[Problem] = []
    for place, column in enumerate(recipe.columns):
        if (
            column.kind is not Kind.DATETIME
            or not column.is_kept
            or source.native_of(place) != "VARCHAR"
            or recipe.zone == "UTC"
        ):
            continue
        span = connection.execute(
            f"SELECT year(min({name(column.name)})), year(max({name(column.name)})) "
            f"FROM {staged_scan(staged)}"
        ).fetchone()
        if span is None or span[0] is None or column.treatment != "keep":
            continue
        turned = changes(recipe.zone, max(1900, int(span[0])), min(2200, int(span[1])))
        found += _doubtful(connection, place, column, turned, rows)
    return tuple(found)


def _doubtful(
    connection: duckdb.DuckDBPyConnection,
    place: int,
    column: RecipeColumn,
    turned: tuple[Change, ...],
    rows: int,
) -> list[Problem]:
    """Counted in the first rows only; the sentence says so where there are more."""

    def among(*, is_double: bool) -> str:
        return (
            " OR ".join(
                f"t >= TIMESTAMP {literal(str(c.first))} AND t < TIMESTAMP {literal(str(c.end))}"
                for c in turned
                if c.is_double is is_double
            )
            or "false"
        )

    row = connection.execute(
        f"SELECT count(*) FILTER ({among(is_double=True)}), count(*) FILTER ({among(is_double=False)}) "
        f"FROM (SELECT {local_moment(f'c{place}', column)} AS t FROM {TABLE} WHERE NOT {has_offset(f'c{place}')})"
    ).fetchone()
    counts = (int(row[0]), int(row[1])) if row else (0, 0)
    looked = min(rows, SAMPLE_ROWS)
    told = (_twice(column, counts[0], looked), _never(column, counts[1], looked))
    return [problem for problem, count in zip(told, counts, strict=True) if count]


def _twice(column: RecipeColumn, count: int, looked: int) -> Problem:
    return Problem(
        "reading.time_twice",
        what=say(
            "%(n)s of the first %(looked)s times in “%(column)s” lie in the hour "
            "that comes twice when summer time ends.",
            n=count,
            looked=looked,
            column=column.source,
        ),
        why=say("Local time alone does not say which of the two hours is meant; we took winter time."),
        do=say("If the source can, let it write the offset from UTC too."),
        field=column.source,
    )


def _never(column: RecipeColumn, count: int, looked: int) -> Problem:
    return Problem(
        "reading.time_never",
        what=say(
            "%(n)s of the first %(looked)s times in “%(column)s” lie in the hour "
            "that is left out when summer time begins.",
            n=count,
            looked=looked,
            column=column.source,
        ),
        why=say("Such a time never was; it was moved one hour on."),
        do=say("Check whether the source really writes local time, or winter time all year."),
        field=column.source,
    )
