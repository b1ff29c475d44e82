# SPDX-License-Identifier: EUPL-1.2
"""A socket to the broker that reads and writes what it can without waiting, with or without TLS."""

from __future__ import annotations

import select
import socket
import ssl

from stoa.gates.mqtt.broker import Broker

PIECE = 262_144
CONNECT_S = 10.0


class Wire:
    """One connection. `OSError` when it is at its end."""

    def __init__(self, broker: Broker, ca: str) -> None:
        call = socket.create_connection((broker.host, broker.port), timeout=CONNECT_S)
        call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if broker.has_tls:
            call = _with_tls(call, broker.host, ca)
        call.setblocking(False)
        self._call = call
        self._is_deaf = False
        """The broker takes nothing more; what it has sent may still be read."""
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)

    def wake(self) -> None:
        """From another thread: there is something to do."""
        try:
            self._bell.send(b"!")
        except OSError:  # it rings already, or nobody is there any more
            return

    def wait(self, seconds: float, *, reads: bool, writes: bool) -> None:
        """Until there is something to read, to write or to do."""
        if reads and isinstance(self._call, ssl.SSLSocket) and self._call.pending():
            return
        wanted = [self._ear, *([self._call] if reads else [])]
        heard, _, _ = select.select(wanted, [self._call] if writes else [], [], seconds)
        if self._ear in heard:
            try:
                self._ear.recv(4096)
            except BlockingIOError:
                return

    def read(self) -> bytes | None:
        """What has come; empty: the other side has ended; None: nothing yet."""
        try:
            return self._call.recv(PIECE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def write(self, data: bytearray) -> None:
        """Send from the begin of `data` what goes, and take it away there.

        A broker that is gone does not hear us, but what it had sent before lies in our socket and is its last word:
        so a failing write ends nothing, the end is told by `read`.
        """
        if self._is_deaf:
            data.clear()
            return
        try:
            sent = self._call.send(data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            self._is_deaf = True
            data.clear()
            return
        del data[:sent]

    def close(self) -> None:
        for each in (self._call, self._ear, self._bell):
            each.close()


class NotTrusted(OSError):  # noqa: N818 - reads as what it is
    """The broker cannot prove who it is, or the file of its authority cannot be read; says what the operator can do."""


def _with_tls(call: socket.socket, host: str, ca: str) -> socket.socket:
    try:
        return _context(ca).wrap_socket(call, server_hostname=host)
    except ssl.SSLCertVerificationError as wrong:
        call.close()
        known = (
            "the authority in STOA_MQTT_CA"
            if ca
            else "the authorities of this machine; STOA_MQTT_CA names others"
        )
        raise NotTrusted(
            f"the certificate of the broker is not good by {known}: {wrong.verify_message}"
        ) from wrong
    except OSError:
        call.close()
        raise


def _context(ca: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca or None)
    except OSError as wrong:
        raise NotTrusted(f"STOA_MQTT_CA is no file with certificates: {wrong}") from wrong
