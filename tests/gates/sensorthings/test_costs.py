# SPDX-License-Identifier: EUPL-1.2
"""What nobody can make the service do with one request."""

from __future__ import annotations

from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.gates.sensorthings.conftest import Service

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.gates.sensorthings import batches
from stoa.ground.problems import Refused
from stoa.houses.observations.door import asking
from stoa.houses.observations.queries.asking import budgets

pytestmark = pytest.mark.django_db


def test_an_expansion_that_leads_back_to_many_is_refused(sta: Service) -> None:
    for path in ("Things?$expand=Locations($expand=Things)", "Things?$expand=Datastreams/Thing/Datastreams"):
        assert sta.get(path, status=400)["problems"]
    assert sta.get("Things?$expand=Datastreams/Thing")["value"][0]["Datastreams"][0]["Thing"]


def test_entities_are_counted_at_every_place_where_they_stand(
    sta: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"Things({sta.town.thing.pk})?$expand=Datastreams/Sensor"
    sta.get(path)
    monkeypatch.setattr(budgets.Budget, "__init__", _small)
    sta.get(path, status=503)
    sta.get("Things?$expand=Datastreams/Sensor", status=503)
    batch = {"requests": [{"id": str(n), "method": "GET", "url": "Things"} for n in range(4)]}
    told = sta.send("POST", "$batch", batch, "nobody").json()["responses"]
    assert [one["status"] for one in told] == [200, 200, 503, 503]


def _small(self: budgets.Budget) -> None:
    self.ends, self.entities, self.brought, self.places = monotonic() + 20, 2, 2, {}


def _late(self: budgets.Budget) -> None:
    self.ends, self.entities, self.brought, self.places = monotonic() - 1, 100, 100, {}


def test_when_the_time_of_a_request_is_over_nothing_more_is_asked(
    sta: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets.Budget, "__init__", _late)
    sta.get(f"Things({sta.town.thing.pk})", status=503)
    sta.get("Things", status=503)


def test_a_batch_without_a_key_is_short(sta: Service) -> None:
    batch = {"requests": [{"id": str(n), "method": "GET", "url": "Nothings"} for n in range(51)]}
    assert sta.send("POST", "$batch", batch, "nobody").status_code == 400
    assert sta.send("POST", "$batch", batch).status_code == 200


def test_geometries_are_compared_a_few_times_only(sta: Service) -> None:
    one = "st_within(location,geography'POINT(7 51)')".replace(" ", "%20")
    sta.get("Locations?$filter=" + "%20or%20".join([one] * 5))
    sta.get("Locations?$filter=" + "%20or%20".join([one] * 6), status=400)


def test_history_is_not_skipped_through(sta: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from stoa.houses.observations.queries.asking import answering

    monkeypatch.setattr(answering, "lake_of", lambda _span: sta.town.cast.city.pk)
    start = ("datastream", sta.town.series.pk, "observations")
    with acting_in(sta.town.cast.city), pytest.raises(Refused) as caught:
        asking.ask(kind="observation", question=asking.Question(skip=100_001), by=Principal(), start=start)
    assert caught.value.problem.code == asking.TOO_COSTLY


def test_all_answers_of_a_batch_have_a_limit_and_what_was_written_is_told(
    sta: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches._Room, "__init__", lambda self: setattr(self, "left", 1_500))
    reading = [{"id": str(n), "method": "GET", "url": "Things"} for n in range(4)]
    made = {"id": "new", "method": "POST", "url": "Things", "body": {"name": "New", "description": "x" * 900}}
    told = sta.send("POST", "$batch", {"requests": [*reading, made]}).json()["responses"]
    by_id = {one["id"]: one for one in told}
    assert by_id["0"]["status"] == 200
    assert by_id["3"]["status"] == 413
    assert by_id["new"]["status"] == 201
    assert "body" not in by_id["new"] or by_id["new"]["body"] is None
    assert len(str(told)) < 6_000


NEAR = "geo.distance(location,geography'POINT(7.62 51.96)')"


def place_questions(sta: Service, condition: str) -> list[str]:
    """The questions that looked for places."""
    with CaptureQueriesContext(connection) as asked:
        found = sta.get("Locations?$filter=" + condition.replace(" ", "%20"))
    assert [one["name"] for one in found["value"]] == ["Park"]
    return [one["sql"] for one in asked if "select id, geometry from" in one["sql"]]


def test_places_that_are_near_are_found_by_the_index(sta: Service) -> None:
    for condition in (f"{NEAR} lt 0.1", f"{NEAR} le 0.1", f"0.1 gt {NEAR}"):
        (question,) = place_questions(sta, condition)
        assert "y.box &&" in question
    (question,) = place_questions(sta, f"{NEAR} ge 0")
    assert "y.box &&" not in question


def test_the_same_places_are_read_once_for_one_request(sta: Service) -> None:
    assert len(place_questions(sta, f"{NEAR} lt 0.1 and {NEAR} lt 0.1 and {NEAR} le 0.1")) == 1
