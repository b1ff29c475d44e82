# SPDX-License-Identifier: EUPL-1.2
"""POST, PATCH, PUT and DELETE of entities, and tables of observations."""

from __future__ import annotations

from typing import Any

from stoa.gates.sensorthings.calls import Call, Reply
from stoa.gates.sensorthings.reading import steps_of
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.door import asking, keeping, making
from stoa.houses.observations.terms import Way
from stoa.standards.sensorthings import bodies
from stoa.standards.sensorthings.dataarrays import Rows, read_rows
from stoa.standards.sensorthings.encoding import entity_json
from stoa.standards.sensorthings.model import KINDS, OBSERVATION, Kind
from stoa.standards.sensorthings.patches import patched
from stoa.standards.sensorthings.paths import Resource, Shape, address, read_path
from stoa.standards.sensorthings.values import read_json

_PATCH = "application/json-patch+json"


def need_key(call: Call) -> None:
    """Whoever writes shows a key: a page of another site must not write with our visitor's cookies."""
    if call.by.channel in {"api", "mqtt"} and call.by.is_known:
        return
    raise Refused(
        Problem(
            "observations.right_missing",
            say("Writing needs an API token."),
            say("Only programs that the city knows may send observations."),
            say(
                "Ask the city for a token, and send it as “Authorization: Bearer”, or as the password of Basic."
            ),
        )
    )


def create(call: Call) -> Reply:
    """An entity of a set, also by way of another one; or tables of observations."""
    need_key(call)
    if call.path.strip("/") == "CreateObservations":
        return _create_observations(call)
    resource = read_path(call.path)
    if not resource.is_many or resource.within or resource.shape is not Shape.WHOLE:
        return _not_allowed("GET, PATCH, PUT, DELETE")
    _kind, _at, start = asking.walk(steps=steps_of(resource), by=call.by)
    implied = _way_back(resource) if start is not None else ""
    draft = draft_of(bodies.read_new(read_json(call.body), resource.kind, implied))
    if start is not None:
        # What the address says goes before what the body may say.
        draft = making.Draft(draft.kind, draft.values, {**draft.related, implied: (start[1],)})
    made = making.make(city=call.city, by=call.by, draft=draft)
    return _made(call, resource.kind, made)


def _made(call: Call, kind: Kind, made: making.Id) -> Reply:
    link = f"{call.root}/{address(kind, made)}"
    found = asking.get(kind=kind.neutral, id=made, by=call.by)
    return Reply(201, entity_json(found, call.root), headers={"Location": link})


def _way_back(resource: Resource) -> str:
    """The relation from an entity of the set to the one whose address was posted to."""
    before, last = resource.steps[-2], resource.steps[-1]
    back = KINDS[last.kind.name].relations
    name = before.kind.name if before.kind.name in back else before.kind.set_name
    return back[name].neutral


def draft_of(read: bodies.Draft) -> making.Draft:
    """The codec's draft as the house takes it."""
    related = {
        name: tuple(one.id if isinstance(one, bodies.Link) else draft_of(one) for one in found)
        for name, found in read.related.items()
    }
    return making.Draft(read.kind, read.values, related)


def update(call: Call) -> Reply:
    """PATCH (merge, or JSON Patch) and PUT of one entity."""
    need_key(call)
    resource, at = _one(call)
    body = read_json(call.body)
    if call.method == "PUT":
        draft = bodies.read_whole(body, resource.kind)
    elif call.media_type.split(";")[0].strip().lower() == _PATCH:
        draft = bodies.read_whole(patched(_told(call, resource.kind, at), body), resource.kind)
    else:
        draft = bodies.read_change(body, resource.kind)
    changed = making.change(city=call.city, by=call.by, id=at, draft=draft_of(draft))
    found = asking.get(kind=resource.kind.neutral, id=changed, by=call.by)
    link = f"{call.root}/{address(resource.kind, changed)}"
    return Reply(200, entity_json(found, call.root), headers={"Location": link})


def _told(call: Call, kind: Kind, at: asking.Id) -> dict[str, Any]:
    """The properties of an entity as a document to be patched."""
    found = asking.get(kind=kind.neutral, id=at, by=call.by)
    whole = entity_json(found, call.root)
    return {"properties": {}, **whole} if "properties" in kind.properties else whole


def delete(call: Call) -> Reply:
    """One entity with what cannot be without it."""
    need_key(call)
    resource, at = _one(call)
    making.remove(city=call.city, by=call.by, kind=resource.kind.neutral, id=at)
    return Reply(200)


def _one(call: Call) -> tuple[Resource, asking.Id]:
    """The entity that an address names; NotFound if it is a set or a part of one."""
    resource = read_path(call.path)
    if resource.within or resource.shape is not Shape.WHOLE:
        raise NotFound("address")
    _kind, at, _start = asking.walk(steps=steps_of(resource), by=call.by)
    if at is None:
        raise NotFound("address")
    return resource, at


def _not_allowed(allowed: str) -> Reply:
    from stoa.standards.sensorthings.problems import error_json

    return Reply(405, error_json(405, f"Only {allowed} are answered here."), headers={"Allow": allowed})


# -- tables


def _create_observations(call: Call) -> Reply:
    """One answer for each row, in order: the address of the observation, or `error` with the reason."""
    tables = read_rows(read_json(call.body))
    answers: list[str] = []
    known: dict[asking.Id, bool] = {}
    for table in tables:
        answers += _kept(call, table, known)
    return Reply(201, answers)


def _is_there(call: Call, feature: asking.Id, known: dict[asking.Id, bool]) -> bool:
    """Whether a feature may be known of by who writes; each is looked for once."""
    if feature not in known:
        try:
            asking.walk(steps=[("feature_of_interest", feature)], by=call.by)
            known[feature] = True
        except NotFound:
            known[feature] = False
    return known[feature]


def _kept(call: Call, table: Rows, known: dict[asking.Id, bool]) -> list[str]:
    answers = [f"error: {row}" if isinstance(row, Problem) else "" for row in table.rows]
    try:
        asking.walk(steps=[(table.relation, table.series.id)], by=call.by)
    except NotFound:
        return ["error: no such series" for _row in table.rows]
    series = table.series.id
    assert isinstance(series, int)  # walk found it, so it is a number
    wanted, places = [], []
    for place, row in enumerate(table.rows):
        if not isinstance(row, bodies.Draft):
            continue
        links = [one.id for one in row.related.get("feature_of_interest", ()) if isinstance(one, bodies.Link)]
        if not all(_is_there(call, one, known) for one in links):
            answers[place] = "error: no such feature of interest"
            continue
        features = [one for one in links if isinstance(one, int)]
        draft = making.Draft(row.kind, row.values)
        places.append(place)
        wanted.append(making.observed(draft=draft, series=series, features=features))
    kept = keeping.keep(
        city=call.city, observations=wanted, by=call.by, way=Way.HTTP, origin="CreateObservations"
    )
    reasons = {refusal.index: str(refusal.problem) for refusal in kept.refused}
    for number, (place, made) in enumerate(zip(places, kept.ids, strict=True)):
        told = f"{call.root}/{address(OBSERVATION, made)}" if made else f"error: {reasons.get(number, '')}"
        answers[place] = told
    return answers
