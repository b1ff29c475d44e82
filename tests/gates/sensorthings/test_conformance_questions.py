# SPDX-License-Identifier: EUPL-1.2
"""What the OGC's test suite for SensorThings asserts of questions: properties, conditions, pages, choices and refusals."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.gates.sensorthings.conftest import Service, stream_of
from tests.gates.sensorthings.lamp import THING

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lamp(standing: Service) -> Any:
    """Made once: a question changes nothing."""
    return standing.make("Things", THING)


def test_properties_are_told_alone_and_bare(sta: Service, lamp: Any) -> None:
    link = lamp["@iot.selfLink"]
    assert sta.get(f"{link}/name") == {"name": "Lamp"}
    answer = sta.send("GET", f"{link}/name/$value", who="nobody")
    assert (answer.content, answer["Content-Type"].split(";")[0]) == (b"Lamp", "text/plain")
    assert sta.get(f"{link}/properties/n/deep/1") == {"1": 2}
    assert sta.get(f"{link}/properties/nothing", status=404)["code"] == 404
    observation = sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/Observations")["value"][0]
    assert sta.send("GET", f"{observation['@iot.selfLink']}/resultTime", who="nobody").status_code == 204
    assert sta.get(f"{observation['@iot.selfLink']}/result") == {"result": 3}
    assert sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/Thing/name") == {"name": "Lamp"}


QUERIES = [
    ("Observations?$filter=result gt 3", [4]), ("Observations?$filter=result eq 3 or result eq 4&$orderby=result desc", [4, 3]),
    ("Observations?$filter=phenomenonTime lt 2015-03-03T12:00:00Z", [3]), ("Observations?$top=1&$orderby=result desc", [4]),
    ("Observations?$skip=1&$orderby=phenomenonTime", [4]), ("Observations?$filter=day(phenomenonTime) eq 4", [4]),
    ("Observations?$filter=Datastream/ObservedProperty/name eq 'Luminous Flux' and result add 1 eq 5", [4]),
    ("Observations?$filter=st_within(FeatureOfInterest/feature, geography'POLYGON ((-115 51,-114 51,-114 52,-115 51))')", [3, 4]),
    ("Observations?$filter=geo.distance(FeatureOfInterest/feature, geography'POINT (0 0)') lt 1", []),
    ("Observations?$filter=phenomenonTime gt 2015-03-03T00:00:00%2B00:00", [4]),
    ("Observations?$filter=not (result eq 3)", [4]),
    ("Observations?$filter=Datastream/Thing/properties/reference eq 'first'", [3, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=range(len(QUERIES)))
def test_questions_are_answered_also_percent_encoded(
    sta: Service, lamp: Any, query: str, expected: list[int]
) -> None:
    for asked in (query, query.replace("$", "%24").replace(" ", "%20").replace("'", "%27")):
        path, _sign, words = asked.partition("?")
        encoded = words if "%24" in words else quote(words, safe="=&$()/,'%")
        found = sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/{path}?{encoded}")
        assert [one["result"] for one in found["value"]] == expected


def test_pages_are_linked_until_the_last(sta: Service, lamp: Any) -> None:

    link = stream_of(sta, lamp)["@iot.selfLink"]
    first = sta.get(f"{link}/Observations?$top=1&$count=true&$select=result&$orderby=result desc")
    assert first["@iot.count"] == 2
    assert first["value"] == [{"result": 4}]
    second = sta.get(first["@iot.nextLink"])
    assert second["value"] == [{"result": 3}]
    assert "@iot.nextLink" not in second
    assert second["@iot.count"] == 2


def test_only_what_is_selected_is_told(sta: Service, lamp: Any) -> None:
    found = sta.get(
        f"{lamp['@iot.selfLink']}?$select=name,properties/reference&$expand=Datastreams($select=name;$top=1)"
    )
    assert found == {"name": "Lamp", "properties": {"reference": "first"}, "Datastreams": [{"name": "light"}]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Things?$top=-1", 400), ("Things?$count=maybe", 400), ("Things?$filter=colour eq 1", 400),
        ("Things?$filter=name gt 1", 400),
        ("Things?$filter=" + "(" * 5000, 400), ("Things?$filter=soundex(name) eq 'x'", 501), ("Things?$apply=x", 501),
        ("Things?$orderby=Datastreams/name", 400), ("Things?$skiptoken=nonsense", 400), ("Things({thing})?$filter=id eq 1", 400),
        ("Things?$filter=name", 400), ("Things?$filter=substring(name, 1e300) eq 'x'", 400), ("Things?$filter=%00", 400),
        ("Things?$filter=name eq '%00'", 400), ("Things?$expand=Things", 400), ("Things?$filter=1e308 mul 1e308 gt 1", 400),
        ("Things?$filter=" + "not " * 900 + "true", 400), ("Things?$filter=name eq '" + "a*" * 20_000 + "'", 200),
    ],
    ids=range(18),
)  # fmt: skip
def test_wrong_questions_are_refused_in_words(sta: Service, path: str, status: int) -> None:
    address = path.replace("{thing}", str(sta.town.thing.pk)).replace(" ", "%20")
    answer = sta.send("GET", address, who="nobody")
    assert answer.status_code == status, answer.content[:500]
    assert status == 200 or answer.json()["message"]
