# SPDX-License-Identifier: EUPL-1.2
"""How good the description of a dataset is, in words: points by dimension, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from stoa.houses.catalogue.pages.public.opening import Opened
from stoa.houses.catalogue.queries.metadata import metadata_facts
from stoa.houses.catalogue.rules.conformance import Found, deviations, read_schema
from stoa.houses.catalogue.rules.metadata_quality import (
    DIMENSION_LABELS,
    MOST,
    RATING_LABELS,
    Assessment,
    assess,
    most_of,
)
from stoa.web.notation import in_words, number
from stoa.web.parts import Cell, Column, Row, Table

MOST_DEVIATIONS = 50


@dataclass(frozen=True, slots=True)
class MetadataPart:
    """What the page shows of it."""

    sentence: str
    table: Table
    steps: list[tuple[str, str]]
    """What to do, and the points it brings in words."""


def metadata_part(opened: Opened) -> MetadataPart:
    """The assessment of a description."""
    found = assess(metadata_facts(opened.dataset))
    facts = {
        "points": number(found.total),
        "most": number(MOST),
        "rating": gettext(RATING_LABELS[found.rating]),
    }
    steps = [
        (
            in_words(step.do),
            ngettext("%(n)s point more", "%(n)s points more", step.points) % {"n": number(step.points)},
        )
        for step in found.steps
    ]
    return MetadataPart(gettext("%(points)s of %(most)s points: %(rating)s") % facts, _table(found), steps)


@dataclass(frozen=True, slots=True)
class SchemaPart:
    """What the page says of the declared schema."""

    deviations: list[str]
    """Empty: the version keeps to it."""
    url: str
    """Where the standard behind it is described."""


def schema_part(opened: Opened) -> SchemaPart | None:
    """Whether the version that is looked at keeps to the declared schema; None where none was declared."""
    if opened.dataset.declared_schema is None:
        return None
    version = opened.shown
    inspection = version.delivery.inspection if version.delivery else None
    found = Found(
        version.specs,
        bool(version.geometry_types),
        {column.name: column.empty for column in inspection.columns} if inspection else {},
        version.least_most,
    )
    said = deviations(read_schema(opened.dataset.declared_schema), found)
    return SchemaPart([in_words(one) for one in said[:MOST_DEVIATIONS]], opened.dataset.conforms_to)


def _table(found: Assessment) -> Table:
    columns = [
        Column(gettext("Question"), is_heading=True),
        Column(gettext("Points"), is_number=True),
        Column(gettext("Of"), is_number=True),
    ]
    rows = [
        Row([gettext(DIMENSION_LABELS[one]), _points(points), _points(most_of(one))])
        for one, points in found.points.items()
    ]
    return Table(gettext("Points for the description"), columns, rows, is_caption_hidden=True)


def _points(points: int) -> Cell:
    return Cell(number(points), str(points))
