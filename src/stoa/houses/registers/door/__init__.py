# SPDX-License-Identifier: EUPL-1.2
"""The way into the registers for gates, commands and houses on higher streets.

Every function takes the city, those about entries the principal (`by`), and hands out frozen values. Call them inside
`acting_in(city)`. Reading gives what everybody may see, whoever asks: the working copies are for the desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem
from stoa.ground.words import say
from stoa.houses.registers.actions import keeping, publishing
from stoa.houses.registers.door.cards import EntryCard, EntryPage, FieldCard, KindCard, ThingEntry
from stoa.houses.registers.models import Entry
from stoa.houses.registers.queries import entries as reads
from stoa.houses.registers.queries.kinds import kind_of, kinds_of, setting_of
from stoa.houses.registers.terms import Demand

__all__ = [
    "Demand",
    "EntryCard",
    "EntryPage",
    "FieldCard",
    "KindCard",
    "ThingEntry",
    "demand_for_things",
    "entries",
    "entries_for",
    "entry",
    "keep",
    "kind",
    "kinds",
    "objection",
    "stream",
]


def kinds(*, city: City, by: Principal) -> tuple[KindCard, ...]:
    """All registers of a city with how many entries they show (one query)."""
    counts = reads.counts_by_kind(city=city)
    return tuple(KindCard.of(one, counts.get(one.slug, 0)) for one in kinds_of(city))


def kind(*, city: City, by: Principal, slug: str) -> KindCard:
    """One register with the fields that everybody sees (one query); else `NotFound`."""
    return KindCard.of(kind_of(city, slug), reads.counts_by_kind(city=city).get(slug, 0))


def entries(
    *,
    city: City,
    by: Principal,
    kind: str,
    text: str = "",
    chosen: Mapping[str, str] | None = None,
    with_retired: bool = False,
    page: int = 1,
    size: int = 100,
) -> EntryPage:
    """One page of the published entries that have these words and codes, by title."""
    declared = kind_of(city, kind)
    asked = reads.Asked(text, dict(chosen or {}), with_retired, page)
    found = reads.find(city=city, kind=declared, asked=asked, size=size)
    cards = tuple(EntryCard.of(one, declared) for one in found.entries)
    return EntryPage(cards, found.total, found.pages)


def stream(*, city: City, by: Principal, kind: str) -> Iterator[EntryCard]:
    """Every published entry, ended ones too (one query)."""
    declared = kind_of(city, kind)
    return (EntryCard.of(one, declared) for one in reads.all_shown(city=city, kind=declared))


def entry(*, city: City, by: Principal, kind: str, code: str) -> EntryCard:
    """One published entry by its short code (one query); else `NotFound`."""
    declared = kind_of(city, kind)
    return EntryCard.of(reads.shown_entry(city=city, kind=declared, code=code), declared)


def entries_for(*, city: City, things: Sequence[str]) -> Mapping[str, tuple[ThingEntry, ...]]:
    """Published entries in use by the public ids of the things they are tied to (one query); none: the id is absent."""
    found = reads.entries_for_things(city=city, things=things)
    return {thing: tuple(ThingEntry.of(one) for one in linked) for thing, linked in found.items()}


def demand_for_things(*, city: City) -> Demand:
    """What the city does about a thing in public space that no register knows of (one query)."""
    demanding = [one for one in kinds_of(city) if one.demands_entry]
    return Demand(setting_of(city, demanding[0]).demand) if demanding else Demand.NOTHING


def objection(*, city: City, things: Sequence[str]) -> Problem | None:
    """Why a thing in public space should not report: the city refuses it, and no register knows it (two queries).

    `things`: the ids by which it is known, one of which an entry has to name.
    """
    if demand_for_things(city=city) is not Demand.REFUSE or entries_for(city=city, things=things):
        return None
    return Problem(
        "registers.thing_unregistered",
        say("“%(thing)s” stands in no register of this city.", thing=things[0][:200]),
        say("What measures in public space has to be registered first, so that everybody can look it up."),
        say("Have the sensor entered in the sensor register with this id, and published."),
    )


def keep(
    *,
    city: City,
    by: Principal,
    kind: str,
    department: str,
    values: Mapping[str, Any],
    publish: bool = False,
) -> str:
    """Enter something, or change the entry of the department with the same reference; returns its short code.

    Raises `Refused` with everything that is wrong with the values.
    """
    declared = kind_of(city, kind)
    found = Department.objects.filter(city=city, slug=department).first()
    if found is None:
        raise NotFound("department", department)
    reference = str(values.get(declared.reference_field) or "") if declared.reference_field else ""
    known = (
        Entry.objects.filter(city=city, kind=kind, department=found, reference=reference).first()
        if reference
        else None
    )
    if known is None:
        known = keeping.draft_entry(city=city, kind=declared, department=found, raw=values, by=by)
    else:
        known = keeping.change_entry(entry=known, kind=declared, raw=values, by=by)
    if publish and known.state != "published":
        publishing.publish_entry(entry=known, kind=declared, by=by)
    return known.code
