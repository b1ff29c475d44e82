# SPDX-License-Identifier: EUPL-1.2
"""XML is read once by a plain parser before a geo library sees it: no entities, no deep nesting."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from stoa.commons.reading.formats import refusals
from stoa.ground.problems import Refused
from stoa.ground.words import say

PIECE = 1024 * 1024
ROOT_FORMATS = {
    "kml": "kml",
    "FeatureCollection": "gml",
}


class _Guard:
    """Expat handlers that stop at the first thing that has no place in city data."""

    def __init__(self, most_depth: int) -> None:
        self.depth, self.most_depth, self.root = 0, most_depth, ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.ExternalEntityRefHandler = self.doctype

    def start(self, name: str, _attributes: object) -> None:
        self.root = self.root or name
        self.depth += 1
        if self.depth > self.most_depth:
            raise _too_deep(self.most_depth)

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, *_parts: object) -> int:
        raise refusals.refused(
            "xml_entities",
            say("The file declares a document type or entities of its own."),
            say("That is used to attack the programs that read such files, and city data does not need it."),
            say("Export the file again as GeoPackage or GeoJSON."),
        )


def _too_deep(most: int) -> Refused:
    return refusals.refused(
        "nesting_too_deep",
        say("The file is nested more than %(most)s levels deep.", most=most),
        say("No table of a city is; such files are made to break programs."),
        say("Export the data again as GeoPackage, GeoJSON or CSV."),
    )


def check_xml(path: Path, most_depth: int) -> str:
    """Read the whole file without building anything; the local name of its first element."""
    guard = _Guard(most_depth)
    try:
        with path.open("rb") as file:
            while chunk := file.read(PIECE):
                guard.parser.Parse(chunk, False)
            guard.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refusals.damaged("XML", refusals.short(error)) from None
    except (ValueError, LookupError) as error:
        raise refusals.damaged("XML", refusals.short(error)) from None
    return guard.root.rpartition(":")[2]
