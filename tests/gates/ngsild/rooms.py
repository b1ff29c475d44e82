# SPDX-License-Identifier: EUPL-1.2
"""A room as brokers' clients send it, and the words of the standard's errors."""

from __future__ import annotations

from typing import Any

ROOM: dict[str, Any] = {
    "id": "urn:ngsi-ld:Room:1",
    "type": "Room",
    "name": {"type": "Property", "value": "Hall"},
    "temperature": {
        "type": "Property",
        "value": 21.5,
        "unitCode": "CEL",
        "observedAt": "2026-11-20T08:00:00Z",
        "accuracy": {"type": "Property", "value": 0.1},
    },
    "isPartOf": {"type": "Relationship", "object": "urn:ngsi-ld:Building:1"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [7.6, 51.9]}},
}
ID = ROOM["id"]
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
JSON_LD = {"content_type": "application/ld+json"}
