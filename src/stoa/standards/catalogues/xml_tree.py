# SPDX-License-Identifier: EUPL-1.2
"""XML from strangers: no entities, no network, no huge trees; what stands before a mistake is kept."""

from __future__ import annotations

from lxml import etree

from stoa.ground.words import Saying, say
from stoa.standards.catalogues.values import CatalogueUnreadable

MOST_BYTES = 32 * 1024**2


def tree_of(data: bytes) -> tuple[etree._Element, Saying | None]:
    """The root element, and what had to be mended; `CatalogueUnreadable` if there is nothing or an attack."""
    if len(data) > MOST_BYTES:
        raise CatalogueUnreadable(
            say(
                "This XML is larger than %(n)s MiB; give an address that answers in pages.",
                n=MOST_BYTES // 1024**2,
            )
        )
    try:
        return _checked(etree.fromstring(data, _parser(mends=False))), None
    except etree.XMLSyntaxError as error:
        first = str(error.msg or "")[:150]
    try:
        root = etree.fromstring(data, _parser(mends=True))
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise CatalogueUnreadable(say("This is no XML: %(why)s.", why=first))
    return _checked(root), say("The XML is broken (%(why)s); what could be read was taken.", why=first)


def _parser(*, mends: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=mends,
        remove_comments=True,
        remove_pis=True,
    )


def _checked(root: etree._Element) -> etree._Element:
    """Entities are how XML is made to explode or to read files; no catalogue needs them."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _one in declared.iterentities()):
        raise CatalogueUnreadable(
            say("This XML declares entities of its own, which can make a reader explode; it was not read.")
        )
    return root


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((one for one in element if local(one) == name), None)
    return element


def text_of(element: etree._Element | None, *path: str) -> str:
    found = child(element, *path)
    return "".join(str(piece) for piece in found.itertext()) if found is not None else ""


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [one for one in element if local(one) == name] if element is not None else []
