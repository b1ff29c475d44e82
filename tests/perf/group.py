# SPDX-License-Identifier: EUPL-1.2
"""Figures of charts over all rows: by the page's function, and the page itself."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.perf.asking import column_named
from tests.perf.figures import Figure, at_most, p95_ms, spread
from tests.perf.timing import calling, seconds_of
from tests.perf.workshop import workshop

from stoa.commons.lake.values import VersionRef

ANSWERS = ("group",)
TIMES = 20
QUESTIONS = {
    "average by district": {"by": "Stadtbezirk", "measure": "avg", "of": "Betrag (EUR)", "bucket": "", "split": ""},
    "sum by month, split by state": {
        "by": "Angelegt am", "measure": "sum", "of": "Menge", "bucket": "month", "split": "Status",
    },
    "median by street": {"by": "Straße", "measure": "median", "of": "Betrag (EUR)", "bucket": "", "split": ""},
}  # fmt: skip
"""By headings; no answer comes from memory, because each time another row is left out."""


def measure(scale: float) -> list[Figure]:
    """Each question by the function that the page calls, then as a page with its picture and table."""
    shop = workshop()
    slug, ref = shop.dataset(scale)
    with shop.database():
        by_function = shop.step("group", slug=slug, times=TIMES)
    figures = [
        at_most(f"group, function, {title}", p95_ms(seconds), "ms", 250, spread(seconds))
        for title, seconds in by_function.items()
    ]
    with shop.portal() as portal, calling(portal.port) as caller:
        for title in QUESTIONS:

            def ask(n: int, title: str = title) -> None:
                caller.get(_address(slug, ref, title, n), must_have=b"<svg")

            seconds = seconds_of(TIMES, ask)
            figures.append(at_most(f"group, HTTP, {title}", p95_ms(seconds), "ms", 250, spread(seconds)))
    return figures


def _address(slug: str, ref: VersionRef, title: str, n: int) -> str:
    asked = {name: value for name, value in QUESTIONS[title].items() if value}
    asked |= {name: column_named(ref, asked[name]) for name in ("by", "of", "split") if name in asked}
    asked[f"f.{column_named(ref, 'Vorgang')}.not"] = str(n + 500)
    return f"/datasets/{slug}/chart?{urlencode(asked)}"
