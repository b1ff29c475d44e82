# SPDX-License-Identifier: EUPL-1.2
"""Who really asks, and under which address: what proxies that the operator trusts say of it. Pure rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from stoa.site.home import HomeTrouble

Header = tuple[bytes, bytes]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the front saw it itself or was told by a proxy that the operator trusts."""

    address: str
    scheme: str
    host: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What the operator said of the way in: which web servers are trusted, and the address that people see."""

    trusted: tuple[Network, ...] = ()
    scheme: str = ""
    name: str = ""
    """Host name of the public address, in small letters, without a port; empty: as asked."""
    port: int = 0
    """Port of the public address; 0 for the usual one of its scheme."""

    def trusts(self, peer: str) -> bool:
        """Whether this peer may say who asks; remembered, for it is asked at every request."""
        return bool(self.trusted) and _is_in(peer, self.trusted)


AS_SEEN = Outside()
"""Nobody is trusted, and no address is named."""


@lru_cache(maxsize=4096)
def _is_in(peer: str, networks: tuple[Network, ...]) -> bool:
    address = _address(peer)
    return address is not None and any(address in network for network in networks)


def _address(told: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address; an IPv4 one that was reached over an IPv6 socket as what it is."""
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def networks(told: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks (`10.0.0.0/8`) of trusted web servers; HomeTrouble names the first that is none."""
    found = []
    for part in told:
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise HomeTrouble(
                f"STOA_TRUSTED_PROXIES: {part} is neither an address nor a network like 10.0.0.0/8."
            ) from None
    return tuple(found)


def public_address(told: str) -> str:
    """The address that people see, without a slash at its end; HomeTrouble says what is wrong with it."""
    try:
        parts = urlsplit(told.strip())
        is_fine = parts.scheme in USUAL_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or "@" in parts.netloc:
        raise HomeTrouble(
            f"STOA_PUBLIC_URL: {told} is not an address like https://data.town.example or https://town.example:8443."
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise HomeTrouble(
            f"STOA_PUBLIC_URL: {told} has a path. The portal needs a host name of its own, without one."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def outside_from(environ: Mapping[str, str]) -> Outside:
    """The operator's word from the environment."""
    listed = (part.strip() for part in environ.get("STOA_TRUSTED_PROXIES", "").split(","))
    trusted = networks(part for part in listed if part)
    told = environ.get("STOA_PUBLIC_URL", "").strip()
    if not told:
        return Outside(trusted)
    parts = urlsplit(public_address(told))
    port = parts.port or 0
    return Outside(
        trusted, parts.scheme, parts.hostname or "", 0 if port == USUAL_PORTS[parts.scheme] else port
    )


def caller_of(headers: list[Header], peer: str, scheme: str, outside: Outside) -> Caller:
    """Who really asks: the peer, or whom a trusted proxy names last (earlier entries are hearsay).

    A host name without a port gets the one that the proxy or the operator names: many proxies pass the name only,
    and absolute addresses would lead to the wrong port.
    """
    host = _last(headers, b"host") or "localhost"
    if not outside.trusts(peer):
        return Caller(peer, scheme, _with_port(host, scheme, 0, outside))
    told_scheme = _last(headers, b"x-forwarded-proto").lower()
    scheme = told_scheme if told_scheme in USUAL_PORTS else scheme
    told_port = _last(headers, b"x-forwarded-port")
    port = int(told_port) if told_port.isdigit() and len(told_port) <= 5 else 0
    return Caller(
        _named(_last(headers, b"x-forwarded-for")) or peer,
        scheme,
        _with_port(_last(headers, b"x-forwarded-host") or host, scheme, port, outside),
    )


def _last(headers: list[Header], name: bytes) -> str:
    """What the nearest proxy wrote: the last entry of the last field of the name."""
    values = [value for key, value in headers if key == name]
    return values[-1].decode("latin-1").split(",")[-1].strip() if values else ""


def _named(told: str) -> str:
    """The caller's address as a proxy wrote it; some write its port too. Empty when it is none."""
    for text in (told, told.removeprefix("[").partition("]")[0], told.rpartition(":")[0]):
        if _address(text) is not None:
            return text
    return ""


def _with_port(host: str, scheme: str, told_port: int, outside: Outside) -> str:
    name, bracket, rest = host.partition("]")
    if ":" in (rest if bracket else name):
        return host
    if scheme == outside.scheme and host.lower().strip("[]") == outside.name:
        port = outside.port
    else:
        # Where TLS ends before the last proxy, that one names a port that does not fit to the scheme.
        port = 0 if told_port in USUAL_PORTS.values() else told_port
    return f"{host}:{port}" if port else host
