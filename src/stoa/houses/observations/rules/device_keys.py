# SPDX-License-Identifier: EUPL-1.2
"""Keys of devices as Mosquitto's password file wants them, and its list of who may write where. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NEWS = "news"
"""Below it stands what is told of open series; devices write elsewhere, so nobody reads what they write."""
ROUNDS = 101
"""Mosquitto's own number; keys are 256 random bits, so more would only cost time."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A device as the broker must know it."""

    user: str
    hash: str
    series: Sequence[int]
    """Numbers of the series it may write."""


def mosquitto_hash(key: str, salt: bytes) -> str:
    """`$7$`: PBKDF2 with SHA-512, as `mosquitto_passwd` writes it."""
    found = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, ROUNDS, 64)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


def password_lines(writers: Iterable[Writer], platform: str, platform_hash: str) -> list[str]:
    """One line for each device that has a key, and one for the platform itself."""
    return [f"{platform}:{platform_hash}", *(f"{one.user}:{one.hash}" for one in writers)]


def access_lines(known: Iterable[tuple[str, Iterable[Writer]]], platform: str) -> list[str]:
    """Who may write and read where: a device writes its own topics and reads open news, nobody without a name anything.

    Where there is one city only, its devices may leave it out of their topics.
    """
    lines = [f"user {platform}", "topic readwrite #", "topic read $SYS/broker/log/#", ""]
    cities = [(city, list(writers)) for city, writers in known]
    for city, writers in cities:
        heads = [f"{city}/", ""] if len(cities) == 1 else [f"{city}/"]
        for one in writers:
            lines.append(f"user {one.user}")
            for head in heads:
                lines += [f"topic write {head}v1.1/Datastreams({n})/Observations" for n in one.series]
                lines += [f"topic write {head}devices/{one.user}/up", f"topic read {head}{NEWS}/#"]
            lines.append("")
    return lines


def reader_lines(cities: Iterable[str]) -> list[str]:
    """What anybody may read on a port for readers: open news. Nothing may be written there."""
    return [f"topic read {city}/{NEWS}/#" for city in cities]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the broker listens."""

    here: int
    """On this machine only, without TLS."""
    tls: int | None = None
    """For devices anywhere, with TLS."""
    readers: Mapping[str, int] = field(default_factory=dict)
    """By city: for anybody anywhere, open news only. Topics there begin with `v1.1/`, as SensorThings has them."""
    readers_have_tls: bool = False


EVERY_SECOND = ("autosave_interval 1",)
EVERY_CHANGE = ("autosave_on_changes true", "autosave_interval 1")


def configuration(*, folder: str, ports: Ports, saves: Sequence[str] = EVERY_SECOND) -> str:
    """A hardened `mosquitto.conf`: no writers without a name, sessions kept, limits on what one client may send."""
    return "\n".join([*_general(folder, saves), *_listeners(folder, ports)]) + "\n"


def _general(folder: str, saves: Sequence[str]) -> list[str]:
    return [
        "per_listener_settings true",
        "",
        "# Mosquitto acknowledges what it holds in memory, and writes all of that again each time it saves.",
        "persistence true",
        f"persistence_location {folder}/store/",
        *saves,
        "",
        "# Stoa acknowledges after it has stored; until then the broker keeps the message. Of a number that is reached",
        "# more is dropped though it was acknowledged; and 0, no limit, throws out every client that is refused a topic.",
        "max_queued_messages 100000000",
        "max_inflight_messages 0",
        "persistent_client_expiration 30d",
        "set_tcp_nodelay true",
        "",
        "# What is larger is dropped though it was acknowledged; Stoa puts aside, with the reason, what exceeds 1 MB.",
        "message_size_limit 8000000",
        "max_connections 20000",
        "max_keepalive 3600",
        "",
        "# Stoa reads in the log which topics somebody listens to.",
        "log_dest stderr",
        "log_dest topic",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_type subscribe",
    ]


def _listeners(folder: str, ports: Ports) -> list[str]:
    named = ["allow_anonymous false", f"password_file {folder}/passwords", f"acl_file {folder}/access"]
    lines = ["", f"listener {ports.here} 127.0.0.1", *named]
    if ports.tls:
        lines += ["", f"listener {ports.tls}", *named, *_tls(folder)]
    for city, port in sorted(ports.readers.items()):
        lines += ["", f"listener {port}", f"mount_point {city}/{NEWS}/", "allow_anonymous true"]
        lines += [f"acl_file {folder}/readers", *(_tls(folder) if ports.readers_have_tls else ())]
    return lines


def _tls(folder: str) -> list[str]:
    return [
        f"certfile {folder}/certs/fullchain.pem",
        f"keyfile {folder}/certs/privkey.pem",
        "tls_version tlsv1.2",
    ]
