# SPDX-License-Identifier: EUPL-1.2
"""Reading a CAP message strictly: no document type, no element that the schema does not know, in its order."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from stoa.standards.cap.checking import check
from stoa.standards.cap.order import ORDER, out_of_order
from stoa.standards.cap.values import (
    NAMESPACE,
    Alert,
    Area,
    CapUnreadable,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Point,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
MOST_BYTES = 4 * 1024**2
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


def read(data: bytes) -> Alert:
    """The message. Raises `CapUnreadable`, saying which clause it breaks."""
    root = _tree(data)
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise CapUnreadable("3.4: the root is no alert of CAP 1.2")
    _ordered(root, "alert")
    references = tuple(map(_reference, _text(root, "references").split()))
    try:
        alert = Alert(
            _text(root, "identifier"),
            _text(root, "sender"),
            moment(_text(root, "sent")),
            Status(_text(root, "status")),
            MsgType(_text(root, "msgType")),
            Scope(_text(root, "scope")),
            _text(root, "note"),
            references,
            tuple(map(_info, _all(root, "info"))),
        )
    except CapUnreadable:
        raise
    except ValueError as error:
        raise CapUnreadable(f"3.2: {error}") from error
    check(alert)
    return alert


def _tree(data: bytes) -> etree._Element:
    if len(data) > MOST_BYTES:
        raise CapUnreadable("the message is too large")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise CapUnreadable(f"no XML: {error.msg}") from error
    if root.getroottree().docinfo.doctype:
        raise CapUnreadable("a document type has no place in a message")
    return root


def _ordered(element: etree._Element, name: str) -> None:
    """The children stand as the schema wants, all the way down."""
    names = []
    for child in _unsigned(element, name):
        qualified = etree.QName(child)
        if qualified.namespace != NAMESPACE:
            raise CapUnreadable(f"{name}: an element of another namespace")
        names.append(qualified.localname)
        if qualified.localname in ORDER:
            _ordered(child, qualified.localname)
        elif len(child):
            raise CapUnreadable(f"{qualified.localname}: holds elements")
    wrong = out_of_order(name, names)
    if wrong:
        raise CapUnreadable(f"3.4 {wrong}")


def _unsigned(element: etree._Element, name: str) -> list[etree._Element]:
    """The children without signatures, which may stand at the end of a message (3.3.4.1); we look at none."""
    children = list(element)
    while name == "alert" and children and etree.QName(children[-1]).namespace == SIGNATURES:
        children.pop()
    return children


def _all(element: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in element if one.tag == f"{{{NAMESPACE}}}{name}"]


def _texts(element: etree._Element, name: str) -> list[str]:
    return [(one.text or "").strip() for one in _all(element, name)]


def _text(element: etree._Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _info(element: etree._Element) -> Info:
    return Info(
        event=_text(element, "event"),
        urgency=Urgency(_text(element, "urgency")),
        severity=Severity(_text(element, "severity")),
        certainty=Certainty(_text(element, "certainty")),
        categories=tuple(map(Category, _texts(element, "category"))),
        language=next(iter(_texts(element, "language")), "en-US"),
        response_types=tuple(map(ResponseType, _texts(element, "responseType"))),
        effective=_when(element, "effective"),
        onset=_when(element, "onset"),
        expires=_when(element, "expires"),
        sender_name=_text(element, "senderName"),
        headline=_text(element, "headline"),
        description=_text(element, "description"),
        instruction=_text(element, "instruction"),
        web=_text(element, "web"),
        areas=tuple(map(_area, _all(element, "area"))),
    )


def _area(element: etree._Element) -> Area:
    return Area(
        _text(element, "areaDesc"),
        tuple(tuple(map(_point, one.split())) for one in _texts(element, "polygon")),
        tuple(map(_circle, _texts(element, "circle"))),
    )


def _circle(text: str) -> Circle:
    centre, _blank, radius = text.partition(" ")
    return Circle(_point(centre), _float(radius))


def _point(text: str) -> Point:
    lat, _comma, lon = text.partition(",")
    return _float(lat), _float(lon)


def _float(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise CapUnreadable("3.2.4: a number of a place cannot be read")
    return float(text)


def _when(element: etree._Element, name: str) -> datetime | None:
    texts = _texts(element, name)
    return moment(texts[0]) if texts else None


def moment(text: str) -> datetime:
    """3.3.2: digits and an offset in digits; `Z` and fractions are forbidden."""
    if not _MOMENT.fullmatch(text):
        raise CapUnreadable("3.3.2: a time is written like 2002-05-24T16:49:00-07:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise CapUnreadable(f"3.3.2: {error}") from error


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3:
        raise CapUnreadable("3.2.1 references: sender,identifier,sent")
    return Reference(parts[0], parts[1], moment(parts[2]))
