# SPDX-License-Identifier: EUPL-1.2
"""How a new file departs from the recipe that its dataset has agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from stoa.commons.lake.values import StagedTable
from stoa.commons.reading.recipe import GeometrySource, Recipe, RecipeColumn
from stoa.ground.ids import plain
from stoa.ground.problems import Problem
from stoa.ground.tables import Kind
from stoa.ground.words import N_, Saying, say

UNREADABLE = 0.02
"""Share of unreadable cells from which the kind of a column has changed."""

_KINDS = {
    Kind.TEXT: N_("text"),
    Kind.INTEGER: N_("whole number"),
    Kind.NUMBER: N_("number"),
    Kind.BOOLEAN: N_("yes or no"),
    Kind.DATE: N_("date"),
    Kind.DATETIME: N_("date and time"),
    Kind.TIME: N_("time of day"),
}
_STOP = say("The dataset is not published by itself; somebody has to look.")


def follow(found: Recipe, agreed: Recipe, moved: bool = False) -> tuple[Recipe, tuple[Problem, ...]]:  # noqa: FBT001, FBT002
    """The recipe for this file: as agreed for every column that is still there; and what has changed."""
    by_heading = {column.source: column for column in agreed.columns}
    taken = {column.name for column in agreed.columns}
    columns: list[RecipeColumn] = []
    new: list[RecipeColumn] = []
    for column in found.columns:
        known = by_heading.get(column.source)
        if known is None:
            known = replace(column, name=_free(column.name, taken))
            taken.add(known.name)
            new.append(known)
        columns.append(known)
    here = {column.source for column in found.columns}
    gone = [column for column in agreed.columns if column.source not in here and column.is_kept]
    names = {column.name for column in columns}
    plan = agreed.geometry
    lost = (
        plan.source not in {GeometrySource.NONE, GeometrySource.NATIVE}
        and not {plan.x, plan.y} - {""} <= names
    )
    recipe = replace(
        found,
        missing=agreed.missing,
        zone=agreed.zone,
        columns=tuple(columns),
        geometry=found.geometry if lost or plan.source is GeometrySource.NONE else plan,
        key=agreed.key if set(agreed.key) <= names else (),
    )
    return recipe, (
        *_columns_changed(new, gone),
        *([_heading_moved(agreed, found)] if moved else []),
        *([_geometry_gone()] if lost else []),
    )


def _free(name: str, taken: set[str]) -> str:
    base, count = name, 2
    while name in taken:
        name, count = f"{base}_{count}", count + 1
    return name


def _columns_changed(new: list[RecipeColumn], gone: list[RecipeColumn]) -> list[Problem]:
    problems = []
    rest = list(new)
    for old in gone:
        renamed = next((column for column in rest if _alike(old, column)), None)
        if renamed:
            rest.remove(renamed)
            problems.append(
                _problem(
                    "column_renamed",
                    say(
                        "The column “%(old)s” seems to be called “%(new)s” now.",
                        old=old.source,
                        new=renamed.source,
                    ),
                    say("If it is the same, put the new heading into the recipe."),
                    renamed.source,
                )
            )
        else:
            problems.append(
                _problem(
                    "column_gone",
                    say("The column “%(old)s” is missing.", old=old.source),
                    say("Ask the owner, or take the column out of the recipe."),
                    old.source,
                )
            )
    problems += [
        _problem(
            "column_new",
            say("There is a new column “%(new)s”.", new=column.source),
            say("Decide whether it is published; check it for personal data."),
            column.source,
        )
        for column in rest
    ]
    return problems


def _alike(old: RecipeColumn, new: RecipeColumn) -> bool:
    """The same kind, and headings of the same letters, with a common word, or one within the other."""
    a, b = plain(old.source), plain(new.source)
    if old.kind is not new.kind or not a or not b:
        return False
    longer = [word for word in set(a.split()) & set(b.split()) if len(word) > 3]
    return (
        a.replace(" ", "") == b.replace(" ", "")
        or bool(longer)
        or (min(len(a), len(b)) > 3 and (a in b or b in a))
    )


def _problem(code: str, what: Saying, do: Saying, field: str = "") -> Problem:
    return Problem(f"drift.{code}", what=what, why=_STOP, do=do, field=field)


def _heading_moved(agreed: Recipe, found: Recipe) -> Problem:
    was, now = (", ".join(map(str, recipe.header_rows)) or "-" for recipe in (agreed, found))
    return _problem(
        "heading_moved",
        say("The headings stand in row %(now)s now, not in row %(was)s.", now=now, was=was),
        say("Check that no rows were lost at the top, then agree on the new place."),
    )


def _geometry_gone() -> Problem:
    return _problem(
        "geometry_gone",
        say("The columns with the coordinates are missing: no row has a place any more."),
        say("Ask the owner for the coordinates, or choose other columns."),
    )


def _rows_halved(rows: int, previous_rows: int) -> Problem:
    return _problem(
        "rows_halved",
        say("The file has %(now)s rows; the version before had %(was)s.", now=rows, was=previous_rows),
        say("Check with the owner that nothing was cut off."),
    )


def counted(
    agreed: Recipe | None,
    recipe: Recipe,
    unreadable: Mapping[str, int],
    rows: int,
    previous_rows: int | None,
    *,
    staged: StagedTable | None,
) -> tuple[Problem, ...]:
    """What shows only after the whole table was read: unreadable columns, half the rows gone, no places."""
    if agreed is None:
        return ()
    known = {column.name for column in agreed.columns}
    found = [
        _problem(
            "kind_changed",
            say(
                "%(n)s cells of “%(column)s” cannot be read as %(kind)s any more.",
                n=count,
                column=column.source,
                kind=Saying(_KINDS[column.kind]),
            ),
            say("Look at the examples and change the kind, or have the source mended."),
            column.source,
        )
        for column in recipe.columns
        if column.name in known and (count := unreadable.get(column.name, 0)) > UNREADABLE * max(1, rows)
    ]
    if previous_rows and rows * 2 <= previous_rows:
        found.append(_rows_halved(rows, previous_rows))
    had_place = agreed.geometry.source is not GeometrySource.NONE
    placeless = staged is not None and rows > 0 and staged.without_place == rows
    native_gone = (
        agreed.geometry.source is GeometrySource.NATIVE and staged is not None and staged.geometry == "none"
    )
    if had_place and (placeless or native_gone):
        found.append(_geometry_gone())
    return tuple(found)
