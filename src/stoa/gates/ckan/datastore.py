# SPDX-License-Identifier: EUPL-1.2
"""Reading the DataStore: the rows of a dataset's table by `datastore_search`, `datastore_info` and dumps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from stoa.commons.lake.values import Filter, Op
from stoa.gates.ckan import entries, views
from stoa.gates.ckan.calls import Call, reading
from stoa.ground.problems import NotFound, Refused
from stoa.ground.tables import ROW
from stoa.houses.catalogue.door import records, usage
from stoa.houses.catalogue.door.records import AllOf, AnyOf, NoneOf, RecordQuery, Sort, Table, TextTest, Word
from stoa.standards.ckan import asked, datastore, envelope, solr
from stoa.standards.ckan.identifiers import resource_id
from stoa.standards.ckan.packages import TABLE
from stoa.standards.ckan.problems import ActionFailed, BadRequest, invalid

_OPS = {
    "eq": Op.IS,
    "ne": Op.NOT,
    "in": Op.ONE_OF,
    "lt": Op.LESS,
    "lte": Op.AT_MOST,
    "gt": Op.MORE,
    "gte": Op.AT_LEAST,
    "empty": Op.EMPTY,
    "filled": Op.FILLED,
}
_NOTHING = AnyOf(())


def table_of(call: Call, name: str = "resource_id") -> Table:
    """The table of a resource by its id, or by its alias: the name of the dataset; only tables are in the store."""
    told = asked.text(call.asked, name, most=200).strip() or asked.needed(call.asked, "id", most=200)
    try:
        entry, code = entries.resource_entry(call, told)
    except NotFound:
        entry, code = entries.entry_of(call, told), TABLE
    if code != TABLE:
        raise NotFound("resource", told[:80])
    return records.open_table(entry)


def id_of(table: Table) -> str:
    return str(resource_id(table.entry.card.uid, TABLE))


def names_of(table: Table) -> list[str]:
    return [column.name for column in table.version.columns]


def query_of(found: datastore.Search) -> RecordQuery:
    """CKAN's question as one to the lake."""
    words = [_words(found.words)]
    words += [_NOTHING for one in found.filters if one.operator == "in" and not one.values]
    return RecordQuery(
        filters_of(found.filters),
        words[0] if len(words) == 1 else AllOf(tuple(words)),
        tuple(Sort(_kept(one.column), one.descending, one.nulls_first) for one in found.sorts),
        tuple(_kept(name) for name in found.fields),
        is_distinct=found.is_distinct,
    )


def filters_of(found: Sequence[datastore.Comparison]) -> tuple[Filter, ...]:
    """CKAN's conditions as those of the lake; one without values is left out."""
    return tuple(
        Filter(_kept(one.column), _OPS[one.operator], one.values)
        for one in found
        if one.operator != "in" or one.values
    )


def _kept(name: str) -> str:
    return ROW if name == datastore.ID else name


def _words(node: solr.Node) -> TextTest:
    if isinstance(node, solr.Term):
        if node.field == datastore.ID:
            raise invalid("q", "the row number is searched by filters")
        return Word(node.text, node.field)
    if isinstance(node, solr.Not):
        return NoneOf(_words(node.part))
    if isinstance(node, solr.Both | solr.Either):
        parts = tuple(_words(part) for part in node.parts)
        return AllOf(parts) if isinstance(node, solr.Both) else AnyOf(parts)
    return AllOf(())


@reading
def datastore_search(call: Call) -> dict[str, Any]:
    """Rows of a resource: `resource_id`, `filters` ({column: value, [values] or {"lt": value}}), `q` (a text or
    {column: text}), `plain`, `distinct`, `fields`, `sort`, `limit` (100, at most 32000), `offset`, `include_total`,
    `records_format` (objects, lists, csv, tsv)."""
    table = table_of(call)
    found = datastore.search(call.asked, names_of(table))
    query = query_of(found)
    got = records.read(table, query, limit=found.limit, offset=found.offset, with_count=found.include_total)
    columns = [None if column.name == ROW else column for column in got.columns]
    names = [datastore.ID if column is None else column.name for column in columns]
    total = records.count(table, query) if found.include_total else None
    usage.note(city=call.city, uid=table.entry.card.uid, gate="ckan", rows=len(got.rows))
    path = reverse("ckan-action", args=["datastore_search"])
    return {
        "include_total": found.include_total,
        "limit": got.limit,
        "offset": found.offset,
        "records_format": found.records_format,
        "resource_id": id_of(table),
        "total_estimation_threshold": None,
        **{name: call.asked[name] for name in ("q", "filters", "distinct", "sort") if name in call.asked},
        "fields": [datastore.field_dict(column) for column in columns],
        "records": datastore.rows_as(found.records_format, names, got.rows),
        "_links": datastore.links(path, call.asked, limit=got.limit, offset=found.offset, total=total),
        **({"total": total, "total_was_estimated": False} if total is not None else {}),
    }


@reading
def datastore_info(call: Call) -> dict[str, Any]:
    """What is known of a resource's table: rows, bytes, fields; by `id` or `resource_id`."""
    table = table_of(call)
    version = table.version
    return {
        "meta": {
            "id": id_of(table),
            "count": version.rows,
            "size": version.bytes,
            "db_size": version.bytes,
            "idx_size": 0,
            "table_type": "BASE TABLE",
            "aliases": [table.entry.card.slug],
        },
        "fields": [datastore.info_dict(column, version.key) for column in (None, *version.columns)],
    }


def dump(request: HttpRequest, resource: str) -> HttpResponseBase:
    """The whole table, or a part of it, as a file that is sent while it is read."""
    try:
        pairs = envelope.from_address(dict(request.GET.lists()))
        principal = request.principal  # type: ignore[attr-defined]
        call = Call(request, views.city_of(request), principal, pairs | {"resource_id": resource})
        return _dumped(call)
    except BadRequest as bad:
        return _wrong(bad.message, 400)
    except NotFound:
        return _wrong("DataStore resource not found", 404)
    except Refused as refusal:
        return _wrong(str(views.failure_of(refusal)), 400)
    except ActionFailed as failed:
        return _wrong(str(failed), 400)


def _wrong(message: str, status: int) -> HttpResponse:
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


def _dumped(call: Call) -> HttpResponseBase:
    form = asked.text(call.asked, "format", "csv", most=20).lower()
    if form not in datastore.DUMP_TYPES:
        raise invalid("format", f"must be one of: {', '.join(datastore.DUMP_TYPES)}")
    table = table_of(call)
    found = datastore.search({k: v for k, v in call.asked.items() if k != "limit"}, names_of(table))
    limit = asked.whole(call.asked, "limit", -1, most=2**53) if call.asked.get("limit") else None
    query = query_of(found)
    pieces = records.stream(table, query, limit=limit, offset=found.offset)
    by_name = {column.name: column for column in table.version.columns}
    shown = found.fields or (datastore.ID, *by_name)
    texts = datastore.dumped(
        form, [by_name.get(name) for name in shown], pieces, bom=asked.yes(call.asked, "bom")
    )
    usage.note(city=call.city, uid=table.entry.card.uid, gate="ckan", kind="download")
    response = StreamingHttpResponse(_bytes(texts), content_type=datastore.DUMP_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{table.entry.card.slug}.{form}"
    )
    return response


def _bytes(texts: Iterator[str]) -> Iterator[bytes]:
    """Larger pieces, so that few are sent."""
    kept: list[str] = []
    size = 0
    for text in texts:
        kept.append(text)
        size += len(text)
        if size > 65_536:
            yield "".join(kept).encode()
            kept, size = [], 0
    yield "".join(kept).encode()
