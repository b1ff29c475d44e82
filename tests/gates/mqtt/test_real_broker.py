# SPDX-License-Identifier: EUPL-1.2
"""With a real Mosquitto, configured as `stoa mqtt config` writes it: who may write where, and what a kill -9 loses: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import paho.mqtt.client as mqtt
import pytest
from django.db import connection
from paho.mqtt.enums import CallbackAPIVersion
from tests.broker import Broker, broker, free_port
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.gates.mqtt.broker import read_address
from stoa.gates.mqtt.connection import lets_anybody_in
from stoa.houses.observations.actions import devices, setting_up
from stoa.houses.observations.door.devices import Ports, broker_files, writers
from stoa.houses.observations.models import Device, DeviceSeries, Observation
from stoa.houses.observations.terms import Carrier
from stoa.site.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC).replace(microsecond=0)


class Scene:
    """A town whose device has a key, its broker, and the consumer as a process of its own."""

    def __init__(self, town: Town, device: Device, key: str, running: Broker, password: str) -> None:
        self.town, self.device, self.key, self.running, self.password = town, device, key, running, password
        self.consumer: subprocess.Popen[bytes] | None = None
        self.readers = 0
        """The port for anybody."""

    @property
    def topic(self) -> str:
        return f"here/v1.1/Datastreams({self.town.series.pk})/Observations"

    def start_consumer(self, *, waits: bool = True, tells: bool = False) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": _address(),
            "STOA_MQTT_URL": f"mqtt://stoa:{self.password}@127.0.0.1:{self.running.port}{'' if tells else '?tell=no'}",
            "DJANGO_SETTINGS_MODULE": "stoa.site.settings",
        }
        known = self.running.log.count("v1.1/Observations")
        self.consumer = subprocess.Popen([sys.executable, "-m", "stoa.site.mqtt_server"], env=environment)
        if waits:
            assert until(lambda: self.running.log.count("v1.1/Observations") > known)

    def kill_consumer(self) -> None:
        assert self.consumer
        self.consumer.send_signal(signal.SIGKILL)
        self.consumer.wait(20)

    def stored(self) -> list[float]:
        with acting_in(self.town.cast.city):
            found = Observation.objects.filter(datastream_id=self.town.series.pk).values_list(
                "number", flat=True
            )
            return sorted(number for number in found if number is not None)


def _address() -> str:
    """The database of this test for another process."""
    given = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(given._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    town = make_town()
    city = town.cast.city
    with acting_in(city):
        ada = town.cast.principal("ada")
        device = devices.register_device(
            city=city, by=ada, name="Gauge", carrier=Carrier.MQTT, thing=town.thing,
            recipe={"values": {"level": "level"}},
        )  # fmt: skip
        DeviceSeries.objects.create(city=city, device=device, value="t", datastream=town.series)
        key = devices.rotate_key(device=device, by=ada)
        port, readers = free_port(), free_port()
        files = broker_files(
            [("here", writers(city))], folder=str(tmp_path), ports=Ports(port, readers={"here": readers}),
            platform=("stoa", "long enough 1234"),
        )  # fmt: skip
    with broker(tmp_path, files=files, port=port) as running:
        scene = Scene(town, device, key, running, quote("long enough 1234"))
        scene.readers = readers
        try:
            yield scene
        finally:
            if scene.consumer and scene.consumer.poll() is None:
                scene.kill_consumer()


@contextmanager
def client(scene: Scene, user: str, password: str) -> Iterator[mqtt.Client]:
    found = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id="gauge", protocol=mqtt.MQTTv311, clean_session=False
    )
    found.username_pw_set(user, password)
    found.reconnect_delay_set(1, 1)
    found.max_inflight_messages_set(100)
    found.connect("127.0.0.1", scene.running.port)
    found.loop_start()
    assert wait_until(found.is_connected, 20)
    try:
        yield found
    finally:
        found.disconnect()
        found.loop_stop()


def reading(number: int) -> bytes:
    at = NOW - timedelta(seconds=number)
    return json.dumps({"result": number, "phenomenonTime": at.isoformat()}).encode()


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    return wait_until(condition, seconds)


def send_one(client: mqtt.Client, topic: str, body: bytes | str) -> None:
    """Publish, and wait until the broker has it, over a broken connection too."""
    with suppress(RuntimeError):  # not connected at this moment: it goes out as soon as the client is again
        client.publish(topic, body, qos=1).wait_for_publish(10)
    assert until(lambda: not client._out_messages)


def test_nobody_without_a_name_comes_in_and_a_device_writes_only_its_own_series(scene: Scene) -> None:
    address = read_address(scene.running.url)
    assert not lets_anybody_in(address)
    scene.start_consumer()
    with client(scene, str(scene.device.uid), scene.key) as gauge:
        for topic in ("here/v1.1/Observations", "here/v1.1/Datastreams(1)/Observations", "here/devices/x/up"):
            if topic != scene.topic:
                link = {"Datastream": {"@iot.id": scene.town.series.pk}, **json.loads(reading(9))}
                send_one(gauge, topic, json.dumps(link))
        send_one(gauge, scene.topic, reading(1))
        send_one(gauge, f"here/devices/{scene.device.uid}/up", b'{"level": 4.5}')
    assert until(lambda: scene.stored() == [1.0])
    with acting_in(scene.town.cast.city):
        assert until(lambda: Observation.objects.filter(number=4.5).count() == 1)
        assert Observation.objects.count() == 2


def test_an_open_broker_is_not_taken_from(scene: Scene, tmp_path: Path) -> None:
    with broker(tmp_path / "open") as running:
        assert lets_anybody_in(read_address(running.url))
        scene.running = running
        scene.start_consumer(waits=False)
        assert scene.consumer
        assert scene.consumer.wait(60) == 78


def send(scene: Scene, count: int, meanwhile: dict[int, Callable[[], None]]) -> list[float]:
    """Publish so many, with deeds at some of them; returns what must be there in the end, once each."""
    acknowledged: set[int] = set()
    with client(scene, str(scene.device.uid), scene.key) as gauge:
        gauge.on_publish = lambda _client, _data, mid, *_more: acknowledged.add(mid)
        for number in range(count):
            gauge.publish(scene.topic, reading(number), qos=1)
            if number in meanwhile:
                meanwhile[number]()
        assert until(lambda: len(acknowledged) == count)
    return [float(number) for number in range(count)]


def missing(scene: Scene, wanted: list[float]) -> list[float]:
    until(lambda: len(scene.stored()) >= len(wanted))
    assert len(scene.stored()) == len(set(scene.stored()))
    return sorted(set(wanted) - set(scene.stored()))


def test_every_observation_that_the_broker_took_is_there_once_though_the_consumer_is_killed(
    scene: Scene,
) -> None:
    scene.start_consumer()

    def again() -> None:
        assert until(lambda: len(scene.stored()) > 50)
        scene.kill_consumer()
        scene.start_consumer()

    assert missing(scene, send(scene, 1_500, {500: again, 1_000: again})) == []


SAVED_WITHIN_S = 4.0
"""Mosquitto saves when more than a whole second has passed by a clock of whole seconds, and has to get round to it."""
HEARD_WITHIN_S = 1.0
"""What the broker acknowledged before its end may be read by the sensor a little after it."""


def test_of_a_broker_that_is_killed_again_and_again_at_most_what_it_had_not_saved_is_lost(
    scene: Scene,
) -> None:
    """Each time in the middle of a burst; what it had acknowledged before, and what comes after, is there once."""
    scene.start_consumer()
    assert until(lambda: scene.running.has_saved(b"here/v1.1/+/Observations")), "who listens was not saved"
    acknowledged: dict[int, float] = {}
    kills: list[float] = []
    with client(scene, str(scene.device.uid), scene.key) as gauge:
        gauge.on_publish = lambda _c, _data, mid, *_more: acknowledged.setdefault(mid, time.monotonic())
        numbers: dict[int, float] = {}
        for kill in range(4):
            for number in range(kill * 200, kill * 200 + 200):
                numbers[gauge.publish(scene.topic, reading(number), qos=1).mid] = float(number)
            assert until(lambda least=kill * 200 + 20: len(acknowledged) > least)  # type: ignore[misc]
            scene.running.kill()
            kills.append(time.monotonic())
            scene.running.start()
            assert until(lambda wanted=kill * 200 + 200: len(acknowledged) >= wanted)  # type: ignore[misc]

        def lost() -> list[float]:
            there = set(scene.stored())
            at_risk = [(kill - SAVED_WITHIN_S, kill + HEARD_WITHIN_S) for kill in kills]
            return [
                numbers[mid]
                for mid, at in acknowledged.items()
                if numbers[mid] not in there and not any(begin < at <= end for begin, end in at_risk)
            ]

        assert until(lambda: not lost()), lost()
    assert len(scene.stored()) == len(set(scene.stored()))


def test_programs_subscribe_to_open_news_without_a_name_and_write_nothing(scene: Scene) -> None:
    scene.start_consumer(tells=True)
    heard: dict[str, dict[str, object]] = {}
    reader = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="reader", protocol=mqtt.MQTTv311)
    # Mosquitto 2.0.11 leaves the city in the topics of messages; later ones take it off again, as they say.
    reader.on_message = lambda _client, _data, message: heard.update(
        {message.topic.removeprefix("here/news/"): json.loads(message.payload)}
    )
    known = scene.running.log.count("reader 0")
    reader.connect("127.0.0.1", scene.readers)
    reader.loop_start()
    series = f"v1.1/Datastreams({scene.town.series.pk})"
    topics = [
        f"{series}/Observations",
        f"{series}/Observations?$select=result",
        f"{series}/name",
        "v1.1/Things",
    ]
    for topic in [*topics, "#", "here/v1.1/Observations"]:
        reader.subscribe(topic)
    assert until(lambda: scene.running.log.count("reader 0") >= known + 6)
    reader.publish(f"{series}/Observations", reading(999), qos=1)
    numbers = iter(range(2_000))
    ada = scene.town.cast.principal("ada")
    with client(scene, str(scene.device.uid), scene.key) as gauge:

        def all_is_heard() -> bool:
            """Something new happens each time: who has just subscribed is known a moment later."""
            number = next(numbers)
            send_one(gauge, scene.topic, reading(number))
            with acting_in(scene.town.cast.city):
                setting_up.change_thing(thing=scene.town.thing, by=ada, name=f"Mast {number}")
                setting_up.change_datastream(datastream=scene.town.series, by=ada, name=f"Warmth {number}")
            return set(heard) >= set(topics)

        try:
            assert until(all_is_heard), set(heard)
        finally:
            reader.disconnect()
            reader.loop_stop()
    assert set(heard) <= {*topics, "v1.1/Observations", "v1.1/Datastreams"}
    assert [set(heard[topic]) for topic in topics[1:3]] == [{"result"}, {"name"}]
    assert 999.0 not in scene.stored()
