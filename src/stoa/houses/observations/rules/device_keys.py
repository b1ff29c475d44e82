# SPDX-License-Identifier: EUPL-1.2
"""Keys of devices as Mosquitto's password file wants them, and its list of who may write where. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    """Who may write and read where: a device writes its own topics and reads open news, nobody without a name anything."""
    lines = [f"user {platform}", "topic readwrite #", ""]
    for city, writers in known:
        for one in writers:
            lines.append(f"user {one.user}")
            lines += [f"topic write {city}/v1.1/Datastreams({n})/Observations" for n in one.series]
            lines += [f"topic write {city}/devices/{one.user}/up", f"topic read {city}/{NEWS}/#", ""]
    return lines


def configuration(*, folder: str, port: int, tls_port: int | None = None) -> str:
    """A hardened `mosquitto.conf`: no anonymous clients, sessions kept, limits on what one client may send."""
    lines = [
        "per_listener_settings false",
        "allow_anonymous false",
        f"password_file {folder}/passwords",
        f"acl_file {folder}/access",
        "",
        "# What was acknowledged survives a sudden end: every change is written at once.",
        "persistence true",
        f"persistence_location {folder}/store/",
        "autosave_on_changes true",
        "autosave_interval 1",
        "",
        "# Stoa acknowledges after it has stored; until then the broker keeps the message.",
        "max_queued_messages 1000000",
        "max_inflight_messages 0",
        "persistent_client_expiration 30d",
        "",
        "# Nobody needs more.",
        "message_size_limit 1048576",
        "max_connections 20000",
        "max_keepalive 3600",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "",
        f"listener {port} 127.0.0.1",
    ]
    if tls_port:
        lines += [
            "",
            f"listener {tls_port}",
            f"certfile {folder}/certs/fullchain.pem",
            f"keyfile {folder}/certs/privkey.pem",
            "tls_version tlsv1.2",
        ]
    return "\n".join(lines) + "\n"
