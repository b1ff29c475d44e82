# SPDX-License-Identifier: EUPL-1.2
"""What a person decided about a file, checked: unknown fields and impossible values are refused plainly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoa.commons.reading.recipe import GeometryPlan, GeometrySource, Recipe, RecipeColumn, Treatment
from stoa.ground.ids import column_name
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import Kind
from stoa.ground.words import Saying, say

OPENING = frozenset({"format", "table", "encoding", "separator", "quote"})
"""Decided when the file is opened."""
LAYOUT = frozenset({"header_rows", "skip_rows", "footer_rows"})
WHOLE = frozenset({"missing", "zone", "key", "geometry", "columns"})
OURS = frozenset({"previous_rows", "recipe"})
"""Not a decision: the rows of the version before, and the version of the recipe's own form."""
COLUMN_FIELDS = frozenset(f.name for f in fields(RecipeColumn)) - {"source"}


@dataclass(frozen=True, slots=True)
class Choices:
    """The checked decisions of a person; what is not in here is guessed."""

    header_rows: tuple[int, ...] | None = None
    skip_rows: tuple[int, ...] | None = None
    footer_rows: int | None = None
    missing: tuple[str, ...] | None = None
    zone: str | None = None
    key: tuple[str, ...] | None = None
    geometry: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By heading."""
    previous_rows: int | None = None


def checked(raw: Mapping[str, Any] | None) -> Choices:
    """Turn decisions as JSON into values; raises `Refused` (`reading.choice_...`)."""
    told = dict(raw or {})
    for unknown in sorted(set(told) - OPENING - LAYOUT - WHOLE - OURS):
        raise Refused(_unknown(unknown))
    found: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        if told.get(name) is not None:
            found[name] = check(name, told[name])
    return Choices(**found)


def _unknown(name: str) -> Problem:
    return Problem(
        "reading.choice_unknown",
        what=say("There is no decision called “%(name)s”.", name=name[:60]),
        why=say("It would have no effect, and nobody would notice."),
        do=say("Use one of: %(names)s.", names=", ".join(sorted(OPENING | LAYOUT | WHOLE))),
        field=name[:60],
    )


def _wrong(name: str, value: object, do: Saying) -> Refused:
    return Refused(
        Problem(
            "reading.choice_wrong",
            what=say("“%(value)s” cannot be used for “%(name)s”.", value=str(value)[:60], name=name),
            why=say("The file cannot be read by it."),
            do=do,
            field=name,
        )
    )


def _numbers(name: str, value: object) -> tuple[int, ...]:
    if isinstance(value, list | tuple) and all(
        isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in value
    ):
        return tuple(sorted(value))
    raise _wrong(name, value, say("Give row numbers, counted from 1."))


def _count(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _wrong(name, value, say("Give a whole number, 0 or more."))


def _texts(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(text, str) and len(text) <= 200 for text in value):
        return tuple(value)
    raise _wrong(name, value, say("Give a list of words."))


def _zone(name: str, value: object) -> str:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong(name, value, say("Give a time zone by its name, for example Europe/Berlin.")) from None
    return str(value)


def _geometry(name: str, value: object) -> dict[str, Any]:
    allowed = {f.name for f in fields(GeometryPlan)}
    if not isinstance(value, Mapping) or set(value) - allowed:
        raise _wrong(name, value, say("Give source, x, y, crs and swapped."))
    plan = dict(value)
    if "source" in plan:
        plan["source"] = _member(name, GeometrySource, plan["source"])
    if "crs" in plan:
        plan["crs"] = _crs(str(plan["crs"]))
    return plan


def _crs(code: str) -> str:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_user_input(code)
    except CRSError:
        raise _wrong("crs", code, say("Give authority and code, for example EPSG:25832.")) from None
    return code


def _member(name: str, kinds: type[GeometrySource] | type[Kind] | type[Treatment], value: object) -> Any:
    try:
        return kinds(str(value))
    except ValueError:
        raise _wrong(
            name, value, say("Use one of: %(names)s.", names=", ".join(str(kind) for kind in kinds))
        ) from None


def _columns(name: str, value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, Mapping):
        raise _wrong(name, value, say("Give the changed fields by heading."))
    return {str(heading): _column(str(heading), told) for heading, told in value.items()}


def _column(heading: str, told: object) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        raise _wrong(heading, told, say("Give the changed fields of the column."))
    found: dict[str, Any] = {}
    for name, value in told.items():
        if name == "source":
            continue
        if name not in COLUMN_FIELDS:
            raise Refused(_unknown(f"{heading}: {name}"))
        found[name] = _column_field(name, value)
    return found


def _column_field(name: str, value: object) -> Any:
    if name == "kind":
        return _member(name, Kind, value)
    if name == "treatment":
        return _member(name, Treatment, value)
    if name in {"true_values", "false_values"}:
        return _texts(name, value)
    if name == "is_code_list":
        return bool(value)
    if name == "decimal" and value not in {".", ","}:
        raise _wrong(name, value, say("Use a point or a comma."))
    if name == "thousands" and value not in {"", ".", ",", " ", "'"}:
        raise _wrong(name, value, say("Use a point, a comma, a blank, an apostrophe, or nothing."))
    if name == "name" and (
        not isinstance(value, str) or column_name(value) != value or value in {"geometry", ""}
    ):
        raise _wrong(name, value, say("Use small letters, digits and underscores, and begin with a letter."))
    if not isinstance(value, str) or len(value) > 2000:
        raise _wrong(name, value, say("Give a text."))
    return value


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "header_rows": _numbers,
    "skip_rows": _numbers,
    "footer_rows": _count,
    "missing": _texts,
    "zone": _zone,
    "key": _texts,
    "geometry": _geometry,
    "columns": _columns,
    "previous_rows": _count,
}


def chosen(recipe: Recipe, choices: Choices) -> Recipe:
    """The recipe with a person's decisions about columns, missing words, zone and key put in."""
    for heading in sorted(set(choices.columns) - {column.source for column in recipe.columns}):
        raise Refused(
            Problem(
                "reading.choice_column_unknown",
                what=say("There is no column with the heading “%(heading)s”.", heading=heading[:80]),
                why=say("The decision about it would be lost."),
                do=say("Use the heading exactly as it stands in the file."),
                field=heading[:80],
            )
        )
    columns = tuple(replace(column, **choices.columns.get(column.source, {})) for column in recipe.columns)
    names = [column.name for column in columns]
    double = next((name for name in names if names.count(name) > 1), None)
    if double:
        raise _wrong("name", double, say("Two columns cannot have the same name."))
    whole = {name: value for name in ("missing", "zone") if (value := getattr(choices, name)) is not None}
    return replace(recipe, columns=columns, **whole)


def chosen_place(recipe: Recipe, choices: Choices) -> Recipe:
    """The recipe with a person's decisions about the place put in."""
    return (
        replace(recipe, geometry=replace(recipe.geometry, **choices.geometry)) if choices.geometry else recipe
    )


def chosen_key(recipe: Recipe, choices: Choices) -> Recipe:
    """The recipe with the key that a person chose, if one did."""
    if choices.key is None:
        return recipe
    unknown = sorted(set(choices.key) - {column.name for column in recipe.kept})
    if unknown:
        raise _wrong(
            "key",
            unknown[0],
            say(
                "A key is made of columns of the dataset: %(names)s.",
                names=", ".join(c.name for c in recipe.kept)[:500],
            ),
        )
    return replace(recipe, key=choices.key)
