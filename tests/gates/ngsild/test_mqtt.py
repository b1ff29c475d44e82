# SPDX-License-Identifier: EUPL-1.2
"""Notifications over MQTT, to a real Mosquitto."""

from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from tests.broker import OPEN_TO_ALL
from tests.broker import broker as mosquitto

from stoa.ground.problems import Refused
from stoa.houses.observations.actions.entity_mqtt import publish
from stoa.standards.ngsild.notifications import mqtt_message
from stoa.standards.ngsild.subscriptions import Endpoint
from stoa.standards.ngsild.wire import written


@pytest.mark.processes
@pytest.mark.parametrize("version", ["mqtt5.0", "mqtt3.1.1"])
def test_a_notification_arrives_with_its_metadata(tmp_path: Path, version: str) -> None:
    with mosquitto(tmp_path, OPEN_TO_ALL) as running:
        got: queue.Queue[Any] = queue.Queue()
        ready: queue.Queue[Any] = queue.Queue()
        client = Client(CallbackAPIVersion.VERSION2)
        client.on_message = lambda _client, _data, message: got.put(message)
        client.on_subscribe = lambda *_args: ready.put(1)
        client.connect("127.0.0.1", running.port)
        client.subscribe("town/news", qos=1)
        client.loop_start()
        try:
            ready.get(timeout=10)
            info = (("MQTT-Version", version), ("MQTT-QoS", "1"))
            endpoint = Endpoint(f"{running.url}/town/news", notifier_info=info)
            body = written(mqtt_message({"type": "Notification"}, {"Content-Type": "application/json"}, ()))
            publish(endpoint, body, (f"127.0.0.1:{running.port}",))
            message = got.get(timeout=10)
        finally:
            client.loop_stop()
        assert json.loads(message.payload) == {
            "metadata": {"Content-Type": "application/json"},
            "body": {"type": "Notification"},
        }
        assert message.qos == 1


def test_a_broker_in_the_inner_network_is_not_called() -> None:
    with pytest.raises(Refused) as refused:
        publish(Endpoint("mqtt://127.0.0.1:1883/topic"), b"{}", ())
    assert refused.value.problem.code.startswith("fetch.")


def test_a_broker_that_is_not_there_is_said_not_to_be() -> None:
    with pytest.raises(Refused) as refused:
        publish(Endpoint("mqtt://127.0.0.1:1/topic", timeout_s=1), b"{}", ("127.0.0.1:1",))
    assert refused.value.problem.code.startswith("fetch.")
