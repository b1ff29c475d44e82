# SPDX-License-Identifier: EUPL-1.2
"""The whole way of one file in this process: open, find the table, guess, type, judge, report."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from stoa.commons.reading import drift
from stoa.commons.reading.choices import Choices, checked, chosen, chosen_key, chosen_place
from stoa.commons.reading.door import Order, Progress
from stoa.commons.reading.formats.opening import open_table
from stoa.commons.reading.formats.raw import Opened, TextTable, TypedTable
from stoa.commons.reading.recipe import GeometryPlan, GeometrySource, Recipe, RecipeColumn
from stoa.commons.reading.report import ColumnReport, Inspection
from stoa.commons.reading.rules.columns import ColumnGuess, guess_column
from stoa.commons.reading.rules.crs import WGS84
from stoa.commons.reading.rules.missing import missing_words, without
from stoa.commons.reading.rules.natives import native_guess
from stoa.commons.reading.rules.places import PlaceGuess
from stoa.commons.reading.rules.recipes import recipe_columns, with_shared_tokens
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.commons.reading.staging import Source, engine
from stoa.commons.reading.staging_place import guess_place
from stoa.commons.reading.staging_report import Judged, judge
from stoa.commons.reading.staging_sample import samples, take_sample
from stoa.commons.reading.staging_source import Grid, open_grid
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say


def inspect_here(order: Order, progress: Progress) -> Inspection:
    """Read one table of a file, say what was understood, leave it typed in the work folder; or `Refused`."""
    choices = checked(order.choices)
    progress("reading", 0.0)
    opened = open_table(order)
    with engine(order.workdir) as connection:
        grid = open_grid(connection, opened.table, order.workdir, choices, order.recipe)
        try:
            progress("reading", 1.0)
            progress("guessing", 0.0)
            draft = _understand(connection, order, opened.table, grid, choices)
            progress("guessing", 1.0)
            judged = judge(connection, grid.source, draft.recipe, draft.samples, order, progress=progress)
        finally:
            grid.source.pieces.stop()
    return _report(order, opened, grid, draft, judged, choices=choices)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was understood before the whole table was typed."""

    recipe: Recipe
    samples: tuple[ColumnSample, ...]
    guesses: tuple[ColumnGuess, ...]
    reasons: dict[str, Saying]
    warnings: tuple[Problem, ...]
    drift: tuple[Problem, ...] = ()


def _understand(
    connection: duckdb.DuckDBPyConnection,
    order: Order,
    table: TextTable | TypedTable,
    grid: Grid,
    choices: Choices,
) -> Draft:
    rows = take_sample(connection, grid.source)
    raw = samples(connection, grid.source, rows, ())
    agreed = order.recipe
    missing = choices.missing or (agreed.missing if agreed else ("", *missing_words(raw)))
    counted = tuple(without(sample, missing) for sample in raw)
    zone = choices.zone or (agreed.zone if agreed else order.zone)
    guesses = _guesses(grid.source, counted, zone, order.languages)
    columns = recipe_columns(grid.source.headings, guesses, counted, grid.units)
    recipe = _frame(table, grid, missing, zone, columns)
    changes: tuple[Problem, ...] = ()
    if agreed is not None:
        recipe, changes = drift.follow(recipe, agreed, grid.heading_moved)
    recipe = chosen(recipe, choices)
    recipe, place = _placed(connection, order, table, grid.source, recipe, counted=counted)
    recipe = chosen_place(recipe, choices)
    reasons = dict(grid.reasons)
    if len(missing) > 1:
        reasons["missing"] = say(
            "These words stand where a value is missing: %(words)s.",
            words=", ".join(w for w in missing if w)[:200],
        )
    if place:
        reasons["geometry"] = place.reason
    kept = {
        column.source
        for column in recipe.columns
        if choices.columns.get(column.source, {}).get("kind") is None and agreed is None
    }
    warnings = [
        problem
        for guess, column in zip(guesses, recipe.columns, strict=True)
        if column.source in kept
        for problem in guess.warnings
    ]
    warnings += place.warnings if place and not choices.geometry else ()
    return Draft(recipe, counted, guesses, reasons, (*table.warnings, *warnings), changes)


def _guesses(
    source: Source, counted: tuple[ColumnSample, ...], zone: str, languages: tuple[str, ...]
) -> tuple[ColumnGuess, ...]:
    found = []
    for place, sample in enumerate(counted):
        native = source.native_of(place)
        found.append(native_guess(native) or guess_column(sample, zone=zone, languages=languages))
    return with_shared_tokens(found, counted)


def _frame(
    table: TextTable | TypedTable,
    grid: Grid,
    missing: tuple[str, ...],
    zone: str,
    columns: tuple[RecipeColumn, ...],
) -> Recipe:
    recipe = Recipe(
        format=table.format,
        table=table.name,
        header_rows=grid.header_rows,
        skip_rows=grid.skip_rows,
        footer_rows=grid.footer_rows,
        missing=missing,
        zone=zone,
        columns=columns,
    )
    if isinstance(table, TextTable):
        return replace(recipe, encoding=table.encoding, separator=table.separator, quote=table.quote)
    return recipe


def _placed(
    connection: duckdb.DuckDBPyConnection,
    order: Order,
    table: TextTable | TypedTable,
    source: Source,
    recipe: Recipe,
    *,
    counted: tuple[ColumnSample, ...],
) -> tuple[Recipe, PlaceGuess | None]:
    """The recipe with the place: agreed before, told by the format, or found in the columns."""
    if recipe.geometry.source is not GeometrySource.NONE:
        return recipe, None
    if isinstance(table, TypedTable) and source.has_wkb:
        plan = GeometryPlan(GeometrySource.NATIVE, crs=table.crs or WGS84)
        named = say("The format carries the shapes itself, in %(crs)s.", crs=plan.crs[:60])
        return replace(recipe, geometry=plan), PlaceGuess(plan, named)
    area = Box(*order.area) if order.area else None
    found = guess_place(connection, source, recipe, counted, area)
    return (replace(recipe, geometry=found.plan), found) if found else (recipe, None)


def _report(
    order: Order, opened: Opened, grid: Grid, draft: Draft, judged: Judged, *, choices: Choices
) -> Inspection:
    recipe = replace(draft.recipe, key=judged.key) if not draft.recipe.key else draft.recipe
    recipe = chosen_key(recipe, choices)
    by_name = {column.name: guess for column, guess in zip(draft.recipe.columns, draft.guesses, strict=True)}
    columns = tuple(
        replace(report, reasons=_without_values(report, _reasons(by_name[report.name], column, choices)))
        for report, column in zip(judged.columns, recipe.columns, strict=True)
    )
    changes = draft.drift + drift.counted(
        order.recipe, recipe, judged.unreadable, judged.rows, choices.previous_rows, staged=judged.staged
    )
    return Inspection(
        file=opened.file,
        tables=opened.tables,
        recipe=recipe,
        rows=judged.rows,
        columns=columns,
        reasons=draft.reasons | judged.reasons,
        skipped=(*grid.skipped, *judged.skipped),
        warnings=(*draft.warnings, *judged.warnings),
        drift=changes,
        staged=judged.staged,
    )


def _without_values(report: ColumnReport, reasons: tuple[Saying, ...]) -> tuple[Saying, ...]:
    """A reason quotes a value of the file; of a column with personal data it must not."""
    if not report.personal:
        return reasons
    return tuple(replace(reason, facts={**reason.facts, "example": "…"}) for reason in reasons)


def _reasons(guess: ColumnGuess, column: RecipeColumn, choices: Choices) -> tuple[Saying, ...]:
    if "kind" in choices.columns.get(column.source, {}):
        return (say("Somebody chose this kind."),)
    return guess.reasons if guess.kind is column.kind else (say("The agreed recipe says so."),)
