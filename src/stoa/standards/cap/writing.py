# SPDX-License-Identifier: EUPL-1.2
"""Writing a CAP message as XML, its elements in the order of the schema."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from stoa.standards.cap.checking import check
from stoa.standards.cap.values import NAMESPACE, Alert, Area, Circle, Info, Point, Reference
from stoa.standards.rdf.values import spoken

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def document(alert: Alert) -> bytes:
    """The message. Raises `CapUnreadable` for values that the standard forbids."""
    check(alert)
    parts = [
        _tag("identifier", alert.identifier),
        _tag("sender", alert.sender),
        _tag("sent", moment(alert.sent)),
        _tag("status", alert.status),
        _tag("msgType", alert.msg_type),
        _tag("scope", alert.scope),
        _maybe("note", alert.note),
        _maybe("references", " ".join(map(reference, alert.references))),
        *map(_info, alert.infos),
    ]
    return f'{_HEAD}<alert xmlns="{NAMESPACE}">\n{_lines(parts)}</alert>\n'.encode()


def _info(info: Info) -> str:
    parts = [
        _tag("language", info.language),
        *(_tag("category", one) for one in info.categories),
        _tag("event", info.event),
        *(_tag("responseType", one) for one in info.response_types),
        _tag("urgency", info.urgency),
        _tag("severity", info.severity),
        _tag("certainty", info.certainty),
        _when("effective", info.effective),
        _when("onset", info.onset),
        _when("expires", info.expires),
        _maybe("senderName", info.sender_name),
        _maybe("headline", info.headline),
        _maybe("description", info.description),
        _maybe("instruction", info.instruction),
        _maybe("web", info.web),
        *map(_area, info.areas),
    ]
    return f"<info>\n{_lines(parts)}</info>"


def _area(area: Area) -> str:
    parts = [
        _tag("areaDesc", area.description),
        *(_tag("polygon", " ".join(map(_pair, one))) for one in area.polygons),
        *(_tag("circle", _circle(one)) for one in area.circles),
    ]
    return f"<area>\n{_lines(parts)}</area>"


def _circle(circle: Circle) -> str:
    return f"{_pair(circle.centre)} {_number(circle.radius_km)}"


def _pair(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    """Six digits are a tenth of a metre; never with an exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def reference(one: Reference) -> str:
    """3.2.1: `sender,identifier,sent`."""
    return f"{one.sender},{one.identifier},{moment(one.sent)}"


def moment(when: datetime) -> str:
    """3.3.2: with the offset in digits, to the second; UTC is -00:00, a letter is forbidden.

    >>> from datetime import UTC
    >>> moment(datetime(2030, 1, 31, 12, tzinfo=UTC))
    '2030-01-31T12:00:00-00:00'
    """
    text = when.replace(microsecond=0).isoformat()
    return text[:-6] + "-00:00" if when.utcoffset() == timedelta(0) else text


def _when(name: str, when: datetime | None) -> str:
    return _tag(name, moment(when)) if when else ""


def _maybe(name: str, text: str) -> str:
    return _tag(name, text) if text else ""


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(spoken(str(text)))}</{name}>"


def _lines(parts: list[str]) -> str:
    return "".join(f"{part}\n" for part in parts if part)
