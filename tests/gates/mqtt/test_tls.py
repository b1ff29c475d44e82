# SPDX-License-Identifier: EUPL-1.2
"""Over TLS with a real Mosquitto and an authority of one's own: both directions, and nothing for whoever is not trusted."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from paho.mqtt.enums import CallbackAPIVersion
from tests.broker import Broker, broker, free_port

from stoa.gates.mqtt.broker import read_address
from stoa.gates.mqtt.connection import Connection
from stoa.gates.mqtt.wire import NotTrusted, Wire
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.entity_mqtt import publish
from stoa.site.processes import wait_until
from stoa.standards.ngsild.subscriptions import Endpoint


@dataclass(frozen=True, slots=True)
class Secure:
    """A broker with certificates of its own."""

    running: Broker
    port: int
    own: str
    """File of the authority that it has its certificate of."""
    other: str
    """File of an authority that it has nothing to do with."""

    @property
    def url(self) -> str:
        return f"mqtts://127.0.0.1:{self.port}"


def authority(file: Path, name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Name]:
    """A new authority, whose certificate stands in the file."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
    made = _certificate(subject, subject, key, key, is_authority=True)
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return key, subject


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = made.add_extension(here, critical=False)
    return made.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("tls")
    signer, issuer = authority(folder / "own.pem", "The town's own authority")
    authority(folder / "other.pem", "Somebody else")
    key = ec.generate_private_key(ec.SECP256R1())
    made = _certificate(_name("broker"), issuer, key, signer, is_authority=False)
    (folder / "broker.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "broker.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    port = free_port()
    lines = (
        "allow_anonymous true", f"listener {port} 127.0.0.1",
        f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key",
    )  # fmt: skip
    with broker(folder / "broker", lines) as running:
        yield Secure(running, port, str(folder / "own.pem"), str(folder / "other.pem"))


@contextmanager
def gauge(secure: Secure, heard: list[bytes]) -> Iterator[mqtt.Client]:
    """A client of somebody else's make, which publishes and listens."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="gauge")
    client.tls_set_context(ssl.create_default_context(cafile=secure.own))
    listens: list[bool] = []
    client.on_message = lambda _client, _data, message: heard.append(message.payload)
    client.on_subscribe = lambda *_said: listens.append(True)
    client.connect("127.0.0.1", secure.port)
    client.subscribe("news/#", 1)
    client.loop_start()
    assert wait_until(lambda: bool(listens), 20)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def come(condition: Callable[[], bool]) -> None:
    assert wait_until(condition, 20)


def test_what_is_published_comes_and_what_we_tell_is_heard(secure: Secure) -> None:
    heard: list[bytes] = []
    connection = Connection(read_address(secure.url), secure.own)
    connection.listen_to(["here/#"])
    connection.open()
    try:
        with gauge(secure, heard) as other:
            come(lambda: connection.is_open)
            large = bytes(range(256)) * 2_000  # more than one record of TLS
            for payload in (b"1.5", large):
                other.publish("here/level", payload, qos=1).wait_for_publish(20)
                got = connection.batch(20)
                assert [(one.topic, one.payload) for one in got] == [("here/level", payload)]
                connection.acknowledge(got)
            connection.publish("news/level", large)
            come(lambda: heard == [large])
    finally:
        connection.close()


def test_a_broker_of_another_authority_is_not_taken_from_and_the_operator_reads_why(
    secure: Secure, caplog: pytest.LogCaptureFixture
) -> None:
    address = read_address(secure.url)
    with pytest.raises(NotTrusted, match=r"not good by the authority in STOA_MQTT_CA: .*certificate"):
        Wire(address, secure.other)
    with pytest.raises(NotTrusted, match="STOA_MQTT_CA names others"):
        Wire(address, "")
    with pytest.raises(NotTrusted, match="STOA_MQTT_CA is no file with certificates"):
        Wire(address, secure.own + ".gone")
    with pytest.raises(NotTrusted, match="STOA_MQTT_CA"):
        Wire(read_address(f"mqtts://localhost:{secure.port}"), secure.own)  # a name that it does not have
    connection = Connection(address, secure.other)
    with caplog.at_level(logging.WARNING, "stoa.gates.mqtt.connection"):
        connection.open()
        come(lambda: any("STOA_MQTT_CA" in getattr(one, "why", "") for one in caplog.records))
    connection.close()
    assert not connection.session


def test_alerts_and_notifications_go_out_by_the_same_authority(
    secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    endpoint = Endpoint(f"{secure.url}/news/alert", notifier_info=(("MQTT-QoS", "1"),), timeout_s=10)
    trusted = (f"127.0.0.1:{secure.port}",)
    with gauge(secure, heard):
        monkeypatch.setattr(settings.ENVIRONMENT, "mqtt_ca", secure.own)
        publish(endpoint, b"flooded", trusted)
        come(lambda: heard == [b"flooded"])
        for ca in (secure.other, ""):
            monkeypatch.setattr(settings.ENVIRONMENT, "mqtt_ca", ca)
            with pytest.raises(Refused) as refused:
                publish(endpoint, b"for nobody", trusted)
            assert refused.value.problem.code == "fetch.broker_not_trusted"
        assert heard == [b"flooded"]
