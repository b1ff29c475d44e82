# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions: what they may say, whom they tell of what, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from stoa.standards.ngsild import changes, contexts, notifications, parsing, subscriptions
from stoa.standards.ngsild.core import CORE_CONTEXT
from stoa.standards.ngsild.failures import Failed
from stoa.standards.ngsild.kinds import NULL, Entity
from stoa.standards.ngsild.notifications import Change
from stoa.standards.ngsild.rendering import Form
from stoa.standards.ngsild.subscriptions import Subscription

CORE = contexts.core()
NOW = "2026-02-02T00:00:00Z"
BASE: dict[str, Any] = {
    "id": "urn:ngsi-ld:Subscription:1",
    "type": "Subscription",
    "entities": [{"type": "Room"}],
    "notification": {"endpoint": {"uri": "http://receiver.example/in"}},
}


def read(**more: Any) -> Subscription:
    return subscriptions.subscription(BASE | more, CORE)


def room(**attributes: Any) -> Entity:
    return parsing.entity({"id": "urn:x:1", "type": "Room", **attributes}, CORE)


def iris(*names: str) -> frozenset[str]:
    return frozenset(CORE.expand(name) for name in names)


def test_a_full_subscription_is_read() -> None:
    found = read(
        watchedAttributes=["a"],
        notificationTrigger=["entityCreated", "attributeDeleted"],
        q="a>5",
        geoQ={"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": [1, 2]},
        scopeQ="/a/#",
        throttling=5,
        expiresAt="2027-01-01T00:00:00Z",
        lang="de",
        notification={
            "attributes": ["a"],
            "format": "concise",
            "showChanges": True,
            "endpoint": {
                "uri": "mqtt://broker.example:1883/my/topic",
                "accept": "application/ld+json",
                "receiverInfo": [{"key": "X-Key", "value": "1"}],
                "notifierInfo": [{"key": "MQTT-QoS", "value": "1"}],
                "timeout": 2000,
            },
        },
    )
    assert found.endpoint.is_mqtt
    assert found.endpoint.timeout_s == 2
    assert found.endpoint.receiver_info == (("X-Key", "1"),)
    assert found.wanted.form is Form.CONCISE
    assert found.throttling_s == 5
    assert found.watched == tuple(iris("a"))


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Order"},
        {"id": "x"},
        {"entities": []},
        {"entities": [{"kind": "x"}]},
        {"watchedAttributes": []},
        {"watchedAttributes": "a"},
        {"timeInterval": 5, "watchedAttributes": ["a"]},
        {"timeInterval": 5, "throttling": 5},
        {"timeInterval": 0},
        {"timeInterval": -5},
        {"throttling": "5"},
        {"q": "a=="},
        {"q": 5},
        {"geoQ": {"georel": "within"}},
        {"expiresAt": "tomorrow"},
        {"isActive": "yes"},
        {"notification": None},
        {"notification": {}},
        {"notification": {"endpoint": {}}},
        {"notification": {"endpoint": {"uri": "ftp://receiver.example/"}}},
        {"notification": {"endpoint": {"uri": "http:///nowhere"}}},
        {"notification": {"endpoint": {"uri": "http://[::1"}}},
        {"notification": {"endpoint": {"uri": "mqtt://broker.example:99999/t"}}},
        {"notification": {"endpoint": {"uri": "mqtt://broker.example/a/+/b"}}},
        {"notification": {"endpoint": {"uri": "mqtt://broker.example"}}},
        {"notification": {"endpoint": {"uri": "http://r.example/", "accept": "text/html"}}},
        {
            "notification": {
                "endpoint": {"uri": "http://r.example/", "receiverInfo": [{"key": "Host", "value": "x"}]}
            }
        },
        {
            "notification": {
                "endpoint": {"uri": "http://r.example/", "receiverInfo": [{"key": "A", "value": "x\r\nB: y"}]}
            }
        },
        {
            "notification": {
                "endpoint": {"uri": "http://r.example/", "receiverInfo": [{"key": "A", "value": "值"}]}
            }
        },
        {"notification": {"format": "xml", "endpoint": {"uri": "http://r.example/"}}},
        {
            "notification": {
                "format": "keyValues",
                "showChanges": True,
                "endpoint": {"uri": "http://r.example/"},
            }
        },
        {"notification": {"attributes": [], "endpoint": {"uri": "http://r.example/"}}},
        {"notificationTrigger": ["somethingElse"]},
        {"nonsense": 1},
    ],
)
def test_what_is_no_subscription_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Failed) as failed:
        read(**more)
    assert failed.value.status == 400


def test_a_subscription_needs_something_to_watch() -> None:
    with pytest.raises(Failed):
        subscriptions.subscription({name: part for name, part in BASE.items() if name != "entities"}, CORE)


@pytest.mark.parametrize(
    ("more", "change", "expected"),
    [
        ({}, {"updated": iris("a")}, True),
        ({"entities": [{"type": "House"}]}, {"updated": iris("a")}, False),
        ({"entities": [{"type": "House"}, {"type": "Room", "id": "urn:x:1"}]}, {"updated": iris("a")}, True),
        ({"entities": [{"type": "Room", "idPattern": "^urn:y"}]}, {"updated": iris("a")}, False),
        ({"watchedAttributes": ["a"]}, {"updated": iris("a")}, True),
        ({"watchedAttributes": ["a"]}, {"updated": iris("b")}, False),
        ({"q": "a>5"}, {"updated": iris("b")}, True),
        ({"q": "a>50"}, {"updated": iris("a")}, False),
        ({"isActive": False}, {"updated": iris("a")}, False),
        ({"timeInterval": 60}, {"updated": iris("a")}, False),
        ({}, {"deleted": iris("a")}, False),
        ({"notificationTrigger": ["attributeDeleted"]}, {"deleted": iris("a")}, True),
        ({"notificationTrigger": ["entityCreated"]}, {"is_created": True, "created": iris("a")}, True),
        ({"notificationTrigger": ["entityCreated"]}, {"updated": iris("a")}, False),
        ({"notificationTrigger": ["entityDeleted"]}, {"is_deleted": True}, True),
        ({"notificationTrigger": ["entityUpdated"]}, {"is_deleted": True}, False),
        (
            {"notificationTrigger": ["entityUpdated"], "watchedAttributes": ["b"]},
            {"updated": iris("a")},
            False,
        ),
    ],
)
def test_subscribers_are_told_of_what_they_asked_for(
    more: dict[str, Any], change: dict[str, Any], expected: bool
) -> None:
    assert notifications.concerns(read(**more), Change(room(a=10, b=1), **change)) is expected


def test_a_notification_carries_its_context_where_the_receiver_can_read_it() -> None:
    document, headers = notifications.notification(read(), [{"id": "urn:x:1"}], CORE, name="urn:n:1", now=NOW)
    assert document["subscriptionId"] == BASE["id"]
    assert "@context" not in document
    assert CORE_CONTEXT in headers["Link"]
    in_body = {"endpoint": {"uri": "http://r.example/", "accept": "application/ld+json"}}
    document, headers = notifications.notification(
        read(notification=in_body), [], CORE, name="urn:n:1", now=NOW
    )
    assert document["@context"] == CORE_CONTEXT
    assert "Link" not in headers
    message = notifications.mqtt_message(document, headers, (("X-Key", "1"),))
    assert message["metadata"] == {"Content-Type": "application/ld+json", "X-Key": "1"}
    assert message["body"]["type"] == "Notification"


def test_what_was_before_is_told_where_that_is_asked() -> None:
    shows = read(notification={"showChanges": True, "endpoint": {"uri": "http://r.example/"}})
    before = room(a=1)
    change = Change(room(a=2), updated=iris("a"), before=before.attributes)
    assert notifications.data_of(shows, change, CORE, NOW)["a"] == {
        "type": "Property",
        "value": 2,
        "previousValue": 1,
    }


def test_what_is_gone_is_told_as_gone() -> None:
    gone = Change(room(a=1), is_deleted=True)
    assert notifications.data_of(read(), gone, CORE, NOW) == {
        "id": "urn:x:1",
        "type": "Room",
        "deletedAt": NOW,
    }
    part = Change(room(b=1), deleted=iris("a"), before=room(a={"object": "urn:x:2"}).attributes)
    assert notifications.data_of(read(), part, CORE, NOW)["a"] == {
        "type": "Relationship",
        "object": NULL,
        "deletedAt": NOW,
    }


def test_a_change_of_a_subscription_replaces_members() -> None:
    found = subscriptions.patched(
        BASE | {"q": "a>5"}, {"q": NULL, "notification": {"format": "keyValues"}, "isActive": False}
    )
    assert "q" not in found
    assert found["notification"]["endpoint"] == BASE["notification"]["endpoint"]
    assert found["isActive"] is False
    with pytest.raises(Failed):
        subscriptions.patched(BASE, {"id": "urn:x:2"})
    with pytest.raises(Failed):
        subscriptions.patched(BASE, {})


def test_a_subscription_tells_what_became_of_its_notifications() -> None:
    told = notifications.told(
        BASE | {"@context": "x"}, {"timesSent": 3, "lastSuccess": NOW, "status": "active"}, CORE
    )
    assert told["notification"]["timesSent"] == 3
    assert told["status"] == "active"
    assert "@context" not in told
    assert changes.created(room(), NOW).created_at == NOW
