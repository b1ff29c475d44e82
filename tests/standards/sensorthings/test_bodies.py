# SPDX-License-Identifier: EUPL-1.2
"""What is sent and what is answered: entities, tables, batches and patches."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ground.conditions import Period
from stoa.ground.problems import Problem, Refused
from stoa.standards.sensorthings import times
from stoa.standards.sensorthings.bodies import Draft, Link, read_change, read_new, read_whole
from stoa.standards.sensorthings.dataarrays import read_rows, tables_json
from stoa.standards.sensorthings.encoding import collection_json, entity_json, next_link, refs_json, root_json
from stoa.standards.sensorthings.model import KINDS, MQTT_CREATE, MQTT_UPDATES, SETS
from stoa.standards.sensorthings.options import Options, pairs_of, read_options
from stoa.standards.sensorthings.topics import payload, read_topic
from stoa.standards.sensorthings.values import read_json, write_value

ROOT = "https://city.example/sta/v1.1"
NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
KIOSK = {
    "name": "Kiosk", "description": "On the market", "properties": {"floor": 1},
    "Locations": [{"name": "Market", "description": "", "encodingType": "application/geo+json",
                   "location": {"type": "Point", "coordinates": [7.6, 51.9]}}],
    "Datastreams": [{
        "name": "Air", "description": "Temperature", "observationType": "x",
        "unitOfMeasurement": {"name": "degree", "symbol": "°C"},
        "Sensor": {"@iot.id": 4}, "ObservedProperty": {"name": "t", "definition": "http://t", "description": ""},
        "Observations": [{"result": 1, "phenomenonTime": "2026-05-31T14:00:00+02:00"}],
    }],
}  # fmt: skip


def test_a_thing_is_read_with_all_that_is_inside() -> None:
    found = read_new(KIOSK, KINDS["Thing"])
    assert found.values == {"name": "Kiosk", "description": "On the market", "properties": {"floor": 1}}
    stream = found.related["datastreams"][0]
    assert isinstance(stream, Draft)
    assert stream.related["sensor"] == (Link(4),)
    assert stream.values["unit_of_measurement"] == {"name": "degree", "symbol": "°C", "definition": None}
    observation = stream.related["observations"][0]
    assert isinstance(observation, Draft)
    assert observation.values == {"result": 1, "phenomenon_time": NOON}


WITHOUT: list[tuple[str, dict[str, Any], str]] = [
    ("Thing", {"name": "x"}, "description"),
    ("Thing", {"name": 1, "description": ""}, "name"),
    ("Thing", {"name": "x", "description": "", "colour": 1}, "colour"),
    ("Thing", {"name": "x", "description": "", "properties": []}, "properties"),
    ("Datastream", {"name": "x", "description": "", "observationType": "x", "unitOfMeasurement": {},
                    "Sensor": {"@iot.id": 1}, "ObservedProperty": {"@iot.id": 1}}, "Thing"),
    ("Observation", {"result": 1}, "Datastream"),
    ("Observation", {"Datastream": {"@iot.id": 1}}, "result"),
    ("Observation", {"result": 1, "phenomenonTime": "noon", "Datastream": {"@iot.id": 1}}, "phenomenonTime"),
    ("Observation", {"result": 1, "phenomenonTime": "2026-05-31T12:00:00", "Datastream": {"@iot.id": 1}}, "phenomenonTime"),
    ("Observation", {"result": 1, "Datastream": {"@iot.id": None}}, "@iot.id"),
    ("Observation", {"result": 1, "Datastream": {"@iot.id": True}}, "@iot.id"),
    ("Observation", {"result": 1, "Datastream": [{"@iot.id": 1}]}, "Datastream"),
    ("Sensor", {"name": "x", "description": "", "encodingType": "x", "metadata": None,
    "properties": {str(n): n for n in range(9999)}},
     "properties"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "name"), WITHOUT)
def test_what_lacks_or_does_not_fit_is_named(kind: str, body: dict[str, Any], name: str) -> None:
    with pytest.raises(Refused) as caught:
        read_new(body, KINDS[kind])
    assert caught.value.problem.field == name


def test_the_address_stands_for_its_relation() -> None:
    assert read_new({"result": 1}, KINDS["Observation"], "datastream").related == {}


def test_a_change_names_only_what_changes_and_links_only() -> None:
    found = read_change(
        {"description": "new", "Thing": {"@iot.id": 3}, "phenomenonTime": "x"}, KINDS["Datastream"]
    )
    assert found == Draft("datastream", {"description": "new"}, {"thing": (Link(3),)})
    with pytest.raises(Refused):
        read_change({"Locations": [{"name": "x"}]}, KINDS["Thing"])
    with pytest.raises(Refused):
        read_change({"name": None}, KINDS["Thing"])


def test_a_replacement_empties_what_it_does_not_name() -> None:
    assert read_whole({"name": "a", "description": "b"}, KINDS["Thing"]).values["properties"] is None
    with pytest.raises(Refused):
        read_whole({"name": "a"}, KINDS["Thing"])


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":"\\u0000"}', b'{"a":"\\ud800"}', b'{"\\udc00":1}',
        b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5_000,
    ],
)  # fmt: skip
def test_json_that_cannot_be_kept_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_json(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "description",
                        "@iot.id",
                        "Datastreams",
                        "Thing",
                        "result",
                        "properties",
                        "phenomenonTime",
                        "Locations",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=250, deadline=None)
def test_no_body_is_a_defect(body: Any) -> None:
    for kind in KINDS.values():
        for read in (read_new, read_change, read_whole):
            with suppress(Refused):
                read(body, kind)
    with suppress(Refused):
        read_rows(body)


# -- times


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60)
)
@settings(max_examples=150, deadline=None)
def test_instants_keep_their_precision_in_any_zone(naive: datetime, minutes: int) -> None:
    value = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert times.instant_of(value.isoformat()) == value
    assert times.instant_of(times.instant_text(value)) == value
    assert times.instant_text(value).endswith("Z")


def test_intervals_are_both_ends() -> None:
    period = Period(NOON, NOON + timedelta(hours=1, microseconds=1))
    assert times.time_text(period) == "2026-05-31T12:00:00Z/2026-05-31T13:00:00.000001Z"
    assert times.time_of(times.time_text(period)) == period
    with pytest.raises(ValueError):
        times.time_of("2026-05-31T12:00:00Z/2026-05-31T11:00:00Z")


# -- answers


@dataclass
class One:
    kind: str
    id: int | str
    values: dict[str, Any]
    related: dict[str, Any] = field(default_factory=dict)


@dataclass
class Page:
    entities: list[One]
    count: int | None = None
    token: str = ""


def asked(query: str, kind: str) -> Options:
    return read_options(pairs_of(query), KINDS[kind])


THING = One("thing", 1, {"name": "Kiosk", "description": "x", "properties": {"a": {"b": 1, "c": 2}}})


def test_an_entity_is_told_with_its_links() -> None:
    assert entity_json(THING, ROOT) == {
        "@iot.id": 1,
        "@iot.selfLink": f"{ROOT}/Things(1)",
        "name": "Kiosk",
        "description": "x",
        "properties": {"a": {"b": 1, "c": 2}},
        **{
            f"{name}@iot.navigationLink": f"{ROOT}/Things(1)/{name}"
            for name in ("Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams")
        },
    }


def test_only_what_is_selected_is_told() -> None:
    assert entity_json(THING, ROOT, asked("$select=name", "Thing")) == {"name": "Kiosk"}
    assert entity_json(THING, ROOT, asked("$select=id,properties/a/b", "Thing")) == {
        "@iot.id": 1,
        "properties": {"a": {"b": 1}},
    }
    found = entity_json(THING, ROOT, asked("$select=Datastreams", "Thing"))
    assert found == {"Datastreams@iot.navigationLink": f"{ROOT}/Things(1)/Datastreams"}


def observation(number: int, series: int = 3, result: Any = 1.5) -> One:
    values = {"result": result, "phenomenon_time": NOON, "result_time": None, "datastream_id": series}
    return One("observation", f"{series}.{number}", values)


def test_what_is_expanded_stands_inside() -> None:
    stream = One("datastream", 3, {"name": "Air"}, {"observations": Page([observation(1)], 2, "next")})
    thing = One("thing", 1, THING.values, {"datastreams": Page([stream])})
    found = entity_json(
        thing, ROOT, asked("$expand=Datastreams($expand=Observations($top=1;$count=true))", "Thing")
    )
    inner = found["Datastreams"][0]
    assert inner["Observations"][0]["result"] == 1.5
    assert inner["Observations"][0]["resultTime"] is None
    assert inner["Observations@iot.count"] == 2
    assert inner["Observations@iot.nextLink"] == (
        f"{ROOT}/Datastreams(3)/Observations?$top=1&$count=true&$skiptoken=next"
    )
    assert "Datastreams@iot.navigationLink" not in found


def test_pages_are_counted_and_linked() -> None:
    more = next_link(f"{ROOT}/Things", [("$filter", "name eq 'ä+'"), ("$skip", "5"), ("$top", "1")], "abc")
    assert more == f"{ROOT}/Things?$filter=name%20eq%20%27%C3%A4%2B%27&$top=1&$skiptoken=abc"
    page = collection_json(Page([THING], 7), ROOT, Options(), more)
    assert (page["@iot.count"], page["@iot.nextLink"], len(page["value"])) == (7, more, 1)
    assert refs_json(Page([THING]), ROOT) == {"value": [{"@iot.selfLink": f"{ROOT}/Things(1)"}]}


def test_the_root_names_every_set_and_what_it_fulfils() -> None:
    found = root_json(ROOT, ["mqtts://city.example:8883"], ["mqtt://city.example:1884"])
    assert [one["name"] for one in found["value"]] == list(SETS)
    assert all(one["url"] == f"{ROOT}/{one['name']}" for one in found["value"])
    conformance = found["serverSettings"]["conformance"]
    assert len(conformance) == len(set(conformance)) > 40
    spoken = {
        name: said["endpoints"] for name, said in found["serverSettings"].items() if name != "conformance"
    }
    assert spoken == {MQTT_CREATE: ["mqtts://city.example:8883"], MQTT_UPDATES: ["mqtt://city.example:1884"]}
    assert set(spoken) <= set(conformance)


def test_without_a_broker_the_root_says_nothing_of_mqtt() -> None:
    assert list(root_json(ROOT)["serverSettings"]) == ["conformance"]
    assert not [one for one in root_json(ROOT)["serverSettings"]["conformance"] if "mqtt" in one]
    only = root_json(ROOT, [], ["mqtt://city.example:1884"])["serverSettings"]
    assert MQTT_CREATE not in only["conformance"]
    assert MQTT_UPDATES in only


# -- tables


def test_tables_of_observations_are_read_row_by_row() -> None:
    body = [{
        "Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
        "dataArray@iot.count": 2,
        "dataArray": [["2026-05-31T12:00:00Z", 5, 1], ["soon", 5, 1], ["2026-05-31T12:00:00Z"],
        ["2026-05-31T12:00:00Z", 6, None]],
    }]  # fmt: skip
    (found,) = read_rows(body)
    assert found.relation == "datastream"
    assert found.series == Link(1)
    first, second, third, fourth = found.rows
    assert first == Draft(
        "observation", {"phenomenon_time": NOON, "result": 5}, {"feature_of_interest": (Link(1),)}
    )
    assert isinstance(second, Problem)
    assert isinstance(third, Problem)
    assert isinstance(fourth, Draft)
    assert fourth.related == {}


@pytest.mark.parametrize(
    "table",
    [
        {}, 5, {"Datastream": {"@iot.id": 1}}, {"Datastream": {"@iot.id": 1}, "components": ["x"], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": 1},
        {"Datastream": {}, "components": [], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": [[1]] * 100_001},
    ],
    ids=range(7),
)  # fmt: skip
def test_a_table_that_is_none_is_refused(table: Any) -> None:
    with pytest.raises(Refused):
        read_rows([table])


def test_observations_are_told_as_tables_by_series() -> None:
    page = Page([observation(1), observation(2, 4), observation(3)])
    found = tables_json(page, ROOT, asked("$resultFormat=dataArray&$select=id,result", "Observation"))
    assert [table["dataArray"] for table in found] == [[["3.1", 1.5], ["3.3", 1.5]], [["4.2", 1.5]]]
    assert found[0]["Datastream@iot.navigationLink"] == f"{ROOT}/Datastreams(3)"
    assert found[0]["dataArray@iot.count"] == 2
    whole = tables_json(page, ROOT, Options())[0]
    assert whole["components"] == ["id", "phenomenonTime", "result", "resultTime"]


def test_what_is_told_as_a_table_can_be_sent_as_one() -> None:
    (table,) = tables_json(Page([observation(1)]), ROOT, Options())
    (found,) = read_rows([{**table, "Datastream": {"@iot.id": 3}}])
    assert found.rows == (
        Draft("observation", {"phenomenon_time": NOON, "result": 1.5, "result_time": None}, {}),
    )


# -- MQTT


def test_a_subscriber_gets_what_the_topic_says() -> None:
    one = observation(1)
    assert payload(one, read_topic("v1.1/Observations?$select=result"), ROOT) == {"result": 1.5}
    area = read_topic("v1.1/Datastreams(3)/name")
    stream = One("datastream", 3, {"name": "Air"})
    assert payload(stream, area, ROOT, ["name"]) == {"name": "Air"}
    assert payload(stream, area, ROOT, ["description"]) is None
    whole = payload(one, read_topic("v1.1/Datastreams(3)/Observations"), ROOT)
    assert whole is not None
    assert whole["phenomenonTime"] == write_value(NOON)
