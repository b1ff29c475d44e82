# SPDX-License-Identifier: EUPL-1.2
"""Setting up, changing and removing things, places, sensors, properties and series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.demanding import awaits_entry
from stoa.houses.observations.actions.features import keep_feature
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.actions.sharing import need_for_all
from stoa.houses.observations.events import ThingChanged
from stoa.houses.observations.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    HistoricalPlace,
    HistoryFile,
    Location,
    ObservedProperty,
    Sensor,
    SeriesGroup,
    SeriesState,
    Thing,
    ThingLocation,
)
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.naming import attribute_of
from stoa.houses.observations.rules.places import box_of, geometry_of

Row = TypeVar("Row", bound=models.Model)

FACTS: dict[type[models.Model], frozenset[str]] = {
    Thing: frozenset({"name", "description", "properties", "access", "in_public_space", "uri", "types", "scopes", "attributes"}),
    Location: frozenset({"name", "description", "encoding_type", "location", "properties"}),
    Sensor: frozenset({"name", "description", "encoding_type", "metadata", "properties"}),
    ObservedProperty: frozenset({"name", "definition", "description", "properties"}),
    FeatureOfInterest: frozenset({"name", "description", "encoding_type", "feature", "properties"}),
    Datastream: frozenset({
        "name", "description", "properties", "unit_name", "unit_symbol", "unit_definition", "unit_code",
        "observation_type", "result_type", "multi", "observed_area", "attribute", "dataset_id", "access",
        "expected_interval_s", "keep_days",
    }),
}  # fmt: skip
"""What may be said of each kind; everything else is computed or a link."""


@transaction.atomic
def set_up_thing(*, city: City, by: Principal, department: Department | None = None, **facts: Any) -> Thing:
    """A new thing of a department; without one, of the first department for which `by` has the right."""
    department = department or _own_department(city, by)
    need(by, Permission.CHANGE_THING, department.pk)
    thing = Thing(city=city, department=department)
    _say(thing, facts)
    thing.uri = thing.uri or f"urn:ngsi-ld:Thing:{thing.uid}"
    _refuse_taken_uri(thing)
    thing.awaits_entry = awaits_entry(thing)
    thing.save()
    _tell(thing, by, "thing.set_up")
    return thing


@transaction.atomic
def change_thing(*, thing: Thing, by: Principal, **facts: Any) -> Thing:
    """Say something else of a thing."""
    need(by, Permission.CHANGE_THING, thing.department_id)
    changed = _say(thing, facts)
    if "uri" in changed:
        _refuse_taken_uri(thing)
    if changed & {"uri", "in_public_space"}:
        thing.awaits_entry = awaits_entry(thing)
    if changed:
        thing.save()
        _tell(thing, by, "thing.changed", {"fields": sorted(changed)})
    if "access" in changed:
        _close_datasets_of(thing.city)
    return thing


@transaction.atomic
def remove_thing(*, thing: Thing, by: Principal) -> None:
    """Remove a thing with its series and their observations."""
    need(by, Permission.CHANGE_THING, thing.department_id)
    for series in thing.datastreams.all():
        remove_datastream(datastream=series, by=by)
    _tell(thing, by, "thing.removed", {"name": thing.name}, removed=True)
    thing.delete()


@transaction.atomic
def place_thing(
    *, thing: Thing, locations: Iterable[Location], by: Principal, at: datetime | None = None
) -> HistoricalLocation | None:
    """Say where a thing is now; where it was stays as history. Moments out of order change only the history.

    Returns the line of history, or None when no place was told.
    """
    need(by, Permission.CHANGE_THING, thing.department_id)
    places = list(locations)
    at = at or timezone.now()
    is_newest = not thing.historical_locations.filter(time__gt=at).exists()
    if is_newest:
        ThingLocation.objects.filter(thing=thing).delete()
        ThingLocation.objects.bulk_create(
            ThingLocation(city_id=thing.city_id, thing=thing, location=place) for place in places
        )
        _put_on_map(thing, places)
    _tell(thing, by, "thing.placed")
    if not places:
        return None
    keep_feature(places[0])
    moment = HistoricalLocation.objects.create(city_id=thing.city_id, thing=thing, time=at)
    HistoricalPlace.objects.bulk_create(
        HistoricalPlace(city_id=thing.city_id, historical_location=moment, location=place) for place in places
    )
    return moment


def _put_on_map(thing: Thing, places: list[Location]) -> None:
    """Keep the present place with the thing and beside the latest values of its series."""
    thing.place = geometry_of(places[0].location) if places else None
    thing.box = box_of(thing.place)
    thing.save(update_fields=["place", "box", "modified_at"])
    SeriesState.objects.filter(datastream__thing=thing).update(box=thing.box)


@transaction.atomic
def set_up_location(*, city: City, by: Principal, **facts: Any) -> Location:
    """A new place; things are put there by `place_thing`."""
    return _set_up(Location(city=city), by, facts)


@transaction.atomic
def change_location(*, location: Location, by: Principal, facts: Mapping[str, Any]) -> Location:
    """Say something else of a place; what stands there moves with it on the map."""
    need_for_all(location, by)
    _change(location, by, facts)
    _move(location.things.all())
    return location


def _move(things: Iterable[Thing]) -> None:
    """Put things on the map anew after something was said of their places, and tell who listens."""
    for thing in things:
        before = thing.place
        _put_on_map(thing, list(thing.locations.order_by("pk")))
        if thing.place != before:
            emit(thing.city_id, ThingChanged(str(thing.uid)))


@transaction.atomic
def set_up_sensor(*, city: City, by: Principal, **facts: Any) -> Sensor:
    """A new sensor: what observes."""
    return _set_up(Sensor(city=city), by, facts)


@transaction.atomic
def set_up_property(*, city: City, by: Principal, **facts: Any) -> ObservedProperty:
    """A new observed property: what is measured."""
    return _set_up(ObservedProperty(city=city), by, facts)


def known_property(
    *, city: City, by: Principal, definition: str, name: str, description: str = ""
) -> ObservedProperty:
    """The property of this definition; set up if the city has none yet."""
    found = ObservedProperty.objects.filter(city=city, definition=definition).order_by("pk").first()
    return found or set_up_property(
        city=city, by=by, definition=definition, name=name, description=description
    )


@transaction.atomic
def set_up_feature(
    *, city: City, by: Principal, made_of: Location | None = None, **facts: Any
) -> FeatureOfInterest:
    """A new feature of interest; `made_of` is the place it was made from by itself."""
    need(by, Permission.WRITE_OBSERVATION)
    feature = FeatureOfInterest(city=city, made_of_location=made_of)
    _say(feature, facts)
    feature.save()
    return feature


@transaction.atomic
def change_shared(*, row: Sensor | ObservedProperty | FeatureOfInterest, by: Principal, **facts: Any) -> None:
    """Say something else of a sensor, a property or a feature; needs the right for everything that hangs on it."""
    need_for_all(row, by)
    _change(row, by, facts)


@transaction.atomic
def remove_shared(*, row: Sensor | ObservedProperty | Location | FeatureOfInterest, by: Principal) -> None:
    """Remove a sensor or property with its series, a place, or a feature; needs the right for all that hangs on it."""
    need(by, Permission.CHANGE_THING)
    need_for_all(row, by)
    if isinstance(row, Sensor | ObservedProperty):
        for series in row.datastreams.select_related("thing"):
            remove_datastream(datastream=series, by=by)
    things = list(row.things.all()) if isinstance(row, Location) else []
    _record(row, by, "removed")
    row.delete()
    _move(things)


@transaction.atomic
def set_up_datastream(
    *, thing: Thing, sensor: Sensor, observed_property: ObservedProperty, by: Principal, **facts: Any
) -> Datastream:
    """A new series of a thing, with nothing in it yet."""
    need(by, Permission.CHANGE_THING, thing.department_id)
    series = Datastream(
        city_id=thing.city_id, thing=thing, sensor=sensor, observed_property=observed_property
    )
    _say(series, facts)
    _name_attribute(series)
    series.save()
    SeriesState.objects.create(city_id=thing.city_id, datastream=series, box=thing.box)
    _tell(thing, by, "datastream.set_up", {"datastream": series.pk, "name": series.name})
    return series


def _name_attribute(series: Datastream) -> None:
    """Every series is an attribute of its thing as an entity; two of one property differ in their dataset."""
    if not series.attribute:
        kind = series.observed_property
        series.attribute = attribute_of(kind.definition, kind.name)
    same = Datastream.objects.filter(
        thing=series.thing, attribute=series.attribute, dataset_id=series.dataset_id
    )
    if not series.dataset_id and same.exists():
        series.dataset_id = f"urn:ngsi-ld:Dataset:{series.uid}"


@transaction.atomic
def change_datastream(
    *,
    datastream: Datastream,
    by: Principal,
    thing: Thing | None = None,
    sensor: Sensor | None = None,
    observed_property: ObservedProperty | None = None,
    **facts: Any,
) -> Datastream:
    """Say something else of a series, or tie it to another thing, sensor or property."""
    need(by, Permission.CHANGE_THING, datastream.thing.department_id)
    if thing is not None:
        need(by, Permission.CHANGE_THING, thing.department_id)
        datastream.thing = thing
        SeriesState.objects.filter(datastream=datastream).update(box=thing.box)
    datastream.sensor = sensor or datastream.sensor
    datastream.observed_property = observed_property or datastream.observed_property
    changed = _say(datastream, facts)
    datastream.save()
    _tell(
        datastream.thing, by, "datastream.changed", {"datastream": datastream.pk, "fields": sorted(changed)}
    )
    if "access" in changed or thing is not None:
        _close_datasets_of(datastream.city)
    return datastream


def _close_datasets_of(city: City) -> None:
    """A dataset in which a series is public no more is closed with it, not by a job that may come late."""
    if SeriesGroup.objects.filter(city=city).exclude(dataset="").exists():
        from stoa.houses.observations.actions.grouping import settle_access  # brings the whole catalogue

        settle_access(city)


@transaction.atomic
def remove_datastream(*, datastream: Datastream, by: Principal) -> None:
    """Remove a series with everything observed."""
    from stoa.houses.observations.models import Observation

    need(by, Permission.CHANGE_THING, datastream.thing.department_id)
    _tell(datastream.thing, by, "datastream.removed", {"datastream": datastream.pk, "name": datastream.name})
    # Whoever writes into it waits here and then finds no series: nothing is left behind without one.
    state = SeriesState.objects.select_for_update().filter(datastream=datastream).first()
    Observation.objects.filter(datastream_id=datastream.pk).delete()
    if state is not None and state.first_at is not None:
        # What lies in the lake is read by nobody any more, and goes when its files are written anew at night.
        HistoryFile.objects.filter(
            city_id=datastream.city_id, replaced_at=None, ends__gt=state.first_at.date()
        ).update(is_stale=True)
    datastream.delete()


def _set_up(row: Row, by: Principal, facts: Mapping[str, Any]) -> Row:
    need(by, Permission.CHANGE_THING)
    _say(row, facts)
    row.save()
    _record(row, by, "set_up")
    return row


def _change(row: models.Model, by: Principal, facts: Mapping[str, Any]) -> None:
    need(by, Permission.CHANGE_THING)
    if _say(row, facts):
        row.save()
        _record(row, by, "changed")


def _say(row: models.Model, facts: Mapping[str, Any]) -> set[str]:
    """Put facts on a row; returns which changed. Unknown ones are a defect of the caller."""
    unknown = set(facts) - FACTS[type(row)]
    if unknown:
        raise TypeError(f"not a fact of {type(row).__name__}: {sorted(unknown)}")
    changed = {name for name, value in facts.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, facts[name])
    for place in ("location", "feature"):
        if place in facts and place in FACTS[type(row)]:
            row.box = box_of(geometry_of(facts[place]))  # type: ignore[attr-defined]
    return changed


def _own_department(city: City, by: Principal) -> Department:
    allowed = by.departments_with(Permission.CHANGE_THING)
    found = Department.objects.filter(city=city)
    if allowed is not None:
        found = found.filter(pk__in=sorted(allowed))
    first = found.order_by(Lower("path")).first()
    if first is None:
        need(by, Permission.CHANGE_THING)
        raise Refused(
            Problem(
                "observations.department_missing",
                say("The city has no department yet."),
                say("Somebody must answer for every thing."),
                say("Set up a department first."),
            )
        )
    return first


def _refuse_taken_uri(thing: Thing) -> None:
    if Thing.objects.filter(city_id=thing.city_id, uri=thing.uri).exclude(pk=thing.pk).exists():
        raise uri_taken()


def uri_taken() -> Refused:
    return Refused(
        Problem(
            "observations.uri_taken",
            say("There is an entity with this id already."),
            say("An id stands for one thing only."),
            say("Change that entity, or choose another id."),
            field="uri",
        )
    )


def _record(row: models.Model, by: Principal, verb: str) -> None:
    name = type(row).__name__.lower()
    record(city_id=row.city_id, by=by, verb=f"{name}.{verb}", thing=name, thing_id=str(row.pk))  # type: ignore[attr-defined]


def _tell(
    thing: Thing, by: Principal, verb: str, facts: Mapping[str, Any] | None = None, *, removed: bool = False
) -> None:
    record(city_id=thing.city_id, by=by, verb=verb, thing="thing", thing_id=str(thing.pk), facts=facts)
    emit(thing.city_id, ThingChanged(str(thing.uid), removed))
