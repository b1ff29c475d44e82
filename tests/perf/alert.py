# SPDX-License-Identifier: EUPL-1.2
"""A flooded underpass: how long from posting an observation to the text message at the gateway, the whole way.

To repeat: `make bench ARGS="--only alert"`. The rule is set up as an officer would; the gateway is an HTTP server of this
process. Each alert is of a series of its own, so that none waits for another to end.
"""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.perf.figures import Figure, at_most, percentile, spread
from tests.perf.steps import CITY
from tests.perf.stream_town import read_answer, request_of
from tests.perf.workshop import workshop

ANSWERS = ("text message",)
ALERTS = 40
BAR_S = 5.0
LOST_AFTER_S = 120.0
Texts = queue.SimpleQueue[tuple[float, str]]


def measure(scale: float) -> list[Figure]:
    """One flooded place after the other."""
    shop, alerts = workshop(), max(5, int(ALERTS * scale))
    with _gateway() as (port, texts):
        with shop.database():
            shop.make_ready()
            made = shop.step("set_up_underpasses", series=alerts)
        shop.extra["STOA_SMS_URL"] = f"http://127.0.0.1:{port}/"
        try:
            with shop.portal() as portal:
                time.sleep(3)  # what runs at the start is done
                seconds = [_flood(portal.port, made["key"], number, texts) for number in made["series"]]
        finally:
            del shop.extra["STOA_SMS_URL"]
    note = f"one alert after the other, posts answered after the commit; {spread(seconds)}, longest {max(seconds):.2f} s"
    return [at_most("text message", percentile(seconds, 0.95), "s", BAR_S, note)]


def _flood(port: int, key: str, series: int, texts: Texts) -> float:
    """Seconds from the first byte of the observation to the last of the text message."""
    seen = {"datastream": series, "at": datetime.now(UTC).isoformat(), "result": 34.5}
    with socket.create_connection(("127.0.0.1", port), timeout=60) as call:
        began = time.perf_counter()
        call.sendall(request_of("/ingest/v1/observations", key, json.dumps([seen]).encode()))
        status, answer = read_answer(call)
    assert status == 200, answer
    came, text = texts.get(timeout=LOST_AFTER_S)
    assert f"Underpass {series}," in text, text
    return came - began


@contextmanager
def _gateway() -> Iterator[tuple[int, Texts]]:
    """A gateway for text messages that notes when each came."""
    texts: Texts = queue.SimpleQueue()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts.put((time.perf_counter(), json.loads(body)["text"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1], texts
    finally:
        server.shutdown()
        server.server_close()


def set_up_underpasses(*, series: int) -> dict[str, Any]:
    """So many gauges, one rule that watches all of them, and somebody on duty. Runs in a process of its own."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.people.actions import make_token
    from stoa.commons.people.models import Department
    from stoa.houses.observations.actions import setting_up
    from stoa.houses.observations.actions.alerting.routing import Route, set_routes
    from stoa.houses.observations.actions.rule_setting import set_up_rule
    from stoa.houses.observations.terms import Channel, RuleKind, Severity
    from stoa.site.asking import operator

    city, by = City.objects.get(slug=CITY), operator()
    with acting_in(city):
        department = Department.objects.get(city=city, slug="works")
        sensor = setting_up.set_up_sensor(city=city, by=by, name="Gauge")
        kind = setting_up.known_property(
            city=city, by=by, name="Water level", definition="https://example.org/level"
        )
        made = []
        for _n in range(series):
            thing = setting_up.set_up_thing(city=city, by=by, department=department, name="Underpass")
            gauge = setting_up.set_up_datastream(
                thing=thing,
                sensor=sensor,
                observed_property=kind,
                by=by,
                name="Water level",
                unit_symbol="cm",
            )
            setting_up.change_thing(thing=thing, by=by, name=f"Underpass {gauge.pk}")
            made.append(gauge)
        rule = set_up_rule(
            city=city, by=by, department=department, title="Under water", kind=RuleKind.THRESHOLD,
            terms={"side": "above", "limit": 30, "back": 20}, series=made, severity=Severity.EXTREME,
        )  # fmt: skip
        set_routes(rule=rule, routes=[Route(Channel.SMS, "+492514920")], by=by)
        key = make_token(city=city, by=by, role="officer", department=department, note="gauges")
    return {"series": [one.pk for one in made], "key": key}
