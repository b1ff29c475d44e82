# SPDX-License-Identifier: EUPL-1.2
"""Our connection to the broker: a session that outlives us, messages that stay there until we say that they are stored."""

from __future__ import annotations

import logging
import queue
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from stoa.gates.mqtt.broker import Broker
from stoa.gates.mqtt.messages import Message

log = logging.getLogger(__name__)
BATCH = 2_000
SESSION_S = 30 * 24 * 3600
OURS = ("stoa", "1")
"""User property of what we publish ourselves."""


class Connection:
    """Messages come into `waiting`; `acknowledge` lets the broker forget them."""

    def __init__(self, broker: Broker, topics: Callable[[], Iterable[str]], ca: str = "") -> None:
        self.broker = broker
        self.waiting: queue.Queue[Message] = queue.Queue(
            4 * BATCH
        )  # full: the network waits, memory does not grow
        self.session = 0
        self.is_open = False
        self.refused = ""
        self._topics = topics
        self._subscribed: set[str] = set()
        self._client = _client(broker, ca)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._came

    def open(self) -> None:
        """Connect, and again whenever the connection breaks; returns at once."""
        keep: dict[str, Any] = (
            {"clean_start": False, "properties": _session()} if self.broker.is_version_5 else {}
        )
        self._client.connect_async(self.broker.host, self.broker.port, keepalive=30, **keep)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def batch(self, wait_s: float) -> list[Message]:
        """What is waiting, at most `BATCH`; waits a little for the first."""
        try:
            found = [self.waiting.get(timeout=wait_s)]
        except queue.Empty:
            return []
        while len(found) < BATCH:
            try:
                found.append(self.waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def acknowledge(self, batch: Iterable[Message]) -> None:
        """Only after commit: until now the broker would send them again.

        What came by a connection before this one is not acknowledged: its number may mean another message now.
        """
        for message in batch:
            if message.number and message.session == self.session:
                self._client.ack(message.number, 1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Tell something, once at most; what cannot be told now is not told."""
        if self.is_open:
            properties = None
            if self.broker.is_version_5:
                properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
                properties.UserProperty = OURS
            self._client.publish(topic, payload, qos=0, properties=properties)

    def subscribe_to_new(self) -> None:
        """Listen to the topics of cities that came since."""
        fresh = [topic for topic in self._topics() if topic not in self._subscribed]
        if fresh and self.is_open:
            self._subscribe(fresh)

    def _subscribe(self, topics: Iterable[str]) -> None:
        listed = list(topics)
        if self.broker.is_version_5:
            options = SubscribeOptions(qos=1, noLocal=not self.broker.share)
            head = f"$share/{self.broker.share}/" if self.broker.share else ""
            self._client.subscribe([(head + topic, options) for topic in listed])
        else:
            self._client.subscribe([(topic, 1) for topic in listed])
        self._subscribed.update(listed)

    def _connected(self, _client: mqtt.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self.refused = str(code)
            log.error("mqtt.broker_refuses_us", extra={"why": str(code)})
            return
        self.session += 1
        self.is_open, self.refused = True, ""
        self._subscribe(self._topics())
        log.info("mqtt.connected")

    def _disconnected(self, *_args: Any) -> None:
        self.is_open = False
        log.warning("mqtt.disconnected")

    def _came(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        told = getattr(message.properties, "UserProperty", None) if message.properties else None
        if told and OURS in told:
            if message.qos:
                self._client.ack(message.mid, message.qos)
            return
        number = message.mid if message.qos else 0
        self.waiting.put(Message(message.topic, bytes(message.payload), number, self.session))


def _client(broker: Broker, ca: str) -> mqtt.Client:
    version = mqtt.MQTTv5 if broker.is_version_5 else mqtt.MQTTv311
    clean: dict[str, Any] = {} if broker.is_version_5 else {"clean_session": False}
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client,
        protocol=version,
        manual_ack=True,
        reconnect_on_failure=True,
        **clean,
    )
    client.reconnect_delay_set(1, 15)
    client.max_inflight_messages_set(0)
    if broker.user:
        client.username_pw_set(broker.user, broker.password)
    if broker.has_tls:
        client.tls_set(ca_certs=ca or None, tls_version=ssl.PROTOCOL_TLS_CLIENT)
    return client


def _session() -> Properties:
    kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    kept.SessionExpiryInterval = SESSION_S
    kept.ReceiveMaximum = 2 * BATCH
    return kept


def lets_anybody_in(broker: Broker, ca: str = "", wait_s: float = 5.0) -> bool:
    """Whether the broker accepts a client without a name: then anybody could write."""
    nobody = Broker(broker.host, broker.port, broker.has_tls, is_version_5=broker.is_version_5, client="")
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5 if nobody.is_version_5 else mqtt.MQTTv311
    )
    if nobody.has_tls:
        client.tls_set(ca_certs=ca or None, tls_version=ssl.PROTOCOL_TLS_CLIENT)
    client.on_connect = lambda _c, _d, _f, code, _p: answers.put(not code.is_failure)
    try:
        client.connect(nobody.host, nobody.port, keepalive=10)
        client.loop_start()
        return answers.get(timeout=wait_s)
    except (OSError, queue.Empty):
        return False
    finally:
        client.disconnect()
        client.loop_stop()
