# SPDX-License-Identifier: EUPL-1.2
"""The JSON of registers and their entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from ninja import Field, Schema

from stoa.commons.words.fields import in_reader_language
from stoa.ground.words import LanguageText
from stoa.houses.registers.door import EntryCard, EntryPage, FieldCard, KindCard


def _words(label: str | LanguageText) -> str:
    if not isinstance(label, str):
        return in_reader_language(label)
    return gettext(label) if label else ""


class FieldOut(Schema):
    """One field that everybody may see."""

    name: str
    type: str = Field(
        description="text, long_text, code, codes, truth (yes, no, unknown), date, number, place ([lon, lat]), words, "
        "email, phone, url, dataset, things or rows"
    )
    label: str
    help: str
    terms: dict[str, str] = Field(description="Code to label; empty where any value may stand")
    columns: list[FieldOut]

    @classmethod
    def of(cls, card: FieldCard) -> FieldOut:
        return cls(
            name=card.name,
            type=card.type,
            label=_words(card.label),
            help=_words(card.help),
            terms={code: _words(label) for code, label in card.terms.items()},
            columns=[cls.of(column) for column in card.columns],
        )


class RegisterOut(Schema):
    """One register: what is in it, and which fields an entry has."""

    slug: str
    title: str
    about: str
    entries: int = Field(description="Published and in use")
    dataset: str = Field(description="Short name of the dataset with the whole register")
    filters: list[str]
    formats: list[str] = Field(description="Formats of other registers: /registers/{slug}/formats/{format}")
    fields: list[FieldOut]

    @classmethod
    def of(cls, card: KindCard) -> RegisterOut:
        return cls(
            slug=card.slug,
            title=_words(card.title),
            about=_words(card.about),
            entries=card.entries,
            dataset=card.dataset,
            filters=list(card.filters),
            formats=list(card.formats),
            fields=[FieldOut.of(field) for field in card.fields],
        )


class EntryOut(Schema):
    """One published entry; `values` by the names of the fields, what is not said or not public is absent."""

    id: str
    code: str
    kind: str = Field(description="Short name of the register")
    title: str
    department: str
    is_in_use: bool
    values: dict[str, Any]
    published_at: datetime | None = Field(description="For the first time")
    shown_at: datetime | None = Field(description="As it is now")
    ended_at: datetime | None

    @classmethod
    def of(cls, card: EntryCard) -> EntryOut:
        return cls(
            id=str(card.uid),
            code=card.code,
            kind=card.kind,
            title=card.title,
            department=card.department,
            is_in_use=card.is_in_use,
            values=dict(card.values),
            published_at=card.published_at,
            shown_at=card.shown_at,
            ended_at=card.retired_at,
        )


class EntriesOut(Schema):
    """One page of a register."""

    total: int
    page: int
    pages: int
    entries: list[EntryOut]

    @classmethod
    def of(cls, found: EntryPage, page: int) -> EntriesOut:
        return cls(
            total=found.total,
            page=page,
            pages=found.pages,
            entries=[EntryOut.of(card) for card in found.entries],
        )
