# SPDX-License-Identifier: EUPL-1.2
"""The DataStore's questions and answers: what `datastore_search` asks, and rows as JSON, CSV, TSV and XML."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from stoa.ground.tables import ColumnSpec, Kind
from stoa.standards.ckan import asked, tsquery
from stoa.standards.ckan.problems import Invalid, invalid
from stoa.standards.ckan.solr import Both, Node, Term
from stoa.standards.csvsafe import harmless

ID = "_id"
MOST_RECORDS = 32_000
TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.INTEGER: "int8",
    Kind.NUMBER: "float8",
    Kind.BOOLEAN: "bool",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamptz",
    Kind.TIME: "time",
}
"""PostgreSQL's names of types."""
FORMATS = ("objects", "lists", "csv", "tsv")
_OPERATORS = frozenset({"eq", "ne", "in", "lt", "lte", "gt", "gte"})
_MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition on one column."""

    column: str
    operator: str
    """eq, ne, in, lt, lte, gt, gte, empty, filled."""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorting:
    column: str
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What `datastore_search` and a dump ask."""

    filters: tuple[Comparison, ...]
    words: Node
    sorts: tuple[Sorting, ...]
    fields: tuple[str, ...]
    """Empty: all, with `_id`."""
    is_distinct: bool
    limit: int
    offset: int
    include_total: bool
    records_format: str


def search(given: Mapping[str, Any], columns: Sequence[str], *, limit: int = 100) -> Search:
    """The question in the parameters; `Invalid` names every parameter that cannot be taken."""
    known = frozenset({ID, *columns})
    form = asked.text(given, "records_format", "objects", most=20).lower()
    if form not in FORMATS:
        raise invalid("records_format", f"unexpected value; allowed: {', '.join(FORMATS)}")
    asked.text(given, "language", most=60)
    asked.text(given, "rank_normalization", most=20)
    return Search(
        filters=filters(given, known),
        words=words(given, known),
        sorts=sorts(given, known),
        fields=fields(given, known),
        is_distinct=asked.yes(given, "distinct"),
        limit=asked.whole(given, "limit", limit, most=MOST_RECORDS),
        offset=asked.whole(given, "offset", 0, most=2**53),
        include_total=asked.yes(given, "include_total", default=True),
        records_format=form,
    )


def fields(given: Mapping[str, Any], known: frozenset[str], name: str = "fields") -> tuple[str, ...]:
    found = tuple(dict.fromkeys(asked.listed(given, name, most=2000)))
    unknown = [field for field in found if field not in known]
    if unknown:
        raise Invalid({name: [f'field "{field[:80]}" not in table' for field in unknown[:20]]})
    return found


def filters(given: Mapping[str, Any], known: frozenset[str]) -> tuple[Comparison, ...]:
    """`{column: value}`, `{column: [values]}`, `{column: {"lt": value}}`; null is an empty cell."""
    found: list[Comparison] = []
    for column, wanted in asked.mapping(given, "filters", most=50).items():
        if column not in known:
            raise invalid("filters", f'field "{column[:80]}" not in table')
        found += _comparisons(column, wanted)
    return tuple(found)


def _comparisons(column: str, wanted: Any) -> list[Comparison]:
    if isinstance(wanted, dict):
        unknown = set(wanted) - _OPERATORS
        if unknown:
            raise invalid("filters", f"unknown operator {', '.join(sorted(unknown))[:80]}")
        return [_compared(column, operator, value) for operator, value in wanted.items()]
    return [_compared(column, "in" if isinstance(wanted, list) else "eq", wanted)]


def _compared(column: str, operator: str, value: Any) -> Comparison:
    if operator == "in":
        values = value if isinstance(value, list) else [value]
        if len(values) > _MOST_VALUES:
            raise invalid("filters", f"At most {_MOST_VALUES} values")
        return Comparison(column, "in", tuple(_scalar(one) for one in values if one is not None))
    if value is None and operator in {"eq", "ne"}:
        return Comparison(column, "empty" if operator == "eq" else "filled")
    return Comparison(column, operator, (_scalar(value),))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 2**63:
        raise invalid("filters", "number out of range")
    if isinstance(value, str | int | float):
        return str(value)
    raise invalid("filters", "values must be texts, numbers, booleans or null")


def words(given: Mapping[str, Any], known: frozenset[str]) -> Node:
    """`q` as a text or by column, plain or as a text search query; `full_text` beside it."""
    read = tsquery.plain if asked.yes(given, "plain", default=True) else tsquery.parse
    q = asked.loaded(given, "q")
    parts: list[Node] = []
    if isinstance(q, dict):
        for column, text in q.items():
            if column not in known or not isinstance(text, str | int | float):
                raise invalid("q", f'field "{str(column)[:80]}" not in table')
            parts.append(read(str(text)[:1000], column))
    elif text := asked.text(given, "q", most=1000).strip():
        parts.append(read(text))
    if whole := asked.text(given, "full_text", most=1000).strip():
        parts.append(tsquery.parse(whole))
    return Both(tuple(part for part in parts if part != Both(())))


def sorts(given: Mapping[str, Any], known: frozenset[str]) -> tuple[Sorting, ...]:
    """`a, "b c" desc nulls last`."""
    parts = asked.listed(given, "sort", most=10)
    return tuple(_sorting(part, known) for part in parts if part)


def _sorting(part: str, known: frozenset[str]) -> Sorting:
    rest, name = part.strip(), ""
    if rest.startswith('"'):
        name, _quote, rest = rest[1:].partition('"')
    else:
        name, _blank, rest = rest.partition(" ")
    if name not in known:
        raise invalid("sort", f'field "{name[:80]}" not in table')
    asked_for = " ".join(rest.lower().split())
    direction, _nulls, where = asked_for.partition("nulls ")
    if direction.strip() not in {"", "asc", "desc"} or where not in {"", "first", "last"}:
        raise invalid("sort", f"wrong sort: {part[:80]}")
    return Sorting(name, direction.strip() == "desc", None if not where else where == "first")


def has_nothing(node: Node) -> bool:
    return node == Both(())


def columns_of(tree: Node) -> set[str]:
    """Which columns a tree of words names."""
    if isinstance(tree, Term):
        return {tree.field} - {""}
    return set().union(*(columns_of(part) for part in getattr(tree, "parts", ())), set())


# -- answers


def field_dict(column: ColumnSpec | None) -> dict[str, Any]:
    """One field; None is the number of the row."""
    if column is None:
        return {"id": ID, "type": "int"}
    info = {"label": column.label, "notes": column.description, "unit": column.unit}
    told = {name: text for name, text in info.items() if text}
    return {"id": column.name, "type": TYPES[column.kind]} | ({"info": told} if told else {})


def field_of(name: str, kind: Kind) -> dict[str, Any]:
    """A field of which only the kind is known."""
    return {"id": name, "type": "int" if name == ID else TYPES[kind]}


def info_dict(column: ColumnSpec | None, key: Sequence[str]) -> dict[str, Any]:
    """The same with what the database would say of it."""
    field = field_dict(column)
    return field | {
        "schema": {
            "notnull": column is None,
            "index_name": None,
            "is_index": column is None,
            "native_type": "integer" if column is None else field["type"],
            "uidx": column is None or list(key) == [column.name],
        }
    }


def value(raw: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(raw, float) and not math.isfinite(raw):
        return None
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    return raw


def rows_as(form: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """The records in the format that was asked for."""
    if form in {"csv", "tsv"}:
        return "".join(delimited(rows, "\t" if form == "tsv" else ","))
    values = ([value(cell) for cell in row] for row in rows)
    return list(values) if form == "lists" else [dict(zip(names, row, strict=True)) for row in values]


def delimited(rows: Iterable[Sequence[Any]], separator: str) -> Iterator[str]:
    """Lines of a delimited text; texts that a spreadsheet would run are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(raw: Any) -> Any:
    found = value(raw)
    if isinstance(found, str):
        return harmless(found)
    return (
        {None: "", True: "true", False: "false"}.get(found, found)
        if isinstance(found, bool | None)
        else found
    )


def links(
    path: str, given: Mapping[str, Any], *, limit: int, offset: int, total: int | None
) -> dict[str, str]:
    """`start`, `next` and `prev` of a page, as addresses without the host."""
    kept = {
        name: text if isinstance(text, str) else json.dumps(text)
        for name, text in given.items()
        if name not in {"offset", "limit"} and text is not None
    }

    def at(place: int) -> str:
        pairs = (
            kept
            | ({"limit": str(limit)} if "limit" in given else {})
            | ({"offset": str(place)} if place else {})
        )
        return f"{path}?{urlencode(pairs)}"

    found = {"start": at(0), "next": at(offset + limit)}
    if offset:
        found["prev"] = at(max(0, offset - limit))
    return found


# -- dumps

DUMP_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}


def dumped(
    form: str, columns: Sequence[ColumnSpec | None], pieces: Iterable[Sequence[Sequence[Any]]], *, bom: bool
) -> Iterator[str]:
    """A whole table as text, piece by piece."""
    names = [ID if column is None else column.name for column in columns]
    if bom:
        yield "\ufeff"
    if form in {"csv", "tsv"}:
        separator = "\t" if form == "tsv" else ","
        yield from delimited([names], separator)
        for rows in pieces:
            yield from delimited(rows, separator)
    elif form == "json":
        yield from _dumped_json(columns, pieces)
    else:
        yield from _dumped_xml(names, pieces)


def _dumped_json(
    columns: Sequence[ColumnSpec | None], pieces: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[str]:
    fields_text = json.dumps([field_dict(column) for column in columns], ensure_ascii=False)
    yield f'{{\n  "fields": {fields_text},\n  "records": ['
    before = "\n    "
    for rows in pieces:
        for row in rows:
            yield before + json.dumps([value(cell) for cell in row], ensure_ascii=False)
            before = ",\n    "
    yield "\n]}\n"


def _dumped_xml(names: Sequence[str], pieces: Iterable[Sequence[Sequence[Any]]]) -> Iterator[str]:
    yield '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    for rows in pieces:
        for row in rows:
            number = dict(zip(names, row, strict=True)).get(ID)
            mark = f" {ID}={quoteattr(str(number))}" if number is not None else ""
            cells = (_xml_cell(name, cell) for name, cell in zip(names, row, strict=True) if name != ID)
            yield f"<row{mark}>{''.join(cells)}</row>\n"
    yield "</data>\n"


def _xml_cell(name: str, raw: Any) -> str:
    found = value(raw)
    if found is None:
        return f'<{name} xsi:nil="true"/>'
    text = ("true" if found else "false") if isinstance(found, bool) else str(found)
    # Control characters may not stand in XML 1.0, not even escaped.
    plain = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    return f"<{name}>{escape(plain)}</{name}>"
