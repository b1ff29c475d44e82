# SPDX-License-Identifier: EUPL-1.2
"""Pages of the large table: by the lake's function, and as the running portal sends them, beside Datasette's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.perf import datasette
from tests.perf.asking import address, column_named, question, token_in_the_middle
from tests.perf.figures import Figure, at_most, p95_ms, shown, spread, unmeasured, within
from tests.perf.machine import tree_cpu_s
from tests.perf.timing import Caller, calling, seconds_at_once, seconds_of
from tests.perf.workshop import Portal, rows_of, workshop

from stoa.commons.lake import door
from stoa.commons.lake.values import Layout, Query, VersionRef

ANSWERS = ("table page", "table middle", "table 8 clients", "table peer")
TIMES = 40
CLIENTS, EACH = 8, 12
_ONE_MORE = 20_000
"""Numbers of questions from here on are used for the several clients."""


def measure(scale: float) -> list[Figure]:
    """The function first, then the portal over HTTP on the loopback, then the peer over HTTP too."""
    shop = workshop()
    slug, ref = shop.dataset(scale)
    found = _by_function(shop.layout, ref)
    with shop.portal() as portal:
        pages, page_p95 = _by_http(portal, slug, shop.layout, ref)
    return [*found, *pages, *_beside_datasette(page_p95, rows_of(scale))]


def _sorted_by(ref: VersionRef) -> str:
    return column_named(ref, "Menge")


def _tokens(layout: Layout, ref: VersionRef, sort: str) -> list[str]:
    """One for every question and three for warming up, which take the last ones."""
    return [token_in_the_middle(layout, ref, n, sort) for n in range(TIMES // 2 + 3)]


def _by_function(layout: Layout, ref: VersionRef) -> list[Figure]:
    page = seconds_of(TIMES, lambda n: _filled(door.page(layout, ref, question(ref, n))))
    figures = [
        at_most(
            "table page, function", p95_ms(page), "ms", 60, f"lake.door.page, all columns; {spread(page)}"
        )
    ]
    for name, sort in (("row number", ""), ("a sorted column", _sorted_by(ref))):
        tokens = _tokens(layout, ref, sort)

        def turn(n: int, sort: str = sort, tokens: list[str] = tokens) -> None:
            _filled(door.page(layout, ref, Query(sort=sort), after=tokens[n]))

        middle = seconds_of(TIMES // 2, turn)
        figures.append(
            at_most(
                f"table middle, function, by {name}",
                p95_ms(middle),
                "ms",
                60,
                f"behind half of all rows; {spread(middle)}",
            )
        )

    def client(number: int) -> Callable[[int], Any]:
        return lambda n: _filled(door.page(layout, ref, question(ref, _ONE_MORE + number * 101 + n * 13)))

    many = seconds_at_once(CLIENTS, EACH, client)
    figures.append(at_most("table 8 clients, function", p95_ms(many), "ms", 150, spread(many)))
    return figures


def _filled(page: Any) -> None:
    if not page.rows:
        raise RuntimeError("a page without rows measures nothing")


def _by_http(portal: Portal, slug: str, layout: Layout, ref: VersionRef) -> tuple[list[Figure], float]:
    """Another set of questions than before, so that nothing was asked yet in any process."""
    row = f"/datasets/{slug}/rows/".encode()
    with calling(portal.port) as caller:

        def first(n: int) -> None:
            caller.get(address(slug, question(ref, n + 5_000)), must_have=row)

        seconds_of(0, first, warm=8)
        before = tree_cpu_s(portal.process.pid)
        page = seconds_of(TIMES, first, warm=0)
        busy = (tree_cpu_s(portal.process.pid) - before) / TIMES * 1000
        note = f"whole page of fifty rows with its lists and links; {spread(page)}"
        figures = [
            at_most("table page, HTTP", p95_ms(page), "ms", 60, note),
            shown("processor time of the portal a page", busy, "ms", "all its processes and PostgreSQL"),
        ]
        for name, sort in (("row number", ""), ("a sorted column", _sorted_by(ref))):
            tokens = _tokens(layout, ref, sort)

            def turn(n: int, sort: str = sort, tokens: list[str] = tokens) -> None:
                caller.get(address(slug, Query(sort=sort), after=tokens[n]), must_have=row)

            middle = seconds_of(TIMES // 2, turn)
            figures.append(
                at_most(f"table middle, HTTP, by {name}", p95_ms(middle), "ms", 60, spread(middle))
            )
    with ExitStack() as stack:
        callers = [stack.enter_context(calling(portal.port)) for _ in range(CLIENTS)]

        def client(number: int) -> Callable[[int], Any]:
            mine: Caller = callers[number]
            first = _ONE_MORE * 2 + number * 101
            return lambda n: mine.get(address(slug, question(ref, first + n * 13)), must_have=row)

        many = seconds_at_once(CLIENTS, EACH, client)
    figures.append(
        at_most(
            "table 8 clients, HTTP",
            p95_ms(many),
            "ms",
            150,
            f"the clients run on the same cores; {spread(many)}",
        )
    )
    return figures, p95_ms(page)


def _beside_datasette(page_p95: float, rows: int) -> list[Figure]:
    try:
        told = datasette.measure_pages(workshop().base, rows)
    except datasette.NoPeer as missing:
        return [unmeasured("table peer", str(missing), "<= 1 x")]
    as_it_comes, lean = p95_ms(told.as_it_comes), p95_ms(told.lean)
    return [
        within(
            "table peer", page_p95, "ms", times=1, peer=as_it_comes,
            note=f"both whole pages over HTTP; Datasette {told.version} as it comes, key and indexes on the "
            f"filtered and the sorted column and on both; {spread(told.as_it_comes)}; with "
            f"_nocount&_nosuggest it takes p95 {lean:.1f} ms",
        ),
        shown("Datasette with _nocount&_nosuggest", lean, "ms", "no total, no suggestions, a fitting index: for honesty"),
    ]  # fmt: skip
