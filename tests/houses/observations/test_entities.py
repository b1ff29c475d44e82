# SPDX-License-Identifier: EUPL-1.2
"""Things as entities inside the house: what others set up shows as entities, figures agree, questions stay cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.houses.catalogue.cast import OPERATOR
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import NOBODY
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.door import entities as door
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries import entity_history
from stoa.houses.observations.rules.entities import OWN_DESCRIPTION, OWN_NAME
from stoa.houses.observations.rules.figures import figures
from stoa.houses.observations.rules.naming import attribute_of
from stoa.houses.observations.rules.subscribers import MOST_ATTEMPTS, again_at, due_at, next_at
from stoa.houses.observations.terms import Access, Way
from stoa.standards.ngsild import contexts, parsing, selectors
from stoa.standards.ngsild.asking import parse
from stoa.standards.ngsild.histories import METHODS, temporal_query

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 20, 8, tzinfo=UTC)
AIR = "https://example.org/air-temperature"


@pytest.fixture
def town() -> Town:
    return make_town()


def keep(town: Town, values: list[tuple[datetime, Any]]) -> None:
    keep_observations(
        city=town.cast.city,
        observations=[Observed(town.series.pk, at, value) for at, value in values],
        by=OPERATOR,
        way=Way.HTTP,
    )


def test_a_thing_with_series_that_others_set_up_is_an_entity(town: Town) -> None:
    city = town.cast.city
    with acting_in(city):
        keep(town, [(NOW, 21.5)])
        (found,) = door.by_ids(city=city, by=NOBODY, uris=[town.thing.uri])
        document = {name.rpartition("/")[2]: many[0] for name, many in found.attributes.items()}
        assert document["air-temperature"]["value"] == 21.5
        assert document["air-temperature"]["unitCode"] == "Cel"
        assert document["name"]["value"] == "Station"
        assert document["location"]["value"]["type"] == "Point"
        by_type = door.find(
            city=city, by=NOBODY, condition=selectors.types("Thing", contexts.core()), limit=10
        )
        assert [one.id for one in by_type.entities] == [town.thing.uri]
        warm = door.find(city=city, by=NOBODY, condition=parse(f"{AIR}>20", contexts.core()), limit=10)
        assert len(warm.entities) == 1


def test_two_series_of_one_property_differ_in_their_dataset(town: Town) -> None:
    with acting_in(town.cast.city):
        other = setting_up.set_up_datastream(
            thing=town.thing,
            sensor=town.sensor,
            observed_property=town.temperature,
            by=OPERATOR,
            name="Second",
        )
        assert town.series.attribute == other.attribute == AIR
        assert (town.series.dataset_id, other.dataset_id) == ("", f"urn:ngsi-ld:Dataset:{other.uid}")


@pytest.mark.parametrize(
    ("definition", "name", "expected"),
    [
        (AIR, "x", AIR),
        ("", "Air temperature", "https://uri.etsi.org/ngsi-ld/default-context/airTemperature"),
        ("not an iri", "Größe <b>", "https://uri.etsi.org/ngsi-ld/default-context/groesseB"),
        ("http://x y", "", "https://uri.etsi.org/ngsi-ld/default-context/value"),
    ],
)
def test_a_series_is_called_by_its_property(definition: str, name: str, expected: str) -> None:
    assert attribute_of(definition, name) == expected


def test_figures_by_sql_are_those_that_are_counted_one_by_one(town: Town) -> None:
    values = [(NOW + timedelta(minutes=37 * n), float(n * n % 17)) for n in range(60)]
    queries = [
        {"aggrPeriodDuration": "PT1H"},
        {"aggrPeriodDuration": "P1D"},
        {"aggrPeriodDuration": "P1M"},
        {"aggrPeriodDuration": "P0D"},
        {"aggrPeriodDuration": "PT7H", "timerel": "after", "timeAt": "2026-01-20T10:05:00Z"},
        {"timerel": "between", "timeAt": "2026-01-20T10:05:00Z", "endTimeAt": "2026-01-21T00:00:00Z"},
    ]
    with acting_in(town.cast.city):
        keep(town, values)
        for said in queries:
            asked = said | {"options": "aggregatedValues", "aggrMethods": ",".join(METHODS)}
            query = temporal_query(asked, needs_time=False)
            since, until = entity_history._span(query)
            slow = figures(((at, value) for at, value in values if since <= at < until), query, 100)
            quick = entity_history._counted(town.series, query, 100)
            for method in METHODS:
                assert [(one.begins, one.ends) for one in quick[method]] == [
                    (one.begins, one.ends) for one in slow[method]
                ]
                assert [one.value for one in quick[method]] == pytest.approx(
                    [one.value for one in slow[method]]
                )


def test_a_page_of_entities_takes_the_same_few_queries_however_long_it_is(town: Town) -> None:
    city = town.cast.city
    counts = []
    with acting_in(city):
        for n in range(12):
            facts = {
                "id": f"urn:x:{n}",
                "type": "Room",
                "a": {"value": n, "observedAt": "2026-01-01T00:00:00Z"},
            }
            door.create(
                city=city, by=town.cast.principal("ada"), entity=parsing.entity(facts, contexts.core())
            )
        for condition in (selectors.types("Room", contexts.core()), parse("a>=0", contexts.core())):
            for limit in (1, 10):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    assert (
                        len(door.find(city=city, by=NOBODY, condition=condition, limit=limit).entities)
                        == limit
                    )
                counts.append(len(queries))
    assert counts == [5, 5, 5, 5], "two for what is asked, three that keep its time"


def test_when_subscribers_are_told() -> None:
    minute = timedelta(minutes=1)
    assert due_at(NOW, None, 60) == NOW
    assert due_at(NOW, NOW - 2 * minute, 60) == NOW
    assert due_at(NOW, NOW, 60) == NOW + minute
    assert again_at(NOW, MOST_ATTEMPTS) is None
    assert next_at(NOW, NOW - 10 * minute, 180) == NOW + 2 * minute


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 500))
def test_the_next_time_by_the_clock_is_the_first_to_come(late: int, interval: int) -> None:
    before = NOW - timedelta(seconds=late)
    found = next_at(NOW, before, interval)
    assert found > NOW
    assert found - timedelta(seconds=interval) <= NOW
    assert (found - before).total_seconds() % interval == 0


def test_an_attribute_that_may_not_be_seen_does_not_show_by_being_asked_for(town: Town) -> None:
    with acting_in(town.cast.city):
        keep(town, [(NOW, 21.5)])
        town.thing.types, town.thing.attributes = (
            ["https://example.org/Station"],
            {AIR: [{"type": "Property"}]},
        )
        town.thing.save()
        there = parse(AIR, contexts.core())
        for access, expected in ((Access.OPEN, 1), (Access.INTERNAL, 0)):
            Datastream.objects.filter(pk=town.series.pk).update(access=access)
            found = door.find(city=town.cast.city, by=NOBODY, condition=there, limit=10, has_count=True)
            assert (len(found.entities), found.count) == (expected, expected)
        ada = town.cast.principal("ada")
        assert door.find(city=town.cast.city, by=ada, condition=there, limit=10, has_count=True).count == 1


def test_a_thing_that_others_set_up_has_only_the_names_it_says(town: Town) -> None:
    with acting_in(town.cast.city):
        counts = [
            door.find(
                city=town.cast.city,
                by=NOBODY,
                condition=parse(name, contexts.core()),
                limit=1,
                has_count=True,
            ).count
            for name in (OWN_NAME, OWN_DESCRIPTION, "https://example.org/nothing")
        ]
        assert counts == [1, 1, 0]
