# SPDX-License-Identifier: EUPL-1.2
"""Stations out of `gbfs.json`, `station_information` and `station_status` of versions 1.1, 2.x and 3.0."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_STATIONS = 10_000
MOST_NAME = 200
NEEDED = ("station_information", "station_status")


class BadFeed(ValueError):  # noqa: N818 - reads as what it is
    """The document is not what GBFS says; the text tells what is wrong."""


@dataclass(frozen=True, slots=True)
class Station:
    """A station and what it has at this moment."""

    id: str
    name: str
    lon: float | None
    lat: float | None
    at: datetime
    vehicles: int | None
    docks: int | None
    is_renting: bool | None


def feed_addresses(document: Any) -> dict[str, str]:
    """The addresses of the two files by name, out of `gbfs.json` of any version. Raises BadFeed."""
    data = _data(document)
    by_language = [
        one for one in data.values() if isinstance(one, Mapping)
    ]  # before 3.0 a level of languages
    listed = data.get("feeds") or next((one["feeds"] for one in by_language if one.get("feeds")), None)
    if not isinstance(listed, list):
        raise BadFeed("it lists no feeds")
    found = {one.get("name"): one.get("url") for one in listed if isinstance(one, Mapping)}
    if not all(isinstance(found.get(name), str) for name in NEEDED):
        raise BadFeed("it has no stations (station_information, station_status)")
    return {name: str(found[name]) for name in NEEDED}


def stations(information: Any, status: Any) -> Iterator[Station]:
    """Every station that has a status, with name and place where they are known. Raises BadFeed."""
    about = {str(one.get("station_id")): one for one in _stations(information)}
    last_updated = instant(status.get("last_updated") if isinstance(status, Mapping) else None)
    for one in _stations(status):
        identifier = str(one.get("station_id", ""))[:MOST_NAME]
        at = instant(one.get("last_reported")) or last_updated
        if not identifier or at is None:
            continue
        known = about.get(identifier, {})
        yield Station(
            id=identifier,
            name=_text(known.get("name")),
            lon=_degrees(known.get("lon"), 180),
            lat=_degrees(known.get("lat"), 90),
            at=at,
            vehicles=_count(one.get("num_vehicles_available", one.get("num_bikes_available"))),
            docks=_count(one.get("num_docks_available")),
            is_renting=_truth(one.get("is_renting")),
        )


def instant(told: Any) -> datetime | None:
    """A moment: seconds since 1970 before version 3.0, ISO 8601 since."""
    try:
        if isinstance(told, str):
            found = datetime.fromisoformat(told)
            return found.astimezone(UTC) if found.tzinfo else None
        if isinstance(told, int | float) and not isinstance(told, bool) and told > 0:
            return datetime.fromtimestamp(told, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _data(document: Any) -> Mapping[str, Any]:
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, Mapping):
        raise BadFeed("it has no data")
    return data


def _stations(document: Any) -> list[Mapping[str, Any]]:
    listed = _data(document).get("stations")
    if not isinstance(listed, list):
        raise BadFeed("it lists no stations")
    return [one for one in listed[:MOST_STATIONS] if isinstance(one, Mapping)]


def _text(told: Any) -> str:
    """A name; in 3.0 a list of texts by language, of which the first is taken."""
    if isinstance(told, list) and told and isinstance(told[0], Mapping):
        told = told[0].get("text")
    return told[:MOST_NAME] if isinstance(told, str) else ""


def _degrees(told: Any, most: float) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        return None
    return float(told) if abs(told) <= most else None


def _count(told: Any) -> int | None:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < 1_000_000:
        return None
    return told


def _truth(told: Any) -> bool | None:
    return bool(told) if isinstance(told, bool) or told in (0, 1) else None
