# SPDX-License-Identifier: EUPL-1.2
"""Links, media types and the negotiation between them (RFC 8288, RFC 9110 section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
PROBLEM = "application/problem+json"
OPENAPI_31 = "application/vnd.oai.openapi+json;version=3.1"
OPENAPI_30 = "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"
TILEJSON = "application/vnd.mapbox.tile+json"
STYLE = "application/vnd.mapbox.style+json"

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a document."""

    href: str
    rel: str
    type: str = ""
    title: str = ""
    is_templated: bool = False

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"href": self.href, "rel": self.rel}
        told = {"type": self.type, "title": self.title, "templated": self.is_templated or None}
        return body | {name: value for name, value in told.items() if value}


def negotiated(accept: str, offered: Sequence[str]) -> str:
    """The media type that an `Accept` header likes best among those offered, the first one in doubt; empty if none.

    >>> negotiated("text/html;q=0.8, */*;q=0.1", ["application/json", "text/html"])
    'text/html'
    """
    if not accept.strip():
        return offered[0]
    wanted = [_read(part) for part in accept[:2000].split(",")]
    best, best_quality = "", 0.0
    for media_type in offered:
        fitting = [(depth, q) for name, q in wanted if (depth := _depth(name, media_type))]
        quality = max(fitting)[1] if fitting else 0.0
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def _read(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    quality = next((p[2:] for p in parameters if p.lower().startswith("q=")), "1")
    try:
        return name.lower(), max(0.0, min(1.0, float(quality)))
    except ValueError:
        return name.lower(), 0.0


def _depth(asked: str, media_type: str) -> int:
    """How closely a range of media types names one: 0 not at all, 3 exactly."""
    plain = media_type.partition(";")[0]
    if asked == plain:
        return 3
    if asked == f"{plain.partition('/')[0]}/*":
        return 2
    # Whoever asks for JSON can read every kind of it.
    return 2 if asked == JSON and plain.endswith("+json") else int(asked == "*/*")
