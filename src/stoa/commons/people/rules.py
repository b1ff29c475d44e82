# SPDX-License-Identifier: EUPL-1.2
"""Which departments a role reaches, and what a city may be called and be. Pure but for the zones of the machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoa.ground.problems import Problem
from stoa.ground.words import say

KEY_MARK = "stoa_"
"""What every API key begins with, so that it is known without a word in front of it."""


def below(path: str, paths: Mapping[int, str]) -> frozenset[int]:
    """Ids of the department with this path and of all below it; `paths` maps id to path (`a/b/`).

    >>> sorted(below("a/", {1: "a/", 2: "a/b/", 3: "ab/"}))
    [1, 2]
    """
    return frozenset(pk for pk, other in paths.items() if other.startswith(path))


def path_of(slug: str, parent_path: str) -> str:
    return f"{parent_path}{slug}/"


CITY_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CITY_NAME_MOST = 40
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_EDGES = ((-180.0, 180.0), (-90.0, 90.0), (-180.0, 180.0), (-90.0, 90.0))


def city_problems(slug: str, facts: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the short name and the facts of a city; a fact that is not given is not looked at."""
    found = []
    if not CITY_NAME.fullmatch(slug) or len(slug) > CITY_NAME_MOST:
        found.append(_name_wrong(slug))
    if "zone" in facts and not _is_zone(facts["zone"]):
        found.append(_zone_unknown(facts["zone"]))
    if "languages" in facts and not _are_languages(facts["languages"]):
        found.append(_languages_wrong(facts["languages"]))
    if facts.get("area") is not None and not _is_area(facts["area"]):
        found.append(_area_wrong())
    return found


def _name_wrong(slug: str) -> Problem:
    return Problem(
        "people.city_name_wrong",
        say("“%(slug)s” cannot be the short name of a city.", slug=slug[:80]),
        say("It stands in addresses: /c/short-name/."),
        say("Take small letters, digits and hyphens between them, 40 at most."),
        field="slug",
    )


def _zone_unknown(zone: str) -> Problem:
    return Problem(
        "people.zone_unknown",
        say("There is no time zone “%(zone)s”.", zone=zone[:80]),
        say("Times in files would be understood wrongly by hours."),
        say("Name one of the IANA list, for instance Europe/Berlin."),
        field="zone",
    )


def _languages_wrong(codes: Iterable[str]) -> Problem:
    return Problem(
        "people.languages_wrong",
        say("“%(languages)s” are no languages.", languages=", ".join(codes)[:80]),
        say("Every text of the portal is shown in one of them."),
        say("Name them by their two-letter codes, the main one first: de,en."),
        field="languages",
    )


def _area_wrong() -> Problem:
    return Problem(
        "people.area_wrong",
        say("The area of the city is no area."),
        say("It tells which places in files lie in the city; with a wrong one all would be doubtful."),
        say("Write west, south, east and north in degrees: 7.4,51.8,7.8,52.1."),
        field="area",
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _are_languages(codes: Iterable[str]) -> bool:
    told = list(codes)
    return bool(told) and len(set(told)) == len(told) and all(_LANGUAGE.fullmatch(code) for code in told)


def _is_area(area: Sequence[float]) -> bool:
    """West, south, east, north; a city across the date line would need more than a box."""
    if len(area) != len(_EDGES) or not all(isfinite(edge) for edge in area):
        return False
    within = all(least <= edge <= most for edge, (least, most) in zip(area, _EDGES, strict=True))
    west, south, east, north = area
    return within and west < east and south < north
