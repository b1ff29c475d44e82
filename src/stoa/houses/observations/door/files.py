# SPDX-License-Identifier: EUPL-1.2
"""Putting the values of a file into series: `take`, `settle` and `write` while the caller waits, outside a transaction;
`hand_in` by jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import chunks_of
from stoa.commons.people.models import Department
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import Saying
from stoa.houses.observations.actions import drop_writing, dropping
from stoa.houses.observations.models import FileDrop
from stoa.houses.observations.queries.drops import drop_for, recipes_for
from stoa.houses.observations.rules.drops import Plan, Target
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import DropState

__all__ = [
    "HandedIn", "Looked", "Plan", "Target", "hand_in", "handed_in", "problem_of", "settle", "take", "write",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as far as it was understood and looked through."""

    number: int
    rows: int
    zone: str
    """In which times without a zone are read."""
    plan: Plan
    reasons: Mapping[str, Saying]
    report: Mapping[str, Any]
    """What would be written and what refused; empty before it was looked through."""
    problem: Problem | None
    """Why its recipe does not fit."""

    @property
    def is_checked(self) -> bool:
        return bool(self.report)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that a program sent, and what became of it."""

    number: int
    name: str
    recipe: str
    state: str
    """`reading`, `checking`, `writing`, `written`, `refused`; `read` and `checked` wait for a person at the desk."""
    problem: Problem | None
    report: Mapping[str, Any]
    """What was found in it: rows, values, refused with reasons; empty before it was looked through."""
    counts: Mapping[str, int]
    """What was written; empty before."""
    made_at: datetime
    written_at: datetime | None


def hand_in(*, city: City, by: Principal, chunks: Iterable[bytes], name: str, recipe: str) -> HandedIn:
    """Keep a file that is read, looked through and written by jobs, if its recipe fits. Raises NotFound, Refused."""
    known = next((one for one in recipes_for(city=city, by=by) if one.name == recipe), None)
    if known is None:
        raise NotFound("recipe", recipe)
    made = dropping.take_drop(
        city=city,
        by=by,
        department=known.department,
        chunks=chunks,
        name=name,
        recipe=known,
        writes_itself=True,
    )
    return _handed_in(made)


def handed_in(*, city: City, by: Principal, number: int) -> HandedIn:
    """How far a file is. Raises NotFound."""
    return _handed_in(drop_for(city=city, by=by, number=number))


def _handed_in(drop: FileDrop) -> HandedIn:
    return HandedIn(
        number=drop.pk,
        name=drop.name,
        recipe=drop.recipe.name if drop.recipe else "",
        state=drop.state,
        problem=Problem.from_json(drop.problem) if drop.problem else None,
        report=drop.report,
        counts=drop.counts,
        made_at=drop.made_at,
        written_at=drop.written_at,
    )


def take(*, city: City, by: Principal, path: Path, department: str = "", recipe: str = "") -> Looked:
    """Read a file; by a recipe that fits it is looked through at once. Raises NotFound, Refused."""
    with acting_in(city):
        known = next((one for one in recipes_for(city=city, by=by) if one.name == recipe), None)
        if recipe and known is None:
            raise NotFound("recipe", recipe)
        owner = known.department if known else _department(city, department)
        drop = dropping.take_drop(
            city=city,
            by=by,
            department=owner,
            chunks=chunks_of(path),
            name=path.name,
            recipe=known,
            reads_itself=False,
        )
    dropping.read_drop(city_id=city.pk, drop_id=drop.pk, asks=False)
    drop_writing.check_drop(city_id=city.pk, drop_id=drop.pk)
    return _looked(city, by, drop.pk)


def _department(city: City, slug: str) -> Department:
    found = Department.objects.filter(city=city, **({"slug": slug} if slug else {})).order_by("path").first()
    if found is None:
        raise NotFound("department", slug)
    return found


def settle(*, city: City, by: Principal, number: int, plan: Plan, keep_as: str = "") -> Looked:
    """Say what is what and look through the file. Raises Refused."""
    with acting_in(city):
        drop = drop_for(city=city, by=by, number=number)
        dropping.settle_plan(drop=drop, by=by, plan=plan, keep_as=keep_as, asks=False)
    drop_writing.check_drop(city_id=city.pk, drop_id=number)
    return _looked(city, by, number)


def write(*, city: City, by: Principal, number: int) -> Mapping[str, int]:
    """Write what was found good; says how many values were written, corrected, unchanged, refused. Raises Refused."""
    with acting_in(city):
        dropping.ask_writing(drop=drop_for(city=city, by=by, number=number), by=by, asks=False)
    drop_writing.write_drop(city_id=city.pk, drop_id=number)
    drop = _drop(city, by, number)
    if drop.problem:
        raise Refused(Problem.from_json(drop.problem))
    counts: Mapping[str, int] = drop.counts
    return counts


def _drop(city: City, by: Principal, number: int) -> FileDrop:
    with acting_in(city):
        return drop_for(city=city, by=by, number=number)


def _looked(city: City, by: Principal, number: int) -> Looked:
    drop = _drop(city, by, number)
    problem = Problem.from_json(drop.problem) if drop.problem else None
    if drop.state == DropState.REFUSED and problem is not None:
        raise Refused(problem)
    read = Inspection.from_json(drop.reading or {})
    with acting_in(city):
        reasons = dropping.guess_of(drop, read).reasons
    return Looked(
        number, read.rows, read.recipe.zone, Plan.from_json(drop.mapping or {}), reasons, drop.report, problem
    )
