# SPDX-License-Identifier: EUPL-1.2
"""An entry is begun and changed; everything that it said stays in its history."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.registers.actions.rights import need, need_keeping
from stoa.houses.registers.models import Entry, EntryComment, EntryVersion
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.checking import completeness, draft_objections
from stoa.houses.registers.rules.declaring import FieldType, Kind, Values
from stoa.houses.registers.rules.publicity import lasting_part
from stoa.houses.registers.rules.reading import read_values
from stoa.houses.registers.terms import Deed, State

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of short codes: none that is taken for another when it is read from a sign."""
CODE_LENGTH = 7


@transaction.atomic
def draft_entry(
    *, city: City, kind: Kind, department: Department, raw: Mapping[str, Any], by: Principal
) -> Entry:
    """A new entry that only those who keep the register see; `raw` as a form, a program or a spreadsheet says it."""
    need_keeping(by, department.pk)
    values = _read(city, kind, raw, by)
    entry = Entry(
        city=city, kind=kind.slug, department=department, code=_free_code(city), state=State.DRAFT, version=0
    )
    _take(entry, kind, values)
    note_version(entry, kind, Deed.DRAFTED, by)
    return entry


@transaction.atomic
def change_entry(*, entry: Entry, kind: Kind, raw: Mapping[str, Any], by: Principal, note: str = "") -> Entry:
    """Say something else; what is published stays as it is until the change is published too.

    Returns without a trace where nothing changed.
    """
    entry = hold_entry(entry.pk)
    need_keeping(by, entry.department_id)
    if entry.is_retired:
        raise Refused(_retired())
    values = _read(entry.city, kind, raw, by)
    if values == entry.values:
        return entry
    entry.state = State.DRAFT
    _take(entry, kind, values)
    note_version(entry, kind, Deed.CHANGED, by, note)
    return entry


@transaction.atomic
def comment(*, entry: Entry, text: str, by: Principal) -> EntryComment:
    """Say something about an entry to colleagues."""
    need(by, Permission.SEE_ENTRY, entry.department_id)
    if not text.strip():
        raise Refused(
            Problem(
                "registers.comment_empty",
                say("There is no text."),
                say("Colleagues would find an empty comment."),
                say("Write what should be looked at."),
                "text",
            )
        )
    made = EntryComment.objects.create(
        city_id=entry.city_id,
        entry=entry,
        text=text.strip()[:2000],
        by_id=by.person_id,
        by_name=by.name[:200],
    )
    record(city_id=entry.city_id, by=by, verb="entry.commented", thing="entry", thing_id=entry.code)
    return made


def hold_entry(entry_id: int) -> Entry:
    """The entry, held for this transaction, so that of two changes at once none is lost."""
    return Entry.objects.select_for_update(of=("self",)).select_related("city", "department").get(pk=entry_id)


def note_version(entry: Entry, kind: Kind, deed: Deed, by: Principal, note: str = "") -> None:
    """Save the entry with one more line of its history and of the audit trail."""
    entry.version += 1
    entry.save()
    EntryVersion.objects.create(
        city_id=entry.city_id,
        entry=entry,
        number=entry.version,
        deed=deed,
        state=entry.state,
        values=lasting_part(kind, entry.values),
        note=note.strip()[:1000],
        by_id=by.person_id,
        by_name=by.name[:200],
    )
    facts = {"kind": kind.slug, "version": entry.version}
    record(
        city_id=entry.city_id, by=by, verb=f"entry.{deed}", thing="entry", thing_id=entry.code, facts=facts
    )


def _read(city: City, kind: Kind, raw: Mapping[str, Any], by: Principal) -> dict[str, Any]:
    values, problems = read_values(kind, raw)
    problems += draft_objections(kind, values)
    problems += _of_unknown_entries(city, kind, values, by)
    if problems:
        raise Refused(*problems)
    return values


def _of_unknown_entries(city: City, kind: Kind, values: Values, by: Principal) -> list[Problem]:
    """Links to entries that are not there, or that this principal may not know of (a query where there are links)."""
    named = {
        code: field.name
        for field in kind
        if field.type is FieldType.ENTRIES
        for code in values.get(field.name, ())
    }
    if not named:
        return []
    known = (
        Entry.objects.filter(city=city, code__in=sorted(named)).known_to(by).values_list("code", flat=True)
    )
    return [_unknown_entry(code, named[code]) for code in named.keys() - set(known)]


def _unknown_entry(code: str, field: str) -> Problem:
    return Problem(
        "registers.entry_unknown",
        say("There is no entry with the short code “%(code)s”.", code=code),
        say("The link would lead nowhere."),
        say("Copy the short code from the page of the entry."),
        field,
    )


def _take(entry: Entry, kind: Kind, values: Values) -> None:
    entry.values = dict(values)
    entry.title = str(values[kind.title_field])[:300]
    entry.completeness = completeness(kind, values).share
    reference = str(values.get(kind.reference_field) or "")[:100] if kind.reference_field else ""
    if reference and reference != entry.reference:
        _need_free(entry, kind, reference)
    entry.reference = reference


def _need_free(entry: Entry, kind: Kind, reference: str) -> None:
    same = Entry.objects.filter(
        city_id=entry.city_id, kind=kind.slug, department_id=entry.department_id, reference=reference
    )
    if same.exclude(pk=entry.pk).exists():
        raise Refused(
            Problem(
                "registers.reference_taken",
                say("Another entry of the department has the number “%(number)s” already.", number=reference),
                say("A spreadsheet with this number would not know which of them it means."),
                say("Change the other entry, or give this one another number."),
                kind.reference_field,
            )
        )


def _free_code(city: City) -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
        if not Entry.objects.filter(city=city, code=code).exists():
            return code


def _retired() -> Problem:
    return Problem(
        "registers.entry_retired",
        say("This entry has ended."),
        say("What has ended stays as it was, so that people can look it up."),
        say("Take it up again first."),
    )
