# SPDX-License-Identifier: EUPL-1.2
"""How to reach the broker, out of one address. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit


class BadAddress(ValueError):  # noqa: N818 - reads as what it is
    """The address of the broker cannot be used; never says the password."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how we present ourselves."""

    host: str
    port: int
    has_tls: bool = False
    user: str = ""
    password: str = ""
    is_version_5: bool = True
    client: str = "stoa"
    """The beginning of our name at the broker."""
    share: str = ""
    """Group of a shared subscription: several consumers of this name share the messages. Empty: alone."""
    tells: bool = True
    """New observations are published."""

    @property
    def session_name(self) -> str:
        """Our whole name at the broker, which keeps the session of this name over our restarts.

        Whoever comes by that name ends our connection and may throw away what waits for us (MQTT 5, clause 3.1.4),
        whatever rights they have. So nobody can guess it who does not know our password.
        """
        if not self.password:
            return self.client
        digest = hashlib.sha256(f"session\0{self.client}\0{self.user}\0{self.password}".encode()).hexdigest()
        return f"{self.client}-{digest[:16]}"

    def __repr__(self) -> str:
        return f"Broker({self.host}:{self.port}, client={self.client})"


def read_address(url: str) -> Broker:
    """`mqtt://user:password@host:1883?share=stoa&client=stoa-1&version=3.1.1&tell=no`; `mqtts` for TLS.

    >>> read_address("mqtts://me:p%40ss@broker.example?version=3.1.1").port
    8883
    """
    parts = urlsplit(url.strip())
    asked = dict(parse_qsl(parts.query))
    unknown = set(asked) - {"share", "client", "version", "tell"}
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname or unknown:
        raise BadAddress("write the broker as mqtt://user:password@host:1883 or mqtts://...")
    try:
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    except ValueError as wrong:
        raise BadAddress("the port of the broker is no number") from wrong
    version, share = asked.get("version", "5"), asked.get("share", "")
    if version not in {"5", "3.1.1"} or any(sign in share for sign in "/+#"):
        raise BadAddress("version is 5 or 3.1.1, and the name of a share has no /, + or #")
    return Broker(
        host=parts.hostname,
        port=port,
        has_tls=parts.scheme == "mqtts",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_version_5=version == "5",
        client=asked.get("client", "stoa"),
        share=share,
        tells=asked.get("tell", "yes") != "no",
    )
