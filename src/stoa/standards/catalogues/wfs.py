# SPDX-License-Identifier: EUPL-1.2
"""WFS 1.1 and 2.0: every feature type that GetCapabilities names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import box, line, plain, web, words
from stoa.standards.catalogues.values import (
    CatalogueUnreadable,
    Items,
    RemoteDataset,
    RemoteFile,
    Unreadable,
)
from stoa.standards.catalogues.xml_tree import child, children, local, text_of, tree_of

_NO_WORDS = {"none", "no", "-", "n/a", "keine"}


@dataclass(frozen=True, slots=True)
class _Service:
    """What all feature types of a service have in common."""

    address: str
    version: str
    formats: list[str]
    publisher: str
    licences: tuple[str, ...]


def first_address(url: str) -> str:
    """The address that a service tells its abilities at."""
    return _asked(url, {"service": "WFS", "request": "GetCapabilities"})


def _asked(url: str, more: dict[str, str]) -> str:
    parts = urlsplit(url)
    known = {
        key: value
        for key, value in parse_qsl(parts.query)
        if key.lower() not in {*more, "version", "service", "request"}
    }
    return urlunsplit(parts._replace(query=urlencode({**known, **more}), fragment=""))


def read(data: bytes, url: str) -> Items:
    """Feature types of a service as datasets. Raises `CatalogueUnreadable`."""
    root, mended = tree_of(data)
    if mended:
        yield Unreadable("", mended)
    if local(root) not in {"WFS_Capabilities", "Capabilities"}:
        raise CatalogueUnreadable(say("This is no answer to GetCapabilities."))
    service = child(root, "ServiceIdentification")
    rights = [text_of(service, name) for name in ("Fees", "AccessConstraints")]
    licences = tuple(line(one) for one in rights if line(one) and line(one).lower() not in _NO_WORDS)
    version = line(root.get("version"), 10) or "2.0.0"
    publisher = line(text_of(root, "ServiceProvider", "ProviderName"))
    service_ = _Service(_feature_address(root, url), version, _formats(root), publisher, licences)
    for kind in children(child(root, "FeatureTypeList"), "FeatureType"):
        yield _dataset(kind, service_)


def _feature_address(root: etree._Element, url: str) -> str:
    for operation in children(child(root, "OperationsMetadata"), "Operation"):
        if operation.get("name") == "GetFeature":
            got = child(operation, "DCP", "HTTP", "Get")
            told = web(got.get("{http://www.w3.org/1999/xlink}href"), url) if got is not None else ""
            if told:
                return told
    return url


def _formats(root: etree._Element) -> list[str]:
    for operation in children(child(root, "OperationsMetadata"), "Operation"):
        if operation.get("name") == "GetFeature":
            for parameter in children(operation, "Parameter"):
                if str(parameter.get("name")).lower() == "outputformat":
                    return [
                        line("".join(value.itertext()), 100)
                        for value in parameter.iter()
                        if local(value) == "Value"
                    ]
    return []


def _dataset(kind: etree._Element, of: _Service) -> RemoteDataset | Unreadable:
    name = line(text_of(kind, "Name"), 300)
    if not name:
        return Unreadable(line(text_of(kind, "Title"), 200), say("It has no identifier."))
    about = plain(text_of(kind, "Abstract"))
    pages = [
        url
        for url in (
            web(str(link)) for link in kind.xpath(".//*[local-name()='MetadataURL']/@*[local-name()='href']")
        )
        if url
    ]
    return RemoteDataset(
        id=f"{of.address.partition('?')[0]}#{name}"[:500],
        title={"": line(text_of(kind, "Title")) or name},
        description={"": about} if about else {},
        landing_page=pages[0] if pages else "",
        publisher=of.publisher,
        keywords=words(
            [text_of(one) for group in children(kind, "Keywords") for one in children(group, "Keyword")]
        ),
        licences=of.licences,
        box=_box(child(kind, "WGS84BoundingBox")),
        files=tuple(_files(name, of)),
    )


def _files(name: str, of: _Service) -> Iterator[RemoteFile]:
    kind = "typeNames" if of.version.startswith("2") else "typeName"
    asked = {"service": "WFS", "version": of.version, "request": "GetFeature", kind: name}
    json = next((one for one in of.formats if "json" in one.lower()), "")
    if json:
        address = _asked(of.address, {**asked, "outputFormat": json})
        yield RemoteFile(address, "GeoJSON", "", True, "GEOJSON", "application/geo+json")
    yield RemoteFile(_asked(of.address, asked), "GML", "", True, "GML", "application/gml+xml")
    yield RemoteFile(first_address(of.address), "WFS", "", False, "WFS")


def _box(element: etree._Element | None) -> Box | None:
    corners = (
        [*text_of(element, "LowerCorner").split(), *text_of(element, "UpperCorner").split()]
        if element is not None
        else []
    )
    return box(*corners) if len(corners) == 4 else None
