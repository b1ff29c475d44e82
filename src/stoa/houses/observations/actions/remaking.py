# SPDX-License-Identifier: EUPL-1.2
"""Changing and removing entities of any kind, with what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.history.reading import Sought
from stoa.commons.history.values import Key as LakeKey
from stoa.commons.roles.values import Principal
from stoa.houses.observations.actions import removing, setting_up
from stoa.houses.observations.actions.drafts import MODELS, Draft, Id, facts_of, refused
from stoa.houses.observations.actions.making import Maker, keep_parts
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    HistoricalPlace,
    ObservedProperty,
    SeriesState,
    Thing,
)
from stoa.houses.observations.queries.asking.answering import one
from stoa.houses.observations.queries.asking.budgets import timed
from stoa.houses.observations.queries.asking.history import EARLIEST, LATEST, Stretch, lake_of, stretches
from stoa.houses.observations.queries.asking.joins import child_of
from stoa.houses.observations.queries.asking.pieces import Sql, put
from stoa.houses.observations.queries.asking.questions import Question
from stoa.houses.observations.queries.asking.reaching import exists
from stoa.houses.observations.queries.asking.tables import KINDS
from stoa.houses.observations.queries.history import in_lake
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.ids import Key, key_of
from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.terms import Way


@transaction.atomic
def change_entity(*, city: City, by: Principal, id: Id, draft: Draft, way: Way = Way.HTTP) -> Id:  # noqa: A002 - its name
    """Change what a draft names of an entity; gives its id, which is new where an observation got another time."""
    exists(kind=draft.kind, id=id, by=by)
    maker = Maker(city, by, way)
    if draft.kind == "observation":
        return _change_observation(maker, str(id), draft)
    _CHANGE[draft.kind](maker, MODELS[draft.kind].objects.get(pk=id), draft)
    return id


@transaction.atomic
def remove_entity(*, city: City, by: Principal, kind: str, id: Id) -> None:  # noqa: A002 - its name
    """Remove an entity and what cannot be without it (OGC 18-088, clause 10.4)."""
    exists(kind=kind, id=id, by=by)
    if kind == "observation":
        key = key_of(str(id))
        removing.remove_observations(city=city, by=by, keys=[key] if key is not None else [])
        return
    row: Any = MODELS[kind].objects.get(pk=id)
    if isinstance(row, Thing):
        setting_up.remove_thing(thing=row, by=by)
    elif isinstance(row, Datastream):
        setting_up.remove_datastream(datastream=row, by=by)
    elif isinstance(row, HistoricalLocation):
        need(by, Permission.CHANGE_THING, row.thing.department_id)
        record(
            city_id=city.pk,
            by=by,
            verb="historical_location.removed",
            thing="thing",
            thing_id=str(row.thing_id),
        )
        row.delete()
    else:
        if isinstance(row, FeatureOfInterest):
            removing.remove_observations(city=city, by=by, keys=_keys_of(row))
        if isinstance(row, ObservedProperty):
            for part in row.parts.select_related("datastream__thing"):
                setting_up.remove_datastream(datastream=part.datastream, by=by)
        setting_up.remove_shared(row=row, by=by)


def _keys_of(feature: FeatureOfInterest) -> list[Key]:
    """The observations that speak of a feature, however old. Raises Refused where they are too many to be found."""
    way = child_of(KINDS["feature_of_interest"].ways["observations"], "a", "%s")
    hanging = Sql(way, (feature.pk,) * way.count("%s"))
    told = in_lake(feature.city_id, Sought(EARLIEST, LATEST, feature=feature.pk)).found
    known = set(
        Datastream.objects.filter(pk__in={key.datastream_id for key, _ in told}).values_list("pk", flat=True)
    )
    found = {
        Key(key.datastream_id, key.at_us, _result_us(key)) for key, _ in told if key.datastream_id in known
    }
    found |= _keys_in(Sql("observations_observation"), hanging)
    thing = HistoricalPlace.objects.filter(location=feature.made_of_location_id or 0)
    stood = Datastream.objects.filter(thing__in=thing.values("historical_location__thing"))
    with timed():
        for series in stood.order_by("pk").values_list("pk", flat=True):
            if lake_of(Stretch(series)) is not None:
                for table in stretches(feature.city_id, Stretch(series), Question(), None):
                    found |= _keys_in(table, hanging)
    return sorted(found)


def _result_us(key: LakeKey) -> int:
    return NO_RESULT_US if key.result_at_us is None else key.result_at_us


def _keys_in(table: Sql, where: Sql) -> set[Key]:
    asked = put("select a.datastream_id, a.at, a.result_at from {} a where {}", table, where)
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        return {Key(series, us_of(at), us_of(result_at)) for series, at, result_at in cursor.fetchall()}


# -- one kind each


def _change_thing(maker: Maker, row: Any, draft: Draft) -> None:
    setting_up.change_thing(thing=row, by=maker.by, **facts_of(draft))
    if "locations" in draft.related:
        setting_up.place_thing(thing=row, locations=maker.rows(draft, "locations", {}), by=maker.by)
    _tie(maker, draft, thing=row)


def _change_location(maker: Maker, row: Any, draft: Draft) -> None:
    if draft.values:
        setting_up.change_location(location=row, by=maker.by, facts=facts_of(draft))
    for thing in maker.rows(draft, "things", {}):
        setting_up.place_thing(thing=thing, locations=[row], by=maker.by)


def _change_historical(maker: Maker, row: Any, draft: Draft) -> None:
    """A line of history that was written down wrongly; where the thing is now does not change."""
    need(maker.by, Permission.CHANGE_THING, row.thing.department_id)
    for thing in maker.rows(draft, "thing", {}):
        need(maker.by, Permission.CHANGE_THING, thing.department_id)
        row.thing = thing
    row.time = draft.values.get("time", row.time)
    row.save()
    if "locations" in draft.related:
        HistoricalPlace.objects.filter(historical_location=row).delete()
        for place in maker.rows(draft, "locations", {}):
            HistoricalPlace.objects.create(city_id=row.city_id, historical_location=row, location=place)
    record(
        city_id=row.city_id,
        by=maker.by,
        verb="historical_location.changed",
        thing="thing",
        thing_id=str(row.thing_id),
    )


def _change_sensor(maker: Maker, row: Any, draft: Draft) -> None:
    _change_shared(maker, row, draft)
    _tie(maker, draft, sensor=row)


def _change_property(maker: Maker, row: Any, draft: Draft) -> None:
    _change_shared(maker, row, draft)
    _tie(maker, draft, observed_property=row)


def _change_shared(maker: Maker, row: Any, draft: Draft) -> None:
    need(maker.by, Permission.CHANGE_THING)
    setting_up.change_shared(row=row, by=maker.by, **facts_of(draft))


def _change_series(maker: Maker, row: Any, draft: Draft) -> None:
    facts = facts_of(draft)
    is_used = SeriesState.objects.filter(datastream=row, count__gt=0).exists()
    if is_used and facts.get("result_type", row.result_type) != row.result_type:
        raise refused("observations.type_in_use", "observation_type")
    links = {
        name: maker.needed(draft, name, {})
        for name in ("thing", "sensor", "observed_property")
        if draft.related.get(name)
    }
    setting_up.change_datastream(datastream=row, by=maker.by, **links, **facts)
    if "observed_properties" in draft.related:
        properties = maker.rows(draft, "observed_properties", {})
        if len(properties) != len(row.multi or ()):
            raise refused("observations.parts_uneven", "observed_properties")
        keep_parts(row, properties)


def _tie(maker: Maker, draft: Draft, **to: Any) -> None:
    """Tie series that are there to another thing, sensor or property."""
    for series in maker.rows(draft, "datastreams", {}):
        setting_up.change_datastream(datastream=series, by=maker.by, **to)


def _change_observation(maker: Maker, given: str, draft: Draft) -> Id:
    """A correction; another time makes it another observation, and the old one goes."""
    found = one(kind="observation", id=given, question=Question(), by=maker.by)
    names = ("phenomenon_time", "result", "result_time", "result_quality", "valid_time", "parameters")
    values = {name: found.values.get(name) for name in names} | dict(draft.values)
    related: dict[str, tuple[Draft | Id, ...]] = dict(draft.related)
    if not related.keys() & {"datastream", "multi_datastream"}:
        owner = "multi_datastream" if "multi_datastream_id" in found.values else "datastream"
        related[owner] = (found.values[f"{owner}_id"],)
    if "feature_of_interest" not in related and found.values["told_feature_id"] is not None:
        related["feature_of_interest"] = (found.values["told_feature_id"],)
    changed = maker.observations([replace(draft, values=values, related=related)], {})[0]
    key = key_of(given)
    if changed != given and key is not None:
        removing.remove_observations(city=maker.city, by=maker.by, keys=[key])
    return changed


_CHANGE: Mapping[str, Callable[[Maker, Any, Draft], None]] = {
    "thing": _change_thing,
    "location": _change_location,
    "historical_location": _change_historical,
    "sensor": _change_sensor,
    "observed_property": _change_property,
    "feature_of_interest": _change_shared,
    "datastream": _change_series,
    "multi_datastream": _change_series,
}
