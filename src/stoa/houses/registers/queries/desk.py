# SPDX-License-Identifier: EUPL-1.2
"""Entries for those who keep and review them: working copies, what waits, spreadsheets."""

from __future__ import annotations

from django.db.models import Count, Q

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.registers.models import Entry, EntryComment, EntryImport, EntryVersion
from stoa.houses.registers.models.entry import EntryQuerySet, within
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.terms import State

MOST = 500


def entry_at_desk(*, city: City, principal: Principal, kind: Kind, code: str) -> Entry:
    """The working copy, if this principal may see it (one query); else `NotFound`."""
    hits = Entry.objects.filter(city=city, kind=kind.slug, code=code).visible_to(principal)
    found = hits.select_related("department", "city").first()
    if found is None:
        raise NotFound("entry", code)
    return found


def listed(*, city: City, principal: Principal, kind: Kind, state: str = "", text: str = "") -> list[Entry]:
    """Working copies of a register, those changed last first, at most 500 (one query)."""
    hits = _with_words(city, principal, kind, text)
    if state:
        hits = hits.filter(state=state)
    return list(hits.select_related("department").order_by("-changed_at", "-pk")[:MOST])


def newest_by_state(
    *, city: City, principal: Principal, kind: Kind, text: str, most: int
) -> dict[State, list[Entry]]:
    """The working copies changed last in each state (one query a state)."""
    hits = (
        _with_words(city, principal, kind, text).select_related("department").order_by("-changed_at", "-pk")
    )
    return {state: list(hits.filter(state=state)[:most]) for state in State}


def states_of(*, city: City, principal: Principal, kind: Kind, text: str = "") -> dict[str, int]:
    """How many working copies there are in each state (one query)."""
    hits = _with_words(city, principal, kind, text)
    return dict(hits.values_list("state").annotate(n=Count("pk")).order_by())


def _with_words(city: City, principal: Principal, kind: Kind, text: str) -> EntryQuerySet:
    hits = Entry.objects.filter(city=city, kind=kind.slug).visible_to(principal)
    if not text:
        return hits
    return hits.filter(
        Q(title__icontains=text[:100]) | Q(reference__icontains=text[:100]) | Q(code=text[:12])
    )


def to_review(*, city: City, principal: Principal, most: int = 200) -> list[Entry]:
    """What waits for this reviewer, longest first (one query)."""
    hits = Entry.objects.filter(within(principal, Permission.REVIEW_ENTRY), city=city, state=State.REVIEW)
    return list(hits.select_related("department").order_by("changed_at", "pk")[:most])


def review_count(*, city: City, principal: Principal) -> int:
    """How many entries wait for this reviewer (one query; none for somebody who reviews nothing)."""
    if not principal.may(Permission.REVIEW_ENTRY):
        return 0
    return Entry.objects.filter(
        within(principal, Permission.REVIEW_ENTRY), city=city, state=State.REVIEW
    ).count()


def own_counts(*, city: City, principal: Principal) -> dict[str, int]:
    """How many working copies of each register this principal sees (one query)."""
    hits = Entry.objects.filter(city=city).visible_to(principal)
    return dict(hits.values_list("kind").annotate(n=Count("pk")).order_by())


def history_of(entry: Entry) -> list[EntryVersion]:
    """Every line of the history, newest first (one query)."""
    return list(EntryVersion.objects.filter(entry=entry).order_by("-number"))


def comments_of(entry: Entry) -> list[EntryComment]:
    """What colleagues said, oldest first (one query)."""
    return list(EntryComment.objects.filter(entry=entry).order_by("made_at", "pk")[:500])


def keepable_departments(*, city: City, principal: Principal) -> list[Department]:
    """The departments for which this principal writes entries (one query)."""
    found = Department.objects.filter(city=city).order_by("path")
    return [
        one
        for one in found
        if principal.may(Permission.KEEP_ENTRY, one.pk) or principal.may(Permission.REVIEW_ENTRY, one.pk)
    ]


def imports_of(*, city: City, principal: Principal, kind: Kind, most: int = 20) -> list[EntryImport]:
    """Spreadsheets of the departments that this principal sees, newest first (one query)."""
    hits = EntryImport.objects.filter(within(principal, Permission.SEE_ENTRY), city=city, kind=kind.slug)
    return list(hits.select_related("department").order_by("-made_at", "-pk")[:most])


def import_at_desk(*, city: City, principal: Principal, kind: Kind, import_id: int) -> EntryImport:
    """One of them (one query); else `NotFound`."""
    hits = EntryImport.objects.filter(
        within(principal, Permission.SEE_ENTRY), city=city, kind=kind.slug, pk=import_id
    )
    found = hits.select_related("department", "city", "file").first()
    if found is None:
        raise NotFound("spreadsheet", str(import_id))
    return found
