# SPDX-License-Identifier: EUPL-1.2
"""Feeds: asked, kept, and what goes wrong stands on them. Served by this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.houses.catalogue.cast import Cast, make_cast

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.models import OutboxEvent
from stoa.ground.problems import Refused
from stoa.houses.observations.actions import devices, feeds, silence
from stoa.houses.observations.models import Device, Feed, Observation, SeriesState, Thing
from stoa.houses.observations.queries.feeds import due_feeds
from stoa.houses.observations.terms import Carrier, FeedKind

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


class Town:
    """Answers that this machine gives, by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        town = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = town.answers.get(self.path)
                body = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def bikes(self, count: int, at: datetime = NOW, name: str = "Bridge") -> None:
        listed = [
            {"name": one, "url": f"{self.url}/{one}"} for one in ("station_information", "station_status")
        ]
        self.answers["/gbfs.json"] = {"data": {"en": {"feeds": listed}}}
        place = {"station_id": "7", "name": name, "lon": 7.6, "lat": 51.9}
        self.answers["/station_information"] = {"data": {"stations": [place]}}
        told = {"station_id": "7", "num_bikes_available": count, "num_docks_available": 3, "is_renting": True}
        stations = [told | {"last_reported": int(at.timestamp())}]
        self.answers["/station_status"] = {"last_updated": 1, "data": {"stations": stations}}


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    town = Town()
    monkeypatch.setattr(settings.ENVIRONMENT, "allowed_private_hosts", [town.url.removeprefix("http://")])
    yield town
    town.server.shutdown()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def feed(cast: Cast, url: str, kind: FeedKind = FeedKind.GBFS, who: str = "ada", **more: Any) -> Feed:
    with acting_in(cast.city):
        return feeds.set_up_feed(
            city=cast.city,
            by=cast.principal(who),
            department=cast.parks,
            title="Bikes",
            kind=kind,
            url=url,
            **more,
        )


def ask(cast: Cast, found: Feed) -> tuple[int, Feed]:
    new = feeds.ask_feed(city_id=cast.city.pk, feed_id=found.pk)
    with acting_in(cast.city):
        return new, Feed.objects.get(pk=found.pk)


def test_a_station_becomes_a_thing_with_live_values_and_the_same_answer_brings_nothing(
    cast: Cast, elsewhere: Town
) -> None:
    elsewhere.bikes(5, NOW - timedelta(minutes=5))
    made = feed(cast, f"{elsewhere.url}/gbfs.json")
    assert ask(cast, made)[0] == 3
    assert ask(cast, made)[0] == 0
    elsewhere.bikes(6)
    new, made = ask(cast, made)
    assert (new, made.problem, made.taken) == (3, None, 3)
    with acting_in(cast.city):
        assert Thing.objects.get().place == {"type": "Point", "coordinates": [7.6, 51.9]}
        assert SeriesState.objects.get(datastream__name="Bridge: Vehicles available").number == 6
        assert Device.objects.get().carrier == Carrier.FEED
        assert Observation.objects.count() == 6


def test_any_json_is_read_by_a_recipe(cast: Cast, elsewhere: Town) -> None:
    elsewhere.answers["/now"] = {
        "parks": [{"id": "a", "free": 12}, {"id": "b", "free": 0}],
        "at": NOW.isoformat(),
    }
    recipe = {
        "items": "parks[*]",
        "id": "id",
        "values": {"free": {"path": "free", "property": "places_free"}},
    }
    assert ask(cast, feed(cast, f"{elsewhere.url}/now", FeedKind.JSON, recipe=recipe))[0] == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [(None, "fetch."), (b"{", "observations.feed_unreadable"), ({"a": 1}, "observations.feed_unreadable")],
)
def test_what_goes_wrong_stands_on_the_feed_until_it_answers_well(
    cast: Cast, elsewhere: Town, answer: Any, code: str
) -> None:
    elsewhere.answers["/gbfs.json"] = answer
    made = feed(cast, f"{elsewhere.url}/gbfs.json")
    new, made = ask(cast, made)
    assert (new, made.problem["code"].startswith(code)) == (0, True)
    elsewhere.bikes(1)
    assert ask(cast, made)[1].problem is None


def test_a_private_address_is_not_asked_and_a_feed_may_not_lead_there(cast: Cast, elsewhere: Town) -> None:
    made = feed(cast, "http://127.0.0.1:1/gbfs.json")
    assert ask(cast, made)[1].problem["code"].startswith("fetch.")
    listed = [
        {"name": one, "url": f"http://127.0.0.1:1/{one}"} for one in ("station_information", "station_status")
    ]
    elsewhere.answers["/gbfs.json"] = {"data": {"feeds": listed}}
    assert ask(cast, feed(cast, f"{elsewhere.url}/gbfs.json"))[1].problem["code"].startswith("fetch.")


def test_who_may_not_set_up_things_may_not_set_up_feeds(cast: Cast) -> None:
    for who in ("ben", "dora", "egon"):
        with pytest.raises(Refused, match="right_missing"):
            feed(cast, "https://x.example/gbfs.json", who=who)


def test_a_feed_is_due_when_its_time_has_come(cast: Cast, elsewhere: Town) -> None:
    elsewhere.bikes(1)
    made = feed(cast, f"{elsewhere.url}/gbfs.json", every_minutes=15)
    with acting_in(cast.city):
        assert due_feeds(cast.city, datetime.now(UTC)) == [made.pk]
    ask(cast, made)
    with acting_in(cast.city):
        assert due_feeds(cast.city, datetime.now(UTC)) == []
        assert due_feeds(cast.city, datetime.now(UTC) + timedelta(minutes=16)) == [made.pk]


def test_the_page_of_feeds_adds_and_removes_one_for_the_owner_only(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ada)
    form = {
        "title": "Bikes", "kind": "gbfs", "url": "https://bikes.example/gbfs.json", "every_minutes": "5",
        "department": str(cast.parks.pk), "recipe": "",
    }  # fmt: skip
    assert client.post("/c/here/desk/devices/feeds", form).status_code == 302
    assert client.post("/c/here/desk/devices/feeds", {**form, "kind": "json"}).status_code == 422
    assert "bikes.example" in client.get("/c/here/desk/devices/feeds").content.decode()
    with acting_in(cast.city):
        number = Feed.objects.get().pk
    other = Client()
    other.force_login(cast.ben)
    assert "bikes.example" not in other.get("/c/here/desk/devices/feeds").content.decode()
    assert other.post(f"/c/here/desk/devices/feeds/{number}/remove").status_code == 404
    assert client.post(f"/c/here/desk/devices/feeds/{number}/remove").status_code == 302


def test_a_device_that_falls_silent_is_told_once_and_forgiven_when_heard(cast: Cast) -> None:
    with acting_in(cast.city):
        device = devices.register_device(
            city=cast.city, by=cast.principal("ada"), name="Gauge", carrier=Carrier.HTTP, department=cast.parks,
            recipe={"values": {"level": "level"}}, expected_interval_s=600,
        )  # fmt: skip
        Device.objects.update(last_seen_at=NOW - timedelta(hours=1))
    assert [silence.mark_silent(cast.city.pk) for _ in range(2)] == [1, 0]
    with acting_in(cast.city):
        assert Device.objects.get().silent_since == NOW - timedelta(minutes=50)
        assert OutboxEvent.objects.filter(name="observations.DeviceFellSilent").count() == 1
        from stoa.houses.observations.door.devices import take_topic_message

        take_topic_message(city=cast.city, uid=str(device.uid), message={"level": 1}, payload=b"")
        assert Device.objects.get().silent_since is None
