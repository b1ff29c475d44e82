# SPDX-License-Identifier: EUPL-1.2
"""Entries for everybody: only what was published, only its public part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import LonLat
from stoa.ground.ids import plain
from stoa.ground.problems import NotFound
from stoa.houses.registers.models import Entry, EntryVersion
from stoa.houses.registers.models.entry import EntryQuerySet
from stoa.houses.registers.rules.clustering import Spot, spots
from stoa.houses.registers.rules.declaring import FieldType, Kind
from stoa.houses.registers.rules.publicity import still_public
from stoa.houses.registers.terms import Deed, State, Truth

SIZE = 30
MOST_WORDS = 8
MOST_ON_MAP = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for in a register."""

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """By filter of the kind: the code."""
    with_retired: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of it."""

    entries: list[Entry]
    total: int
    pages: int
    facets: Mapping[str, list[tuple[str, int]]]
    """By filter: each code with how many entries, most first."""


def counts_by_kind(*, city: City) -> dict[str, int]:
    """How many published entries in use each register has (one query)."""
    shown = Entry.objects.filter(city=city).shown().exclude(state=State.RETIRED)
    return dict(shown.values_list("kind").annotate(n=Count("pk")).order_by())


def find(*, city: City, kind: Kind, asked: Asked, size: int = SIZE) -> Found:
    """One page of the public list by title (two queries, and one for each filter of the kind)."""
    hits = _by_words(_in_use(city, kind, asked), asked.text)
    narrowed = _chosen(kind, hits, asked.chosen)
    total = narrowed.count()
    first = (max(1, asked.page) - 1) * size
    entries = narrowed.select_related("department").order_by("shown_title", "pk")[first : first + size]
    facets = {
        name: _counts(kind, name, _chosen(kind, hits, {k: v for k, v in asked.chosen.items() if k != name}))
        for name in kind.filters
    }
    return Found(list(entries), total, max(1, -(-total // size)), facets)


def all_shown(*, city: City, kind: Kind) -> Iterable[Entry]:
    """Every entry that was published, ended ones too, in an order that stays (one query)."""
    return Entry.objects.filter(city=city, kind=kind.slug).shown().select_related("department").order_by("pk")


@dataclass(frozen=True, slots=True)
class ColouredSpot(Spot):
    """One point of the map with the code that colours it."""

    colour: str = ""


def placed(*, city: City, kind: Kind, asked: Asked) -> list[ColouredSpot]:
    """The points of the map for a question, entries at the same place together (one query).

    A point of several entries has the colour that comes first in the vocabulary: what is sensitive is not hidden.
    """
    if not kind.place_field:
        return []
    hits = _chosen(kind, _by_words(_in_use(city, kind, asked), asked.text), asked.chosen)
    rows = list(
        hits.filter(shown__has_key=kind.place_field).order_by("pk").values_list("pk", "shown")[:MOST_ON_MAP]
    )
    colours = {pk: str((shown or {}).get(kind.colour_field) or "") for pk, shown in rows}
    order = _colour_order(kind)
    return [
        ColouredSpot(spot.place, spot.members, min((colours[pk] for pk in spot.members), key=order))
        for spot in spots((pk, LonLat(*shown[kind.place_field])) for pk, shown in rows if shown)
    ]


def _colour_order(kind: Kind) -> Callable[[str], int]:
    if not kind.colour_field:
        return lambda _code: 0
    field = kind.field(kind.colour_field)
    codes = [term.code for term in field.vocabulary] or [Truth.YES, Truth.UNKNOWN, Truth.NO]
    places = {str(code): place for place, code in enumerate(codes)}
    return lambda code: places.get(code, len(places))


def at_spot(*, city: City, kind: Kind, entry_id: int) -> list[Entry]:
    """The entry of this number and the others that stand where it does, by title (two queries); else `NotFound`."""
    base = Entry.objects.filter(city=city, kind=kind.slug).shown().exclude(state=State.RETIRED)
    one = base.filter(pk=entry_id).first()
    if one is None or not (one.shown or {}).get(kind.place_field):
        raise NotFound("entry", str(entry_id))
    with_place = base.filter(shown__has_key=kind.place_field).values_list("pk", f"shown__{kind.place_field}")
    grouped = spots((pk, LonLat(*place)) for pk, place in with_place.order_by("pk"))
    members = next(spot.members for spot in grouped if entry_id in spot.members)
    return list(base.filter(pk__in=members).select_related("department").order_by("shown_title", "pk"))


def shown_entry(*, city: City, kind: Kind, code: str) -> Entry:
    """A published entry by its short code (one query); else `NotFound`."""
    hits = Entry.objects.filter(city=city, kind=kind.slug, code=code).shown()
    found = hits.select_related("department", "city").first()
    if found is None:
        raise NotFound("entry", code)
    return found


def kind_by_code(*, city: City, code: str) -> str:
    """In which register a published entry stands, for the short address on a sign (one query); else `NotFound`."""
    found = Entry.objects.filter(city=city, code=code).shown().values_list("kind", flat=True).first()
    if found is None:
        raise NotFound("entry", code)
    return found


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of an entry that everybody could see, as far as it may be seen today."""

    version: EntryVersion
    values: dict[str, object]


def editions(*, entry: Entry, kind: Kind) -> list[Edition]:
    """What everybody could see and can see today still, oldest first, and its end (one query)."""
    told = [Deed.PUBLISHED, Deed.RETIRED, Deed.EXPIRED]
    lines = list(EntryVersion.objects.filter(entry=entry, deed__in=told).order_by("number"))
    latest = [line.values for line in lines[-1:]]
    return [Edition(line, still_public(kind, line.values, [*latest, entry.values])) for line in lines]


def entries_for_things(*, city: City, things: Sequence[str]) -> dict[str, list[Entry]]:
    """Published entries in use by the things that they are tied to (one query); a thing without one is absent."""
    wanted = set(things)
    hits = (
        Entry.objects.filter(city=city, things__overlap=sorted(wanted)).shown().exclude(state=State.RETIRED)
    )
    found: dict[str, list[Entry]] = {}
    for entry in hits.order_by("shown_title", "pk") if wanted else ():
        for thing in wanted.intersection(entry.things):
            found.setdefault(thing, []).append(entry)
    return found


def entries_by_code(*, city: City, codes: Sequence[str]) -> dict[str, Entry]:
    """Published entries of any register by their short codes (one query, none without codes); others are absent."""
    if not codes:
        return {}
    hits = Entry.objects.filter(city=city, code__in=list(codes)).shown()
    return {entry.code: entry for entry in hits.only("code", "kind", "shown_title", "city_id")}


def entries_that_name(*, city: City, kinds: Iterable[Kind], code: str, most: int = 100) -> list[Entry]:
    """Published entries in use whose public part links to this one, by title (one query where a kind has links)."""
    links = [(kind.slug, one.name) for kind in kinds for one in kind if one.type is FieldType.ENTRIES]
    if not links:
        return []
    named = Q(pk__in=[])
    for slug, name in links:
        named |= Q(kind=slug, shown__contains={name: [code]})
    hits = Entry.objects.filter(named, city=city).shown().exclude(state=State.RETIRED)
    return list(hits.order_by("shown_title", "pk")[:most])


def principal_sees(entry: Entry, principal: Principal) -> bool:
    """Whether somebody sees the working copy too (no query)."""
    from stoa.houses.registers.roles import Permission

    return principal.may(Permission.SEE_ENTRY, entry.department_id)


def _in_use(city: City, kind: Kind, asked: Asked) -> EntryQuerySet:
    hits = Entry.objects.filter(city=city, kind=kind.slug).shown()
    return hits if asked.with_retired else hits.exclude(state=State.RETIRED)


def _by_words(hits: EntryQuerySet, text: str) -> EntryQuerySet:
    for word in plain(text[:200]).split()[:MOST_WORDS]:
        hits = hits.filter(Q(search_text__contains=word) | Q(code=word))
    return hits


def _chosen(kind: Kind, hits: EntryQuerySet, chosen: Mapping[str, str]) -> EntryQuerySet:
    for name, code in chosen.items():
        if name in kind.filters:
            said = [code] if kind.field(name).type is FieldType.CODES else code
            hits = hits.filter(shown__contains={name: said})
    return hits


def _counts(kind: Kind, name: str, hits: EntryQuerySet) -> list[tuple[str, int]]:
    if kind.field(name).type is not FieldType.CODES:
        rows = (
            hits.filter(shown__has_key=name).values_list(f"shown__{name}").annotate(n=Count("pk")).order_by()
        )
        return sorted(((str(code), n) for code, n in rows), key=lambda pair: (-pair[1], pair[0]))
    found: dict[str, int] = {}
    for codes in hits.filter(shown__has_key=name).values_list(f"shown__{name}", flat=True):
        for code in codes:
            found[code] = found.get(code, 0) + 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
