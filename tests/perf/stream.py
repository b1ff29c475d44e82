# SPDX-License-Identifier: EUPL-1.2
"""Observations over HTTP with everything on: in batches and one by one, news to subscribers, the latest of all.

To repeat: `make bench ARGS="--only stream"`. The senders are in `stream_town.py` and share the processors with the
portal; every observation is a new one, in a table that keeps latest values, marks and keys.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.perf import stream_live, stream_watched
from tests.perf.figures import Figure, at_least, at_most, percentile, shown, spread
from tests.perf.stream_town import BEGIN, Sending, Target, send_batches, send_singly
from tests.perf.timing import calling, seconds_of
from tests.perf.workshop import workshop

from stoa.site import postgres_roles as roles

ANSWERS = ("batched", "singly", "latest map", "year of hours", "news")
SERIES = 100_000
SECONDS = 120
YEAR_HOURS = 8_760
SUBSCRIBERS = 500


def measure(scale: float) -> list[Figure]:
    """A town of 100,000 series; then batches for two minutes, single ones, readers."""
    shop, series = workshop(), max(6_000, int(SERIES * scale))
    seconds = max(3.0, SECONDS * scale)
    figures = []
    with shop.database() as cluster:
        shop.make_ready()
        made = shop.step("fill_town", series=series)
        cluster.ask(
            "VACUUM ANALYZE observations_datastream, observations_thing, observations_seriesstate",
            roles.DATABASE,
        )
        figures += _by_copy(shop.step("copy_alone", first=made["first"], last=made["last"]))
    with shop.portal() as portal:
        to = Target(portal.port, portal.process.pid, made["key"], made["first"], made["last"])
        time.sleep(1)
        peer = figures[0].value
        for title, each, began in (("ten of a series", 10, 8), ("one of a series", 1, 5)):
            begin = BEGIN - timedelta(days=began)
            figures += _batched(send_batches(to, seconds, each=each, begin_at=begin), title, peer)
        figures += _singly(send_singly(to, max(3.0, seconds / 4)))
        figures += _latest(to, scale)
        figures += stream_live.figures(to, max(5.0, seconds / 4), SUBSCRIBERS)
        figures += stream_watched.figures(shop, to, max(5.0, seconds / 8))
    with shop.database():
        figures += _year(shop.step("year_of_hours", series=made["first"], hours=YEAR_HOURS))
    return figures


def _by_copy(told: dict[str, float]) -> list[Figure]:
    rate = told["rows"] / told["seconds"]
    return [
        shown(
            "batched, peer: binary COPY alone",
            rate,
            "rows/s",
            "the same rows, 1,000 a transaction, into the same table",
        )
    ]


def _cpu(sent: Sending) -> str:
    each = {name: seconds / max(1, sent.observations) * 1e6 for name, seconds in sent.server_cpu.items()}
    return ", ".join(f"{name} {value:.1f} us" for name, value in each.items() if value >= 0.05)


def _batched(sent: Sending, title: str, peer: float) -> list[Figure]:
    rate = sent.observations / sent.seconds
    note = (
        f"{sent.seconds:.0f} s, 1,000 a batch, 3 senders, {sent.refused} refused; {rate / peer:.2f} of binary COPY; "
        f"processor for each: {_cpu(sent)}; batch {spread(sent.latencies)}"
    )
    return [at_least(f"batched, {title}", rate, "observations/s", 80_000, note)]


def _singly(sent: Sending) -> list[Figure]:
    note = f"64 kept connections, {sent.refused} refused, processor for each: {_cpu(sent)}, {spread(sent.latencies)}"
    return [at_least("singly", sent.observations / sent.seconds, "observations/s", 8_000, note)]


def _latest(to: Target, scale: float) -> list[Figure]:
    """Boxes with about 5,000 series each, never the same one twice: no answer comes from memory."""
    high = 0.002 * 5.0 if scale >= 1 else 0.002 * 60

    def address(n: int) -> str:
        south = 51.84 + (n % 80) * 0.0021 if scale >= 1 else 51.8 - n * 1e-6
        return f"/live/latest?bbox=7.46,{south:.6f},7.78,{south + high - 0.0001 + n * 1e-7:.6f}"

    with _caller(to) as get:
        many = get(address(0)).count(b'"type":"Feature"')
        seconds = seconds_of(60, lambda n: get(address(n + 1)))
    note = (
        f"{many:,} series in the box of {to.last - to.first + 1:,}, as GeoJSON over HTTP; {spread(seconds)}"
    )
    return [at_most("latest map", percentile(seconds, 0.95) * 1000, "ms", 60, note)]


@contextmanager
def _caller(to: Target) -> Iterator[object]:
    with calling(to.port) as caller:
        yield caller.get


def _year(told: dict[str, list[float]]) -> list[Figure]:
    note = f"{told['buckets']} buckets by the door that charts use; {spread(told['seconds'])}"
    return [at_most("year of hours", percentile(told["seconds"], 0.95) * 1000, "ms", 50, note)]
