# SPDX-License-Identifier: EUPL-1.2
"""kill -9 under load: every observation that was acknowledged is there, once, and the counts say so."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from tests.perf import stream_town
from tests.perf.workshop import Workshop, start_portal

pytestmark = pytest.mark.processes


@pytest.fixture
def shop(place: Path) -> Iterator[Workshop]:
    made = Workshop(place)
    yield made
    subprocess.run(["rm", "-rf", str(place / "home")], check=False)


def _kill(root: int, sign: str) -> None:
    """End one of our own processes at once."""
    for process in psutil.Process(root).children(recursive=True):
        if sign in " ".join(process.cmdline()):
            os.kill(process.pid, signal.SIGKILL)
            return
    raise AssertionError(f"no {sign}")


def test_acknowledged_is_written_once_whatever_is_killed(shop: Workshop) -> None:
    with shop.database():
        shop.make_ready()
        made = shop.step("fill_town", series=100)
    portal = start_portal(shop)
    sure: set[tuple[int, str]] = set()
    stop = threading.Event()
    try:
        portal.wait_for("/-/ready")
        to = stream_town.Target(portal.port, portal.process.pid, made["key"], made["first"], made["last"])
        senders = [threading.Thread(target=_send, args=(to, n, sure, stop)) for n in range(4)]
        for sender in senders:
            sender.start()
        for sign in ("front_server", "bin/postgres -D", "front_server"):
            enough = len(sure) + 300
            assert _until(lambda least=enough: len(sure) > least)
            _kill(portal.process.pid, sign)
        enough = len(sure) + 300
        assert _until(lambda: len(sure) > enough), "it did not come back"
        stop.set()
        for sender in senders:
            sender.join()
        told = shop.step("what_is_there")
    finally:
        stop.set()
        portal.stop()
    there = {(series, at) for series, at in told["keys"]}
    assert not sure - there, "acknowledged and lost"
    assert told["counted"] == len(told["keys"]) == len(there)
    assert told["unmarked"] == 0


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
                break
            assert answer.status in {429, 502, 503}, answer.status
            time.sleep(0.1)
