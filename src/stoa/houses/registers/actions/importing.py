# SPDX-License-Identifier: EUPL-1.2
"""Many entries from one spreadsheet: read by the catalogue's readers, reported row by row, then taken over."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import keep_file
from stoa.commons.jobs.asking import ask
from stoa.commons.people.models import Department
from stoa.commons.reading.door import MIB, Limits, Order, inspect
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.registers.actions.keeping import change_entry, draft_entry
from stoa.houses.registers.actions.publishing import submit_entry
from stoa.houses.registers.actions.rights import need_keeping
from stoa.houses.registers.models import Entry, EntryImport
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.rules.checking import draft_objections, objections
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.rules.reading import read_values
from stoa.houses.registers.rules.sheets import HeadingMeant, merged, raw_of, targets
from stoa.houses.registers.terms import ImportState, RowOutcome, State

LIMITS = Limits(file_bytes=20 * MIB, unpacked_bytes=200 * MIB, columns=200, rows=5_000, seconds=120)


@transaction.atomic
def take_sheet(
    *, city: City, kind: Kind, department: Department, chunks: Iterable[bytes], name: str, by: Principal
) -> EntryImport:
    """Keep a spreadsheet and ask for a look at it; no entry changes by it."""
    from stoa.houses.registers.jobs import read_import as job

    need_keeping(by, department.pk)
    stored = keep_file(city_id=city.pk, chunks=chunks, most_bytes=LIMITS.file_bytes)
    made = EntryImport.objects.create(
        city=city, kind=kind.slug, department=department, file=stored, name=name[:255] or "file",
        by_id=by.person_id, by_name=by.name[:200],
    )  # fmt: skip
    record(city_id=city.pk, by=by, verb="entries.sheet_came", thing="register", thing_id=kind.slug)
    ask(job, lock=f"entries-{made.pk}", city_id=city.pk, import_id=made.pk)
    return made


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a spreadsheet as raw values of entries."""

    columns: tuple[HeadingMeant, ...]
    rows: tuple[dict[str, Any], ...]


def read_import(*, city_id: int, import_id: int) -> ImportState:
    """Read a spreadsheet and report what would become of each row; runs between two transactions."""
    with acting_in(city_id):
        found = _held(import_id)
        if found.state == ImportState.APPLIED:
            return ImportState.APPLIED
        kind = kind_of(found.city, found.kind)
    try:
        sheet = read_sheet(found, kind)
    except Refused as refusal:
        with acting_in(city_id):
            _keep(found, ImportState.REFUSED, problem=refusal.problem.to_json())
        return ImportState.REFUSED
    with acting_in(city_id):
        report = [_row_report(found, kind, place, raw) for place, raw in enumerate(_marked(kind, sheet.rows))]
        _keep(found, ImportState.READ, report=report, columns=[one.to_json() for one in sheet.columns])
    return ImportState.READ


def apply_import(*, found: EntryImport, by: Principal, submit: bool = False) -> EntryImport:
    """Take over every row that can be read: new entries and changes; `submit`: complete ones go to review.

    The file is read anew, because its rows are kept nowhere else. Each row stands by itself.
    """
    need_keeping(by, found.department_id)
    kind = kind_of(found.city, found.kind)
    if found.state != ImportState.READ:
        raise Refused(_not_ready())
    sheet = read_sheet(found, kind)
    with transaction.atomic():
        found = _held(found.pk)
        if found.state != ImportState.READ:
            raise Refused(_not_ready())
        report = [
            _take_row(found, kind, place, raw, by, submit=submit)
            for place, raw in enumerate(_marked(kind, sheet.rows))
        ]
        _keep(found, ImportState.APPLIED, report=report, applied_at=timezone.now())
        taken = sum(row["outcome"] in {RowOutcome.NEW, RowOutcome.CHANGED} for row in report)
        record(
            city_id=found.city_id, by=by, verb="entries.sheet_applied", thing="register", thing_id=kind.slug,
            facts={"rows": len(report), "taken": taken},
        )  # fmt: skip
    return found


def read_sheet(found: EntryImport, kind: Kind) -> Sheet:
    """The rows of the file; raises `Refused` if it is no table, or none of its headings means anything here."""
    place = Path(settings.STOA_WORK) / f"entries-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    city = found.city
    try:
        read = inspect(
            Order(
                found.file.path,
                found.name,
                place,
                choices={"geometry": {"source": "none"}, "missing": [""]},
                zone=city.zone or "UTC",
                languages=tuple(city.languages) or ("en",),
                limits=LIMITS,
            )
        )
        kept = [column for column in read.recipe.columns if column.is_kept]
        meant = targets(kind, [column.source for column in kept], lambda label: _all_words(city, label))
        if not any(meant) or read.staged is None:
            raise Refused(_nothing_meant())
        rows = tuple(
            raw_of(kind, meant, row)
            for file in read.staged.files
            for row in _cells(file, [c.name for c in kept])
        )
        return Sheet(tuple(HeadingMeant(c.source, t) for c, t in zip(kept, meant, strict=True)), rows)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _cells(file: Path, names: list[str]) -> list[tuple[Any, ...]]:
    import pyarrow.parquet as pq  # large, and most processes read no sheet

    table = pq.read_table(file, columns=names)
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def _all_words(city: City, label: str) -> list[str]:
    found = [label]
    for language in city.languages or ():
        with translation.override(language):
            found.append(gettext(label))
    return found


_TWICE = "\0twice"


def _marked(kind: Kind, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows, those whose number stood in an earlier row marked: the second may not overwrite the first."""
    seen: set[str] = set()
    for raw in rows:
        reference = str(raw.get(kind.reference_field) or "")
        yield {**raw, _TWICE: True} if reference and reference in seen else raw
        seen.add(reference)


def _row_report(found: EntryImport, kind: Kind, place: int, raw: dict[str, Any]) -> dict[str, Any]:
    """What would become of a row; nothing is written."""
    known, problems = _known(found, kind, raw)
    values, more = ({}, []) if problems else _values(kind, known, raw)
    problems += more
    if problems:
        return _line(kind, place, raw, RowOutcome.REFUSED, problems)
    outcome = (
        RowOutcome.NEW if known is None else RowOutcome.SAME if values == known.values else RowOutcome.CHANGED
    )
    return _line(kind, place, raw, outcome, objections(kind, values), code=known.code if known else "")


def _take_row(
    found: EntryImport, kind: Kind, place: int, raw: dict[str, Any], by: Principal, *, submit: bool
) -> dict[str, Any]:
    known, problems = _known(found, kind, raw)
    if problems:
        return _line(kind, place, raw, RowOutcome.REFUSED, problems)
    try:
        with transaction.atomic():
            return _write_row(found, kind, place, raw, by, known=known, submit=submit)
    except Refused as refusal:
        return _line(kind, place, raw, RowOutcome.REFUSED, list(refusal.problems))


def _write_row(
    found: EntryImport,
    kind: Kind,
    place: int,
    raw: dict[str, Any],
    by: Principal,
    *,
    known: Entry | None,
    submit: bool,
) -> dict[str, Any]:
    if known is None:
        entry = draft_entry(city=found.city, kind=kind, department=found.department, raw=raw, by=by)
        outcome = RowOutcome.NEW
    else:
        before = known.version
        entry = change_entry(
            entry=known, kind=kind, raw=merged(kind, known.values, raw), by=by, note=found.name
        )
        outcome = RowOutcome.SAME if entry.version == before else RowOutcome.CHANGED
    lacking = objections(kind, entry.values)
    if submit and not lacking and entry.state == State.DRAFT:
        entry = submit_entry(entry=entry, kind=kind, by=by)
    return _line(kind, place, raw, outcome, lacking, code=entry.code)


def _known(found: EntryImport, kind: Kind, raw: dict[str, Any]) -> tuple[Entry | None, list[Problem]]:
    """The entry that a row is about; a row without a number, or with that of an earlier row, is refused."""
    reference = str(raw.get(kind.reference_field) or "")
    if not reference:
        return None, [_reference_missing(kind)]
    if raw.pop(_TWICE, False):
        return None, [_reference_twice(kind, reference)]
    hits = Entry.objects.filter(
        city_id=found.city_id, kind=kind.slug, department_id=found.department_id, reference=reference
    )
    return hits.first(), []


def _values(kind: Kind, known: Entry | None, raw: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    values, problems = read_values(kind, merged(kind, known.values, raw) if known else raw)
    return values, problems or draft_objections(kind, values)


def _line(
    kind: Kind,
    place: int,
    raw: dict[str, Any],
    outcome: RowOutcome,
    problems: list[Problem],
    *,
    code: str = "",
) -> dict[str, Any]:
    """One line of the report; rows count from 1 below the headings."""
    return {
        "row": place + 1,
        "reference": str(raw.get(kind.reference_field) or "")[:100],
        "title": str(raw.get(kind.title_field) or "")[:200],
        "outcome": str(outcome),
        "problems": [problem.to_json() for problem in problems[:20]],
        "code": code,
    }


def _held(import_id: int) -> EntryImport:
    rows = EntryImport.objects.select_for_update(of=("self",))
    return rows.select_related("city", "department", "file").get(pk=import_id)


def _keep(found: EntryImport, state: ImportState, **fields: Any) -> None:
    found.state = state
    for name, value in fields.items():
        setattr(found, name, value)
    found.save(update_fields=["state", *fields])


def _not_ready() -> Problem:
    return Problem(
        "registers.sheet_not_ready",
        say("This spreadsheet cannot be taken over now."),
        say("It has not been read yet, could not be read, or was taken over already."),
        say("Load the page again, or send the file once more."),
    )


def _nothing_meant() -> Problem:
    return Problem(
        "registers.headings_unknown",
        say("None of the headings is known here."),
        say("Without them nobody can say what the columns mean."),
        say("Use the template, or name the columns like the fields of the form."),
    )


def _reference_missing(kind: Kind) -> Problem:
    return Problem(
        "registers.reference_missing",
        say("The row has no number of its own."),
        say("A second upload would make a second entry of it."),
        say("Give every row the number that the owner uses."),
        kind.reference_field,
    )


def _reference_twice(kind: Kind, reference: str) -> Problem:
    return Problem(
        "registers.reference_twice",
        say("The number “%(number)s” stands in an earlier row already.", number=reference[:100]),
        say("Only one of them can be meant."),
        say("Take one of the rows out, or give it another number."),
        kind.reference_field,
    )
