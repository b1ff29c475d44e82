# SPDX-License-Identifier: EUPL-1.2
"""The JSON documents of OGC API Features: landing page, conformance, collections, features."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stoa.ground.geometry import Box
from stoa.standards.ogcfeatures.links import Link

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def landing(title: str, description: str, links: Sequence[Link]) -> dict[str, Any]:
    """17-069r4, section 7.2."""
    return {"title": title, "description": description, "links": [link.to_json() for link in links]}


def conformance(classes: Iterable[str], links: Sequence[Link] = ()) -> dict[str, Any]:
    """17-069r4, section 7.4."""
    return {"conformsTo": sorted(set(classes)), "links": [link.to_json() for link in links]}


@dataclass(frozen=True, slots=True)
class Collection:
    """What is said of a collection (17-069r4, section 7.14; Part 2, section 6)."""

    id: str
    title: str
    description: str
    links: tuple[Link, ...]
    box: Box | None = None
    interval: tuple[str | None, str | None] | None = None
    crs: tuple[str, ...] = (CRS84,)
    item_type: str = "feature"
    keywords: tuple[str, ...] = ()
    licence: str = ""
    updated: str = ""

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "title": self.title, "description": self.description}
        body |= {"keywords": list(self.keywords)} if self.keywords else {}
        body |= {"license": self.licence} if self.licence else {}
        body |= {"updated": self.updated} if self.updated else {}
        extent: dict[str, Any] = {}
        if self.box:
            extent["spatial"] = {"bbox": [list(self.box)], "crs": CRS84}
        if self.interval:
            extent["temporal"] = {"interval": [list(self.interval)], "trs": GREGORIAN}
        body |= {"extent": extent} if extent else {}
        body |= {"itemType": self.item_type}
        if self.item_type == "feature":
            body |= {"crs": list(self.crs), "storageCrs": CRS84}
        return body | {"links": [link.to_json() for link in self.links]}


def collections(found: Iterable[dict[str, Any]], links: Sequence[Link]) -> dict[str, Any]:
    """17-069r4, section 7.13."""
    return {"links": [link.to_json() for link in links], "collections": list(found)}


def feature_text(name: str, geometry: str | None, properties: str, links: Sequence[Link] = ()) -> str:
    """One feature from the texts of its parts (RFC 7946, section 3.2); an id is always a text."""
    told = f',"links":{_written([link.to_json() for link in links])}' if links else ""
    return (
        f'{{"type":"Feature","id":{json.dumps(name, ensure_ascii=False)},"geometry":{geometry or "null"},'
        f'"properties":{properties}{told}}}'
    )


def feature_collection(
    features: Iterable[str], links: Sequence[Link], *, matched: int, returned: int, at: datetime
) -> Iterator[str]:
    """The text of a page of features, in pieces; `at` is when it was answered (17-069r4, section 7.16)."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield (
        f'{{"type":"FeatureCollection","timeStamp":"{stamp}","numberMatched":{matched},'
        f'"numberReturned":{returned},"links":{_written([link.to_json() for link in links])},"features":['
    )
    first = True
    for feature in features:
        yield feature if first else f",{feature}"
        first = False
    yield "]}"


def problem(status: int, title: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """RFC 9457."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    return body | ({"detail": detail} if detail else {}) | more


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
