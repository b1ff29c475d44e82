# SPDX-License-Identifier: EUPL-1.2
"""Type the whole table and say what it holds: counts, keys, personal data, oddities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from stoa.commons.lake.values import StagedTable
from stoa.commons.reading.door import Order, Progress
from stoa.commons.reading.recipe import GeometrySource, Recipe, RecipeColumn
from stoa.commons.reading.report import ROWS_REPEATED, ColumnReport, PersonalFinding, Skipped
from stoa.commons.reading.rules import keys, oddities
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.commons.reading.staging import Source, staged_scan
from stoa.commons.reading.staging_casts import name
from stoa.commons.reading.staging_clock import clock_warnings
from stoa.commons.reading.staging_finish import finishing_beside
from stoa.commons.reading.staging_people import find_personal
from stoa.commons.reading.staging_place import PlaceFacts, place_facts, place_sql, repaired, shapeless
from stoa.commons.reading.staging_profile import Filled, profile, top_values, unreadable, unreadable_examples
from stoa.commons.reading.staging_skips import cells_beyond, skipped_rows
from stoa.commons.reading.staging_typing import Typed, write_staged
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say

EXAMPLES = 5
MOST_FOR_PAIRS = 5_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """The typed table and everything counted about it."""

    staged: StagedTable
    rows: int
    columns: tuple[ColumnReport, ...]
    unreadable: dict[str, int]
    key: tuple[str, ...] = ()
    reasons: dict[str, Saying] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Problem, ...] = ()


def judge(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    samples: tuple[ColumnSample, ...],
    order: Order,
    *,
    progress: Progress,
) -> Judged:
    """Type the table in one pass, then count and judge from the typed copy."""
    target = order.workdir / "staged"
    area = Box(*order.area) if order.area else None
    progress("typing", 0.0)
    place = place_sql(connection, source, recipe, area)
    typed = write_staged(connection, source, recipe, place.columns, target)
    rows = typed.rows
    progress("typing", 1.0)
    progress("judging", 0.0)
    staged = _staged(connection, target, rows, place.form)
    with finishing_beside(connection, staged, recipe) as finishing:
        judged = _judged(connection, source, recipe, samples, staged=staged, typed=typed)
        judged = replace(judged, staged=finishing.wait())
    progress("judging", 1.0)
    return judged


def _judged(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    samples: tuple[ColumnSample, ...],
    *,
    staged: StagedTable,
    typed: Typed,
) -> Judged:
    target, rows = staged.path, staged.rows
    filled = profile(connection, target, recipe, rows)
    bad = unreadable(connection, source, recipe, target)
    personal = find_personal(connection, target, recipe, samples, rows)
    key, why = _key(connection, target, recipe, filled, rows)
    columns = _reports(connection, source, recipe, samples, facts=(filled, bad, personal), staged=target)
    beyond = cells_beyond(connection, source, target)
    warnings = (
        *oddities.odd(recipe.columns, samples),
        *_place_warnings(recipe, staged, _placeless(connection, source, recipe, filled)),
        *_repairs(connection, source, staged.geometry),
        *clock_warnings(connection, target, source, recipe),
        *beyond.warnings,
        *oddities.outliers(recipe.kept, samples),
        *_duplicates(connection, target, recipe, rows, key),
    )
    return Judged(
        staged,
        rows,
        columns,
        bad,
        key,
        {"key": why} if why else {},
        skipped_rows(connection, source, typed, beyond),
        warnings,
    )


def _staged(connection: duckdb.DuckDBPyConnection, target: Path, rows: int, form: str) -> StagedTable:
    """The typed table as the lake takes it, with where its rows are."""
    facts = place_facts(connection, target, form) if form != "none" else PlaceFacts()
    if not facts.types:
        return StagedTable(target, rows, bbox=facts.bbox)
    return StagedTable(target, rows, form, facts.types, facts.bbox, facts.without)


def _key(
    connection: duckdb.DuckDBPyConnection, staged: Path, recipe: Recipe, filled: dict[str, Filled], rows: int
) -> tuple[tuple[str, ...], Saying | None]:
    if rows < 2:
        return (), None
    unique = frozenset(column for column, facts in filled.items() if facts.is_unique)
    single = keys.best_single(recipe.kept, unique)
    if single:
        return (single,), say(
            "Every row has a value in “%(column)s”, and all %(n)s are different.",
            column=_label(recipe, single),
            n=rows,
        )
    full = frozenset(column for column, facts in filled.items() if facts.empty == 0)
    distinct = {column: facts.distinct for column, facts in filled.items()}
    if rows > MOST_FOR_PAIRS:
        return (), None
    for a, b in keys.pairs_to_try(recipe.kept, distinct, full, rows):
        found = connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {name(a)}, {name(b)} FROM {staged_scan(staged)})"
        ).fetchone()
        if found and found[0] == rows:
            return (a, b), say(
                "“%(a)s” and “%(b)s” together are different in every row.",
                a=_label(recipe, a),
                b=_label(recipe, b),
            )
    return (), None


def _label(recipe: Recipe, column: str) -> str:
    return next((c.source for c in recipe.columns if c.name == column), column)


def _reports(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    samples: tuple[ColumnSample, ...],
    *,
    facts: tuple[dict[str, Filled], dict[str, int], dict[str, tuple[PersonalFinding, ...]]],
    staged: Path,
) -> tuple[ColumnReport, ...]:
    filled, bad, personal = facts
    reports = []
    for place, (column, sample) in enumerate(zip(recipe.columns, samples, strict=True)):
        found = filled.get(column.name)
        people = personal.get(column.name, ())
        if found is None:
            reports.append(ColumnReport(column.name, personal=people))
            continue
        count = bad.get(column.name, 0)
        shown = unreadable_examples(connection, place, staged) if count and not people else ()
        reports.append(
            ColumnReport(
                name=column.name,
                examples=() if people else _examples(sample),
                empty=max(0, found.empty - count),
                unreadable=count,
                unreadable_examples=shown,
                distinct=found.distinct,
                least="" if people else found.least[:200],
                most="" if people else found.most[:200],
                top=top_values(connection, staged, column.name) if _has_top(column) and not people else (),
                may_be_key=found.is_unique,
                personal=people,
            )
        )
    return tuple(reports)


def _has_top(column: RecipeColumn) -> bool:
    return column.is_code_list


def _examples(sample: ColumnSample) -> tuple[str, ...]:
    return tuple(value[:200] for value, _ in sample.values[:EXAMPLES])


def _placeless(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, filled: dict[str, Filled]
) -> int | None:
    """How many rows have nothing written where their place should be; None if that is not known."""
    if recipe.geometry.source is GeometrySource.NATIVE:
        return shapeless(connection, source)
    facts = [filled[column] for column in (recipe.geometry.x, recipe.geometry.y) if column in filled]
    return max((each.empty for each in facts), default=None)


def _place_warnings(recipe: Recipe, staged: StagedTable, placeless: int | None) -> tuple[Problem, ...]:
    """Rows that have coordinates, but unusable ones; a transformation that is not exact."""
    if staged.geometry == "none":
        return ()
    found = []
    plan = recipe.geometry
    odd = staged.without_place - (staged.without_place if placeless is None else placeless)
    if odd > 0:
        found.append(
            Problem(
                "reading.place_impossible",
                what=say("%(n)s rows have coordinates at 0/0 or far from all others.", n=odd),
                why=say("They are kept in the table, but not shown on the map."),
                do=say("Mend the coordinates in the source."),
                field=plan.x,
            )
        )
    box, placed = staged.bbox, staged.rows - staged.without_place
    if box and placed > 1 and box.west == box.east and box.south == box.north:
        found.append(
            Problem(
                "reading.place_all_the_same",
                what=say("All %(n)s rows lie at one and the same place.", n=placed),
                why=say("On the map they look like one point; perhaps it is the address of the office."),
                do=say("Check the coordinates in the source, or publish the table without a place."),
                field=plan.x,
            )
        )
    if plan.crs in {"EPSG:31466", "EPSG:31467", "EPSG:31468", "EPSG:31469"}:
        found.append(
            Problem(
                "reading.crs_accuracy",
                what=say("Gauss-Krüger coordinates were turned into degrees to within about one metre."),
                why=say("The exact German grid (BeTA2007) is not part of this installation."),
                do=say("For survey purposes give the coordinates in ETRS89/UTM."),
            )
        )
    return tuple(found)


def _repairs(connection: duckdb.DuckDBPyConnection, source: Source, form: str) -> tuple[Problem, ...]:
    count = repaired(connection, source) if form == "wkb" else 0
    if not count:
        return ()
    return (
        Problem(
            "reading.shape_repaired",
            what=say(
                "%(n)s shapes were not valid (for example a boundary that crosses itself) and were repaired.",
                n=count,
            ),
            why=say("Maps and areas of such shapes would be wrong."),
            do=say("Look at them on the map, and mend them in the source."),
            field="geometry",
        ),
    )


def _duplicates(
    connection: duckdb.DuckDBPyConnection, staged: Path, recipe: Recipe, rows: int, key: tuple[str, ...]
) -> tuple[Problem, ...]:
    """Rows that are there more than once, word for word; a key rules them out."""
    columns = [name(column.name) for column in recipe.kept]
    if key or not columns or rows < 2:
        return ()
    row = connection.execute(
        f"SELECT count(*) - count(DISTINCT hash({', '.join(columns)})) FROM {staged_scan(staged)}"
    ).fetchone()
    count = int(row[0]) if row else 0
    if not count:
        return ()
    return (
        Problem(
            ROWS_REPEATED,
            what=say("%(n)s rows repeat another row word for word.", n=count),
            why=say("They were kept; sums and counts may be too high."),
            do=say("Check with the owner whether they are meant."),
        ),
    )
