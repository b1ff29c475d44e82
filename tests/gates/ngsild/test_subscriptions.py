# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions by HTTP: who is told of what, when, and again; and contexts that are kept and fetched."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.gates.ngsild.conftest import OPERATOR, Broker

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import revoke_token
from stoa.commons.people.models import ApiToken
from stoa.commons.roles.values import Principal
from stoa.gates.ngsild import linking
from stoa.houses.observations.actions import entity_delivery, entity_news, linked_contexts
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.door import entity_words
from stoa.houses.observations.models import Datastream, EntityNews, EntitySubscription, LinkedContext, Thing
from stoa.houses.observations.terms import Way

SUBSCRIPTION = "urn:ngsi-ld:Subscription:1"
ROOM: dict[str, Any] = {
    "id": "urn:ngsi-ld:Room:1",
    "type": "Room",
    "temperature": {"value": 20, "observedAt": "2026-11-20T08:00:00Z"},
    "name": "Hall",
}


class Receiver(ThreadingHTTPServer):
    """Somebody else's server on this machine: takes notifications, gives a context."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.got: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.fetched: list[str] = []
        self.status = 200
        self.context: Any = {"@context": {"temperature": "https://words.example/temperature"}}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((body, dict(self.headers)))
        self.send_response(self.server.status)
        self.end_headers()

    def do_GET(self) -> None:
        self.server.fetched.append(self.path)
        if self.server.context is None:
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/ld+json")
        self.end_headers()
        self.wfile.write(json.dumps(self.server.context).encode())

    def log_message(self, *_args: Any) -> None:
        """Nobody wants to read it."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    trusted = [f"127.0.0.1:{server.server_address[1]}"]
    monkeypatch.setattr(settings.ENVIRONMENT, "allowed_private_hosts", trusted)
    monkeypatch.setattr(linked_contexts, "_unreachable", {})
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def subscribe(broker: Broker, receiver: Receiver, who: str = "owner", **more: Any) -> str:
    document: dict[str, Any] = {
        "id": SUBSCRIPTION,
        "type": "Subscription",
        "entities": [{"type": "Room"}],
        "notification": {"endpoint": {"uri": f"{receiver.address}/in"} | more.pop("endpoint", {})}
        | more.pop("notification", {}),
    } | more
    response = broker.ask("POST", "/subscriptions", document, who)
    assert response.status_code == 201, response.content
    return str(document["id"])


def send(broker: Broker) -> int:
    return entity_delivery.send_news(broker.city.pk)


def test_a_subscription_is_made_read_changed_and_ended(broker: Broker, receiver: Receiver) -> None:
    subscribe(broker, receiver, q="temperature>5", throttling=5)
    told = broker.get(f"/subscriptions/{SUBSCRIPTION}", "owner")
    assert told["q"] == "temperature>5"
    assert told["status"] == "active"
    assert broker.ask("POST", "/subscriptions", told | {"status": "active"}).status_code == 409
    assert [one["id"] for one in broker.get("/subscriptions", "owner")] == [SUBSCRIPTION]
    assert broker.ask("PATCH", f"/subscriptions/{SUBSCRIPTION}", {"isActive": False}).status_code == 204
    assert broker.get(f"/subscriptions/{SUBSCRIPTION}", "owner")["status"] == "paused"
    assert broker.ask("PATCH", f"/subscriptions/{SUBSCRIPTION}", {"q": "=="}).status_code == 400
    assert broker.ask("DELETE", f"/subscriptions/{SUBSCRIPTION}").status_code == 204
    assert broker.ask("GET", f"/subscriptions/{SUBSCRIPTION}").status_code == 404


def test_only_who_may_watch_series_sees_or_makes_subscriptions(broker: Broker, receiver: Receiver) -> None:
    subscribe(broker, receiver)
    for who, status in (("nobody", 403), ("reader", 403), ("stranger", 403)):
        assert broker.ask("GET", "/subscriptions", None, who).status_code == status, who
        assert broker.ask("GET", f"/subscriptions/{SUBSCRIPTION}", None, who).status_code == status, who
    assert broker.ask("DELETE", f"/subscriptions/{SUBSCRIPTION}", None, "nobody").status_code == 401


def test_a_change_is_told_with_what_was_asked_for(broker: Broker, receiver: Receiver) -> None:
    endpoint = {"receiverInfo": [{"key": "X-Key", "value": "secret"}]}
    notification = {"attributes": ["temperature"], "format": "keyValues"}
    subscribe(
        broker, receiver, watchedAttributes=["temperature"], endpoint=endpoint, notification=notification
    )
    broker.make(ROOM)
    assert send(broker) == 1
    assert broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", {"name": "Other"}).status_code == 204
    assert send(broker) == 0
    change = {"temperature": {"value": 25, "observedAt": "2026-11-20T09:00:00Z"}}
    assert broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", change).status_code == 204
    assert send(broker) == 1
    body, headers = receiver.got[-1]
    assert body["type"] == "Notification"
    assert body["subscriptionId"] == SUBSCRIPTION
    assert body["data"] == [{"id": ROOM["id"], "type": "Room", "temperature": 25}]
    assert headers["X-Key"] == "secret"
    assert "json-ld#context" in headers["Link"]
    told = broker.get(f"/subscriptions/{SUBSCRIPTION}", "owner")["notification"]
    assert (told["timesSent"], told["status"]) == (2, "ok")
    assert "lastSuccess" in told


def test_what_comes_in_by_other_ways_is_told_once(broker: Broker, receiver: Receiver) -> None:
    broker.make(ROOM)
    subscribe(broker, receiver, watchedAttributes=["temperature"])
    with acting_in(broker.city):
        series = Datastream.objects.get(thing__uri=ROOM["id"])
        assert entity_news.tell_of_series(broker.city) == 0
        value = Observed(series.pk, timezone.now(), 31.5)
        by = Principal(broker.city.pk, is_operator=True)
        keep_observations(city=broker.city, observations=[value], by=by, way=Way.MQTT)
        assert entity_news.tell_of_series(broker.city) == 1
        assert entity_news.tell_of_series(broker.city) == 0
    assert send(broker) == 1
    assert receiver.got[0][0]["data"][0]["temperature"]["value"] == 31.5


def test_a_receiver_that_fails_is_tried_again_and_given_up_in_the_end(
    broker: Broker, receiver: Receiver
) -> None:
    subscribe(broker, receiver)
    receiver.status = 500
    broker.make(ROOM)
    assert send(broker) == 0
    with acting_in(broker.city):
        news = EntityNews.objects.get()
        assert news.attempts == 1
        assert timedelta(seconds=5) < news.due_at - timezone.now() < timedelta(seconds=11)
    told = broker.get(f"/subscriptions/{SUBSCRIPTION}", "owner")["notification"]
    assert (told["timesFailed"], told["status"]) == (1, "failed")
    with acting_in(broker.city):
        for _ in range(7):
            EntityNews.objects.update(due_at=timezone.now())
            send(broker)
        assert not EntityNews.objects.exists()
        assert EntitySubscription.objects.get().times_failed == 8


def test_nobody_is_told_more_often_than_they_wish(broker: Broker, receiver: Receiver) -> None:
    broker.make(ROOM)
    subscribe(broker, receiver, throttling=60)
    for name in ("one", "two", "three"):
        assert broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", {"name": name}).status_code == 204
        send(broker)
    assert len(receiver.got) == 1
    with acting_in(broker.city):
        waiting = EntityNews.objects.get()
        assert waiting.data["name"]["value"] == "three"
        assert waiting.due_at > timezone.now() + timedelta(seconds=50)


def test_by_the_clock_everything_is_told_whatever_happened(broker: Broker, receiver: Receiver) -> None:
    broker.make(ROOM)
    subscribe(broker, receiver, timeInterval=60)
    with acting_in(broker.city):
        assert entity_news.tell_by_clock(broker.city) == 0
        EntitySubscription.objects.update(next_at=timezone.now() - timedelta(seconds=200))
        assert entity_news.tell_by_clock(broker.city) == 1
        assert EntitySubscription.objects.get().next_at > timezone.now()
    assert send(broker) == 1
    assert receiver.got[0][0]["data"][0]["id"] == ROOM["id"]


def test_a_subscriber_is_told_no_more_than_they_may_see(broker: Broker, receiver: Receiver) -> None:
    broker.make(ROOM)
    subscribe(broker, receiver, "colleague")
    with acting_in(broker.city):
        Datastream.objects.filter(thing__uri=ROOM["id"]).update(access="internal")
    broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", {"name": "Other"})
    assert send(broker) == 1
    assert "temperature" not in receiver.got[0][0]["data"][0]
    with acting_in(broker.city):
        Thing.objects.update(access="internal")
    broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", {"name": "Third"})
    assert send(broker) == 0


def test_an_address_in_the_inner_network_is_never_called(
    broker: Broker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(broker, receiver)
    monkeypatch.setattr(settings.ENVIRONMENT, "allowed_private_hosts", [])
    broker.make(ROOM)
    assert send(broker) == 0
    assert receiver.got == []
    assert broker.get(f"/subscriptions/{SUBSCRIPTION}", "owner")["notification"]["timesFailed"] == 1


def test_a_deleted_entity_is_told_to_those_who_asked_for_that(broker: Broker, receiver: Receiver) -> None:
    subscribe(broker, receiver, notificationTrigger=["entityDeleted"])
    broker.make(ROOM)
    broker.ask("DELETE", f"/entities/{ROOM['id']}")
    assert send(broker) == 1
    assert "deletedAt" in receiver.got[0][0]["data"][0]


# -- contexts


def test_a_context_that_is_kept_here_can_be_named(broker: Broker) -> None:
    document = {"@context": {"warmth": "https://words.example/temperature"}}
    assert broker.ask("POST", "/jsonldContexts", document, "nobody").status_code == 401
    response = broker.ask("POST", "/jsonldContexts", document)
    assert response.status_code == 201
    address = response["Location"]
    name = address.rpartition("/")[2]
    assert broker.get(f"/jsonldContexts/{name}") == document
    assert broker.get("/jsonldContexts") == [address]
    assert broker.get(f"/jsonldContexts/{name}?details=true")["kind"] == "Hosted"
    entity = {"id": "urn:x:1", "type": "Room", "warmth": 5, "@context": address}
    assert broker.ask("POST", "/entities", entity, content_type="application/ld+json").status_code == 201
    link = f'<{address}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    assert broker.get("/entities/urn:x:1", link=link)["warmth"]["value"] == 5
    assert "https://words.example/temperature" in broker.get("/entities/urn:x:1")
    assert broker.ask("DELETE", f"/jsonldContexts/{name}?reload=true").status_code == 400
    assert broker.ask("DELETE", f"/jsonldContexts/{name}").status_code == 204
    assert broker.ask("GET", f"/jsonldContexts/{name}").status_code == 404


def test_a_context_of_others_is_fetched_once_and_kept(broker: Broker, receiver: Receiver) -> None:
    entity = {"id": "urn:x:1", "type": "Room", "temperature": 5, "@context": [f"{receiver.address}/c.jsonld"]}
    assert broker.ask("POST", "/entities", entity, content_type="application/ld+json").status_code == 201
    assert "https://words.example/temperature" in broker.get("/entities/urn:x:1")
    with acting_in(broker.city):
        kept = LinkedContext.objects.get()
    receiver.context = None
    details = broker.get("/jsonldContexts?kind=Cached&details=true")
    assert details[0]["URL"] == f"{receiver.address}/c.jsonld"
    assert broker.ask("GET", f"/jsonldContexts/{kept.uid}", None, "nobody").status_code == 422
    assert broker.ask("DELETE", f"/jsonldContexts/{kept.uid}?reload=true").status_code == 503
    receiver.context = {"@context": {}}
    linked_contexts._unreachable.clear()
    assert broker.ask("DELETE", f"/jsonldContexts/{kept.uid}?reload=true").status_code == 204
    with acting_in(broker.city):
        assert LinkedContext.objects.get().document == {"@context": {}}


@pytest.mark.parametrize("context", [None, [1], {"no": "context"}])
def test_what_is_no_context_cannot_be_had(broker: Broker, receiver: Receiver, context: Any) -> None:
    receiver.context = context
    link = f'<{receiver.address}/x.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    assert broker.ask("GET", "/entities?type=Room", None, "reader", link=link).status_code == 503


def test_nobody_without_a_key_makes_this_server_fetch_anything(broker: Broker, receiver: Receiver) -> None:
    address = f"{receiver.address}/c.jsonld"
    link = f'<{address}>; rel="http://www.w3.org/ns/json-ld#context"'
    query = {"type": "Query", "entities": [{"type": "Room"}], "@context": [address]}
    asked = (
        ("GET", "/entities?type=Room", None, {"link": link}),
        ("GET", "/types", None, {"link": link}),
        (
            "GET",
            "/temporal/entities?type=Room&timerel=before&timeAt=2030-01-01T00:00:00Z",
            None,
            {"link": link},
        ),
        ("POST", "/entityOperations/query", query, {"content_type": "application/ld+json"}),
    )
    for who in ("nobody", "stranger"):
        for method, path, body, headers in asked:
            response = broker.ask(method, path, body, who, **headers)
            assert response.status_code == 503, (who, path)
            assert json.loads(response.content)["type"].endswith("LdContextNotAvailable")
    assert receiver.fetched == []
    assert broker.ask("GET", "/entities?type=Room", None, "reader", link=link).status_code == 200
    assert receiver.fetched == ["/c.jsonld"]
    assert broker.ask("GET", "/entities?type=Room", None, "nobody", link=link).status_code == 200
    with acting_in(broker.city):
        LinkedContext.objects.update(expires_at=timezone.now() - timedelta(days=9))
    linking.forget(broker.city)
    assert broker.ask("GET", "/entities?type=Room", None, "nobody", link=link).status_code == 200
    assert receiver.fetched == ["/c.jsonld"]


def test_the_list_of_contexts_reads_no_document(broker: Broker) -> None:
    broker.ask("POST", "/jsonldContexts", {"@context": {"warmth": "https://words.example/temperature"}})
    with acting_in(broker.city), CaptureQueriesContext(connection) as asked:
        found = entity_words.contexts(city=broker.city)
    assert [one.document for one in found] == [None]
    assert not any('"document"' in one["sql"] for one in asked)


def test_a_subscription_belongs_to_whoever_made_it(broker: Broker, receiver: Receiver) -> None:
    subscribe(broker, receiver)
    path = f"/subscriptions/{SUBSCRIPTION}"
    assert broker.get("/subscriptions", "colleague") == []
    for method, body in (("GET", None), ("PATCH", {"isActive": False}), ("DELETE", None)):
        assert broker.ask(method, path, body, "colleague").status_code == 404, method
    assert [one["id"] for one in broker.get("/subscriptions", "steward")] == [SUBSCRIPTION]
    assert broker.ask("PATCH", path, {"isActive": False}, "steward").status_code == 204
    with acting_in(broker.city):
        row = EntitySubscription.objects.get()
        assert (row.sees_all, len(row.sees_departments)) == (False, 1)


def test_a_change_leaves_no_more_to_be_told_than_its_author_may_see(
    broker: Broker, receiver: Receiver
) -> None:
    subscribe(broker, receiver)
    with acting_in(broker.city):
        EntitySubscription.objects.update(sees_all=True, sees_departments=[])
        broker.make(ROOM)
        assert EntityNews.objects.count() == 1
    assert broker.ask("PATCH", f"/subscriptions/{SUBSCRIPTION}", {"description": "x"}).status_code == 204
    with acting_in(broker.city):
        row = EntitySubscription.objects.get()
        assert (row.sees_all, len(row.sees_departments)) == (False, 1)
        assert not EntityNews.objects.exists()


def test_a_revoked_key_is_told_nothing_any_more(broker: Broker, receiver: Receiver) -> None:
    subscribe(broker, receiver, "colleague")
    broker.make(ROOM)
    with acting_in(broker.city):
        assert EntityNews.objects.count() == 1
        revoke_token(token=ApiToken.objects.get(note="traffic", city=broker.city), by=OPERATOR)
    assert send(broker) == 0
    change = {"temperature": {"value": 26, "observedAt": "2026-11-20T09:00:00Z"}}
    assert broker.ask("PATCH", f"/entities/{ROOM['id']}/attrs", change).status_code == 204
    with acting_in(broker.city):
        assert not EntityNews.objects.exists()


def test_secrets_of_receivers_are_not_handed_out_and_survive_a_change(
    broker: Broker, receiver: Receiver
) -> None:
    address = receiver.address.replace("http://", "http://me:hush@")
    subscribe(
        broker,
        receiver,
        endpoint={"uri": f"{address}/in", "receiverInfo": [{"key": "X-Key", "value": "secret"}]},
    )
    path = f"/subscriptions/{SUBSCRIPTION}"
    for who in ("owner", "steward"):
        told = broker.get(path, who)
        assert "hush" not in json.dumps(told)
        assert "secret" not in json.dumps(told)
    shown = {"notification": {"endpoint": told["notification"]["endpoint"]}}
    assert broker.ask("PATCH", path, shown).status_code == 204
    with acting_in(broker.city):
        kept = EntitySubscription.objects.get().document["notification"]["endpoint"]
        assert kept["uri"] == f"{address}/in"
        assert kept["receiverInfo"] == [{"key": "X-Key", "value": "secret"}]
    shown["notification"]["endpoint"]["uri"] = "https://elsewhere.example/in"
    assert broker.ask("PATCH", path, shown, "steward").status_code == 204
    with acting_in(broker.city):
        assert "secret" not in json.dumps(EntitySubscription.objects.get().document)
