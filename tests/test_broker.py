# SPDX-License-Identifier: EUPL-1.2
"""The test rig itself: a real broker keeps a session over its own end."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.properties import Properties
from tests.broker import Broker, broker


def _client(name: str, running: Broker) -> tuple[mqtt.Client, Event]:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
    connected = Event()
    client.on_connect = lambda *_args: connected.set()
    keep = Properties(mqtt.PacketTypes.CONNECT)
    keep.SessionExpiryInterval = 600
    client.connect("127.0.0.1", running.port, clean_start=False, properties=keep)
    client.loop_start()
    assert connected.wait(10)
    return client, connected


def test_a_message_that_nobody_took_yet_is_there_after_the_broker_came_back(tmp_path: Path) -> None:
    with broker(tmp_path) as running:
        taker, _ = _client("taker", running)
        subscribed = Event()
        taker.on_subscribe = lambda *_args: subscribed.set()
        taker.subscribe("a/b", qos=1)
        assert subscribed.wait(10)
        taker.disconnect()
        taker.loop_stop()
        giver, _ = _client("giver", running)
        giver.publish("a/b", b"once", qos=1).wait_for_publish(10)
        giver.disconnect()
        giver.loop_stop()
        running.stop()
        running.start()
        got: list[bytes] = []
        came = Event()
        again = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="taker", protocol=mqtt.MQTTv5)
        again.on_message = lambda _client, _data, message: (got.append(message.payload), came.set())  # type: ignore[func-returns-value]
        keep = Properties(mqtt.PacketTypes.CONNECT)
        keep.SessionExpiryInterval = 600
        again.connect("127.0.0.1", running.port, clean_start=False, properties=keep)
        again.loop_start()
        assert came.wait(10)
        again.disconnect()
        again.loop_stop()
        assert got == [b"once"]


def test_without_a_broker_a_test_is_skipped_and_where_it_is_required_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.broker.mosquitto", lambda: "")
    monkeypatch.delenv("STOA_MOSQUITTO_REQUIRED", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT INSTALLED"), broker(Path("unused")):
        pass
    monkeypatch.setenv("STOA_MOSQUITTO_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="required"), broker(Path("unused")):
        pass
