# SPDX-License-Identifier: EUPL-1.2
"""Observations over a real Mosquitto with everything on: acknowledged after the commit, and how soon somebody hears.

To repeat: `make bench ARGS="--only mqtt"` where Mosquitto is installed. The broker is configured by `stoa mqtt config`.
Broker, taker, database and gateways share the processors.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tests.broker import free_port, mosquitto
from tests.perf import mqtt_load, stream_live
from tests.perf.figures import Figure, at_least, at_most, percentile, shown, spread, unmeasured
from tests.perf.stream_town import Target
from tests.perf.workshop import ROOT, Workshop, workshop

from stoa.gates.mqtt.broker import read_address
from stoa.site import postgres_roles as roles
from stoa.site.processes import wait_until

ANSWERS = ("mqtt", "mqtt news")
SERIES, GATEWAYS, SECONDS, SUBSCRIBERS = 1_000, 20, 40, 500
BAR, RATE, NEWS_RATE = 10_000, 12_500, 1_000


@dataclass
class Bench:
    """A broker with its gateways, and the portal that takes from it once it runs."""

    shop: Workshop
    port: int
    broker: int
    """Process id."""
    folder: Path
    town: dict[str, Any]
    portal: int = 0

    def load(self, name: str, **given: Any) -> subprocess.Popen[str]:
        """Start gateways or a listener."""
        return subprocess.Popen(
            [sys.executable, "-m", mqtt_load.__name__, name, json.dumps({"port": self.port, **given})],
            cwd=ROOT, env=self.shop.environment(), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def publish(self, rate: int, seconds: float) -> dict[str, Any]:
        """What all gateways did."""
        return _answer(self.load("publish", gateways=self.town["gateways"], rate=rate, seconds=seconds))

    def counted(self) -> int:
        """Observations that are committed."""
        with self.shop.database() as cluster:
            told = cluster.ask("select coalesce(sum(count), 0) from observations_seriesstate", roles.DATABASE)
            return int(told)

    def processor(self) -> dict[str, float]:
        """Processor seconds so far, by part."""
        found: dict[str, float] = {}
        for process in [psutil.Process(self.broker), *psutil.Process(self.portal).children(recursive=True)]:
            with suppress(psutil.Error):
                line = " ".join(process.cmdline())
                parts = ("mosquitto", "mqtt_server", "front_server", "postgres")
                name = next((part for part in parts if part in line), "others")
                times = process.cpu_times()
                found[name] = found.get(name, 0.0) + times.user + times.system
        return found


def measure(scale: float) -> list[Figure]:
    """A town with 20 gateways of 50 series each."""
    if not mosquitto():
        return [unmeasured(bar, "Mosquitto is not installed", "as above") for bar in ANSWERS]
    shop, seconds = workshop(), max(4.0, SECONDS * scale)
    with shop.database():
        shop.make_ready()
        town = shop.step("fill_gateways", series=SERIES, gateways=GATEWAYS)
    with _broker(shop, town) as bench:
        peer = _to_a_listener(bench, max(3.0, seconds / 4))
        shop.extra["STOA_MQTT_URL_FILE"] = str(bench.folder / "stoa-url")
        try:
            with shop.portal() as portal:
                bench.portal = portal.process.pid
                _wait_for_taker(bench.folder)
                figures = [_stored(bench, seconds, peer), _news(bench, portal.port, max(5.0, seconds / 2))]
        finally:
            del shop.extra["STOA_MQTT_URL_FILE"]
    note = "same broker, same gateways, as many as they can"
    return [*figures, shown("mqtt, peer: a listener that does nothing", peer, "messages/s", note)]


def fill_gateways(*, series: int, gateways: int) -> dict[str, Any]:
    """Devices with a key, each with its share of the series. Runs in a process of its own."""
    from tests.perf.steps import CITY
    from tests.perf.stream_town import fill_town

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.houses.observations.actions import devices
    from stoa.houses.observations.models import Datastream, DeviceSeries
    from stoa.houses.observations.terms import Carrier
    from stoa.site.asking import operator

    city = City.objects.get(slug=CITY)
    with acting_in(city):
        key = "" if Datastream.objects.exists() else fill_town(series=series)["key"]
    made = []
    with acting_in(city):
        listed = list(Datastream.objects.order_by("pk").select_related("thing")[:series])
        each = len(listed) // gateways
        for n in range(gateways):
            share = listed[n * each : (n + 1) * each]
            device = devices.register_device(
                city=city, by=operator(), name=f"Gateway {n}", carrier=Carrier.MQTT, thing=share[0].thing,
                recipe={"values": {"level": "level"}},
            )  # fmt: skip
            DeviceSeries.objects.bulk_create(
                DeviceSeries(city=city, device=device, value=f"v{k}", datastream=one)
                for k, one in enumerate(share)
            )
            secret = devices.rotate_key(device=device, by=operator())
            topics = [f"{CITY}/v1.1/Datastreams({one.pk})/Observations" for one in share]
            made.append({"user": str(device.uid), "key": secret, "topics": topics})
    return {"first": listed[0].pk, "last": listed[-1].pk, "gateways": made, "key": key}


@contextmanager
def _broker(shop: Workshop, town: dict[str, Any]) -> Iterator[Bench]:
    """Mosquitto as `stoa mqtt config` wants it."""
    folder, port = shop.base / "mqtt", free_port()
    with shop.database():
        command = [sys.executable, "-m", "stoa.site", "mqtt", "config", str(folder), "--port", str(port)]
        subprocess.run(command, cwd=ROOT, env=shop.environment(), check=True, stdout=subprocess.DEVNULL)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [mosquitto(), "-c", str(folder / "mosquitto.conf")], stdout=log, stderr=log
        )
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError((folder / "log").read_text()[-800:])
        yield Bench(shop, port, process.pid, folder, town)
    finally:
        process.terminate()
        process.wait(30)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError("the load failed")
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


def _to_a_listener(bench: Bench, seconds: float) -> float:
    """Messages a second that the broker brings to a consumer that only acknowledges."""
    us = read_address((bench.folder / "stoa-url").read_text())
    listening = bench.load(
        "listen", user=us.user, key=us.password, topics=["bench/v1.1/+/Observations"], seconds=seconds + 2
    )
    assert listening.stdout is not None
    listening.stdout.readline()
    bench.publish(100_000, seconds)
    told = _answer(listening)
    return float(told["heard"] / told["seconds"])


def _wait_for_taker(folder: Path) -> None:
    """Until the portal has subscribed: the broker says so."""
    if not wait_until(
        lambda: bool(re.search(r" stoa\S* 1 bench/v1\.1/", (folder / "log").read_text(errors="replace"))), 60
    ):
        raise RuntimeError("the taker of messages did not subscribe")


def _stored(bench: Bench, seconds: float, peer: float) -> Figure:
    """Messages a second that are committed, until the last one that the broker took."""
    before, cpu, began = bench.counted(), bench.processor(), time.perf_counter()
    told = bench.publish(RATE, seconds)
    wanted, end = before + told["acknowledged"], time.perf_counter() + 120
    while (there := bench.counted()) < wanted and time.perf_counter() < end:
        time.sleep(0.1)
    spent = time.perf_counter() - began
    if there != wanted:
        raise RuntimeError(f"{told['acknowledged']} were acknowledged, {there - before} are there")
    many = told["acknowledged"]
    each = {name: (value - cpu.get(name, 0.0)) / many * 1e6 for name, value in bench.processor().items()}
    each["gateways"] = told["processor"] / many * 1e6
    rate = many / spent
    note = (
        f"{spent:.0f} s, {GATEWAYS} gateways, none lost; {rate / peer:.2f} of the broker with a listener that does nothing; "
        f"processor for each: {', '.join(f'{name} {value:.1f} us' for name, value in each.items() if value >= 0.5)}"
    )
    return at_least("mqtt", rate, "messages/s", BAR, note)


def _news(bench: Bench, port: int, seconds: float) -> Figure:
    """From publishing to hearing by server-sent events."""
    to = Target(port, bench.portal, "", bench.town["first"], bench.town["last"])
    ears, stop = stream_live.Ears(to, SUBSCRIBERS), threading.Event()
    listening = threading.Thread(target=ears.listen, args=(stop,))
    listening.start()
    told = bench.publish(NEWS_RATE, seconds)
    time.sleep(1)
    stop.set()
    listening.join()
    note = f"{told['sent']:,} published, {SUBSCRIBERS} subscribers, {ears.heard:,} times heard; {spread(ears.late)}"
    return at_most("mqtt news", percentile(ears.late, 0.99) * 1000, "ms", 500, note)
