# SPDX-License-Identifier: EUPL-1.2
"""Layers that services hand out page by page: OGC API Features, WFS, ArcGIS REST. Pure.

A service cuts a large layer where it likes, and many do not say so. So each protocol is asked the way it pages, and
WFS and ArcGIS until a page comes back empty: their counts are missing, or are those of the page, on real servers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import is_file, line, web
from stoa.standards.catalogues.json_text import an_object, decoded, objects
from stoa.standards.catalogues.json_text import whole as whole_json
from stoa.standards.catalogues.values import CatalogueUnreadable

ACCEPT = "application/geo+json, application/json;q=0.9, */*;q=0.5"
_ARCGIS = re.compile(r"/([^/]+)/(?:Feature|Map)Server/(\d+)/query/?$")
_OGC = re.compile(r"/collections/([^/]+)/items/?$")
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]{0,60}:)?FeatureCollection(?=[\s>/])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_MEMBER = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:member|featureMembers?)[\s>]")
_COUNTS = re.compile(rb"\b(numberMatched|numberReturned|numberOfFeatures)\s*=\s*[\"'](\d{1,12})[\"']")
_OF_THE_PAGE = re.compile(
    rb"\s(?:numberMatched|numberReturned|timeStamp|next|previous|[\w.-]+:schemaLocation)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
"""What a root says of its page only; readers believe the numbers, and would ask the service for its schema."""


class Service(StrEnum):
    """How a layer is asked for its next page."""

    OGC = "ogc"
    WFS = "wfs"
    GML = "gml"
    """WFS in GML: pages are put together as text, member after member."""
    ARCGIS = "arcgis"


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """One answer of a service."""

    features: tuple[bytes, ...]
    """Each one as text; of GML all members of the page in one piece."""
    head: bytes
    """What stands before the features in a file of its own."""
    tail: bytes
    count: int
    matched: int | None
    """How many the layer has, where it tells."""
    following: str = ""
    is_cut: bool = False
    """The service itself says that there are more."""


def service_of(url: str) -> Service | None:
    """Which service an address asks for features; None for the address of a file or of anything else.

    >>> service_of("https://x.example/arcgis/rest/services/Trees/FeatureServer/0/query?where=1%3D1&f=geojson")
    <Service.ARCGIS: 'arcgis'>
    """
    parts = urlsplit(url)
    asked = {key.lower(): value.lower() for key, value in parse_qsl(parts.query)}
    if _ARCGIS.search(parts.path):
        return Service.ARCGIS if asked.get("f") == "geojson" else None
    if _OGC.search(parts.path):
        return Service.OGC if asked.get("f", "json") in {"json", "geojson", "application/geo+json"} else None
    if asked.get("request") != "getfeature" or asked.keys() & {"resulttype", "storedquery_id"}:
        return None
    if asked.get("version", "2").startswith("1"):  # pages came with version 2
        return None
    shape = asked.get("outputformat", "gml")
    if "json" in shape:
        return Service.WFS
    return Service.GML if ("gml" in shape or "xml" in shape) and "zip" not in shape else None


def leads_to_data(url: str) -> bool:
    """Whether an address gives data itself: it ends like a file, or asks a service for features.

    >>> leads_to_data("https://x.example/ows?service=WFS&request=GetFeature&typeNames=a&outputFormat=GeoJSON")
    True
    """
    return is_file(url) or service_of(url) is not None


def name_of_layer(url: str) -> str:
    """A name for the file with all features of a layer."""
    parts = urlsplit(url)
    asked = {key.lower(): value for key, value in parse_qsl(parts.query)}
    layer = _ARCGIS.search(parts.path)
    items = _OGC.search(parts.path)
    if layer:
        name = f"{unquote(layer[1])}_{layer[2]}"
    elif items:
        name = unquote(items[1])
    else:
        name = asked.get("typenames") or asked.get("typename") or "features"
    ending = "gml" if service_of(url) is Service.GML else "geojson"
    kept = re.sub(r"[^\w.-]+", "_", name).strip("._")[:100]
    return f"{kept or 'features'}.{ending}"


_SIZE = {
    Service.OGC: ("limit", ""),
    Service.WFS: ("count", "startIndex"),
    Service.GML: ("count", "startIndex"),
    Service.ARCGIS: ("resultRecordCount", "resultOffset"),
}


def page_address(url: str, *, size: int, start: int) -> str:
    """The address of the page of `size` features that begins at number `start`; what it asks for else stays.

    >>> page_address("https://x.example/collections/a/items?limit=5", size=100, start=0)
    'https://x.example/collections/a/items?limit=100'
    """
    service = service_of(url)
    assert service is not None
    parts = urlsplit(url)
    most, first = _SIZE[service]
    known = parse_qsl(parts.query, keep_blank_values=True)
    ours = {most.lower(), first.lower()}
    if service is Service.OGC:
        ours.add("offset")
    asked = [(key, value) for key, value in known if key.lower() not in ours]
    asked += [(most, str(size))] if size else []
    asked += [(first, str(start))] if first and start else []
    return urlunsplit(parts._replace(query=urlencode(asked), fragment=""))


def read_page(service: Service, data: bytes, url: str) -> FeaturePage | None:
    """The features in one answer; None where it is none of the service (a message, a page for people).

    Raises `CatalogueUnreadable` for what is no JSON, or tells an error.
    """
    return _gml_page(data) if service is Service.GML else _json_page(data, url)


def _json_page(data: bytes, url: str) -> FeaturePage | None:
    answer = an_object(whole_json(decoded(data)[0]))
    if "error" in answer:
        message = line(an_object(answer["error"]).get("message"), 120)
        raise CatalogueUnreadable(say("The server answers with an error: %(why)s", why=message))
    listed = answer.get("features")
    if not isinstance(listed, list):
        return None
    features = tuple(json.dumps(one).encode() for one in listed if isinstance(one, dict))
    frame = {"type": "FeatureCollection"} | ({"crs": answer["crs"]} if answer.get("crs") else {})
    return FeaturePage(
        features,
        json.dumps(frame).encode()[:-1] + b', "features": [\n',
        b"\n]}\n",
        len(features),
        _matched(answer),
        _following(answer, url),
        answer.get("exceededTransferLimit") is True
        or an_object(answer.get("properties")).get("exceededTransferLimit") is True,
    )


def _matched(answer: Mapping[str, Any]) -> int | None:
    """Zero counts too; what is no number (servers write "unknown") is not told."""
    told = answer.get("numberMatched")
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _following(answer: Mapping[str, Any], url: str) -> str:
    links = [link for link in objects(answer.get("links")) if link.get("rel") == "next"]
    links.sort(key=lambda link: "json" not in line(link.get("type"), 100))
    return next((found for found in (web(link.get("href"), url) for link in links) if found), "")


def _gml_page(data: bytes) -> FeaturePage | None:
    """Cut out what stands between the root's tags; whether it is sound XML shows when the file is read."""
    root = _ROOT.search(data[: 64 * 1024])
    if root is None:
        return None
    empty = root[0].endswith(b"/>")
    end = len(data) if empty else data.rfind(b"</" + (root[1] or b"") + b"FeatureCollection")
    if end < root.end() and not empty:
        return None
    told = {name: int(number) for name, number in _COUNTS.findall(root[0])}
    count = told.get(b"numberReturned", told.get(b"numberOfFeatures", 0))
    body = b"" if empty else data[root.end() : end]
    if not _MEMBER.search(body):
        body, count = b"", 0
    return FeaturePage(
        (body,) if body else (),
        data[: root.start()] + _OF_THE_PAGE.sub(b"", root[0]),
        b"</" + (root[1] or b"") + b"FeatureCollection>\n",
        count or len(_MEMBER.findall(body)),
        told.get(b"numberMatched"),
    )
