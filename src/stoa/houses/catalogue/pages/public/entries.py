# SPDX-License-Identifier: EUPL-1.2
"""A dataset as one entry of a list, and its freshness in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.rules.freshness import FRESHNESS_LABELS, Freshness, freshness
from stoa.houses.catalogue.terms import ACCESS_LABELS, Access
from stoa.standards.vocabularies import FREQUENCIES, LICENCES
from stoa.web.notation import day, label, other_language

MOST_LETTERS = 220
MOODS = {Freshness.LATE: "warn", Freshness.FRESH: "good", Freshness.DUE: "good"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of datasets."""

    title: str
    url: str
    about: str
    department: str
    updated_at: datetime | None
    rows: int
    has_map: bool
    licence: str
    quality: int | None
    freshness: str
    mood: str
    access: str
    """Empty where everybody may read the rows."""
    origin: str = ""
    """Where a harvested dataset comes from; empty for one of our own."""
    has_rows: bool = True
    title_lang: str = ""
    about_lang: str = ""
    """Where they are in another language than the page."""


def entry_of(dataset: Dataset, now: datetime) -> Entry:
    """What a list says of a dataset."""
    state = freshness(dataset.frequency, dataset.checked_at, now)
    licence = LICENCES.get(dataset.licence)
    return Entry(
        title=label(dataset.title) or dataset.slug,
        url=address("dataset", dataset.slug),
        about=first_words(label(dataset.description), MOST_LETTERS),
        title_lang=other_language(dataset.title),
        about_lang=other_language(dataset.description),
        department=label(dataset.department.name),
        updated_at=dataset.updated_at,
        rows=dataset.rows,
        has_map=dataset.has_map,
        licence=gettext(licence.label) if licence and licence.spdx else "",
        quality=dataset.quality,
        freshness=gettext(FRESHNESS_LABELS[state]) if state is Freshness.LATE else "",
        mood=MOODS.get(state, ""),
        access="" if dataset.access == Access.OPEN else gettext(ACCESS_LABELS[Access(dataset.access)]),
        origin=origin_of(dataset),
        has_rows=dataset.current_id is not None or not dataset.is_remote,
    )


def origin_of(dataset: Dataset) -> str:
    """Who published a harvested dataset, or the catalogue it came by; empty for one of our own."""
    harvested = getattr(dataset, "harvested", None) if dataset.is_remote else None
    return (harvested.publisher or harvested.source.title) if harvested else ""


def first_words(text: str, most: int) -> str:
    """The beginning of a text, cut between words.

    >>> first_words("one two three", 8)
    'one two …'
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def first_paragraph(text: str) -> tuple[str, list[str]]:
    """The first paragraph, which leads, and the others."""
    parts = [" ".join(part.split()) for part in text.replace("\r", "").split("\n\n") if part.strip()]
    return (parts[0] if parts else "", parts[1:])


def promise_in_words(dataset: Dataset, now: datetime) -> str:
    """How the promise of updates stands, as a sentence with the next date."""
    state = freshness(dataset.frequency, dataset.checked_at, now)
    facts = {"often": gettext(FREQUENCIES[dataset.frequency].label), "day": day(dataset.due_at)}
    if state is Freshness.LATE:
        return gettext("Promised %(often)s; the update of %(day)s is late.") % facts
    if state in {Freshness.FRESH, Freshness.DUE} and dataset.due_at:
        return gettext("Updated %(often)s; the next update is promised for %(day)s.") % facts
    if state is Freshness.ENDED:
        return gettext("Not updated any more.")
    return gettext("The owner does not promise when it will be updated.")
