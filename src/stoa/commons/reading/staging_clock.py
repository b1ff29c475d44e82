# SPDX-License-Identifier: EUPL-1.2
"""Local times in the hour that the clocks repeat or leave out: counted, and named in a warning."""

from __future__ import annotations

from pathlib import Path

import duckdb

from stoa.commons.reading.recipe import Recipe, RecipeColumn
from stoa.commons.reading.staging import Source, staged_scan
from stoa.commons.reading.staging_typing import clock_name, local_times
from stoa.ground.problems import Problem
from stoa.ground.words import say


def clock_warnings(
    connection: duckdb.DuckDBPyConnection, staged: Path, source: Source, recipe: Recipe
) -> tuple[Problem, ...]:
    """Warnings about local times that the change of the clocks makes doubtful or impossible, all rows counted."""
    places = local_times(source, recipe)
    if not places:
        return ()
    counts = ", ".join(
        f"count(*) FILTER ({clock_name(n)} = 2), count(*) FILTER ({clock_name(n)} = 0)" for n in places
    )
    flat = connection.execute(f"SELECT {counts} FROM {staged_scan(staged)}").fetchall()[0]
    found = []
    for n, place in enumerate(places):
        column, twice, never = recipe.columns[place], int(flat[2 * n]), int(flat[2 * n + 1])
        found += [_twice(column, twice)] if twice else []
        found += [_never(column, never)] if never else []
    return tuple(found)


def _twice(column: RecipeColumn, count: int) -> Problem:
    return Problem(
        "reading.time_twice",
        what=say(
            "%(n)s times in “%(column)s” lie in the hour that comes twice when summer time ends.",
            n=count,
            column=column.source,
        ),
        why=say("Local time alone does not say which of the two hours is meant; we took winter time."),
        do=say("If the source can, let it write the offset from UTC too."),
        field=column.source,
    )


def _never(column: RecipeColumn, count: int) -> Problem:
    return Problem(
        "reading.time_never",
        what=say(
            "%(n)s times in “%(column)s” lie in the hour that is left out when summer time begins.",
            n=count,
            column=column.source,
        ),
        why=say("Such a time never was; it was moved one hour on."),
        do=say("Check whether the source really writes local time, or winter time all year."),
        field=column.source,
    )
