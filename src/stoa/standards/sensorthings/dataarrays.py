# SPDX-License-Identifier: EUPL-1.2
"""Observations as tables: `$resultFormat=dataArray` and `CreateObservations` (18-088, clause 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.standards.sensorthings.bodies import Draft, Link, read_link, read_new
from stoa.standards.sensorthings.encoding import Entity, Listing
from stoa.standards.sensorthings.model import KINDS, OBSERVATION
from stoa.standards.sensorthings.options import Options
from stoa.standards.sensorthings.paths import address
from stoa.standards.sensorthings.problems import TOO_LARGE, body_refused
from stoa.standards.sensorthings.values import write_value

MOST_ROWS = 100_000
_USUAL = ("id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters")
_OWNERS = ("Datastream", "MultiDatastream")


@dataclass(frozen=True, slots=True)
class Rows:
    """The observations of one series that somebody sends; what cannot be read stands in its place."""

    relation: str
    """`datastream` or `multi_datastream`."""
    series: Link
    rows: tuple[Draft | Problem, ...]


def read_rows(body: Any) -> list[Rows]:
    """The body of CreateObservations; a bad row spoils only itself, a bad table everything."""
    if not isinstance(body, list):
        raise body_refused(say("The body must be a list of tables of observations."))
    found, left = [], MOST_ROWS
    for table in body:
        found.append(_table(table, left))
        left -= len(found[-1].rows)
    return found


def _table(table: Any, left: int) -> Rows:
    owners = [name for name in _OWNERS if isinstance(table, dict) and name in table]
    if len(owners) != 1:
        raise body_refused(say("Each table of observations needs one Datastream or MultiDatastream."))
    components, rows = table.get("components"), table.get("dataArray")
    if not isinstance(components, list) or not all(isinstance(name, str) for name in components):
        raise body_refused(say("“components” must be a list of names."), "components")
    if not isinstance(rows, list):
        raise body_refused(say("“dataArray” must be a list of rows."), "dataArray")
    if len(rows) > left:
        what = say("At most %(most)s observations are taken at once.", most=MOST_ROWS)
        raise Refused(Problem(TOO_LARGE, what, do=say("Send them in several requests."), field="dataArray"))
    for name in components:
        if name not in (*_USUAL, "@iot.id", "FeatureOfInterest/id", "FeatureOfInterest/@iot.id"):
            raise body_refused(say("“%(name)s” is no component.", name=name[:60]), "components")
    relation = KINDS["Observation"].relations[owners[0]].neutral
    return Rows(relation, read_link(table[owners[0]]), tuple(_row(row, components, relation) for row in rows))


def _row(row: Any, components: list[str], relation: str) -> Draft | Problem:
    try:
        if not isinstance(row, list) or len(row) != len(components):
            raise body_refused(say("The row has not as many values as there are components."))
        body = {
            name: value for name, value in zip(components, row, strict=True) if name not in {"id", "@iot.id"}
        }
        for name in ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id"):
            feature = body.pop(name, None)
            if feature is not None:
                body["FeatureOfInterest"] = {"@iot.id": feature}
        return read_new(body, OBSERVATION, relation)
    except Refused as refusal:
        return refusal.problem


def tables_json(listing: Listing, root: str, asked: Options) -> list[dict[str, Any]]:
    """A page of observations, one table for each series, in the order in which the series first appear."""
    chosen = [name for name in asked.select if name in _USUAL]
    components = chosen or [name for name in _USUAL if name in _told(listing.entities)]
    tables: dict[tuple[str, Any], list[Any]] = {}
    for one in listing.entities:
        owner = "MultiDatastream" if one.values.get("multi_datastream_id") is not None else "Datastream"
        series = one.values["multi_datastream_id" if owner == "MultiDatastream" else "datastream_id"]
        tables.setdefault((owner, series), []).append([_component(one, name) for name in components])
    return [
        {
            f"{owner}@iot.navigationLink": f"{root}/{address(KINDS[owner], series)}",
            "components": components,
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for (owner, series), rows in tables.items()
    ]


def _told(entities: Sequence[Entity]) -> set[str]:
    """What stands in any row; the first four always do."""
    known = OBSERVATION.properties
    rare = {
        name
        for name in _USUAL[4:]
        if any(one.values.get(known[name].neutral) is not None for one in entities)
    }
    return {*_USUAL[:4], *rare}


def _component(one: Entity, name: str) -> Any:
    return one.id if name == "id" else write_value(one.values.get(OBSERVATION.properties[name].neutral))
