# SPDX-License-Identifier: EUPL-1.2
"""What `stoa up` starts: addresses, environments and the exact commands."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from stoa.site.child import Child
from stoa.site.home import Home, HomeTrouble

DJANGO_THREADS = 8
WSGI = "stoa.site.wsgi:application"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the portal listens and which parts run here."""

    host: str = "127.0.0.1"
    port: int = 8000
    only: str = ""
    """`web`, `jobs`, or empty for both."""
    logs_here: bool = False
    """Children write to our stderr instead of files."""
    django_workers: int = 1

    @property
    def web(self) -> bool:
        return self.only in {"", "web"}

    @property
    def jobs(self) -> bool:
        return self.only in {"", "jobs"}

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared only
        return f"http://{host}:{self.port}/"


def child_environment(home: Home, plan: Plan, database_url: str) -> dict[str, str]:
    """Our environment with the names that `site/environment.py` reads."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "stoa.site.settings"),
        "DATABASE_URL": database_url,
        "STOA_HOME": str(home.root),
        "STOA_HOST": plan.host,
        "STOA_PORT": str(plan.port),
        "PYTHONUNBUFFERED": "1",
    }


def open_port(host: str, port: int) -> socket.socket:
    """Take the port before anything is started. The front inherits it, so restarts lose no caller.

    Without SO_REUSEPORT: a stale server that allows sharing would silently take half of the callers.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(4096)
    except OSError as error:
        listener.close()
        raise HomeTrouble(
            f"Port {port} on {host} cannot be taken ({error.strerror}): another program listens there. "
            f"Stop it, or choose another port: stoa up --port {port + 1 if port else 8000}"
        ) from error
    return listener


def planned_children(
    home: Home, plan: Plan, database_url: str, listener: socket.socket | None
) -> Iterator[Child]:
    """The processes in the order in which they start; they stop the other way round."""
    environment = child_environment(home, plan, database_url)
    if plan.web:
        assert listener is not None
        yield _django(home, plan, environment)
        yield _front(home, plan, environment, listener)
    if plan.jobs:
        yield _jobs(home, plan, environment)


def _django(home: Home, plan: Plan, environment: dict[str, str]) -> Child:
    uds = home.sockets() / "dj.sock"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws",
        "--workers", str(plan.django_workers),
        "--blocking-threads", str(DJANGO_THREADS), "--workers-kill-timeout", "5", "--respawn-failed-workers",
        "--log-level", "warning", "--uds-permissions", "384", "--uds", str(uds),
        os.environ.get("STOA_WSGI", WSGI),
    ]  # fmt: skip
    log = None if plan.logs_here else home.logs / "web.log"
    return Child("web", "the portal", command, environment, log, socket_file=uds)


def _front(home: Home, plan: Plan, environment: dict[str, str], listener: socket.socket) -> Child:
    command = [
        sys.executable, "-m", "stoa.site.front_server", "--uds", str(home.sockets() / "dj.sock"),
        "--fd", str(listener.fileno()),
    ]  # fmt: skip
    log = None if plan.logs_here else home.logs / "front.log"
    return Child("front", "the front door", command, environment, log, pass_fds=(listener.fileno(),))


def _jobs(home: Home, plan: Plan, environment: dict[str, str]) -> Child:
    # Two at once, so that an hour of reading one file does not hold up the small jobs. No checks: they would
    # load every page of the portal into a process that serves none.
    command = [
        sys.executable, "-m", "django", "procrastinate", "--skip-checks", "worker", "--concurrency", "2",
        "--shutdown-graceful-timeout", "5",
    ]  # fmt: skip
    log = None if plan.logs_here else home.logs / "jobs.log"
    return Child("jobs", "the job worker", command, environment, log)
