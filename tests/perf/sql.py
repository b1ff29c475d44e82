# SPDX-License-Identifier: EUPL-1.2
"""Typical questions in SQL over the large table as everybody may ask them, beside DuckDB alone on the same file.

What lies between the two is the price of letting strangers ask: a locked child process for each question, with the
rights of whoever asks, limits that the system enforces, and the way over HTTP.
"""

from __future__ import annotations

import statistics
import time
from urllib.parse import urlencode

import duckdb
from tests.perf.asking import column_named
from tests.perf.figures import Figure, spread
from tests.perf.timing import Caller, calling
from tests.perf.workshop import workshop

from stoa.commons.lake import dictionary
from stoa.commons.lake.values import Layout, VersionRef

ANSWERS = ()
"""No bar was agreed: the figures are shown."""
TIMES = 4
"""Each question so often and once for warming up: more at once from one address is refused (20, then one in 2 s)."""
QUESTIONS = {
    "sums by district": (
        "SELECT {Stadtbezirk}, count(*) AS n, avg({Betrag (EUR)}) AS mean FROM {table} WHERE {Betrag (EUR)} > {n} "
        "GROUP BY 1 ORDER BY n DESC"
    ),
    "months by state": (
        "SELECT date_trunc('month', {Angelegt am}) AS month, {Status}, sum({Menge}) AS amount FROM {table} "
        "WHERE {Betrag (EUR)} > {n} GROUP BY ALL ORDER BY ALL"
    ),
    "the 50 dearest of a state": (
        "SELECT {Vorgang}, {Straße}, {Betrag (EUR)} FROM {table} WHERE {Status} = 'offen' AND {Betrag (EUR)} < 900 + {n} "
        "ORDER BY {Betrag (EUR)} DESC, {Vorgang} LIMIT 50"
    ),
    "median by street": (
        "SELECT {Straße}, median({Betrag (EUR)}) AS middle, count(*) AS n FROM {table} WHERE {Betrag (EUR)} > {n} "
        "GROUP BY 1 HAVING count(*) > 10 ORDER BY middle DESC LIMIT 100"
    ),
}  # fmt: skip
"""By headings; every time another number stands in them, so that no answer comes from memory."""
HEADINGS = ("Stadtbezirk", "Betrag (EUR)", "Angelegt am", "Status", "Menge", "Vorgang", "Straße")


def measure(scale: float) -> list[Figure]:
    """In turn, so that both meet the same machine."""
    shop = workshop()
    slug, ref = shop.dataset(scale)
    ours: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    alone: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    with shop.portal() as portal, calling(portal.port) as caller, _engine(shop.layout, ref, slug) as engine:
        for name in QUESTIONS:
            for n in range(-1, TIMES):
                statement = _statement(name, ref, slug, n)
                spent = _asked(caller, statement), _alone(engine, statement)
                if n >= 0:
                    ours[name].append(spent[0])
                    alone[name].append(spent[1])
    return [_figure(name, ours[name], alone[name]) for name in QUESTIONS]


def _figure(name: str, ours: list[float], alone: list[float]) -> Figure:
    value, peer = (statistics.median(seconds) * 1000 for seconds in (ours, alone))
    note = f"`/sql.json` beside DuckDB alone on the same Parquet file; {spread(ours)}"
    return Figure(f"sql, HTTP, {name}", value, "ms", peer=peer, ratio=value / peer, note=note)


def _statement(name: str, ref: VersionRef, slug: str, n: int) -> str:
    text = QUESTIONS[name].replace("{table}", f'"{slug}"').replace("{n}", f"{(n + 2) / 1000:.3f}")
    for heading in HEADINGS:
        text = text.replace(f"{{{heading}}}", f'"{column_named(ref, heading)}"')
    return text


def _engine(layout: Layout, ref: VersionRef, slug: str) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(config={"threads": 2})
    engine.execute("SET TimeZone = 'UTC'")
    columns = ", ".join(f'"{column.name}"' for column in ref.columns)
    file = dictionary.data_file(layout, ref)
    engine.execute(f"CREATE VIEW \"{slug}\" AS SELECT {columns} FROM read_parquet('{file}')")
    return engine


def _alone(engine: duckdb.DuckDBPyConnection, statement: str) -> float:
    began = time.perf_counter()
    if not engine.execute(statement).fetchall():
        raise RuntimeError("an answer without rows measures nothing")
    return time.perf_counter() - began


def _asked(caller: Caller, statement: str) -> float:
    began = time.perf_counter()
    caller.get(f"/sql.json?{urlencode({'query': statement})}", must_have=b'"truncated": false')
    return time.perf_counter() - began
