# SPDX-License-Identifier: EUPL-1.2
"""What somebody asks for, as a tree that belongs to no wire format: a codec builds it, a query turns it into SQL.

The names of calls are in small letters. Comparison: `eq ne gt ge lt le`, `in` (second part: `Values`), `between`
(low and high end belong to it), `like` (`%` and `_`), `matches` (regular expression), `exists` (one path).
Logic: `and`, `or` (two parts or more), `not`. Arithmetic: `add sub mul div mod neg`. Everything else is a function
by the name that OData 4 or OGC Simple Features gives it (`substringof`, `year`, `geo.distance`, `st_within` ...);
which ones are known, with how many parts, is for each codec to check before it builds a tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Path:
    """A property, by way of related things: `Datastream/Thing/properties/floor` is four names."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, a truth value or nothing."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (always with its offset), a day, or a time of day."""

    value: datetime | date | time


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, to be added to an instant or taken from it."""

    value: timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A time from one end to the other; None is an open end."""

    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in WGS 84, longitude first (WKB in two dimensions)."""

    wkb: bytes


@dataclass(frozen=True, slots=True)
class Values:
    """A list to choose from."""

    values: tuple[Literal | Moment, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with what it is applied to."""

    name: str
    args: tuple[Node, ...]


Node = Path | Literal | Moment | Duration | Period | Shape | Values | Call


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a sort."""

    by: Node
    is_down: bool = False


def parts_of(node: Node) -> Iterator[Node]:
    """The node and everything below it, from the top."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, Call):
            waiting += reversed(found.args)


def paths_of(node: Node) -> Iterator[Path]:
    """All properties that a condition speaks of, from left to right, with repeats."""
    return (part for part in parts_of(node) if isinstance(part, Path))


def all_of(conditions: list[Node]) -> Node | None:
    """One condition that holds where all of them hold; None for none.

    >>> all_of([Path(("a",))])
    Path(names=('a',))
    """
    if len(conditions) < 2:
        return next(iter(conditions), None)
    return Call("and", tuple(conditions))
