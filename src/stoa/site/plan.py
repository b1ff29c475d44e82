# SPDX-License-Identifier: EUPL-1.2
"""What `stoa up` starts: addresses, environments and the exact commands."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stoa.site.child import Child
from stoa.site.home import Home, HomeTrouble


def usual_workers() -> int:
    """Two where two can run at once: Python answers one question at a time in a process. More cost more memory."""
    return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the portal listens and which parts run here."""

    host: str = "127.0.0.1"
    port: int = 8000
    only: str = ""
    """`web`, `jobs`, `ingest` (the front that takes observations, without the portal behind it), or empty for all."""
    logs_here: bool = False
    """Children write to our stderr instead of files."""
    django_workers: int = field(default_factory=usual_workers)

    @property
    def web(self) -> bool:
        return self.only in {"", "web"}

    @property
    def front(self) -> bool:
        return self.only in {"", "web", "ingest"}

    @property
    def jobs(self) -> bool:
        return self.only in {"", "jobs"}

    @property
    def takes_mqtt(self) -> bool:
        """A broker is named, and messages are to be taken here."""
        named = os.environ.get("STOA_MQTT_URL") or os.environ.get("STOA_MQTT_URL_FILE")
        return bool(named) and self.only in {"", "ingest"}

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
        # Else NumPy begins threads when it is loaded: nothing of ours multiplies matrices, and a fork would lose them.
        "OPENBLAS_NUM_THREADS": "1",
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
    home: Home, plan: Plan, database_url: str, listener: socket.socket | None, *, ingest_url: str = ""
) -> Iterator[Child]:
    """The processes in the order in which they start; they stop the other way round.

    `ingest_url`: the database for the front, which writes observations; without one, as the application.
    """
    environment = child_environment(home, plan, database_url)
    if plan.web or plan.jobs:
        yield _portal(home, plan, environment)
    if plan.front:
        assert listener is not None
        writing = environment | {"STOA_INGEST_DATABASE_URL": ingest_url or database_url}
        yield _front(home, plan, writing, listener)
    if plan.takes_mqtt:
        yield _mqtt(home, plan, environment)


def _socket(home: Home, number: int) -> Path:
    return home.sockets() / f"dj{number or ''}.sock"


def _portal(home: Home, plan: Plan, environment: dict[str, str]) -> Child:
    """The processes that answer pages and the one that does the jobs, all forked from one that has loaded the portal.

    Each that answers stands behind a socket of its own, and the front shares out the work. On a socket in common the
    kernel does, and lets some callers wait ten times as long as others (measured).
    """
    sockets = tuple(_socket(home, number) for number in range(plan.django_workers)) if plan.web else ()
    command = [sys.executable, "-m", "stoa.site.portal_server", *_ways(sockets)]
    log, more = home.logs / "web.log", home.logs / "jobs.log"
    if plan.jobs:
        command += ["--jobs"] if plan.logs_here else ["--jobs", "--jobs-log", str(more)]
    parts = [f"the portal ({plan.django_workers} to answer pages)"] if plan.web else []
    parts += ["the job worker"] if plan.jobs else []
    return Child(
        "portal", " and ".join(parts), command, environment, None if plan.logs_here else log,
        more_logs=(more,), socket_files=sockets,
    )  # fmt: skip


def _ways(sockets: Iterable[Path]) -> list[str]:
    return [part for uds in sockets for part in ("--uds", str(uds))]


def _front(home: Home, plan: Plan, environment: dict[str, str], listener: socket.socket) -> Child:
    ways = _ways(_socket(home, number) for number in range(plan.django_workers))
    command = [sys.executable, "-m", "stoa.site.front_server", *ways, "--fd", str(listener.fileno())]
    log = None if plan.logs_here else home.logs / "front.log"
    return Child("front", "the front door", command, environment, log, pass_fds=(listener.fileno(),))


def _mqtt(home: Home, plan: Plan, environment: dict[str, str]) -> Child:
    log = None if plan.logs_here else home.logs / "mqtt.log"
    command = [sys.executable, "-m", "stoa.site.mqtt_server"]
    return Child("mqtt", "the taker of MQTT messages", command, environment, log)
