# SPDX-License-Identifier: EUPL-1.2
"""Conditions on datasets as values: what any catalogue language can be translated to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Field(StrEnum):
    """What can be asked of a dataset."""

    UID = "uid"
    SLUG = "slug"
    TITLE = "title"
    """Words of the title."""
    NAMES = "names"
    """Words of keywords, department and area."""
    DESCRIPTION = "description"
    DEPARTMENT = "department"
    """By its short name."""
    KEYWORD = "keyword"
    THEME = "theme"
    LICENCE = "licence"
    ACCESS = "access"
    SPATIAL = "spatial"
    FREQUENCY = "frequency"
    CONTACT = "contact"
    STATE = "state"
    PLACE = "place"
    """Whether it has places: `true` or `false`."""
    UPDATED = "updated"
    CREATED = "created"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every dataset."""


@dataclass(frozen=True, slots=True)
class Words:
    """All these words somewhere in what is said of it, in any language of the city."""

    text: str
    is_phrase: bool = False
    """One behind the other; else each may be the beginning of a word."""
    within: Field | None = None
    """Only in the title, the names or the description."""


@dataclass(frozen=True, slots=True)
class Is:
    """A field has this value; `*` alone: it has any."""

    field: Field
    value: str
    is_pattern: bool = False
    """`*` and `?` in the value stand for any letters and any one letter."""


@dataclass(frozen=True, slots=True)
class Between:
    """A moment (or a text) lies between two; None is open."""

    field: Field
    low: datetime | str | None = None
    high: datetime | str | None = None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class NoneOf:
    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition = Everything | Words | Is | Between | NoneOf | AllOf | AnyOf
ORDERS = ("relevance", "title", "slug", "updated", "created", "published")
"""What datasets can be sorted by."""
