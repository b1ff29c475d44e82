# SPDX-License-Identifier: EUPL-1.2
"""Why an extract cannot become a base map, in words."""

from __future__ import annotations

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

_EXTRACT = say("Fetch an extract of your region again, as .osm.pbf, for example from download.geofabrik.de.")


def _refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    return Refused(Problem(f"basemap.{code}", what, why, do))


def file_missing(name: str) -> Refused:
    return _refused(
        "file_missing",
        say("There is no file %(name)s.", name=name),
        say("Without an extract no base map can be built."),
        say("Check the spelling of the file or of the setting STOA_BASEMAP."),
    )


def none_named() -> Refused:
    return _refused(
        "none_named",
        say("No extract was named."),
        say("A base map is built from an extract of OpenStreetMap."),
        say("Name a file after the command, or in the setting STOA_BASEMAP."),
    )


def not_an_extract(name: str) -> Refused:
    return _refused(
        "not_an_extract",
        say("The file %(name)s is no extract of OpenStreetMap.", name=name),
        say("It begins neither like a file in the format PBF nor like OpenStreetMap's XML."),
        _EXTRACT,
    )


def has_entities(name: str) -> Refused:
    return _refused(
        "has_entities",
        say("The file %(name)s declares a document type or entities of its own.", name=name),
        say("That is used to attack programs, and no extract needs it."),
        _EXTRACT,
    )


def broken(name: str) -> Refused:
    return _refused(
        "broken",
        say("The file %(name)s is damaged or cut short.", name=name),
        say("The reader stopped before the end; the base map stays as it was."),
        _EXTRACT,
    )


def empty(name: str) -> Refused:
    return _refused(
        "empty",
        say("The file %(name)s holds nothing that a map shows.", name=name),
        say("No street, water, green, building or place was found in it; the base map stays as it was."),
        _EXTRACT,
    )


def too_large(name: str, most_gib: int) -> Refused:
    return _refused(
        "too_large",
        say("The file %(name)s is larger than %(most)s GiB.", name=name, most=most_gib),
        say("A base map of a town needs no more than its region."),
        say("Take the extract of a smaller region."),
    )


def too_many(name: str, most: int) -> Refused:
    return _refused(
        "too_many_shapes",
        say("The file %(name)s holds more than %(most)s shapes.", name=name, most=most),
        say("A base map of a town needs no more than its region."),
        say("Take the extract of a smaller region."),
    )
