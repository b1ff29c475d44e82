# SPDX-License-Identifier: EUPL-1.2
"""Making an entity with everything that was sent inside of it: all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Period
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import keeping, setting_up
from stoa.houses.observations.actions.drafts import MODELS, Draft, Id, facts_of, refused
from stoa.houses.observations.models import (
    Datastream,
    DatastreamPart,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from stoa.houses.observations.queries.asking.reaching import exists
from stoa.houses.observations.terms import Way

Given = Mapping[str, Sequence[models.Model]]
"""By relation: rows that an entity belongs to, because it was sent inside of them."""


@transaction.atomic
def make_entity(*, city: City, by: Principal, draft: Draft, way: Way = Way.HTTP) -> Id:
    """Make an entity, with those inside of it; gives its id. Rights are checked for each."""
    maker = Maker(city, by, way)
    if draft.kind == "observation":
        return maker.observations([draft], {})[0]
    return maker.make(draft, {}).pk  # type: ignore[no-any-return]


class Maker:
    """Makes entities for one principal, inside of one transaction."""

    def __init__(self, city: City, by: Principal, way: Way) -> None:
        self.city, self.by, self._way = city, by, way

    def make(self, draft: Draft, given: Given) -> models.Model:
        """One entity of any kind but an observation."""
        return _MAKE[draft.kind](self, draft, given)

    def rows(self, draft: Draft, relation: str, given: Given) -> list[Any]:
        """What stands in a relation: what it was sent inside of, what is there, and what is made now."""
        found: list[Any] = list(given.get(relation, ()))
        found += [
            self.make(one, {}) if isinstance(one, Draft) else self.linked(_target(draft, relation), one)
            for one in draft.related.get(relation, ())
        ]
        return found

    def linked(self, kind: str, given: Id) -> Any:
        """An entity by its id; refused if there is none that may be known of."""
        try:
            exists(kind=kind, id=given, by=self.by)
        except NotFound:
            raise refused("observations.link_unknown", kind) from None
        return MODELS[kind].objects.get(pk=given)

    def needed(self, draft: Draft, relation: str, given: Given) -> Any:
        found = self.rows(draft, relation, given)
        if not found:
            raise refused("observations.link_missing", relation)
        return found[0]

    # -- one kind each

    def thing(self, draft: Draft, given: Given) -> Thing:
        row = setting_up.set_up_thing(city=self.city, by=self.by, **facts_of(draft))
        places = self.rows(draft, "locations", given)
        if places:
            setting_up.place_thing(thing=row, locations=places, by=self.by)
        for relation in ("historical_locations", "datastreams", "multi_datastreams"):
            self._inside(draft, relation, {"thing": [row]})
        return row

    def location(self, draft: Draft, given: Given) -> Location:
        row = setting_up.set_up_location(city=self.city, by=self.by, **facts_of(draft))
        for thing in self.rows(draft, "things", given):
            setting_up.place_thing(thing=thing, locations=[row], by=self.by)
        self._inside(draft, "historical_locations", {"locations": [row]})
        return row

    def historical_location(self, draft: Draft, given: Given) -> HistoricalLocation:
        thing = self.needed(draft, "thing", given)
        places = self.rows(draft, "locations", given)
        row = setting_up.place_thing(thing=thing, locations=places, by=self.by, at=draft.values["time"])
        if row is None:
            raise refused("observations.link_missing", "locations")
        return row

    def sensor(self, draft: Draft, given: Given) -> Sensor:
        row = setting_up.set_up_sensor(city=self.city, by=self.by, **facts_of(draft))
        for relation in ("datastreams", "multi_datastreams"):
            self._inside(draft, relation, {"sensor": [row]})
        return row

    def observed_property(self, draft: Draft, given: Given) -> ObservedProperty:
        row = setting_up.set_up_property(city=self.city, by=self.by, **facts_of(draft))
        self._inside(draft, "datastreams", {"observed_property": [row]})
        self._inside(draft, "multi_datastreams", {"observed_properties": [row]})
        return row

    def feature_of_interest(self, draft: Draft, given: Given) -> FeatureOfInterest:
        row = setting_up.set_up_feature(city=self.city, by=self.by, **facts_of(draft))
        self._observations_inside(draft, {"feature_of_interest": [row]})
        return row

    def datastream(self, draft: Draft, given: Given) -> Datastream:
        return self._series(draft, given, self.rows(draft, "observed_property", given))

    def multi_datastream(self, draft: Draft, given: Given) -> Datastream:
        properties = self.rows(draft, "observed_properties", given)
        if len(properties) != len(draft.values.get("multi_observation_data_types") or ()):
            raise refused("observations.parts_uneven", "observed_properties")
        row = self._series(draft, given, properties)
        keep_parts(row, properties)
        return row

    def _series(self, draft: Draft, given: Given, properties: Sequence[ObservedProperty]) -> Datastream:
        if not properties:
            raise refused("observations.link_missing", "observed_property")
        row = setting_up.set_up_datastream(
            thing=self.needed(draft, "thing", given),
            sensor=self.needed(draft, "sensor", given),
            observed_property=properties[0],
            by=self.by,
            **facts_of(draft),
        )
        self._observations_inside(draft, {draft.kind: [row]})
        return row

    def _inside(self, draft: Draft, relation: str, given: Given) -> None:
        """Make the entities inside of another; links there are tied to it."""
        for one in draft.related.get(relation, ()):
            if isinstance(one, Draft):
                self.make(one, given)
            elif relation == "datastreams":
                series = self.linked("datastream", one)
                tie: dict[str, Any] = {name: rows[0] for name, rows in given.items()}
                setting_up.change_datastream(datastream=series, by=self.by, **tie)

    # -- observations

    def _observations_inside(self, draft: Draft, given: Given) -> None:
        found = [one for one in draft.related.get("observations", ()) if isinstance(one, Draft)]
        if found:
            self.observations(found, given)

    def observations(self, drafts: Sequence[Draft], given: Given) -> list[str]:
        """Write observations; refused as a whole if one of them cannot be taken."""
        wanted = [self.observed(draft, given) for draft in drafts]
        kept = keeping.keep_observations(
            city=self.city, observations=wanted, by=self.by, way=self._way, quarantines=False
        )
        if kept.refused:
            raise Refused(*(refusal.problem for refusal in kept.refused[:20]))
        return [one for one in kept.ids if one is not None]

    def observed(self, draft: Draft, given: Given) -> keeping.Observed:
        """One observation with what it belongs to; without a time it is of now."""
        series = self._series_of(draft, given)
        features = self.rows(draft, "feature_of_interest", given)
        if not features and not series.thing.historical_locations.exists():
            raise refused("observations.place_missing", "feature_of_interest")
        return observed_of(draft, series.pk, features[0].pk if features else None)

    def _series_of(self, draft: Draft, given: Given) -> Datastream:
        found = [
            *self.rows(draft, "datastream", given),
            *self.rows(draft, "multi_datastream", given),
        ]
        if len(found) != 1:
            raise refused("observations.link_missing", "datastream")
        return found[0]  # type: ignore[no-any-return]


def observed_of(draft: Draft, series: int, feature: int | None) -> keeping.Observed:
    """The values of a draft as an observation of a series; a time that was not told is now."""
    time: Any = draft.values.get("phenomenon_time") or timezone.now()
    begins: Any = time.begins if isinstance(time, Period) else time
    ends = time.ends if isinstance(time, Period) else None
    told: dict[str, Any] = {
        wire: draft.values[name]
        for name, wire in (("parameters", "parameters"), ("result_quality", "resultQuality"))
        if draft.values.get(name) is not None
    }
    valid = draft.values.get("valid_time")
    if isinstance(valid, Period):
        told["validTime"] = f"{valid.begins.isoformat()}/{valid.ends.isoformat()}"  # type: ignore[union-attr]
    result_at = draft.values.get("result_time")
    return keeping.Observed(
        series=series,
        at=begins,
        until=ends,
        result=draft.values.get("result"),
        result_at=result_at if isinstance(result_at, datetime) else None,
        feature=feature,
        extra=told or None,
    )


def keep_parts(series: Datastream, properties: Sequence[ObservedProperty]) -> None:
    """Say which properties a series of several observes, in order."""
    DatastreamPart.objects.filter(datastream=series).delete()
    DatastreamPart.objects.bulk_create(
        DatastreamPart(city_id=series.city_id, datastream=series, observed_property=one, place=place)
        for place, one in enumerate(properties)
    )


def _target(draft: Draft, relation: str) -> str:
    from stoa.houses.observations.queries.asking.tables import KINDS

    return KINDS[draft.kind].ways[relation].kind


_MAKE: Mapping[str, Callable[[Maker, Draft, Given], models.Model]] = {
    "thing": Maker.thing,
    "location": Maker.location,
    "historical_location": Maker.historical_location,
    "sensor": Maker.sensor,
    "observed_property": Maker.observed_property,
    "feature_of_interest": Maker.feature_of_interest,
    "datastream": Maker.datastream,
    "multi_datastream": Maker.multi_datastream,
}
