# SPDX-License-Identifier: EUPL-1.2
"""One HTTP exchange with one checked address.

The name is resolved here once and the connection goes to the very address that was checked, so that a name
which answers differently a moment later (DNS rebinding) gains nothing. The server still sees its own name, in
the `Host` header and in TLS. Every byte that comes in, headers included, is counted by the pace.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Protocol

from stoa.commons.fetching import words
from stoa.commons.fetching.addresses import is_public
from stoa.commons.fetching.pace import Pace
from stoa.commons.fetching.places import Target

Resolver = Callable[[str, int, float], list[str]]
"""Host, port, seconds that it may take -> addresses; raises `OSError` if there are none."""


class TooSlow(Exception):  # noqa: N818 - reads as what it is
    """The pace was not kept."""


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """All addresses of a name by the system's resolver, which knows no time limit of its own."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(answer[4][0]) for answer in answers)
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))

    asking = threading.Thread(target=ask, daemon=True, name="stoa-resolve")
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise TooSlow
    if failed:
        raise failed[0]
    return list(dict.fromkeys(found))


def checked_addresses(target: Target, resolver: Resolver, seconds: float) -> list[str]:
    """The addresses of a target that may be connected to, in the resolver's order."""
    try:
        addresses = resolver(target.host, target.port, seconds)
    except OSError:
        addresses = []
    if not addresses:
        raise words.name_unknown(target.host)
    allowed = addresses if target.is_allowed else [address for address in addresses if is_public(address)]
    if not allowed:
        raise words.address_private(target.host)
    return allowed


class _Socket(Protocol):
    def settimeout(self, value: float | None) -> None: ...
    def recv_into(self, buffer: Any) -> int: ...
    def sendall(self, data: Any) -> None: ...
    def close(self) -> None: ...


class _PacedReader(io.RawIOBase):
    """The incoming side of a socket; raises `TooSlow` once the pace is lost."""

    def __init__(self, wire: _Socket, pace: Pace) -> None:
        self._wire, self._pace = wire, pace

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._pace.may_wait(time.monotonic())
        if seconds <= 0:
            raise TooSlow
        self._wire.settimeout(seconds)
        try:
            count = self._wire.recv_into(buffer)
        except TimeoutError as error:
            raise TooSlow from error
        self._pace.note(count)
        return count


class _PacedSocket:
    """As much of a socket as `http.client` uses."""

    def __init__(self, wire: _Socket, pace: Pace) -> None:
        self._wire, self._pace = wire, pace

    def sendall(self, data: Any) -> None:
        self._wire.settimeout(max(0.001, self._pace.may_wait(time.monotonic())))
        self._wire.sendall(data)

    def makefile(self, *_how: Any) -> io.BufferedReader:
        return io.BufferedReader(_PacedReader(self._wire, self._pace), 65536)

    def close(self) -> None:
        """The wire is closed by the exchange, after the body was read."""


@dataclass(slots=True)
class Exchange:
    """An answer whose body has not been read yet."""

    response: HTTPResponse
    wire: _Socket

    def header(self, name: str) -> str:
        return self.response.getheader(name) or ""

    def close(self) -> None:
        self.response.close()
        self.wire.close()


def open_exchange(
    target: Target,
    headers: dict[str, str],
    pace: Pace,
    *,
    resolver: Resolver,
    connect_seconds: float,
    body: bytes | None = None,
) -> Exchange:
    """Send one GET, or a POST if there is a body, and read the head of the answer; `Refused` or `TooSlow` if that fails."""
    addresses = checked_addresses(target, resolver, connect_seconds)
    plain = _connect(addresses, target, connect_seconds)
    wire: _Socket = plain
    try:
        if target.scheme == "https":
            wire = _encrypt(plain, target)
        connection = HTTPConnection(target.host, target.port)
        connection.sock = _PacedSocket(wire, pace)
        own = {"Host": target.authority, "Connection": "close"}
        connection.request("GET" if body is None else "POST", target.path, body, own | headers)
        return Exchange(connection.getresponse(), wire)
    except BaseException as error:
        wire.close()
        raise _as_refusal(error, target.host) from error


def _connect(addresses: Iterable[str], target: Target, seconds: float) -> socket.socket:
    for address in list(addresses)[:4]:
        try:
            return socket.create_connection((address, target.port), timeout=seconds)
        except OSError:
            continue
    raise words.not_reached(target.host)


def _encrypt(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _as_refusal(error: BaseException, host: str) -> BaseException:
    if isinstance(error, ssl.SSLCertVerificationError):
        return words.not_trusted(host)
    if isinstance(error, TimeoutError):
        return TooSlow()
    if isinstance(error, (HTTPException, OSError)):
        return words.broken(host)
    return error


def body_error(error: BaseException, host: str) -> BaseException:
    """What went wrong while a body was read, as a refusal; anything unexpected stays what it is."""
    return _as_refusal(error, host)
