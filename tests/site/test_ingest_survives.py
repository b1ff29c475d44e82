# SPDX-License-Identifier: EUPL-1.2
"""kill -9 under load, over HTTP and MQTT: every observation that was acknowledged is there, once, and the counts say so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.broker import Broker, broker, free_port, needed
from tests.database import ready_home
from tests.perf import stream_town
from tests.perf.workshop import ROOT, Workshop, start_portal
from tests.site.gauge import Gauge

from stoa.site import postgres_roles as roles

pytestmark = pytest.mark.processes


@pytest.fixture
def shop(place: Path) -> Iterator[Workshop]:
    ready_home(place / "home")
    yield Workshop(place)
    subprocess.run(["rm", "-rf", str(place / "home")], check=False)


def _kill(root: int, sign: str) -> None:
    """End one of our own processes at once."""
    for process in psutil.Process(root).children(recursive=True):
        if sign in " ".join(process.cmdline()):
            os.kill(process.pid, signal.SIGKILL)
            return
    raise AssertionError(f"no {sign}")


@pytest.fixture
def sensors(shop: Workshop, tmp_path: Path) -> Iterator[tuple[Broker, Gauge, dict[str, Any]]]:
    """A broker as `stoa mqtt config` sets it up, and a sensor that will not be silenced."""
    needed()
    port, folder = free_port(), shop.base / "mqtt"
    with shop.database():
        shop.make_ready()
        made = shop.step("fill_gateways", series=100, gateways=1)
        command = [sys.executable, "-m", "stoa.site", "mqtt", "config", str(folder), "--port", str(port)]
        subprocess.run(command, cwd=ROOT, env=shop.environment(), check=True, stdout=subprocess.DEVNULL)
    names = ("mosquitto.conf", "passwords", "access", "readers")
    files = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    shop.extra["STOA_MQTT_URL_FILE"] = str(folder / "stoa-url")
    with broker(folder, files=files, port=port) as running:
        (one,) = made["gateways"]
        numbers = list(range(made["first"], made["last"] + 1))[:20]
        gauge = Gauge(port, one["user"], one["key"], numbers, stream_town.BEGIN - timedelta(days=9))
        try:
            yield running, gauge, made
        finally:
            gauge.stop()


def test_acknowledged_is_written_once_whatever_is_killed(
    shop: Workshop, sensors: tuple[Broker, Gauge, dict[str, Any]]
) -> None:
    """Over MQTT all but what a killed broker had acknowledged and not saved yet."""
    running, gauge, made = sensors
    portal = start_portal(shop)
    sure: set[tuple[int, str]] = set()
    stop = threading.Event()
    try:
        portal.wait_for("/-/ready")
        to = stream_town.Target(portal.port, portal.process.pid, made["key"], made["first"], made["last"])
        senders = [threading.Thread(target=_send, args=(to, n, sure, stop)) for n in range(4)]
        assert _until(lambda: running.has_saved(b"bench/v1.1/+/Observations")), "who listens was not saved"
        for sender in (*senders, gauge):
            sender.start()

        def goes_on(after: str) -> None:
            http, mqtt = len(sure) + 200, len(gauge.sure) + 200
            assert _until(lambda: len(sure) > http and len(gauge.sure) > mqtt), f"nothing more after {after}"

        kills: list[float] = []
        goes_on("the start")
        for signs in (["front_server"], ["bin/postgres -D"], ["broker"], ["mqtt_server", "broker"]):
            for sign in signs:
                _end(sign, portal.process.pid, running)
            if "broker" in signs:
                kills.append(time.monotonic())
            running.start()
            goes_on(str(signs))
        stop.set()
        gauge.stop()
        for sender in senders:
            sender.join()
        told = _settled(shop)
    finally:
        stop.set()
        portal.stop()
    there = {(series, at) for series, at in told["keys"]}
    assert not sure - there, "acknowledged over HTTP and lost"
    lost = [gauge.sure[key] for key in gauge.sure.keys() - there]
    assert [
        at for at in lost if not any(end - SAVED_WITHIN_S < at <= end + HEARD_WITHIN_S for end in kills)
    ] == [], "acknowledged over MQTT and lost"
    assert told["counted"] == len(told["keys"]) == len(there)
    assert told["unmarked"] == 0


SAVED_WITHIN_S = 4.0
"""Mosquitto saves when more than a whole second has passed by a clock of whole seconds, and has to get round to it."""
HEARD_WITHIN_S = 1.0
"""What the broker acknowledged before its end may be read by the sensor a little after it."""


def _end(sign: str, root: int, running: Broker) -> None:
    """Kill a part."""
    if sign == "broker":
        running.kill()
    else:
        _kill(root, sign)


def _settled(shop: Workshop) -> dict[str, Any]:
    """What is there once nothing more comes."""
    counts = [-1]

    def is_quiet() -> bool:
        with shop.database() as cluster:
            counts.append(int(cluster.ask("select count(*) from observations_observation", roles.DATABASE)))
        time.sleep(0.5)
        return len(counts) > 6 and len(set(counts[-6:])) == 1

    assert _until(is_quiet)
    return shop.step("what_is_there")


def _until(true: object, seconds: float = 90) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def _send(to: stream_town.Target, sender: int, sure: set[tuple[int, str]], stop: threading.Event) -> None:
    """Small batches, each sent again until it is acknowledged, over a new connection after every trouble."""
    import http.client
    import json

    number = 0
    while not stop.is_set():
        number += 1
        at = (stream_town.BEGIN + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = [(to.first + sender * 20 + k, at) for k in range(20)]
        body = json.dumps([{"datastream": pk, "at": at, "result": number} for pk, _ in keys])
        while not stop.is_set():
            call = http.client.HTTPConnection("127.0.0.1", to.port, timeout=20)
            try:
                call.request("POST", "/ingest/v1/observations", body, {"Authorization": f"Bearer {to.key}"})
                answer = call.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            finally:
                call.close()
            if answer.status == 200:
                sure.update(keys)
                time.sleep(0.02)
                break
            assert answer.status in {429, 502, 503}, answer.status
            time.sleep(0.1)
