# SPDX-License-Identifier: EUPL-1.2
"""One message to a subscriber's MQTT broker, guarded like every way out."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from stoa.commons.fetching import words
from stoa.commons.fetching.places import Target
from stoa.commons.fetching.wire import TooSlow, checked_addresses, resolve
from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.standards.ngsild.subscriptions import Endpoint

_PORTS = {"mqtt": 1883, "mqtts": 8883}


def publish(endpoint: Endpoint, body: bytes, trusted: tuple[str, ...]) -> None:
    """Publish and wait until the broker has it. Raises Refused (`fetch.<...>`)."""
    parts = urlsplit(endpoint.uri)
    host, port = (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]
    by_port = f"{host}:{port}" in trusted
    if port not in _PORTS.values() and not by_port:
        raise words.port_closed(host, port)
    target = Target(parts.scheme, host, port, parts.path, is_allowed=by_port or host in trusted)
    try:
        (address, *_more) = checked_addresses(target, resolve, endpoint.timeout_s)
    except TooSlow:
        raise words.too_slow(host) from None
    info = dict(endpoint.notifier_info)
    client = _client(parts.scheme, info)
    client.address = address
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    try:
        _told(client, (host, port), (unquote(parts.path[1:]), body, _qos(info)), endpoint.timeout_s)
    except ssl.SSLCertVerificationError as error:
        raise _not_trusted(host) from error
    except (OSError, ValueError) as error:
        raise words.not_reached(host) from error


def _not_trusted(host: str) -> Refused:
    return words.refused(
        "broker_not_trusted",
        say("The broker %(host)s cannot prove who it is.", host=host),
        say("Its certificate is out of date, of another name, or of an authority that is not known here."),
        say("If it has an authority of its own, ask the operator to name it in STOA_MQTT_CA."),
    )


class _CheckedClient(Client):
    """Goes to the very address that was checked; the broker's name stays what its certificate must say."""

    address = ""

    def _create_socket_connection(self) -> socket.socket:
        return socket.create_connection((self.address, self._port), timeout=self._connect_timeout)


def _client(scheme: str, info: dict[str, str]) -> _CheckedClient:
    is_5 = info.get("MQTT-Version", "mqtt5.0").lower().startswith("mqtt5")
    client = _CheckedClient(CallbackAPIVersion.VERSION2, protocol=MQTTv5 if is_5 else MQTTv311)
    if scheme == "mqtts":
        client.tls_set_context(_trusting(settings.ENVIRONMENT.mqtt_ca))
    return client


def _trusting(ca: str) -> ssl.SSLContext:
    """The authorities of this machine, and the operator's own for brokers."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(cafile=ca)
    return context


def _qos(info: dict[str, str]) -> int:
    return {"1": 1, "2": 2}.get(info.get("MQTT-QoS", "0"), 0)


def _told(client: Client, address: tuple[str, int], message: tuple[str, bytes, int], seconds: float) -> None:
    """Connect, publish, wait, go; `OSError` if the broker does not take it in time."""
    refusals: list[Any] = []
    ready: list[bool] = []

    def connected(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any = None) -> None:
        (refusals if reason.is_failure else ready).append(reason)

    client.on_connect = connected
    client.connect_timeout = seconds
    client.connect(*address, keepalive=30)
    client.loop_start()
    try:
        deadline = time.monotonic() + seconds
        while not ready and not refusals and time.monotonic() < deadline:
            time.sleep(0.01)
        if not ready:
            raise OSError("the broker did not let us in")
        topic, body, qos = message
        sent = client.publish(topic, body, qos)
        sent.wait_for_publish(max(0.1, deadline - time.monotonic()))
        if not sent.is_published():
            raise OSError("the broker did not take the message in time")
    except RuntimeError as error:
        raise OSError(str(error)) from error
    finally:
        client.disconnect()
        client.loop_stop()
