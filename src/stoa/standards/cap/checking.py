# SPDX-License-Identifier: EUPL-1.2
"""What the standard demands of values beyond their types (clauses 3.2 and 3.3)."""

from __future__ import annotations

import re

from stoa.standards.cap.values import Alert, Area, CapUnreadable, Info, MsgType, Point

_NAME = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def check(alert: Alert) -> None:
    """Raise `CapUnreadable` unless a receiver may rely on the message."""
    for name, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        _need(_NAME.fullmatch(text), f"3.2.1 {name}: no spaces, commas or restricted characters")
    _need(alert.sent.utcoffset() is not None, "3.3.2 sent: without a time zone")
    earlier = alert.msg_type in {MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR}
    _need(
        alert.references or not earlier,
        f"3.2.1 msgType {alert.msg_type}: which message it is about is missing",
    )
    for one in alert.references:
        fits = (
            _NAME.fullmatch(one.sender)
            and _NAME.fullmatch(one.identifier)
            and one.sent.utcoffset() is not None
        )
        _need(fits, "3.2.1 references: sender,identifier,sent")
    for info in alert.infos:
        _check_info(info)


def _check_info(info: Info) -> None:
    _need(info.categories, "3.2.2 category: at least one")
    _need(info.event.strip(), "3.2.2 event: missing")
    _need(_LANGUAGE.fullmatch(info.language), "3.2.2 language: RFC 3066")
    for when in (info.effective, info.onset, info.expires):
        _need(when is None or when.utcoffset() is not None, "3.3.2: a time without a zone")
    for area in info.areas:
        _check_area(area)


def _check_area(area: Area) -> None:
    _need(area.description.strip(), "3.2.4 areaDesc: missing")
    for polygon in area.polygons:
        _need(len(polygon) >= 4, "3.2.4 polygon: at least four pairs")
        _need(polygon[0] == polygon[-1], "3.2.4 polygon: the last pair is the first")
        for point in polygon:
            _check_point(point)
    for circle in area.circles:
        _check_point(circle.centre)
        _need(circle.radius_km >= 0, "3.2.4 circle: a radius in kilometres")


def _check_point(point: Point) -> None:
    lat, lon = point
    _need(-90 <= lat <= 90 and -180 <= lon <= 180, "3.3.1: latitude and longitude in degrees, WGS 84")


def _need(is_so: object, why: str) -> None:
    if not is_so:
        raise CapUnreadable(why)
