# SPDX-License-Identifier: EUPL-1.2
"""ArcGIS REST: folders, feature and map services, and every layer of them as a dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import box, line, plain, words
from stoa.standards.catalogues.json_text import an_object, decoded, objects
from stoa.standards.catalogues.json_text import whole as whole_json
from stoa.standards.catalogues.values import (
    CatalogueUnreadable,
    Items,
    Next,
    RemoteDataset,
    RemoteFile,
    Unreadable,
)

_KINDS = ("FeatureServer", "MapServer")
_LAYER = re.compile(r"/(?:Feature|Map)Server/\d+$")
_DEGREES = {4326, 4269, 4258}


def first_address(url: str) -> str:
    """The same address, asked for JSON; the layer itself where somebody copied a question to it."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/query")
    return urlunsplit(parts._replace(query="f=json", path=path, fragment=""))


def read(data: bytes, url: str) -> Items:
    """Layers of a service, or the services and folders to go on with. Raises `CatalogueUnreadable`."""
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    answer = an_object(whole_json(text))
    if "error" in answer:
        message = line(an_object(answer["error"]).get("message"), 120)
        raise CatalogueUnreadable(say("The server answers with an error: %(why)s", why=message))
    address = url.partition("?")[0].rstrip("/")
    if "layers" in answer or "tables" in answer:
        for layer in [*objects(answer.get("layers")), *objects(answer.get("tables"))]:
            yield from _layer(answer, layer, address)
    elif _LAYER.search(address) and "id" in answer:
        yield from _layer(answer, answer, address.rpartition("/")[0])
    elif "services" in answer or "folders" in answer:
        yield from _services(answer, address)
    else:
        raise CatalogueUnreadable(say("This is no list of services or layers of ArcGIS."))


def _services(answer: Mapping[str, Any], address: str) -> Items:
    """A feature service is preferred to the map service of the same name."""
    root = address.partition("/rest/services")[0] + "/rest/services"
    for folder in answer.get("folders") or []:
        if isinstance(folder, str) and folder not in {"System", "Utilities"} and address == root:
            yield Next(f"{root}/{quote(folder)}?f=json")
    found: dict[str, str] = {}
    for service in objects(answer.get("services")):
        name, kind = line(service.get("name"), 300), str(service.get("type"))
        if name and kind in _KINDS and (kind == _KINDS[0] or name not in found):
            found[name] = kind
    for name, kind in found.items():
        yield Next(f"{root}/{quote(name)}/{kind}?f=json")


def _layer(service: Mapping[str, Any], layer: Mapping[str, Any], address: str) -> Items:
    number, name = layer.get("id"), line(layer.get("name"))
    if not isinstance(number, int) or isinstance(number, bool) or not name:
        yield Unreadable(name, say("It has no identifier."))
        return
    if layer.get("subLayerIds") or str(layer.get("type")) in {"Group Layer", "Raster Layer"}:
        return
    about = plain(service.get("serviceDescription")) or plain(service.get("description"))
    document = an_object(service.get("documentInfo"))
    here = f"{address}/{number}"
    asked = urlencode({"where": "1=1", "outFields": "*", "outSR": 4326, "f": "geojson"})
    rights = line(service.get("copyrightText"))
    yield RemoteDataset(
        id=here[:500],
        title={"": name},
        description={"": about} if about else {},
        uri=here,
        landing_page=here,
        publisher=line(document.get("Author")),
        keywords=words(document.get("Keywords")),
        licences=(rights,) if rights else (),
        box=_box(an_object(layer.get("extent") or service.get("fullExtent"))),
        files=(
            # Who may only look at a map cannot ask it for its features.
            RemoteFile(
                f"{here}/query?{asked}", "GeoJSON", "", _answers(service), "GEOJSON", "application/geo+json"
            ),
            RemoteFile(here, "ArcGIS REST", "", False, "ESRI REST"),
        ),
    )


def _answers(service: Mapping[str, Any]) -> bool:
    """Whether a service can be asked for features; those that tell nothing mostly can."""
    told = service.get("capabilities")
    return "query" in str(told).lower() if told else True


def _box(extent: Mapping[str, Any]) -> Box | None:
    """The extent where it is told in degrees; others would have to be reckoned over."""
    if an_object(extent.get("spatialReference")).get("wkid") not in _DEGREES:
        return None
    return box(*(extent.get(side) for side in ("xmin", "ymin", "xmax", "ymax")))
