# SPDX-License-Identifier: EUPL-1.2
"""Read values of somebody else's JSON without trusting one of them."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stoa.standards.lorawan.uplink import BadUplink

MOST_PAYLOAD = 1_024
MOST_NAME = 200
MOST_GATEWAYS = 32
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_EUI = re.compile(r"[0-9A-F]{16}")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_SPREADING = re.compile(r"SF(\d{1,2})(?: ?BW(\d{3,4}))?(?: (\S{1,10}))?")

Json = Mapping[str, Any]


def table(parent: Json, name: str) -> Json:
    """The object with this name; an empty one when there is none."""
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}


def tables(parent: Json, name: str) -> list[Json]:
    """The objects of this list, the first `MOST_GATEWAYS` of them."""
    found = parent.get(name)
    rows = found if isinstance(found, list) else []
    return [row for row in rows[:MOST_GATEWAYS] if isinstance(row, Mapping)]


def words(parent: Json, name: str) -> str:
    """A short text; empty when there is none."""
    found = parent.get(name)
    return str(found)[:MOST_NAME] if isinstance(found, str | int) and not isinstance(found, bool) else ""


def whole(parent: Json, name: str) -> int | None:
    """A whole number, also when it was sent as a text."""
    found = parent.get(name)
    if isinstance(found, bool):
        return None
    if isinstance(found, str):
        return int(found) if re.fullmatch(r"-?\d{1,18}", found) else None
    if isinstance(found, float):
        return int(found) if math.isfinite(found) else None
    return found if isinstance(found, int) else None


def number(parent: Json, name: str) -> float | None:
    """A finite number, also when it was sent as a text (ThingPark does)."""
    found = parent.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def truth(parent: Json, name: str) -> bool | None:
    found = parent.get(name)
    return found if isinstance(found, bool) else None


def eui(told: object) -> str:
    """A device address in capital letters; ChirpStack 3 sends it in base64."""
    text = str(told or "").replace("-", "").replace(":", "").upper()
    if _EUI.fullmatch(text):
        return text
    if isinstance(told, str) and len(told) == 12:
        decoded = from_base64(told).hex().upper()
        if _EUI.fullmatch(decoded):
            return decoded
    raise BadUplink("the device has no address (EUI) of 16 hexadecimal digits")


def from_base64(told: object) -> bytes:
    text = told if isinstance(told, str) else ""
    if len(text) > MOST_PAYLOAD * 2:
        raise BadUplink(f"the payload has more than {MOST_PAYLOAD} bytes")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise BadUplink("the payload is not base64") from wrong


def from_hex(told: object) -> bytes:
    text = told if isinstance(told, str) else ""
    if len(text) > MOST_PAYLOAD * 2:
        raise BadUplink(f"the payload has more than {MOST_PAYLOAD} bytes")
    if not _HEX.fullmatch(text):
        raise BadUplink("the payload is not hexadecimal")
    return bytes.fromhex(text)


def instant(told: object) -> datetime:
    """An instant from ISO 8601 text (fractions are cut at a millionth) or from milliseconds since 1970."""
    try:
        if isinstance(told, str):
            found = datetime.fromisoformat(_FRACTION.sub(r"\1", told[:40]))
            if found.tzinfo is not None:
                return found.astimezone(UTC)
        elif isinstance(told, int | float) and not isinstance(told, bool):
            return datetime.fromtimestamp(told / 1000, UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise BadUplink("the time of the message cannot be read") from wrong
    raise BadUplink("the message does not say when it was received")


def data_rate(told: str) -> tuple[int | None, int | None, str]:
    """Spreading factor, bandwidth in Hz and code rate out of `SF9 BW125 4/5`."""
    found = _SPREADING.match(told)
    if not found:
        return None, None, ""
    return int(found[1]), int(found[2]) * 1000 if found[2] else None, found[3] or ""
