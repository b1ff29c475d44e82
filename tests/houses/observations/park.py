# SPDX-License-Identifier: EUPL-1.2
"""A park with open and hidden things, series and observations, and all of it as plain dictionaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.door import keeping
from stoa.houses.observations.terms import Access, Way

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Park:
    """The town with three things, six series and some forty observations, and all of it as dictionaries."""

    def __init__(self) -> None:
        self.town: Town = make_town(properties={"kind": "air", "size": 4})
        self.city = self.town.cast.city
        self.ada = self.town.cast.principal("ada")
        with acting_in(self.city):
            self._fill()
            self.observations = [self._observation(*row) for row in self._rows()]
            self.things = self._things()

    def _fill(self) -> None:
        town, ada = self.town, self.ada
        secret = setting_up.set_up_thing(
            city=self.city,
            by=ada,
            department=town.cast.parks,
            name="Vault",
            description="",
            access=Access.INTERNAL,
        )
        roof = setting_up.set_up_thing(
            city=self.city,
            by=ada,
            department=town.cast.parks,
            name="Roof",
            description="é",
            properties={"floor": 3},
        )
        for number, thing in enumerate((secret, roof)):
            place = setting_up.set_up_location(
                city=self.city,
                by=ada,
                name=f"Place {number}",
                location={"type": "Point", "coordinates": [number, 2]},
            )
            setting_up.place_thing(thing=thing, locations=[place], by=ada)
        self.series = [town.series]
        for thing, name, facts in (
            (roof, "Open", {"properties": {"kind": "open", "size": 1.5}}),
            (roof, "Count", {"properties": {"size": "four"}}),
            (roof, "Kept", {"access": Access.INTERNAL, "properties": {"kind": "air"}}),
            (secret, "Vault air", {}),
        ):
            self.series.append(
                setting_up.set_up_datastream(
                    thing=thing,
                    sensor=town.sensor,
                    observed_property=town.temperature,
                    by=ada,
                    name=name,
                    **facts,
                )
            )
        lake = {"type": "Polygon", "coordinates": [[[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]]]}
        self.feature = setting_up.set_up_feature(city=self.city, by=ada, name="Lake", feature=lake)
        wanted = [
            keeping.Observed(
                series=series.pk, at=NOON + timedelta(minutes=17 * n, seconds=n), result=(-1) ** n * (n + 0.25 * n),
                until=NOON + timedelta(minutes=40 * n) if n % 3 == 1 else None,
                result_at=NOON + timedelta(hours=n, microseconds=250_000) if n % 2 else None,
                feature=self.feature.pk if n % 4 == 0 else None,
            )
            for series in self.series for n in range(8)
        ]  # fmt: skip
        kept = keeping.keep(city=self.city, observations=wanted, by=ada, way=Way.HTTP)
        assert kept.written == len(wanted), kept.refused

    @staticmethod
    def _rows() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select datastream_id, at, until, nullif(result_at, timestamptz '1000-01-01Z'), number, feature_id"
                " from observations_observation"
            )
            return list(cursor.fetchall())

    def _observation(self, *row: Any) -> dict[str, Any]:
        from stoa.ground.conditions import Period

        series_id, at, until, result_at, number, feature = row
        series = next(one for one in self.series if one.pk == series_id)
        return {
            "id": keeping.id_of_moments(series_id, at, result_at),
            "phenomenon_time": at if until is None else Period(at, until),
            "result_time": result_at,
            "result": number,
            "is_open": series.access == Access.OPEN and series.thing.access == Access.OPEN,
            "datastream": {
                "id": series.pk, "name": series.name, "properties": series.properties, "thing": {"name": series.thing.name},
            },
            "feature_of_interest": {
                "feature": self.feature.feature if feature else series.thing.locations.get().location
            },
        }  # fmt: skip

    def _things(self) -> list[dict[str, Any]]:
        things = {series.thing.pk: series.thing for series in self.series}
        return [
            {
                "id": thing.pk, "name": thing.name, "description": thing.description, "properties": thing.properties,
                "is_open": thing.access == Access.OPEN,
                "locations": [{"name": one.name, "location": one.location} for one in thing.locations.all()],
                "historical_locations": [{"time": one.time} for one in thing.historical_locations.all()],
                "datastreams": [
                    {"id": one.pk, "name": one.name, "properties": one.properties, "is_open": one.access == Access.OPEN}
                    for one in self.series if one.thing_id == thing.pk
                ],
            }
            for thing in things.values()
        ]  # fmt: skip
