# SPDX-License-Identifier: EUPL-1.2
"""The elements of a CAP 1.2 message in the order of its schema (clause 3.4), with how often each may stand."""

from __future__ import annotations

from enum import Enum


class Times(Enum):
    """How often an element may stand: at least, at most (None: without end)."""

    ONE = (1, 1)
    MAYBE = (0, 1)
    ANY = (0, None)
    SOME = (1, None)


ORDER: dict[str, tuple[tuple[str, Times], ...]] = {
    # 3.2.1
    "alert": (
        ("identifier", Times.ONE),
        ("sender", Times.ONE),
        ("sent", Times.ONE),
        ("status", Times.ONE),
        ("msgType", Times.ONE),
        ("source", Times.MAYBE),
        ("scope", Times.ONE),
        ("restriction", Times.MAYBE),
        ("addresses", Times.MAYBE),
        ("code", Times.ANY),
        ("note", Times.MAYBE),
        ("references", Times.MAYBE),
        ("incidents", Times.MAYBE),
        ("info", Times.ANY),
    ),
    # 3.2.2
    "info": (
        ("language", Times.MAYBE),
        ("category", Times.SOME),
        ("event", Times.ONE),
        ("responseType", Times.ANY),
        ("urgency", Times.ONE),
        ("severity", Times.ONE),
        ("certainty", Times.ONE),
        ("audience", Times.MAYBE),
        ("eventCode", Times.ANY),
        ("effective", Times.MAYBE),
        ("onset", Times.MAYBE),
        ("expires", Times.MAYBE),
        ("senderName", Times.MAYBE),
        ("headline", Times.MAYBE),
        ("description", Times.MAYBE),
        ("instruction", Times.MAYBE),
        ("web", Times.MAYBE),
        ("contact", Times.MAYBE),
        ("parameter", Times.ANY),
        ("resource", Times.ANY),
        ("area", Times.ANY),
    ),
    # 3.2.3
    "resource": (
        ("resourceDesc", Times.ONE),
        ("mimeType", Times.ONE),
        ("size", Times.MAYBE),
        ("uri", Times.MAYBE),
        ("derefUri", Times.MAYBE),
        ("digest", Times.MAYBE),
    ),
    # 3.2.4
    "area": (
        ("areaDesc", Times.ONE),
        ("polygon", Times.ANY),
        ("circle", Times.ANY),
        ("geocode", Times.ANY),
        ("altitude", Times.MAYBE),
        ("ceiling", Times.MAYBE),
    ),
    "eventCode": (("valueName", Times.ONE), ("value", Times.ONE)),
    "parameter": (("valueName", Times.ONE), ("value", Times.ONE)),
    "geocode": (("valueName", Times.ONE), ("value", Times.ONE)),
}


def out_of_order(parent: str, names: list[str]) -> str:
    """What is wrong with the children of an element; empty: nothing.

    >>> out_of_order("area", ["polygon"])
    'area: areaDesc stands 0 times'
    """
    known = [name for name, _times in ORDER[parent]]
    for name in names:
        if name not in known:
            return f"{parent}: there is no element {name}"
    if names != sorted(names, key=known.index):
        return f"{parent}: the elements are not in the order of the schema"
    for name, times in ORDER[parent]:
        least, most = times.value
        count = names.count(name)
        if count < least or (most is not None and count > most):
            return f"{parent}: {name} stands {count} times"
    return ""
