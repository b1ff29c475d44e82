# SPDX-License-Identifier: EUPL-1.2
"""Taking a file of values: it is read, told what is what, looked through without writing, and then written.

What was settled is kept as a recipe, so that the next file of the same make needs no questions.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import keep_file
from stoa.commons.files.models import StoredFile
from stoa.commons.jobs.asking import ask
from stoa.commons.people.models import Department
from stoa.commons.reading.door import MIB, Limits, Order, inspect
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import Kind
from stoa.ground.words import say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import FileDrop, FileRecipe
from stoa.houses.observations.queries.drops import columns_of, known_series, names_in
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.drops import TIMES, Guess, Plan, guess
from stoa.houses.observations.terms import DropState

LIMITS = Limits(file_bytes=512 * MIB, unpacked_bytes=4096 * MIB, columns=500, rows=20_000_000, seconds=900)
KEPT = timedelta(days=90)
TARGETS_MOST = 500


def acting_for(drop: FileDrop) -> Principal:
    """Whoever sent the file, for the department that it is for."""
    rights = frozenset(map(str, (Permission.CHANGE_THING, Permission.WRITE_OBSERVATION)))
    grant = Grant("job", rights, frozenset({drop.department_id}))
    return Principal(drop.city_id, drop.by_id, drop.by_name, (grant,), channel="job")


def workdir(drop: FileDrop) -> Path:
    """Where what was read of it lies until it is written."""
    return Path(settings.STOA_WORK) / f"drop-{drop.city_id}-{drop.pk}"


@transaction.atomic
def take_drop(
    *,
    city: City,
    by: Principal,
    department: Department,
    chunks: Iterable[bytes],
    name: str,
    recipe: FileRecipe | None = None,
    reads_itself: bool = True,
    writes_itself: bool = False,
) -> FileDrop:
    """Keep a file and ask for it to be read. `writes_itself`: if its recipe fits it is written too, else it waits."""
    need(by, Permission.CHANGE_THING, department.pk)
    need(by, Permission.WRITE_OBSERVATION, department.pk)
    stored = keep_file(city_id=city.pk, chunks=chunks, most_bytes=LIMITS.file_bytes)
    drop = FileDrop.objects.create(
        city=city, department=department, recipe=recipe, file=stored, name=name[:255] or "file",
        by_id=by.person_id, by_name=by.name[:200], writes_itself=writes_itself,
    )  # fmt: skip
    tell(drop, by, "values.file_came", {"bytes": stored.bytes})
    if reads_itself:
        ask_for(drop, "read_drop")
    return drop


def ask_for(drop: FileDrop, name: str) -> None:
    """Ask for the next step as a job."""
    from stoa.houses.observations import jobs

    ask(getattr(jobs, name), lock=f"drop-{drop.pk}", city_id=drop.city_id, drop_id=drop.pk)


def read_drop(*, city_id: int, drop_id: int, asks: bool = True) -> DropState:
    """Read a file and guess what is what; by its recipe if it has one and fits. Reading again is harmless.

    `asks`: the next step is asked for as a job.
    """
    with acting_in(city_id):
        drop = held(drop_id)
        if drop.state != DropState.READING:
            return DropState(drop.state)
    try:
        read = read_file(drop)
    except Refused as refusal:
        with acting_in(city_id):
            return keep(drop, DropState.REFUSED, problem=refusal.problem.to_json())
    with acting_in(city_id):
        agreed = Plan.from_json(drop.recipe.mapping) if drop.recipe else None
        covers = agreed is not None and _covers(read, agreed)
        fits = covers and not _departures(read)
        plan = agreed if agreed is not None and covers else guess_of(drop, read).plan
        state = DropState.CHECKING if fits else DropState.READ
        keep(
            drop,
            state,
            reading=read.to_json(),
            mapping=plan.to_json(),
            problem=_drifted(read, drop, fits=fits),
        )
        if fits and asks:
            ask_for(drop, "check_drop")
    return state


def _drifted(read: Inspection, drop: FileDrop, *, fits: bool) -> dict[str, Any] | None:
    if fits or drop.recipe is None:
        return None
    departures = _departures(read)
    if departures:
        return departures[0].to_json()
    return Problem(
        "observations.recipe_misses",
        say("The file does not have all columns of the recipe “%(name)s”.", name=drop.recipe.name),
        say("Values would be missing without anybody noticing."),
        say("Look at the columns below and say which is which."),
    ).to_json()


def _departures(read: Inspection) -> list[Problem]:
    """How a file departs from its recipe; cells that cannot be read are no departure: each is refused by itself."""
    return [problem for problem in read.drift if problem.code != "drift.kind_changed"]


def _covers(read: Inspection, plan: Plan) -> bool:
    there = {column.source for column in read.recipe.columns}
    return {*plan.time, *plan.columns} <= there


def read_file(drop: FileDrop, choices: Mapping[str, Any] | None = None) -> Inspection:
    """What the readers understand of the file; the typed rows lie in its folder."""
    place = workdir(drop)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    city = drop.city
    return inspect(
        Order(
            drop.file.path,
            drop.name,
            place,
            recipe=Recipe.from_json(drop.recipe.reading) if drop.recipe else None,
            choices={"geometry": {"source": "none"}, **(choices or {})},
            zone=city.zone or "UTC",
            languages=tuple(city.languages) or ("en",),
            limits=LIMITS,
            sha256=drop.file.sha256,
        )
    )


def inspection_of(drop: FileDrop, plan: Plan) -> Inspection:
    """What was understood; read anew where the plan says otherwise, or the rows are gone from this machine."""
    found = Inspection.from_json(drop.reading or {})
    choices = _said_otherwise(drop, plan, found)
    if not choices and found.staged and found.staged.files:
        return found
    read = read_file(drop, choices)
    with acting_in(drop.city_id):
        FileDrop.objects.filter(pk=drop.pk).update(reading=read.to_json())
    return read


def _said_otherwise(drop: FileDrop, plan: Plan, read: Inspection) -> dict[str, Any]:
    """What of the plan the file was not read by: the zone of its times, and that its time is one."""
    zone = plan.zone or drop.city.zone or "UTC"
    kinds = {column.source: column.kind for column in read.recipe.columns}
    first = plan.time[0] if plan.time else ""
    is_time = not first or kinds[first] in TIMES
    said: dict[str, Any] = {} if zone == read.recipe.zone else {"zone": zone}
    return said if is_time else {**said, "zone": zone, "columns": {first: {"kind": str(Kind.DATETIME)}}}


def guess_of(drop: FileDrop, read: Inspection) -> Guess:
    """What the file probably tells, with reasons."""
    return guess(
        columns_of(read),
        read.rows,
        known_series(drop.city, drop.department_id),
        file=Path(drop.name).stem[:100],
        names=names_in(read),
    )


@transaction.atomic
def settle_plan(
    *, drop: FileDrop, by: Principal, plan: Plan, keep_as: str = "", asks: bool = True
) -> FileDrop:
    """Say what is what; the file is looked through without writing. `keep_as`: name under which it is a recipe."""
    need(by, Permission.CHANGE_THING, drop.department_id)
    drop = held(drop.pk)
    if drop.state not in {DropState.READ, DropState.CHECKED}:
        raise Refused(_not_now())
    read = Inspection.from_json(drop.reading or {})
    if not plan.time or not plan.targets or not _covers(read, plan) or len(plan.targets) > TARGETS_MOST:
        raise Refused(_unclear())
    known = [target.uid for target in plan.targets.values() if target.uid]
    if len(set(known)) < len(known):
        raise Refused(_together())
    if keep_as.strip():
        drop.recipe = _keep_recipe(drop, read, plan, keep_as.strip()[:120])
    settled = {"mapping": plan.to_json(), "recipe": drop.recipe, "writes_itself": False}
    keep(drop, DropState.CHECKING, report={}, problem=None, **settled)
    tell(drop, by, "values.plan_settled", {"series": len(plan.targets)})
    if asks:
        ask_for(drop, "check_drop")
    return drop


def _keep_recipe(drop: FileDrop, read: Inspection, plan: Plan, name: str) -> FileRecipe:
    same = FileRecipe.objects.filter(city=drop.city, name=name).first()
    if same is not None and same.department_id != drop.department_id:
        raise Refused(
            Problem(
                "observations.recipe_taken",
                say("Another department has a recipe of the name “%(name)s”.", name=name),
                say("Its files would be read in another way from now on."),
                say("Choose another name."),
                field="keep_as",
            )
        )
    made, _ = FileRecipe.objects.update_or_create(
        city=drop.city,
        name=name,
        defaults={
            "department": drop.department,
            "reading": read.recipe.to_json(),
            "mapping": plan.to_json(),
        },
    )
    return made


@transaction.atomic
def ask_writing(*, drop: FileDrop, by: Principal, asks: bool = True) -> FileDrop:
    """Have the values written that the look through found good; the rest is put aside with its reason."""
    need(by, Permission.WRITE_OBSERVATION, drop.department_id)
    drop = held(drop.pk)
    if drop.state != DropState.CHECKED:
        raise Refused(_not_now())
    keep(drop, DropState.WRITING, counts={}, done_rows=0)
    tell(drop, by, "values.writing_asked")
    if asks:
        ask_for(drop, "write_drop")
    return drop


@transaction.atomic
def reopen_plan(*, drop: FileDrop, by: Principal) -> FileDrop:
    """Say anew what is what, before anything is written."""
    need(by, Permission.CHANGE_THING, drop.department_id)
    drop = held(drop.pk)
    if drop.state != DropState.CHECKED:
        raise Refused(_not_now())
    keep(drop, DropState.READ, report={}, problem=None)
    return drop


@transaction.atomic
def discard_drop(*, drop: FileDrop, by: Principal) -> None:
    """Forget a file; what was written of it stays."""
    need(by, Permission.CHANGE_THING, drop.department_id)
    if drop.state == DropState.WRITING:
        raise Refused(_not_now())
    tell(drop, by, "values.file_discarded")
    transaction.on_commit(partial(shutil.rmtree, workdir(drop), ignore_errors=True))
    _forget([drop])


def forget_drops(city: City, now: datetime) -> int:
    """Forget files of long ago with their content; recipes and values stay."""
    with acting_in(city):
        old = list(
            FileDrop.objects.filter(city=city, made_at__lt=now - KEPT).exclude(state=DropState.WRITING)
        )
        for drop in old:
            transaction.on_commit(partial(shutil.rmtree, workdir(drop), ignore_errors=True))
        _forget(old)
    return len(old)


def _forget(drops: list[FileDrop]) -> None:
    files = {drop.file_id for drop in drops}
    FileDrop.objects.filter(pk__in=[drop.pk for drop in drops]).delete()
    for file in StoredFile.objects.filter(pk__in=files):
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            continue
        transaction.on_commit(partial(file.path.unlink, missing_ok=True))


def held(drop_id: int) -> FileDrop:
    """The file, held for this transaction."""
    rows = FileDrop.objects.select_for_update(of=("self",))
    return rows.select_related("city", "department", "file", "recipe").get(pk=drop_id)


def keep(drop: FileDrop, state: DropState, **fields: Any) -> DropState:
    """Note how far a file is."""
    drop.state = state
    for name, value in fields.items():
        setattr(drop, name, value)
    drop.save(update_fields=["state", *fields])
    return state


def tell(drop: FileDrop, by: Principal, verb: str, facts: dict[str, Any] | None = None) -> None:
    """A line in the audit trail."""
    record(city_id=drop.city_id, by=by, verb=verb, thing="file of values", thing_id=str(drop.pk), facts=facts)


def _not_now() -> Problem:
    return Problem(
        "observations.drop_not_ready",
        say("This cannot be done with the file now."),
        say("It is being read or written, could not be read, or is written already."),
        say("Load the page again, or send the file once more."),
    )


def _together() -> Problem:
    return Problem(
        "observations.drop_together",
        say("Two columns go into the same series."),
        say("Each would overwrite the values of the other."),
        say("Choose another series for one of them, or leave it out."),
    )


def _unclear() -> Problem:
    return Problem(
        "observations.drop_unclear",
        say("It is not said yet where the time stands, or into which series the values go."),
        say("A value without time and series cannot be kept."),
        say("Choose the column of the time and at least one series, at most 500."),
        field="time",
    )
