# SPDX-License-Identifier: EUPL-1.2
"""The large table as CKAN's DataStore: filtered, sorted and counted, by the lake's function and over HTTP."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tests.perf.asking import asked_of, column_named
from tests.perf.figures import Figure, at_most, p95_ms, shown, spread
from tests.perf.timing import calling, seconds_of
from tests.perf.workshop import workshop

from stoa.commons.lake import door
from stoa.commons.lake.records import RecordQuery, Sort
from stoa.commons.lake.values import Filter, Layout, Op, VersionRef

ANSWERS = ("datastore page", "datastore count")
TIMES = 40
FAR = 500_000
"""The offset of a page far down, which is only shown: no bar was agreed for it."""


def measure(scale: float) -> list[Figure]:
    """The function first, then the portal over HTTP on the loopback; every question is another one."""
    shop = workshop()
    slug, ref = shop.dataset(scale)
    figures = _by_function(shop.layout, ref)
    with shop.portal() as portal, calling(portal.port) as caller:

        def ask(n: int) -> None:
            caller.get(_address(slug, ref, n), must_have=b'"success":true')

        def total(n: int) -> None:
            caller.get(
                f"/api/3/action/datastore_search?resource_id={slug}&limit=0&x={n}", must_have=b'"total":'
            )

        page = seconds_of(TIMES, ask, warm=8)
        count = seconds_of(TIMES, total)
    note = f"50 records of all columns with their total; {spread(page)}"
    return [
        *figures,
        at_most("datastore page, HTTP", p95_ms(page), "ms", 60, note),
        at_most("datastore count, HTTP", p95_ms(count), "ms", 20, f"limit=0, no filter; {spread(count)}"),
    ]


def _query(ref: VersionRef, n: int) -> RecordQuery:
    state, amount = asked_of(n)
    status, paid = column_named(ref, "Status"), column_named(ref, "Betrag (EUR)")
    filters = (Filter(status, Op.IS, (state,)), Filter(paid, Op.MORE, (str(amount),)))
    return RecordQuery(filters, sorts=(Sort(paid, descending=True),))


def _address(slug: str, ref: VersionRef, n: int) -> str:
    state, amount = asked_of(n + 5_000)
    status, paid = column_named(ref, "Status"), column_named(ref, "Betrag (EUR)")
    asked = {
        "resource_id": slug,
        "filters": json.dumps({status: state, paid: {"gt": amount}}),
        "sort": f"{paid} desc",
        "limit": "50",
    }
    return f"/api/3/action/datastore_search?{urlencode(asked)}"


def _by_function(layout: Layout, ref: VersionRef) -> list[Figure]:
    def page(n: int) -> None:
        query = _query(ref, n)
        if not door.records(layout, ref, query, limit=50, with_count=True).rows or not door.count_records(
            layout, ref, query
        ):
            raise RuntimeError("a page without rows measures nothing")

    def far(n: int) -> None:
        door.records(layout, ref, RecordQuery(), limit=50, offset=min(ref.rows, FAR) - 60 - abs(n))

    pages, counts, deep = (
        seconds_of(TIMES, page),
        seconds_of(TIMES, lambda n: door.count_records(layout, ref, RecordQuery(sorts=(Sort("_row", n % 2 > 0),)))),
        seconds_of(TIMES // 2, far),
    )  # fmt: skip
    return [
        at_most("datastore page, function", p95_ms(pages), "ms", 60, f"records and total; {spread(pages)}"),
        at_most("datastore count, function", p95_ms(counts), "ms", 1, spread(counts)),
        shown("datastore page at offset 500,000, function", p95_ms(deep), "ms", spread(deep)),
    ]
