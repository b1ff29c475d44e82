# SPDX-License-Identifier: EUPL-1.2
"""A spreadsheet of devices: which heading means what, and what a row says. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from stoa.ground.words import N_

COLUMNS = {
    "name": N_("Name: what people call the device (needed)"),
    "identifier": N_("DevEUI or address (needed)"),
    "decoder": N_("Decoder: its id, or maker and model"),
    "lon": N_("Longitude, degrees"),
    "lat": N_("Latitude, degrees"),
    "minutes": N_("Minutes: how often it is heard"),
}
_MEANT = {
    "name": ("name", "bezeichnung", "geraet", "device", "devicename", "titel"),
    "identifier": ("deveui", "eui", "dev", "adresse", "address", "identifier", "kennung"),
    "decoder": ("decoder", "modell", "model", "typ", "type", "geraetetyp", "devicetype"),
    "lon": ("lon", "lng", "long", "longitude", "laenge", "laengengrad", "x"),
    "lat": ("lat", "latitude", "breite", "breitengrad", "y"),
    "minutes": ("minutes", "minuten", "interval", "intervall", "sendeintervall"),
}

_RANGES = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0), "minutes": (0.02, 50_000.0)}


def meaning_of(headings: Sequence[str]) -> dict[str, int]:
    """Which column stands for what; the first that fits."""
    plain = [_plain(one) for one in headings]
    found: dict[str, int] = {}
    for meant, words in _MEANT.items():
        for word in words:
            if word in plain and meant not in found:
                found[meant] = plain.index(word)
    return found


def _plain(text: str) -> str:
    lower = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"\(.*?\)|[^a-z]", "", lower)


def facts_of(row: Mapping[str, Any], decoders: Mapping[str, str]) -> dict[str, Any]:
    """What the registration takes; `decoders` by plain words of id, model and title."""
    name = str(row.get("name") or "").strip()
    lon, lat = _number(row.get("lon")), _number(row.get("lat"))
    minutes = _number(row.get("minutes"))
    told = str(row.get("decoder") or "").strip()
    return {
        "name": name[:200],
        "identifier": str(row.get("identifier") or "").strip()[:200],
        "decoder": decoders.get(plain_words(told), told)[:80],
        "place": (lon, lat) if lon is not None and lat is not None else None,
        "expected_interval_s": round(minutes * 60) if minutes else None,
    }


def not_understood(row: Mapping[str, Any]) -> str:
    """What stands in a column of numbers and is none that can be; empty: everything can be read.

    Left out in silence, a device would stand nowhere, or never be missed.
    """
    for what, (least, most) in _RANGES.items():
        told = str(row[what] if row.get(what) is not None else "").strip()
        found = _number(told)
        if told and (found is None or not least <= found <= most):
            return told
    return ""


def plain_words(text: str) -> str:
    """Letters and digits only, so that `AM103L` and `am-103 l` are one."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _number(told: Any) -> float | None:
    try:
        found = float(str(told).replace(",", "."))
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None
