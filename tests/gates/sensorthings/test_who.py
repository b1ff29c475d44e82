# SPDX-License-Identifier: EUPL-1.2
"""Who may read and write what by SensorThings: the owner, a colleague, a reader, somebody of another city, nobody."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client
from tests.gates.sensorthings.conftest import ROOT, Service
from tests.gates.sensorthings.lamp import SENSOR

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.terms import Access

pytestmark = pytest.mark.django_db
WRITES = [("POST", "Sensors", SENSOR), ("PATCH", "Things({thing})", {"name": "x"}), ("DELETE", "Datastreams({series})", None),
          ("POST", "Datastreams({series})/Observations", {"result": 1}),
          ("POST", "CreateObservations", []),
          ("POST", "$batch", {"requests": [{"id": "1", "method": "DELETE", "url": "Things(1)"}]})]  # fmt: skip


def filled(sta: Service, path: str) -> str:
    return path.format(thing=sta.town.thing.pk, series=sta.town.series.pk)


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_nobody_and_strangers_write_nothing(sta: Service, method: str, path: str, body: Any) -> None:
    for who in ("nobody", "stranger"):
        answer = sta.send(method, filled(sta, path), body, who)
        assert answer.status_code == 401, answer.content
        assert "Bearer" in answer["WWW-Authenticate"]


def test_a_reader_and_a_colleague_of_another_department_write_nothing_here(sta: Service) -> None:
    for who in ("reader", "colleague"):
        for method, path, body in WRITES[1:4]:
            assert sta.send(method, filled(sta, path), body, who).status_code in {400, 403}, (who, path)
    assert sta.get(f"Datastreams({sta.town.series.pk})/Observations?$count=true")["@iot.count"] == 0


def test_a_visitor_of_the_portal_cannot_be_made_to_write_by_a_page_of_another_site(sta: Service) -> None:
    client = Client()
    client.force_login(sta.town.cast.ada)
    answer = client.patch(
        f"/c/here/sta/v1.1/Things({sta.town.thing.pk})", {"name": "x"}, content_type="application/json"
    )
    assert answer.status_code in {401, 403}
    assert sta.get(f"Things({sta.town.thing.pk})/name") == {"name": "Station"}


def test_a_key_may_be_the_password_of_basic(sta: Service) -> None:
    for password, status in ((sta.keys["owner"], 201), ("wrong", 401)):
        basic = base64.b64encode(f"station:{password}".encode()).decode()
        answer = sta.send("POST", "Sensors", SENSOR, "nobody", headers={"authorization": f"Basic {basic}"})
        assert answer.status_code == status, answer.content


@pytest.fixture
def hidden(sta: Service) -> Service:
    """The series is internal from now on, and the thing of another one too."""
    ada = sta.town.cast.principal("ada")
    with acting_in(sta.town.cast.city):
        setting_up.change_datastream(datastream=sta.town.series, by=ada, access=Access.INTERNAL)
    assert (
        sta.send("POST", filled(sta, "Datastreams({series})/Observations"), {"result": 77.0625}).status_code
        == 201
    )
    yield sta
    sta.town.series.access = Access.OPEN


def test_internal_series_are_not_there_for_everybody_else(hidden: Service) -> None:
    series = f"Datastreams({hidden.town.series.pk})"
    for path in (
        series,
        f"{series}/Observations",
        f"{series}/Thing",
        f"{series}/name/$value",
        f"Things({hidden.town.thing.pk})/{series}",
    ):
        for who in ("nobody", "colleague"):
            assert hidden.send("GET", path, who=who).status_code == 404, path
        assert hidden.send("GET", path, who="owner").status_code == 200, path
    everything = "$expand=Datastreams($expand=Observations,Sensor),Locations,HistoricalLocations"
    for path in (f"Things?{everything}", "Observations", "Datastreams", "Sensors", "ObservedProperties",
    "Observations?$resultFormat=dataArray",
                 "Sensors?$expand=Datastreams", "FeaturesOfInterest?$expand=Observations"):  # fmt: skip
        told = hidden.send("GET", path, who="nobody").content.decode()
        assert "Air temperature" not in told
        assert "77.0625" not in told
        assert hidden.get(f"{path}{'&' if '?' in path else '?'}$count=true", "owner")["value"]
    assert hidden.get("Observations?$count=true")["@iot.count"] == 0
    assert hidden.get("Things?$filter=Datastreams/name%20eq%20'Air%20temperature'")["value"] == []


def test_links_to_what_one_may_not_know_of_are_refused_like_to_nothing(hidden: Service) -> None:
    for series in (hidden.town.series.pk, 10**9):
        body = {"result": 1, "Datastream": {"@iot.id": series}}
        assert hidden.send("POST", "Observations", body, "colleague").status_code == 400


def test_another_city_has_other_things(sta: Service) -> None:
    theirs = ROOT.replace("/c/here/", "/c/there/")
    assert sta.get(f"{theirs}/Things", "stranger")["value"] == []
    assert sta.send("GET", f"{theirs}/Things({sta.town.thing.pk})", who="stranger").status_code == 404


def test_rows_of_a_table_speak_only_of_features_that_are_there_for_who_writes(sta: Service) -> None:
    feature = {"name": "F", "description": "", "encodingType": "application/geo+json",
               "feature": {"type": "Point", "coordinates": [7, 51]}}  # fmt: skip
    made = sta.make("FeaturesOfInterest", feature)["@iot.id"]
    rows = [["2017-01-01T00:00:00Z", 1, made], ["2017-01-02T00:00:00Z", 2, 10**9], ["2017-01-03T00:00:00Z", 3, 10**9],
            ["2017-01-04T00:00:00Z", 4, "x"]]  # fmt: skip
    table = {"Datastream": {"@iot.id": sta.town.series.pk}, "dataArray": rows,
             "components": ["phenomenonTime", "result", "FeatureOfInterest/id"]}  # fmt: skip
    told = sta.send("POST", "CreateObservations", [table]).json()
    assert [one.startswith("error") for one in told] == [False, True, True, True]
    assert sta.get(f"Datastreams({sta.town.series.pk})/Observations?$count=true")["@iot.count"] == 1
