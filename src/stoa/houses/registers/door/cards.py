# SPDX-License-Identifier: EUPL-1.2
"""What the door hands out: registers, entries and their ties, as everybody may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.ground.words import LanguageText
from stoa.houses.registers.models import Entry
from stoa.houses.registers.queries.kinds import dataset_slug
from stoa.houses.registers.rules.declaring import Field, Kind, Label


@dataclass(frozen=True, slots=True)
class FieldCard:
    """One field that everybody may see."""

    name: str
    type: str
    label: Label
    help: Label
    terms: Mapping[str, Label]
    """Code to label; empty where any value may stand."""
    columns: tuple[FieldCard, ...]

    @classmethod
    def of(cls, field: Field) -> FieldCard:
        terms = {term.code: term.label for term in field.vocabulary}
        columns = tuple(cls.of(column) for column in field.columns)
        return cls(field.name, str(field.type), field.label, field.help, terms, columns)


@dataclass(frozen=True, slots=True)
class KindCard:
    """One register."""

    slug: str
    title: Label
    about: Label
    entries: int
    """Published and in use."""
    fields: tuple[FieldCard, ...]
    filters: tuple[str, ...]
    formats: tuple[str, ...]
    has_map: bool
    dataset: str
    """Short name of the dataset with the whole register."""

    @classmethod
    def of(cls, kind: Kind, entries: int) -> KindCard:
        shown = tuple(FieldCard.of(field) for field in kind if field.is_public)
        return cls(
            kind.slug,
            kind.title,
            kind.about,
            entries,
            shown,
            kind.filters,
            kind.formats,
            bool(kind.place_field),
            dataset_slug(kind),
        )


@dataclass(frozen=True, slots=True)
class EntryCard:
    """One published entry; `values` are its public part."""

    uid: UUID
    code: str
    kind: str
    title: str
    department: str
    """Short name."""
    department_name: LanguageText
    is_in_use: bool
    values: Mapping[str, Any]
    version: int
    published_at: datetime | None
    """For the first time."""
    shown_at: datetime | None
    """As it is now."""
    retired_at: datetime | None

    @classmethod
    def of(cls, entry: Entry, kind: Kind) -> EntryCard:
        known = {field.name for field in kind if field.is_public}
        shown = {name: value for name, value in (entry.shown or {}).items() if name in known}
        return cls(
            entry.uid,
            entry.code,
            entry.kind,
            entry.shown_title,
            entry.department.slug,
            entry.department.name,
            not entry.is_retired,
            shown,
            entry.version,
            entry.published_at,
            entry.shown_at,
            entry.retired_at,
        )


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of a list."""

    entries: tuple[EntryCard, ...]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class ThingEntry:
    """An entry that a thing is tied to; its page is `/registers/<kind>/<code>`."""

    kind: str
    code: str
    title: str

    @property
    def path(self) -> str:
        """The address below the city's."""
        return f"/registers/{self.kind}/{self.code}"

    @classmethod
    def of(cls, entry: Entry) -> ThingEntry:
        return cls(entry.kind, entry.code, entry.shown_title)
