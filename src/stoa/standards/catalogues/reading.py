# SPDX-License-Identifier: EUPL-1.2
"""The way in: which reader reads which kind of catalogue, and where it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from stoa.standards.catalogues import arcgis, ckan, data_json, listing, ogc, wfs
from stoa.standards.catalogues.values import Items

Reader = Callable[[bytes, str], Items]


def _dcat(data: bytes, url: str) -> Items:
    """Its parsers are large, and read in a process of their own: whoever only asks where to begin does without."""
    from stoa.standards.catalogues import dcat

    return dcat.read(data, url)


READERS: Mapping[str, Reader] = {
    "ckan": ckan.read,
    "ckan_lines": ckan.read_lines,
    "dcat": _dcat,
    "data_json": data_json.read,
    "ogc_features": partial(ogc.read, records=False),
    "ogc_records": partial(ogc.read, records=True),
    "wfs": wfs.read,
    "arcgis": arcgis.read,
    "stoa": _dcat,
    "files": listing.read,
}


def _asking_for_json(url: str) -> str:
    parts = urlsplit(url)
    return (
        url if "f=" in parts.query else urlunsplit(parts._replace(query=f"{parts.query}&f=json".lstrip("&")))
    )


def _of_stoa(url: str) -> str:
    """The catalogue of another install in JSON-LD, whatever page of it was named."""
    parts = urlsplit(url)
    path = parts.path
    if not path.endswith((".jsonld", ".ttl", ".rdf")):
        path = f"{path.rstrip('/')}/catalog.jsonld"
    return urlunsplit(parts._replace(path=path, fragment=""))


_FIRST: Mapping[str, Callable[[str], str]] = {
    "ckan": ckan.first_address,
    "wfs": wfs.first_address,
    "arcgis": arcgis.first_address,
    "ogc_features": _asking_for_json,
    "ogc_records": _asking_for_json,
    "stoa": _of_stoa,
}


def first_address(kind: str, url: str) -> str:
    """Where a run through such a catalogue begins."""
    return _FIRST.get(kind, str)(url)


def read(kind: str, data: bytes, url: str) -> Items:
    """Everything in one document of a catalogue; raises `CatalogueUnreadable` where there is nothing in it."""
    return READERS[kind](data, url)
