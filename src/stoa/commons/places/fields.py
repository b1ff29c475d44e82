# SPDX-License-Identifier: EUPL-1.2
"""A bounding box as a column: PostgreSQL's `box`, which a GiST index searches by `&&`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import models

from stoa.ground.geometry import Box

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


if TYPE_CHECKING:
    _Field = models.Field[Box | None, Box | None]
    _Lookup = models.Lookup[bool]
else:
    _Field, _Lookup = models.Field, models.Lookup


class BoxField(_Field):
    """West, south, east, north in degrees (WGS 84). A point is a box without width.

    Ask with `box__overlaps=Box(...)`; the exact predicate follows in Shapely.
    """

    def db_type(self, connection: Any) -> str:
        return "box"

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else literal(Box(*value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> str | None:  # noqa: FBT001, FBT002 - Django's signature
        return value if prepared else self.get_prep_value(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Box | None:
        return None if value is None else read(value)


@BoxField.register_lookup
class Overlaps(_Lookup):
    """Whether two boxes share a point."""

    lookup_name = "overlaps"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} && {right}::box", (*left_values, *right_values)


def literal(box: Box) -> str:
    """A box as PostgreSQL writes it.

    >>> literal(Box(7.5, 51.9, 7.7, 52.0))
    '(7.7,52.0),(7.5,51.9)'
    """
    return f"({box.east!r},{box.north!r}),({box.west!r},{box.south!r})"


def read(text: str) -> Box:
    """A box from PostgreSQL's own writing.

    >>> read('(7.7,52.0),(7.5,51.9)')
    Box(west=7.5, south=51.9, east=7.7, north=52.0)
    """
    east, north, west, south = (float(found) for found in _NUMBER.findall(text))
    return Box(west, south, east, north)
