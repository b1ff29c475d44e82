# SPDX-License-Identifier: EUPL-1.2
"""Drives ngsildclient against a running portal; runs in the clients' own environment and prints what it saw as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from ngsildclient import Client, Entity
from ngsildclient.api.exceptions import NgsiAlreadyExistsError
from ngsildclient.api.helper.subscription import SubscriptionBuilder
from ngsildclient.api.helper.temporal import TemporalQuery
from requests.auth import AuthBase

host, port, tenant, key, receiver = sys.argv[1:6]


class Key(AuthBase):
    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {key}"
        return request


told: dict[str, Any] = {}
client = Client(host, int(port), tenant=tenant, custom_auth=Key(), verbose=False, tenant_autocreate=False)
told["connected"] = client.is_connected()

room = Entity("Room", "1")
room.prop("temperature", 21.5, unitcode="CEL", observedat="2026-11-20T08:00:00Z")
room.prop("name", "Hall").loc((51.9, 7.6)).rel("isPartOf", "urn:ngsi-ld:Building:1")
told["created"] = client.create(room)
read = client.get("urn:ngsi-ld:Room:1")
told["read"] = [
    read["temperature.value"],
    read["name.value"],
    read["isPartOf.object"],
    read["location.value.coordinates"],
]
told["exists"] = [client.exists("urn:ngsi-ld:Room:1"), client.exists("urn:ngsi-ld:Room:2")]
try:
    client.create(room)
except NgsiAlreadyExistsError as error:
    told["again"] = type(error).__name__

subscription = SubscriptionBuilder(receiver).id("urn:ngsi-ld:Subscription:client").select_type("Room")
told["subscribed"] = client.subscriptions.create(subscription.watch(["temperature"]).build())
told["subscriptions"] = [one["id"] for one in client.subscriptions.list()]
told["subscription_exists"] = client.subscriptions.exists("urn:ngsi-ld:Subscription:client")

rooms = []
for number in range(2, 7):
    one = Entity("Room", str(number))
    one.prop("temperature", 20 + number, observedat="2026-11-20T08:00:00Z")
    rooms.append(one)
told["batch_created"] = client.batch.create(rooms).n_ok
rooms[0].prop("temperature", 40, observedat="2026-11-20T09:00:00Z")
upserted = client.batch.upsert(rooms[:2], update=True)
told["batch_upserted"] = [upserted.n_ok, upserted.n_err]
told["batch_updated"] = client.batch.update(rooms[:1]).n_ok
told["query"] = sorted(one.id for one in client.query(type="Room", q="temperature>24"))
told["count"] = client.count(type="Room")
told["types"] = client.types.list()

room = client.get("urn:ngsi-ld:Room:1")
room["name.value"] = "Great hall"
told["upserted"] = client.upsert(room)
told["after_upsert"] = client.get("urn:ngsi-ld:Room:1")["name.value"]

past = client.temporal.get("urn:ngsi-ld:Room:2")
told["temporal"] = (
    past["temperature"]["values"] if isinstance(past, dict) else past[0]["temperature"]["values"]
)
when = TemporalQuery().after("2026-11-20T08:30:00Z")
told["temporal_query"] = [one["id"] for one in client.temporal.query(type="Room", tq=when)]

client.batch.delete(rooms[3:])
told["left"] = client.count(type="Room")
told["deleted"] = client.delete(room)
told["gone"] = client.exists("urn:ngsi-ld:Room:1")
sys.stdout.write(json.dumps(told))
