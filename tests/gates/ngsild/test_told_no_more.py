# SPDX-License-Identifier: EUPL-1.2
"""Nobody learns from a notification what they may not see: not a value, not a name, not that something went."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.gates.ngsild.conftest import OPERATOR, Broker

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person, take_role
from stoa.commons.people.models import Department, Membership
from stoa.commons.people.queries import principal_of
from stoa.houses.observations.actions import entity_delivery, entity_news
from stoa.houses.observations.actions.entity_delivery import send_news
from stoa.houses.observations.actions.entity_subscriptions import subscribe
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.models import Datastream, EntityNews, EntitySubscription, SeriesState
from stoa.houses.observations.terms import Way
from stoa.standards.ngsild.contexts import core
from stoa.standards.ngsild.subscriptions import subscription

ROOM: dict[str, Any] = {
    "id": "urn:ngsi-ld:Room:1",
    "type": "Room",
    "name": "Hall",
    "co2": [
        {"value": 400, "observedAt": "2026-11-20T08:00:00Z"},
        {"value": 401, "observedAt": "2026-11-20T08:00:00Z", "datasetId": "urn:x:indoors"},
    ],
    "presence": {"value": 3, "observedAt": "2026-11-20T08:00:00Z"},
}
ATTRIBUTES = f"/entities/{ROOM['id']}/attrs"


@pytest.fixture
def town(broker: Broker) -> Broker:
    """A room of the parks: presence and the indoor value of co2 are internal. Three departments' views listen."""
    with acting_in(broker.city):
        broker.make(ROOM)
        internal = Datastream.objects.filter(thing__uri=ROOM["id"])
        internal.filter(attribute__endswith="presence").update(access="internal")
        internal.filter(dataset_id="urn:x:indoors").update(access="internal")
    for name, who in (("owner", "owner"), ("colleague", "colleague"), ("public", "steward")):
        subscription = {
            "id": f"urn:ngsi-ld:Subscription:{name}",
            "type": "Subscription",
            "entities": [{"type": "Room"}],
            "notificationTrigger": [
                "attributeCreated",
                "attributeUpdated",
                "attributeDeleted",
                "entityDeleted",
            ],
            "notification": {"showChanges": True, "endpoint": {"uri": "http://receiver.example/in"}},
        }
        assert broker.ask("POST", "/subscriptions", subscription, who).status_code == 201
    with acting_in(broker.city):
        public = EntitySubscription.objects.filter(uri__endswith=":public")
        public.update(sees_all=False, sees_departments=[], modified_at=timezone.now())
    return broker


def told(town: Broker) -> dict[str, dict[str, Any]]:
    """What is to be told, by who is to be told; it is forgotten then."""
    with acting_in(town.city):
        found = {
            news.subscription.uri.rpartition(":")[2]: news.data
            for news in EntityNews.objects.select_related("subscription").order_by("pk")
        }
        EntityNews.objects.all().delete()
    return found


def value(number: float, at: str = "2026-11-20T09:00:00Z", **more: str) -> dict[str, Any]:
    return {"value": number, "observedAt": at} | more


def test_only_the_own_department_is_told_of_an_internal_value(town: Broker) -> None:
    assert town.ask("PATCH", ATTRIBUTES, {"presence": value(4)}).status_code == 204
    news = told(town)
    assert list(news) == ["owner"]
    assert (news["owner"]["presence"]["value"], news["owner"]["presence"]["previousValue"]) == (4, 3)


def test_what_changes_beside_an_internal_value_is_told_without_it(town: Broker) -> None:
    assert town.ask("PATCH", ATTRIBUTES, {"presence": value(4), "name": "Room"}).status_code == 204
    news = told(town)
    assert news.keys() == {"owner", "colleague", "public"}
    for who in ("colleague", "public"):
        assert news[who]["name"] == {"type": "Property", "value": "Room", "previousValue": "Hall"}
        assert "presence" not in json.dumps(news[who])


def test_the_internal_one_of_several_values_is_told_to_nobody_else(town: Broker) -> None:
    assert town.ask("PATCH", ATTRIBUTES, {"co2": value(500, datasetId="urn:x:indoors")}).status_code == 204
    news = told(town)
    assert list(news) == ["owner"]
    by_dataset = {one.get("datasetId"): one for one in news["owner"]["co2"]}
    assert by_dataset["urn:x:indoors"]["previousValue"] == 401
    assert "previousValue" not in by_dataset[None]


def test_the_open_one_of_several_values_is_told_with_its_own_past(town: Broker) -> None:
    both = [value(500), value(501, datasetId="urn:x:indoors")]
    assert town.ask("PATCH", ATTRIBUTES, {"co2": both}).status_code == 204
    news = told(town)
    for who in ("colleague", "public"):
        assert (news[who]["co2"]["value"], news[who]["co2"]["previousValue"]) == (500, 400), who
        assert "indoors" not in json.dumps(news[who])
        assert "401" not in json.dumps(news[who])


def test_an_internal_attribute_goes_unnoticed(town: Broker) -> None:
    assert town.ask("DELETE", f"{ATTRIBUTES}/presence").status_code == 204
    news = told(town)
    assert list(news) == ["owner"]
    assert news["owner"]["presence"]["value"] == "urn:ngsi-ld:null"


def test_one_open_value_less_is_an_attribute_less_for_those_who_saw_no_other(town: Broker) -> None:
    assert town.ask("DELETE", f"{ATTRIBUTES}/co2").status_code == 204
    news = told(town)
    assert news["public"]["co2"]["value"] == "urn:ngsi-ld:null"
    assert "indoors" not in json.dumps(news["public"])
    assert news["owner"]["co2"]["datasetId"] == "urn:x:indoors"


def test_an_attribute_that_was_internal_is_new_to_others_when_it_comes_as_open(town: Broker) -> None:
    assert town.ask("DELETE", f"{ATTRIBUTES}/presence").status_code == 204
    told(town)
    assert town.ask("POST", ATTRIBUTES, {"presence": value(7)}).status_code == 204
    news = told(town)
    assert news.keys() == {"owner", "colleague", "public"}
    assert "previousValue" not in news["public"]["presence"]


def test_an_internal_thing_comes_changes_and_goes_unnoticed(town: Broker) -> None:
    with acting_in(town.city):
        Datastream.objects.get(thing__uri=ROOM["id"], attribute__endswith="presence").thing.delete()
        told(town)
    town.make(ROOM | {"id": "urn:ngsi-ld:Room:2"})
    assert told(town).keys() == {"owner", "colleague", "public"}
    with acting_in(town.city):
        thing = Datastream.objects.filter(thing__uri="urn:ngsi-ld:Room:2")[0].thing
        thing.access = "internal"
        thing.save()
    assert town.ask("PATCH", "/entities/urn:ngsi-ld:Room:2/attrs", {"name": "x"}).status_code == 204
    assert town.ask("DELETE", "/entities/urn:ngsi-ld:Room:2").status_code == 204
    assert list(told(town)) == ["owner"]


# -- values that come by other ways


def observe(town: Broker, series: Datastream, number: float, seconds: float = 0) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    keep_observations(
        city=town.city, observations=[Observed(series.pk, at, number)], by=OPERATOR, way=Way.MQTT
    )


def series_of(town: Broker, name: str, dataset: str = "") -> Datastream:
    return Datastream.objects.get(
        thing__uri=ROOM["id"], attribute__endswith=name, dataset_id=dataset, city=town.city
    )


def test_internal_values_of_devices_are_told_to_the_department_only(town: Broker) -> None:
    with acting_in(town.city):
        observe(town, series_of(town, "presence"), 9)
        observe(town, series_of(town, "co2", "urn:x:indoors"), 909)
        assert entity_news.tell_of_series(town.city) == 1
    news = told(town)
    assert list(news) == ["owner"]
    assert news["owner"]["presence"]["value"] == 9


def test_a_value_that_came_between_is_told_although_the_thing_changed_since(town: Broker) -> None:
    with acting_in(town.city):
        observe(town, series_of(town, "co2"), 700)
    assert town.ask("PATCH", ATTRIBUTES, {"name": "Room"}).status_code == 204
    told(town)
    with acting_in(town.city):
        assert entity_news.tell_of_series(town.city) == 1
        assert told(town)["public"]["co2"]["value"] == 700
        assert entity_news.tell_of_series(town.city) == 0


def test_a_newer_value_is_told_although_an_older_one_was_told_after_it(town: Broker) -> None:
    with acting_in(town.city):
        observe(town, series_of(town, "co2"), 700)
    assert town.ask("PATCH", ATTRIBUTES, {"co2": value(500)}).status_code == 204
    told(town)
    with acting_in(town.city):
        assert entity_news.tell_of_series(town.city) == 1
    assert told(town)["public"]["co2"]["value"] == 700


def test_what_was_received_first_and_written_last_is_told(town: Broker) -> None:
    with acting_in(town.city):
        series = series_of(town, "co2")
        observe(town, series, 700)
        assert entity_news.tell_of_series(town.city) == 1
        observe(town, series, 701, seconds=1)
        earlier = timezone.now() - timedelta(milliseconds=500)
        EntitySubscription.objects.update(created_at=earlier - timedelta(minutes=1))
        SeriesState.objects.filter(pk=series.pk).update(received_at=earlier)
        told(town)
        assert entity_news.tell_of_series(town.city) == 1
        assert told(town)["public"]["co2"]["value"] == 701
        assert entity_news.tell_of_series(town.city) == 0


@pytest.fixture
def officer(broker: Broker) -> Membership:
    """A person of the parks subscribed to rooms; one attribute of the room is internal."""
    city = broker.city
    with acting_in(city):
        parks = Department.objects.get(slug="parks")
        person = invite_person(
            city=city, email="pia@b.example", by=OPERATOR, name="Pia", password="long enough 1234"
        )
        held = give_role(city=city, person=person, role="officer", by=OPERATOR, department=parks)
        document = {
            "id": "urn:ngsi-ld:Subscription:pia",
            "type": "Subscription",
            "entities": [{"type": "Room"}],
            "notification": {"endpoint": {"uri": "http://receiver.example/in"}},
        }
        read = subscription(document, core())
        by = principal_of(person, city)
        subscribe(city=city, by=by, subscription=read, document=document, context=None)
        broker.make(ROOM)
    return held


def test_whoever_changes_the_department_is_told_nothing_of_the_old_one(
    broker: Broker, officer: Membership
) -> None:
    with acting_in(broker.city):
        assert EntityNews.objects.count() == 1
        traffic = Department.objects.get(slug="traffic")
        give_role(city=broker.city, person=officer.person, role="officer", by=OPERATOR, department=traffic)
        take_role(membership=officer, by=OPERATOR)
    assert send_news(broker.city.pk) == 0
    with acting_in(broker.city):
        row = EntitySubscription.objects.get()
        assert (row.is_active, row.sees_departments) == (True, [])
        assert not EntityNews.objects.exists()


def test_whoever_has_no_role_any_more_is_told_nothing(broker: Broker, officer: Membership) -> None:
    with acting_in(broker.city):
        take_role(membership=officer, by=OPERATOR)
    assert send_news(broker.city.pk) == 0
    with acting_in(broker.city):
        assert not EntitySubscription.objects.get().is_active
        assert not EntityNews.objects.exists()


def test_one_that_cannot_be_told_keeps_nobody_else_from_it(
    broker: Broker, officer: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise UnicodeEncodeError("latin-1", "x", 0, 1, "no letter of a header")

    monkeypatch.setattr(entity_delivery, "_by_http", broken)
    assert send_news(broker.city.pk) == 0
    with acting_in(broker.city):
        assert EntityNews.objects.get().attempts == 1
        assert EntitySubscription.objects.get().failures == 1
