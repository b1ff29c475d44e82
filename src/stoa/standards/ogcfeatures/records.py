# SPDX-License-Identifier: EUPL-1.2
"""A record of a catalogue as GeoJSON (OGC API Records Part 1, 20-004r1, requirements class record-core)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stoa.ground.geometry import Box
from stoa.standards.ogcfeatures.links import Link

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
TYPE = "dataset"


@dataclass(frozen=True, slots=True)
class Record:
    """What is said of one dataset."""

    id: str
    title: str
    description: str
    links: tuple[Link, ...]
    language: str = ""
    keywords: Sequence[str] = ()
    theme: tuple[str, str, str] | None = None
    """Code, name and scheme of its theme."""
    licence: str = ""
    created: str = ""
    updated: str = ""
    publisher: str = ""
    email: str = ""
    external_id: str = ""
    """What it is called in other catalogues too."""
    box: Box | None = None
    period: tuple[date | None, date | None] = (None, None)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "Feature",
            "conformsTo": [CORE],
            "time": self._time(),
            "geometry": self._geometry(),
            "properties": self._properties(),
            "links": [link.to_json() for link in self.links],
        }

    def _time(self) -> dict[str, Any] | None:
        if not any(self.period):
            return None
        return {"interval": [day.isoformat() if day else ".." for day in self.period]}

    def _geometry(self) -> dict[str, Any] | None:
        if self.box is None:
            return None
        west, south, east, north = self.box
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    def _properties(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "created": self.created,
            "updated": self.updated,
            "type": TYPE,
            "title": self.title,
            "description": self.description,
            "keywords": list(self.keywords),
            "language": {"code": self.language} if self.language else None,
            "license": self.licence,
        }
        if self.publisher:
            emails = {"emails": [{"value": self.email}]} if self.email else {}
            told["contacts"] = [{"organization": self.publisher, "roles": ["publisher"], **emails}]
        if self.external_id:
            told["externalIds"] = [{"value": self.external_id}]
        if self.theme:
            code, name, scheme = self.theme
            told["themes"] = [{"concepts": [{"id": code, "title": name}], "scheme": scheme}]
        return {name: value for name, value in told.items() if value}
