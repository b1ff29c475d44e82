# SPDX-License-Identifier: EUPL-1.2
"""Runs the front on a port that the supervisor has opened.

`python -m stoa.site.front_server --uds SOCKET [--uds SOCKET ...] --fd NUMBER`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stoa.site.front import Front, FrontSettings
from stoa.site.home import Home

HEADERS_MOST_BYTES = 64 * 1024
HEADERS_MOST_S = 20.0
FILE_FOLDERS = ("lake", "cache", "exports", "media")


class PatientButFirm(HttpToolsProtocol):
    """HTTP/1.1 with an end to slow and to endless headers; uvicorn has neither."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._header_bytes = 0
        self._too_late: asyncio.TimerHandle | None = None
        self._await_headers()

    def _await_headers(self) -> None:
        if self._too_late is None:
            self._too_late = self.loop.call_later(HEADERS_MOST_S, self._give_up)

    def _give_up(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._header_bytes = 0
        self._await_headers()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > HEADERS_MOST_BYTES:
            raise ValueError("headers too long")

    def data_received(self, data: bytes) -> None:
        # The parser keeps an unfinished header itself and tells nobody: count what goes in.
        if self._too_late is not None:
            self._unread = getattr(self, "_unread", 0) + len(data)
            if self._unread > 2 * HEADERS_MOST_BYTES + 1024 * 1024:
                self._give_up()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._unread = 0
        self._calm()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None


def settings_from(uds: tuple[Path, ...], environ: dict[str, str]) -> FrontSettings:
    """The front's settings from the environment that the supervisor gives."""
    home = Home.from_environment(environ)
    roots = [home.root / name for name in FILE_FOLDERS]
    lake = home.lake(environ)
    if "://" not in lake:
        roots.append(Path(lake))
    trusted = frozenset(
        part.strip() for part in environ.get("STOA_TRUSTED_PROXIES", "").split(",") if part.strip()
    )
    ingest_url = environ.get("STOA_INGEST_DATABASE_URL", "")
    return FrontSettings(uds, home.run / "spool", tuple(roots), trusted, ingest_url)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uds", type=Path, required=True, action="append")
    parser.add_argument("--fd", type=int, required=True)
    given = parser.parse_args()
    # A thread writes observations: it must not wait 5 ms for its turn after each word with the database.
    sys.setswitchinterval(0.0005)
    config = uvicorn.Config(
        Front(settings_from(tuple(given.uds), dict(os.environ))),
        http=PatientButFirm, ws="none", loop="uvloop", lifespan="on", backlog=4096,
        timeout_graceful_shutdown=5, timeout_keep_alive=20, access_log=False,
        log_level="warning", server_header=False, proxy_headers=False,
    )  # fmt: skip
    sockets: list[Any] = [socket.socket(fileno=given.fd)]
    uvicorn.Server(config).run(sockets=sockets)


if __name__ == "__main__":
    main()
