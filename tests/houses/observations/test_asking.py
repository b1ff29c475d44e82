# SPDX-License-Identifier: EUPL-1.2
"""Questions to the database answer as the plain evaluator does, page by page, and only with what one may know of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.houses.observations.park import NOON, Park
from tests.houses.observations.town import POINT
from tests.standards.sensorthings.oracle import holds
from tests.standards.sensorthings.writing import OF_OBSERVATIONS, conditions_of, leaves_of

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Call, Literal, Node, Order, Path, Shape
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import asking, keeping
from stoa.houses.observations.door.asking import Question

pytestmark = pytest.mark.django_db
NOBODY = Principal()


@pytest.fixture(scope="module")
def park(django_db_setup: None, django_db_blocker: Any) -> Iterator[Park]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Park()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def here(park: Park, db: None) -> Iterator[None]:
    with acting_in(park.city):
        yield


def ids(kind: str, where: Node | None, by: Principal, **asked: Any) -> list[Any]:
    page = asking.ask(kind=kind, question=Question(where=where, top=1000, count=True, **asked), by=by)
    assert page.count == len(page.entities)
    assert page.token == ""
    return [one.id for one in page.entities]


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@given(where=OF_OBSERVATIONS)
@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
def test_observations_are_found_as_the_plain_evaluator_finds_them(park: Park, where: Node) -> None:
    expected = {one["id"] for one in park.observations if holds(where, one)}
    assert set(ids("observation", where, park.ada)) == expected
    openly = {one["id"] for one in park.observations if one["is_open"] and holds(where, one)}
    assert set(ids("observation", where, NOBODY)) == openly


OF_THINGS = conditions_of(
    leaves_of(
        texts=[
            ("name",),
            ("datastreams", "name"),
            ("locations", "name"),
            ("datastreams", "properties", "kind"),
        ],
        amounts=[("id",), ("properties", "floor"), ("datastreams", "properties", "size")],
        times=[("historical_locations", "time")],
        places=[("locations", "location")],
    )
)


@given(where=OF_THINGS)
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_things_are_found_by_what_hangs_on_them(park: Park, where: Node) -> None:
    assert set(ids("thing", where, park.ada)) == {one["id"] for one in park.things if holds(where, one)}
    openly = [
        {**one, "datastreams": [stream for stream in one["datastreams"] if stream["is_open"]]}
        for one in park.things
        if one["is_open"]
    ]
    assert set(ids("thing", where, NOBODY)) == {one["id"] for one in openly if holds(where, one)}


ORDERS = st.lists(
    st.builds(
        Order,
        st.sampled_from(
            [
                Path(("result",)), Path(("phenomenon_time",)), Path(("result_time",)),
                Path(("datastream", "name")), Path(("id",)),
                Path(("datastream", "properties", "size")), Call("mul", (Path(("result",)), Literal(2))),
                Call("date", (Path(("phenomenon_time",)),)), Path(("datastream", "id")),
            ]
        ),
        st.booleans(),
    ),
    max_size=3,
)  # fmt: skip


@given(order=ORDERS, size=st.integers(3, 15))
@settings(max_examples=35, deadline=None, suppress_health_check=QUIET)
def test_pages_together_are_the_whole_in_the_same_order(park: Park, order: list[Order], size: int) -> None:
    whole = ids("observation", None, park.ada, order=tuple(order))
    found: list[Any] = []
    token = ""
    for _ in range(len(whole) + 1):
        question = Question(order=tuple(order), top=size, token=token)
        page = asking.ask(kind="observation", question=question, by=park.ada)
        found += [one.id for one in page.entities]
        token = page.token
        if not token:
            break
    assert found == whole
    assert len(set(whole)) == len(park.observations)


@pytest.mark.parametrize("is_down", [False, True])
def test_nothing_comes_first_upwards_and_last_downwards(park: Park, is_down: bool) -> None:
    order = (Order(Path(("result_time",)), is_down),)
    page = asking.ask(kind="observation", question=Question(order=order, top=1000), by=park.ada)
    given_times = [one.values["result_time"] for one in page.entities]
    gaps = [time is None for time in given_times]
    assert gaps == sorted(gaps, reverse=not is_down)
    told = [time for time in given_times if time is not None]
    assert told == sorted(told, reverse=is_down)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "!!!!",
        "W10",
        "bnVsbA",
        "WyJhIiwiYiIsImMiXQ",
        "WzEsMiwzXQ",
        "WzEsWzJdLDNd",
        "W251bGwsbnVsbCxudWxsXQ",
        "A" * 30_000,
    ],
)
def test_an_address_of_a_page_that_nobody_made_is_refused(park: Park, token: str) -> None:
    with pytest.raises(Refused), transaction.atomic():
        asking.ask(kind="observation", question=Question(token=token), by=park.ada)


def test_what_hangs_on_an_entity_is_reached_step_by_step(park: Park) -> None:
    series = park.series[1]
    steps = [("thing", series.thing.pk), ("datastreams", series.pk), ("observations", None)]
    kind, at, start = asking.walk(steps=steps, by=NOBODY)
    assert (kind, at) == ("observation", None)
    page = asking.ask(kind=kind, question=Question(count=True, top=3), by=NOBODY, start=start)
    assert page.count == 8
    assert {one.values["datastream_id"] for one in page.entities} == {series.pk}
    assert asking.walk(steps=[("datastream", series.pk), ("thing", None)], by=NOBODY)[1] == series.thing.pk
    own = page.entities[0].id
    assert (
        asking.walk(steps=[("observation", own), ("datastream", None), ("sensor", None)], by=NOBODY)[1]
        == park.town.sensor.pk
    )


def test_nobody_comes_past_what_they_may_not_know_of(park: Park) -> None:
    kept, vault = park.series[3], park.series[4]
    hidden: list[list[tuple[str, Any]]] = [
        [("datastream", kept.pk)], [("thing", vault.thing.pk)], [("datastream", vault.pk), ("thing", None)],
        [("thing", kept.thing.pk), ("datastreams", kept.pk)], [("thing", park.series[1].thing.pk),
        ("datastreams", park.series[0].pk)],
        [("observation", keeping.id_of_moments(kept.pk, NOON)), ("datastream", None)],
        [("location", vault.thing.locations.get().pk)],
        [("historical_location", vault.thing.historical_locations.get().pk)], [("thing", 10**15)], [("observation", "1-1")],
        [("observation", "x")], [("thing", "x")], [("thing", park.series[1].thing.pk),
        ("multi_datastreams", None), ("thing", None)],
    ]  # fmt: skip
    for steps in hidden:
        with pytest.raises(NotFound):
            asking.walk(steps=steps, by=NOBODY)
    for steps in hidden[:3]:
        assert asking.walk(steps=steps, by=park.ada)[1] is not None


def test_hidden_series_are_not_found_by_a_condition_on_what_is_seen(park: Park) -> None:
    for kind, path in (
        ("thing", ("datastreams", "name")), ("sensor", ("datastreams", "name")), ("observed_property", ("datastreams", "name")),
        ("location", ("things", "datastreams", "name")),
    ):  # fmt: skip
        kept = Call("eq", (Path(path), Literal("Kept")))
        assert ids(kind, kept, NOBODY) == []
        assert len(ids(kind, kept, park.ada)) == 1


def test_every_kind_shows_nobody_only_what_belongs_to_something_open(park: Park) -> None:
    seen = {kind: (len(ids(kind, None, NOBODY)), len(ids(kind, None, park.ada))) for kind in (
        "thing", "location", "historical_location", "datastream", "multi_datastream", "sensor", "observed_property",
        "feature_of_interest", "observation",
    )}  # fmt: skip
    assert seen == {
        "thing": (2, 3), "location": (2, 3), "historical_location": (2, 3), "datastream": (3, 5), "multi_datastream": (0, 0),
        "sensor": (1, 1), "observed_property": (1, 1), "feature_of_interest": (3, 4), "observation": (24, 40),
    }  # fmt: skip


def test_what_is_expanded_costs_two_questions_a_relation_at_most(park: Park) -> None:
    latest = Question(order=(Order(Path(("phenomenon_time",)), True),), top=1, count=True)
    series = Question(expand={"observations": latest, "sensor": Question(), "observed_property": Question()})
    question = Question(expand={"datastreams": series, "locations": Question()}, count=True)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page = asking.ask(kind="thing", question=question, by=NOBODY)
    asked = [
        one["sql"] for one in caught if one["sql"].startswith("select ") and "set_config" not in one["sql"]
    ]
    assert len(asked) <= 8
    roof = next(one for one in page.entities if one.values["name"] == "Roof")
    streams = roof.related["datastreams"]
    assert isinstance(streams, asking.FoundPage)
    assert [one.values["name"] for one in streams.entities] == ["Open", "Count"]
    observations = streams.entities[0].related["observations"]
    assert isinstance(observations, asking.FoundPage)
    assert (observations.count, len(observations.entities)) == (8, 1)
    assert observations.entities[0].values["phenomenon_time"].begins == NOON + timedelta(
        minutes=17 * 7, seconds=7
    )
    assert observations.token
    place = roof.related["locations"]
    assert isinstance(place, asking.FoundPage)
    assert [one.values["location"]["coordinates"] for one in place.entities] == [[1, 2]]
    start = ("datastream", streams.entities[0].id, "observations")
    again = Question(order=latest.order, top=1, token=observations.token)
    following = asking.ask(kind="observation", question=again, by=NOBODY, start=start)
    assert following.entities[0].values["phenomenon_time"] == NOON + timedelta(minutes=17 * 6, seconds=6)


def test_counts_of_observations_are_kept_and_not_counted(park: Park) -> None:
    with CaptureQueriesContext(connection) as caught:
        page = asking.ask(kind="observation", question=Question(count=True, top=0), by=NOBODY)
    assert page.count == 24
    assert not any("count(*)" in one["sql"] for one in caught)


@pytest.mark.parametrize(
    "where",
    [
        Call("gt", (Path(("datastream", "name")), Literal(5))), Call("add", (Path(("datastream", "name")), Literal(5))),
        Call("year", (Path(("datastream", "name")),)), Path(("datastream", "name")), Path(("datastream",)), Path(("colour",)),
        Path(("result_time", "x")), Call("st_within", (Path(("result",)), Path(("result",)))), Call("pg_sleep", (Literal(5),)),
        Call("gt", (Path(("id",)), Literal("1-1"))), Call("eq", (Path(("id",)), Path(("id",)))),
        Call("st_equals", (Path(("feature_of_interest", "feature")), Path(("feature_of_interest", "feature")))),
        Call("gt", (Call("mul", (Literal(1e308), Literal(1e308))), Literal(1))),
        Call("gt", (Call("substring", (Literal("a"), Literal(1e300))), Literal("a"))),
        Call("tolower", ()), Call("substring", (Literal("a"),)), Call("in", (Path(("result",)),)),
    ],
    ids=range(17),
)  # fmt: skip
def test_a_condition_that_makes_no_sense_is_refused(park: Park, where: Node) -> None:
    with pytest.raises(Refused) as caught:
        ids("observation", where, park.ada)
    assert caught.value.problem.code == asking.CODE
    assert ids("thing", None, park.ada)


@given(
    where=st.recursive(
        st.sampled_from(
            [
                *(
                    Path(names)
                    for names in [
                        ("name",),
                        ("id",),
                        ("properties", "a'b"),
                        ("datastreams", "properties", "%s"),
                        ("locations", "location"),
                        ("locations", "location", "{}"),
                        ("historical_locations", "time"),
                        ("datastreams", "phenomenon_time"),
                    ]
                ),
                Literal("'; drop table x --"),
                Literal("%s {} %(a)s"),
                Literal(1),
                Literal(True),
                Literal(None),
                Shape(shapely.to_wkb(shapely.Point(1, 2))),
            ]
        ),
        lambda inner: st.builds(
            lambda name, args: Call(name, tuple(args)),
            st.sampled_from(
                [
                    "eq",
                    "ne",
                    "gt",
                    "and",
                    "or",
                    "not",
                    "add",
                    "concat",
                    "length",
                    "year",
                    "round",
                    "st_within",
                    "geo.distance",
                    "in",
                    "neg",
                    "date",
                    "substring",
                ]
            ),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=6,
    )
)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
def test_no_tree_is_a_defect(park: Park, where: Node) -> None:
    with suppress(Refused, IndexError):
        asking.ask(kind="thing", question=Question(where=where), by=park.ada)


def test_what_an_observation_speaks_of_is_told_or_where_the_thing_stood(park: Park) -> None:
    page = asking.ask(
        kind="observation", question=Question(expand={"feature_of_interest": Question()}), by=park.ada
    )
    names = [one.related["feature_of_interest"].values["name"] for one in page.entities]  # type: ignore[union-attr]
    assert [names.count(name) for name in ("Lake", "Park", "Place 1", "Place 0")] == [10, 6, 18, 6]
    place = Call("eq", (Path(("feature_of_interest", "name")), Literal("Park")))
    assert len(ids("observation", place, park.ada)) == 6


def test_one_entity_is_told_with_what_was_asked(park: Park) -> None:
    found = asking.get(
        kind="datastream", id=park.series[0].pk, by=NOBODY, question=Question(expand={"thing": Question()})
    )
    assert found.values["unit_of_measurement"] == {"name": None, "symbol": "°C", "definition": None}
    assert found.values["observed_area"] == POINT
    assert json.dumps(found.values["properties"]) == '{"kind": "air", "size": 4}'
    thing = found.related["thing"]
    assert isinstance(thing, asking.Found)
    assert thing.values["name"] == "Station"


def test_the_newest_of_all_are_found_from_the_latest_of_each_series(park: Park) -> None:
    order = (Order(Path(("phenomenon_time",)), True),)
    begins = sorted(
        (keeping.moments_of(keeping.key_of(one["id"]))[0] for one in park.observations), reverse=True
    )  # type: ignore[arg-type]
    for by, count in ((park.ada, 40), (NOBODY, 24)):
        found: list[Any] = []
        token = ""
        while True:
            page = asking.ask(kind="observation", question=Question(order=order, top=3, token=token), by=by)
            found += [keeping.moments_of(keeping.key_of(str(one.id)))[0] for one in page.entities]  # type: ignore[arg-type]
            token = page.token
            if not token:
                break
        assert found == (begins if count == len(begins) else sorted(found, reverse=True))
        assert len(found) == count
