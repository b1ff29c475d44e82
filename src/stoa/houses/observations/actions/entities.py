# SPDX-License-Identifier: EUPL-1.2
"""Writing entities: the thing's document, its series and its place, and telling subscribers, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.entity_news import is_heard, mark_told, tell_change, views_before
from stoa.houses.observations.actions.keeping import Kept, Observed, keep_observations
from stoa.houses.observations.actions.removing import remove_observations
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Datastream, ObservedProperty, Sensor, SeriesState, Thing
from stoa.houses.observations.queries.entities import entities_of, things_for
from stoa.houses.observations.queries.history import readings
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.entities import (
    Said,
    description_of,
    name_of,
    observations_of,
    parted,
    place_of,
    placed_at,
)
from stoa.houses.observations.rules.ids import Key, key_of
from stoa.houses.observations.rules.instants import moment_of, us_of
from stoa.houses.observations.terms import OBSERVATION_TYPES, ResultType, Way
from stoa.standards.ngsild.changes import Changed, appended, created, removed
from stoa.standards.ngsild.kinds import Attributes, Entity, Kind, instant_of, moment_text
from stoa.standards.ngsild.notifications import Change

How = Callable[[Entity, str], Changed]
"""What becomes of an entity, and the instant at which it does."""
SENSOR = "NGSI-LD"
_TEXT_MOST = 16 * 1024


@transaction.atomic
def create_entity(*, city: City, by: Principal, entity: Entity) -> Entity:
    """A new entity. Raises Refused (`observations.uri_taken`), and what its parts are refused for."""
    whole = created(entity, moment_text(timezone.now()))
    parts = parted(whole.attributes)
    thing = _new_thing(city, by, whole, parts.document)
    kept = _observe(thing, by, parts.said)
    _place(thing, by, whole)
    names = frozenset(whole.attributes)
    if is_heard(city):
        tell_change(city, thing, Change(whole, is_created=True, created=names))
        _mark_told(thing, kept)
    return whole


def _new_thing(city: City, by: Principal, entity: Entity, document: Attributes) -> Thing:
    """The thing of a new entity; somebody else may make the same at this moment."""
    try:
        with transaction.atomic():
            return setting_up.set_up_thing(
                city=city,
                by=by,
                uri=entity.id,
                name=name_of(entity),
                description=description_of(entity),
                types=list(entity.types),
                scopes=list(entity.scopes),
                attributes=document,
            )
    except IntegrityError as error:
        raise setting_up.uri_taken() from error


def locked_thing(city: City, by: Principal, uri: str) -> Thing:
    """The thing with this id, held for a change. Raises NotFound."""
    thing = things_for(city, by).filter(uri=uri).select_for_update(of=("self",)).first()
    if thing is None:
        raise NotFound("entity", uri)
    return thing


@transaction.atomic
def change_entity(*, city: City, by: Principal, uri: str, how: How) -> Changed:
    """Change an entity as `how` says. Raises NotFound, Refused."""
    thing = locked_thing(city, by, uri)
    (old,) = entities_of([thing], by)
    before = views_before(thing)
    changed = how(old, moment_text(timezone.now()))
    kept = _save(thing, by, old, changed)
    if before is not None:
        tell_change(city, thing, _told(old, changed), before)
        _mark_told(thing, kept)
    return changed


def _mark_told(thing: Thing, kept: Kept | None) -> None:
    """What this change observed is told with it; a newer value that came by another way meanwhile is still to be."""
    if kept is not None:
        latest = SeriesState.objects.filter(datastream__thing=thing, received_at=kept.received_at)
        mark_told(thing.city, dict.fromkeys(latest.values_list("pk", flat=True), kept.received_at))


def _told(old: Entity, changed: Changed) -> Change:
    new = frozenset(name for name in changed.updated if name not in old.attributes)
    return Change(
        changed.entity,
        created=new,
        updated=frozenset(changed.updated) - new,
        deleted=frozenset(changed.deleted),
    )


def _save(thing: Thing, by: Principal, old: Entity, changed: Changed) -> Kept | None:
    new = changed.entity
    parts = parted(new.attributes, old.attributes)
    facts = {
        "types": list(new.types) if thing.types or new.types != old.types else thing.types,
        "scopes": list(new.scopes),
        "attributes": _own_document(thing, old, parts.document),
    }
    is_structural = (
        new.types != old.types
        or new.scopes != old.scopes
        or _shape(parts.document) != _shape(parted(old.attributes).document)
    )
    if is_structural:
        facts |= {"name": name_of(new), "description": description_of(new)} if thing.types else {}
        setting_up.change_thing(thing=thing, by=by, **facts)
        _remove_gone(thing, by, old, new)
    else:
        need(by, Permission.WRITE_OBSERVATION, thing.department_id)
        Thing.objects.filter(pk=thing.pk).update(attributes=facts["attributes"], modified_at=timezone.now())
    kept = _observe(thing, by, parts.said)
    if place_of(old) != place_of(new):
        _place(thing, by, new)
    return kept


def _own_document(thing: Thing, old: Entity, document: dict[str, Any]) -> dict[str, Any]:
    """Without what the thing only says of itself because nobody else did, as long as nobody changes it."""
    shown = parted(old.attributes).document
    return {
        name: many for name, many in document.items() if name in thing.attributes or shown.get(name) != many
    }


def _shape(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its times: what somebody has said, apart from values of series."""
    return {name: [_timeless(one) for one in many] for name, many in document.items()}


def _timeless(one: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in one.items() if name not in {"createdAt", "modifiedAt"}}


def _remove_gone(thing: Thing, by: Principal, old: Entity, new: Entity) -> None:
    """Series of attributes that are no more."""
    gone = _keys(old) - _keys(new)
    for series in thing.datastreams.exclude(attribute="") if gone else ():
        if (series.attribute, series.dataset_id) in gone:
            setting_up.remove_datastream(datastream=series, by=by)


def _keys(entity: Entity) -> set[tuple[str, str]]:
    return {(name, one.get("datasetId", "")) for name, many in entity.attributes.items() for one in many}


def _place(thing: Thing, by: Principal, entity: Entity) -> None:
    place = place_of(entity)
    at = placed_at(entity)
    if place is None:
        if thing.place is not None:
            setting_up.place_thing(thing=thing, locations=[], by=by)
        return
    location = setting_up.set_up_location(city=thing.city, by=by, name=thing.name, location=place)
    setting_up.place_thing(thing=thing, locations=[location], by=by, at=at)


def _observe(thing: Thing, by: Principal, said: Sequence[Said]) -> Kept | None:
    """Write observations into the series of a thing, which are set up as they are needed."""
    if not said:
        return None
    known = {(one.attribute, one.dataset_id): one for one in thing.datastreams.exclude(attribute="")}
    for one in said:
        key = (one.attribute, one.dataset)
        if key not in known:
            known[key] = _new_series(thing, by, one)
        _fit(known[key], by, one)
    kept = keep_observations(
        city=thing.city,
        observations=[Observed(known[(one.attribute, one.dataset)].pk, one.at, one.result) for one in said],
        by=by,
        way=Way.HTTP,
        quarantines=False,
    )
    if kept.refused:
        raise Refused(*(one.problem for one in kept.refused))
    return kept


def _new_series(thing: Thing, by: Principal, one: Said) -> Datastream:
    kind = _kind_of(one.result)
    name = one.attribute.rstrip("/#").rpartition("/")[2].rpartition("#")[2] or one.attribute
    return setting_up.set_up_datastream(
        thing=thing,
        sensor=_sensor(thing.city, by),
        observed_property=_property(thing.city, by, one.attribute, name),
        by=by,
        name=name[:255],
        attribute=one.attribute,
        dataset_id=one.dataset,
        unit_code=one.unit[:40],
        result_type=kind,
        observation_type=OBSERVATION_TYPES[kind],
    )


def _sensor(city: City, by: Principal) -> Sensor:
    found = Sensor.objects.filter(city=city, name=SENSOR, encoding_type="text/plain").order_by("pk").first()
    return found or setting_up.set_up_sensor(city=city, by=by, name=SENSOR, description="Sent as NGSI-LD")


def _property(city: City, by: Principal, definition: str, name: str) -> ObservedProperty:
    return setting_up.known_property(city=city, by=by, definition=definition[:500], name=name[:255])


def _kind_of(result: Any) -> ResultType:
    if isinstance(result, bool):
        return ResultType.TRUTH
    if isinstance(result, int | float):
        return ResultType.NUMBER
    if isinstance(result, str) and len(result) <= _TEXT_MOST:
        return ResultType.TEXT
    return ResultType.JSON


def _fit(series: Datastream, by: Principal, one: Said) -> None:
    """A value of another sort than those before makes the series one of any JSON; what there is stays as it is."""
    kind = _kind_of(one.result)
    fits = series.result_type in {kind, ResultType.JSON}
    fits |= kind is ResultType.TEXT and series.result_type == ResultType.CATEGORY
    fits |= series.result_type == ResultType.COUNT and isinstance(one.result, int)
    if not fits:
        setting_up.change_datastream(
            datastream=series,
            by=by,
            result_type=ResultType.JSON,
            observation_type=OBSERVATION_TYPES[ResultType.JSON],
        )


@transaction.atomic
def remove_entity(*, city: City, by: Principal, uri: str) -> None:
    """Remove an entity with its history. Raises NotFound, Refused."""
    thing = locked_thing(city, by, uri)
    (old,) = entities_of([thing], by)
    if is_heard(city):
        tell_change(city, thing, Change(old, is_deleted=True))
    setting_up.remove_thing(thing=thing, by=by)


@transaction.atomic
def add_history(*, city: City, by: Principal, entity: Entity) -> bool:
    """Add instances over time to an entity; says whether it is new. Raises Refused.

    Observations go to their series; of anything else only the newest instance is kept.
    """
    exists = things_for(city, by).filter(uri=entity.id).exists()
    said = [one for name, many in entity.attributes.items() for one in observations_of(name, many)]
    newest = replace(
        entity, attributes={name: _newest(many) for name, many in entity.attributes.items() if many}
    )
    if exists:
        change_entity(city=city, by=by, uri=entity.id, how=lambda old, now: appended(old, newest, now))
    else:
        create_entity(city=city, by=by, entity=newest)
    _observe(locked_thing(city, by, entity.id), by, said)
    return not exists


def _newest(many: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest instance of each dataset."""
    found: dict[str, dict[str, Any]] = {}
    for one in many:
        dataset = one.get("datasetId", "")
        if dataset not in found or one.get("observedAt", "") >= found[dataset].get("observedAt", ""):
            found[dataset] = one
    return list(found.values())


@transaction.atomic
def change_instance(
    *, city: City, by: Principal, uri: str, name: str, observation: str, part: dict[str, Any]
) -> None:
    """Another value for one observation of an attribute. Raises NotFound, Refused."""

    thing = locked_thing(city, by, uri)
    series, key = series_of_instance(thing, name, observation)
    at = part.get("observedAt")
    when = moment_of(key.at)
    if part.get("type", Kind.PROPERTY.value) != Kind.PROPERTY or "value" not in part:
        raise _no_value()
    if at is not None and moment_text(when) != at:
        remove_observations(city=city, by=by, keys=[key])
        when = instant_of(at)
    _observe(thing, by, [Said(name, series.dataset_id, when, part["value"])])


def _no_value() -> Refused:
    return Refused(
        Problem(
            "observations.instance_without_value",
            say("Only the value and the time of an observation can be changed."),
            say("Everything else belongs to the attribute as a whole."),
            say("Send a Property with a value."),
        )
    )


def series_of_instance(thing: Thing, name: str, observation: str) -> tuple[Datastream, Key]:
    """The series that an observation of an attribute belongs to. Raises NotFound."""

    key = key_of(observation)
    series = thing.datastreams.filter(pk=key.series, attribute=name).first() if key else None
    if key is None or series is None:
        raise NotFound("instance", observation)
    at = moment_of(key.at)
    there = readings(
        city_id=thing.city_id, series=[key.series], since=at, until=at + timedelta(microseconds=1), most=100
    )
    if not any(us_of(row.result_at) == key.result_at for row in there):
        raise NotFound("instance", observation)
    return series, key


@transaction.atomic
def remove_history(
    *, city: City, by: Principal, uri: str, name: str, observation: str = "", dataset: str = ""
) -> None:
    """Remove one observation of an attribute, or all of a dataset's and the attribute itself. Raises NotFound."""
    thing = locked_thing(city, by, uri)
    if observation:
        _series, key = series_of_instance(thing, name, observation)
        remove_observations(city=city, by=by, keys=[key])
        return
    change_entity(city=city, by=by, uri=uri, how=lambda old, now: removed(old, name, now, dataset=dataset))
