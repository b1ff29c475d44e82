# SPDX-License-Identifier: EUPL-1.2
"""JSON: the list of records is found wherever it stands, objects become columns, types come from values.

Known shapes need no special case: a list, an object that holds one list of objects at any depth (`grants`,
`data.stations`), an object of objects of the same kind. A Django fixture's `fields` lose their prefix.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.raw import TypedTable
from stoa.commons.reading.formats.record_types import Records, stage_records
from stoa.commons.reading.report import TableOffer
from stoa.ground.problems import Refused
from stoa.ground.words import say

DOCUMENT_BYTES = 300 * 1024 * 1024
SEARCH_DEPTH = 5
GEO_TYPES = frozenset(
    {"FeatureCollection", "Feature", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
     "MultiPolygon", "GeometryCollection"}
)  # fmt: skip
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A JSON file and the lists of records in it."""

    format: str
    offers: tuple[TableOffer, ...]
    asked: Asked
    lists: Mapping[str, Records]

    def open(self, name: str) -> TypedTable:
        return stage_records(self.lists[name], name, self.format, self.asked)


def looks_like_json(path: Path, asked: Asked) -> str:
    """`geojson`, `json`, `jsonl`, or `text` for a table that only begins with a bracket."""
    with path.open("rb") as file:
        start = file.read(256 * 1024)
    text = start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip()
    lines = [line for line in text.split("\n", 40)[:40] if line.strip()]
    whole = lines[:-1] if len(start) == 256 * 1024 else lines
    if len(whole) > 1 and all(_is_object(line) for line in whole[:20]):
        return "geojson" if json.loads(whole[0]).get("type") == "Feature" else "jsonl"
    if text.startswith("{") and _is_geo(text, path):
        return "geojson"
    name = asked.name.lower()
    second = text[1:].lstrip()[:1]
    is_json = name.endswith("json") or second in '{["]}' or second.isdigit()
    return "json" if is_json else "text"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), (dict, list)) and line.lstrip()[:1] == "{"
    except (ValueError, RecursionError):
        return False


def _is_geo(text: str, path: Path) -> bool:
    """Whether the top level says a GeoJSON type; it may stand behind the features."""
    for match in re.finditer(r'"type"\s*:\s*"(\w+)"', text):
        if match[1] in GEO_TYPES and _depth(text[: match.start()]) == 1:
            return True
    if '"features"' not in text[:20_000]:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return bool(re.search(rb'"type"\s*:\s*"FeatureCollection"[^{\[]*\}\s*$', file.read()))


def _depth(text: str) -> int:
    """How many brackets are open at the end of a piece of JSON (texts left out)."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return bare.count("{") + bare.count("[") - bare.count("}") - bare.count("]")


def open_records(path: Path, kind: str, asked: Asked) -> RecordFile:
    """Find the lists of records of a JSON file."""
    if kind == "jsonl":
        offer = TableOffer("", None, None, True, say("Each line is a record."))
        return RecordFile("jsonl", (offer,), asked, {"": lambda: _lines(path)})
    document = _load(path)
    lists = dict(islice(_lists(document, "", SEARCH_DEPTH), 200))
    offers = [
        TableOffer(name, len(rows), None, True, say("A list of records.")) for name, rows in lists.items()
    ]
    if not offers:
        raise refusals.not_a_table(say("It is a JSON file, but no list of records is in it."))
    offers.sort(key=lambda offer: -(offer.rows or 0))
    return RecordFile(
        "json", tuple(offers), asked, {name: partial(list, rows) for name, rows in lists.items()}
    )


def _load(path: Path) -> Any:
    if path.stat().st_size > DOCUMENT_BYTES:
        raise refusals.too_large(path.stat().st_size, DOCUMENT_BYTES)
    try:
        raw = path.read_bytes()
        return json.loads(raw.decode("utf-8-sig", "replace") if raw.startswith(b"\xef\xbb\xbf") else raw)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise _invalid(error.lineno, error.colno, error.msg) from None
    except (ValueError, UnicodeError) as error:
        raise refusals.damaged("JSON", refusals.short(error)) from None


def _too_deep() -> Refused:
    return refusals.refused(
        "nesting_too_deep",
        say("The file is nested so deeply that it cannot be read."),
        say("No table of a city is; such files are made to break programs."),
        say("Export the data again as CSV, or as a plain list of records."),
    )


def _invalid(line: int, column: int, message: str) -> Refused:
    return refusals.refused(
        "json_invalid",
        say("The file is not valid JSON: line %(line)s, place %(column)s.", line=line, column=column),
        say("Programs that read JSON accept no mistake at all; here: %(message)s.", message=message),
        say("Correct that place, or let the program that made the file write it again."),
    )


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip(b"\xef\xbb\xbf \t\r\n"):
                try:
                    yield json.loads(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
                except RecursionError:
                    raise _too_deep() from None
                except json.JSONDecodeError as error:
                    raise _invalid(number, error.colno, error.msg) from None
                except (ValueError, UnicodeError) as error:
                    raise refusals.damaged("JSON", refusals.short(error)) from None


def _lists(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Every list of records with its path (`data.stations`), outermost first."""
    if isinstance(value, list):
        if value and sum(isinstance(item, dict) for item in value[:100]) > min(len(value), 100) // 2:
            yield name, value
        elif not name and value and all(isinstance(item, list) for item in value[:100]):
            yield name, _with_headings(value)
        return
    if not isinstance(value, dict) or not depth:
        return
    if same := _records_by_key(value):
        yield name, same
        return
    for key, inner in value.items():
        yield from _lists(inner, f"{name}.{key}" if name else str(key), depth - 1)


def _with_headings(rows: list[list[Any]]) -> list[Any]:
    """A list of lists: the first is taken for the headings where it holds texts only."""
    first = rows[0]
    if first and all(isinstance(cell, str) for cell in first) and len(set(first)) == len(first):
        return [dict(zip(first, row, strict=False)) for row in rows[1:]]
    width = max(len(row) for row in rows)
    return [dict(zip((f"c_{n}" for n in range(1, width + 1)), row, strict=False)) for row in rows]


def _records_by_key(value: Mapping[str, Any]) -> list[Record] | None:
    """An object whose values are all objects with mostly the same fields: records under their keys."""
    inner = list(value.values())
    if len(inner) < 3 or not all(isinstance(item, dict) and item for item in inner):
        return None
    fields = set(inner[0])
    alike = all(len(fields & item.keys()) >= 0.7 * max(len(fields), len(item)) for item in inner)
    return [{"key": key} | item for key, item in value.items()] if alike else None
