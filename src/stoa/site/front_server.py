# SPDX-License-Identifier: EUPL-1.2
"""Runs the front on a port that the supervisor has opened.

`python -m stoa.site.front_server --uds SOCKET [--uds SOCKET ...] --fd NUMBER`
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from stoa.site.front import Front, FrontSettings
from stoa.site.front_caller import outside_from
from stoa.site.front_protocol import AtOnce
from stoa.site.home import Home
from stoa.site.settled import settle

FILES_MOST = 65_536
FILE_FOLDERS = ("lake", "cache", "exports", "media")


def settings_from(uds: tuple[Path, ...], environ: dict[str, str]) -> FrontSettings:
    """The front's settings from the environment that the supervisor gives."""
    home = Home.from_environment(environ)
    roots = [*(home.root / name for name in FILE_FOLDERS), Path(home.lake(environ))]
    ingest_url = environ.get("STOA_INGEST_DATABASE_URL", "")
    return FrontSettings(uds, home.run / "spool", tuple(roots), outside_from(environ), ingest_url)


def configured(front: Front) -> uvicorn.Config:
    """How uvicorn serves the front. Nothing may stand between them: the protocol asks the front itself."""
    return uvicorn.Config(
        front,
        http=AtOnce, ws="none", loop="uvloop", lifespan="on", backlog=4096,
        timeout_graceful_shutdown=5, timeout_keep_alive=20, access_log=False,
        log_level="warning", server_header=False, proxy_headers=False,
    )  # fmt: skip


class Settled(uvicorn.Server):
    """A server that never looks for garbage among what was there when it began: 27 ms in which nobody is answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uds", type=Path, required=True, action="append")
    parser.add_argument("--fd", type=int, required=True)
    given = parser.parse_args()
    # A thread writes observations: it must not wait 5 ms for its turn after each word with the database.
    sys.setswitchinterval(0.0005)
    _open_as_many_files_as_may_be()
    sockets: list[Any] = [socket.socket(fileno=given.fd)]
    front = Front(settings_from(tuple(given.uds), dict(os.environ)))
    Settled(configured(front)).run(sockets=sockets)


def _open_as_many_files_as_may_be() -> None:
    """Every caller takes one; most machines begin with 1,024 and let a program have many more."""
    try:
        import resource  # not everywhere
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MOST if hard == resource.RLIM_INFINITY else min(FILES_MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
