# SPDX-License-Identifier: EUPL-1.2
"""Looking through the values of a file as if they were written, and writing them, portion by portion.

Each portion is one transaction with the count of rows that are done: killed anywhere, the next run goes on behind
the last portion. The same value twice is one, so that the same file again changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug
from stoa.ground.problems import Refused
from stoa.ground.words import Fact
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.drop_rows import Cell, DropReader, Portion
from stoa.houses.observations.actions.dropping import (
    acting_for,
    ask_for,
    held,
    inspection_of,
    keep,
    tell,
    workdir,
)
from stoa.houses.observations.actions.keeping import (
    Observed,
    keep_observations,
    psycopg_connection,
    row_of,
    writable,
)
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.quarantining import Turned, quarantine
from stoa.houses.observations.models import Datastream, FileDrop, FileRecipe, Sensor, Thing
from stoa.houses.observations.queries.series_facts import series_by_id
from stoa.houses.observations.rules.drops import Plan, Target
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.judging import Series, Wrong
from stoa.houses.observations.terms import OBSERVATION_TYPES, DropState, ResultType, Way

SAMPLE = 8
REASONS_MOST = 20
EXAMPLES = 3
SEEN_MOST = 2_000_000
_Key = tuple[str, int]


class Repeats:
    """Which values a file has told already: the second of the same series and time counts only if it is the same."""

    def __init__(self) -> None:
        self._seen: dict[_Key, Any] = {}

    def differs(self, cell: Cell) -> bool:
        """Whether another value for the same series and time came before; else the cell is remembered."""
        key = (cell.key, us_of(cell.at)) if cell.at else ("", 0)
        if key in self._seen:
            return bool(self._seen[key] != cell.value)
        if len(self._seen) < SEEN_MOST:
            self._seen[key] = cell.value
        return False


def _checked(cell: Cell, repeats: Repeats) -> Cell:
    if cell.code or not repeats.differs(cell):
        return cell
    facts: dict[str, Fact] = {"time": cell.at.isoformat() if cell.at else ""}
    return replace(cell, code="observations.time_repeated", facts=facts)


def check_drop(*, city_id: int, drop_id: int, asks: bool = True) -> DropState:
    """Look through the whole file without writing: what would be taken, and what refused for which reason.

    A file that writes itself goes on to be written; `asks`: by a job.
    """
    with acting_in(city_id):
        drop = held(drop_id)
        if drop.state != DropState.CHECKING:
            return DropState(drop.state)
        plan = Plan.from_json(drop.mapping or {})
        series = _series_of(drop, plan)
    try:
        read = inspection_of(drop, plan)
    except Refused as refusal:
        with acting_in(city_id):
            return keep(drop, DropState.REFUSED, problem=refusal.problem.to_json())
    report = _looked_through(read, plan, series, drop)
    with acting_in(city_id):
        if drop.recipe is not None and drop.recipe.mapping == drop.mapping:
            FileRecipe.objects.filter(pk=drop.recipe.pk).update(reading=read.recipe.to_json())
        drop = held(drop_id)
        if not drop.writes_itself:
            return keep(drop, DropState.CHECKED, report=report)
        keep(drop, DropState.WRITING, report=report, counts={}, done_rows=0)
        tell(drop, acting_for(drop), "values.writing_asked")
        if asks:
            ask_for(drop, "write_drop")
    return DropState.WRITING


def _series_of(drop: FileDrop, plan: Plan) -> dict[str, Series | None]:
    """By key what is known of the series; of one that is not there yet what it will be. None: it may not be filled."""
    by = acting_for(drop)
    uids = [target.uid for target in plan.targets.values() if target.uid]
    numbers = dict(Datastream.objects.filter(city=drop.city, uid__in=uids).values_list("uid", "pk"))
    with packing_cursor(psycopg_connection()) as cursor:
        known = series_by_id(cursor, numbers.values())
    by_uid = {str(uid): known.get(pk) for uid, pk in numbers.items()}
    found: dict[str, Series | None] = {}
    for key, target in plan.targets.items():
        if not target.uid:
            found[key] = Series(0, drop.city_id, 0, drop.department_id, ResultType(target.result_type))
            continue
        try:
            found[key] = writable(by_uid.get(target.uid), by)
        except Wrong:
            found[key] = None
    return found


def _looked_through(
    read: Inspection, plan: Plan, series: Mapping[str, Series | None], drop: FileDrop
) -> dict[str, Any]:
    now = us_of(timezone.now())
    good: Counter[str] = Counter()
    reasons: dict[str, dict[str, Any]] = {}
    rows = empty = unnamed = twice = 0
    moments: list[Any] = []
    sample: list[dict[str, Any]] = []
    repeats = Repeats()
    for portion in DropReader(read, plan, plan.zone or drop.city.zone).portions():
        rows, empty, unnamed = portion.end, empty + portion.empty, unnamed + portion.unnamed
        twice += portion.twice
        for told in portion.cells:
            cell = _judged(_checked(told, repeats), series[told.key], now)
            if cell.code:
                _note(reasons, cell)
                continue
            good[cell.key] += 1
            moments = [min([*moments[:1], cell.at]), max([*moments[1:], cell.at])]
            if len(sample) < SAMPLE:
                sample.append({"key": cell.key, "at": cell.at, "value": cell.value})
    return {
        "rows": rows, "values": sum(good.values()), "empty": empty, "unnamed": unnamed, "twice": twice,
        "refused": sum(one["times"] for one in reasons.values()), "reasons": list(reasons.values()),
        "by_series": dict(good), "since": moments[0].isoformat() if moments else "",
        "until": moments[1].isoformat() if moments else "",
        "sample": [one | {"at": one["at"].isoformat()} for one in sample],
    }  # fmt: skip


def _judged(cell: Cell, series: Series | None, now: int) -> Cell:
    """The cell, with the reason if its series would not take it."""
    if cell.code:
        return cell
    try:
        if series is None:
            raise Wrong("observations.series_unknown")
        assert cell.at is not None
        row_of(Observed(series.pk, cell.at, cell.value), series, now)
    except Wrong as wrong:
        return replace(cell, code=wrong.code, facts=wrong.facts)
    return cell


def _note(reasons: dict[str, dict[str, Any]], cell: Cell) -> None:
    if cell.code not in reasons and len(reasons) >= REASONS_MOST:
        return
    one = reasons.setdefault(
        cell.code, {"code": cell.code, "facts": dict(cell.facts), "times": 0, "examples": []}
    )
    one["times"] += 1
    if len(one["examples"]) < EXAMPLES:
        one["examples"].append(f"{cell.row}: {cell.key} = {str(cell.value)[:60]}")


def write_drop(*, city_id: int, drop_id: int) -> DropState:
    """Write what the file says, from the first row that is not done yet."""
    with acting_in(city_id):
        drop = held(drop_id)
        if drop.state != DropState.WRITING:
            return DropState(drop.state)
    try:
        read = inspection_of(drop, Plan.from_json(drop.mapping or {}))
        with acting_in(city_id):
            drop = held(drop_id)
            numbers = _set_up(drop, Plan.from_json(drop.mapping or {}))
    except Refused as refusal:
        with acting_in(city_id):
            return keep(drop, DropState.CHECKED, problem=refusal.problem.to_json())
    plan = Plan.from_json(drop.mapping or {})
    repeats = Repeats()
    reader = DropReader(read, plan, plan.zone or drop.city.zone)
    for portion in reader.portions():  # from the first row on: what was told before must be known
        cells = [_checked(cell, repeats) for cell in portion.cells]
        with acting_in(city_id):
            _write(held(drop_id), portion, cells, numbers)
    with acting_in(city_id):
        drop = held(drop_id)
        tell(drop, acting_for(drop), "values.written", drop.counts)
        keep(drop, DropState.WRITTEN, written_at=timezone.now())
    shutil.rmtree(workdir(drop), ignore_errors=True)
    return DropState.WRITTEN


def _write(drop: FileDrop, portion: Portion, cells: Sequence[Cell], numbers: Mapping[str, int]) -> None:
    """One portion with its place in the file, in one transaction; nothing if it is done already."""
    if portion.end <= drop.done_rows:
        return
    good = [cell for cell in cells if not cell.code and cell.at is not None and numbers[cell.key]]
    bad = [cell for cell in cells if cell.code]
    origin = f"file {drop.name}"[:300]
    kept = keep_observations(
        city=drop.city,
        observations=[Observed(numbers[cell.key], cell.at, cell.value) for cell in good if cell.at],
        by=acting_for(drop),
        way=Way.DROP,
        origin=origin,
    )
    if bad:
        with packing_cursor(psycopg_connection()) as cursor:
            turned = [_turned(drop, cell, numbers) for cell in bad]
            quarantine(cursor, turned, way=Way.DROP, origin=origin, received=us_of(timezone.now()))
    told = {
        "written": kept.written, "corrected": kept.corrected, "unchanged": kept.unchanged,
        "refused": len(kept.refused) + len(bad), "empty": portion.empty, "unnamed": portion.unnamed,
    }  # fmt: skip
    counts = {name: drop.counts.get(name, 0) + number for name, number in told.items()}
    keep(drop, DropState.WRITING, counts=counts, done_rows=portion.end)


def _turned(drop: FileDrop, cell: Cell, numbers: Mapping[str, int]) -> Turned:
    series = numbers[cell.key] or None
    payload = {"row": cell.row, "column": cell.key, "Datastream": series, "at": cell.at, "result": cell.value}
    return Turned(drop.city_id, series, cell.code, cell.facts, json.dumps(payload, default=str).encode())


def _set_up(drop: FileDrop, plan: Plan) -> dict[str, int]:
    """The series of every key; those that are new are set up, and the plan and its recipe name them from now on."""
    by = acting_for(drop)
    targets = dict(plan.targets)
    things: dict[str, Thing] = {}
    for key, target in plan.targets.items():
        if not target.uid:
            made = _new_series(drop, key, target, by, things)
            targets[key] = replace(target, uid=str(made.uid))
    if targets != plan.targets:
        plan = replace(plan, targets=targets)
        keep(drop, DropState(drop.state), mapping=plan.to_json())
        if drop.recipe is not None:
            FileRecipe.objects.filter(pk=drop.recipe.pk).update(mapping=plan.to_json())
    uids = {target.uid for target in targets.values()}
    known = dict(Datastream.objects.filter(city=drop.city, uid__in=uids).values_list("uid", "pk"))
    by_uid = {str(uid): pk for uid, pk in known.items()}
    return {key: by_uid.get(target.uid, 0) for key, target in targets.items()}


def _new_series(
    drop: FileDrop, key: str, target: Target, by: Principal, things: dict[str, Thing]
) -> Datastream:
    city = drop.city
    thing = things.get(target.thing) or Thing.objects.filter(
        city=city, department=drop.department, name=target.thing
    ).order_by("pk").first()  # fmt: skip
    if thing is None:
        thing = setting_up.set_up_thing(
            city=city,
            by=by,
            department=drop.department,
            name=target.thing,
            access=Plan.from_json(drop.mapping or {}).access,
        )
    things[target.thing] = thing
    name = drop.recipe.name if drop.recipe else drop.name
    sensor = Sensor.objects.filter(city=city, name=name[:255]).order_by("pk").first()
    sensor = sensor or setting_up.set_up_sensor(city=city, by=by, name=name[:255])
    kind = setting_up.known_property(
        city=city, by=by, definition=_definition(target.measures), name=target.measures
    )
    return setting_up.set_up_datastream(
        thing=thing, sensor=sensor, observed_property=kind, by=by,
        name=target.measures[:255], unit_symbol=target.unit[:30], unit_name=target.unit[:100],
        result_type=ResultType(target.result_type), observation_type=OBSERVATION_TYPES[ResultType(target.result_type)],
        properties={"file": name, "column": key[:200]},
    )  # fmt: skip


def _definition(measures: str) -> str:
    return f"urn:stoa:property:{slug(normalize('NFKC', measures)) or 'value'}"
