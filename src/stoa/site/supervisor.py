# SPDX-License-Identifier: EUPL-1.2
"""`stoa up`: one process tree with database, web and jobs; starts in order, watches, stops in order.

Django is never imported here, so that the one process that must not fail stays small.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

from stoa.site import postgres_roles as roles
from stoa.site.child import Child, clear_leftovers, remember
from stoa.site.front_caller import outside_from
from stoa.site.home import Home, HomeTrouble
from stoa.site.lease import UpLock, starting_alone
from stoa.site.migrating import migrate
from stoa.site.plan import Plan, child_environment, open_port, planned_children
from stoa.site.postgres import Cluster, open_cluster

STOP_MOST_S = 10.0
READY_MOST_S = 180.0


def say(text: str) -> None:
    """One progress line for people."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is what the command prints


def tell(event: str, **facts: object) -> None:
    """One line for programs."""
    print(json.dumps({"event": event} | facts), flush=True)  # noqa: T201 - this is what the command prints


@dataclass
class Supervisor:
    """The running tree."""

    home: Home
    plan: Plan
    cluster: Cluster | None = None
    postgres: subprocess.Popen[bytes] | None = None
    children: list[Child] = field(default_factory=list)
    listener: socket.socket | None = None
    stopping: bool = False
    _wake: int = -1
    _failures: int = 0

    def run(self) -> int:
        """Everything from the first check to the last stopped process; gives back the exit code."""
        began = time.monotonic()
        self.home.lake()
        outside_from(os.environ)  # a wrong setting is refused before anything is started
        self._listen_for_signals()
        if self.plan.front:
            self.listener = open_port(self.plan.host, self.plan.port)
        try:
            self._start()
            ready = self._wait_ready()
            if ready and not self.stopping:
                say(
                    f"Stoa is ready after {time.monotonic() - began:.1f} s: {self.plan.url} (Ctrl-C stops it)"
                )
                tell("ready", url=self.plan.url)
            self._watch()
        finally:
            self._stop()
        return 0

    # -- start

    def _start(self) -> None:
        clear_leftovers(self.home)
        owner_url, app_url, ingest_url = self._start_database()
        if self._told_to_stop():
            return
        migrate(self.home, self.cluster, child_environment(self.home, self.plan, owner_url), say)
        for child in planned_children(self.home, self.plan, app_url, self.listener, ingest_url=ingest_url):
            if self._told_to_stop():
                return
            say(f"Starting {child.title}")
            child.start()
            self.children.append(child)
        remember(self.home, self.children)

    def _start_database(self) -> tuple[str, str, str]:
        """The addresses for the owner of the tables, for the application and for what writes observations."""
        given = os.environ.get("DATABASE_URL")
        if given:
            say("Using the database server in DATABASE_URL")
            told = os.environ.get
            return told("STOA_OWNER_DATABASE_URL") or given, given, told("STOA_INGEST_DATABASE_URL") or given
        say("Starting PostgreSQL")
        with starting_alone(self.home):
            self.cluster = open_cluster(self.home, say)
            self.postgres = self.cluster.start(tied=True)
            self.cluster.prepare()
        return tuple(self.cluster.url(role) for role in (roles.OWNER, roles.APP, roles.INGEST))  # type: ignore[return-value]

    def _wait_ready(self) -> bool:
        """Watch the children until the portal answers; for jobs alone, until they have run for a moment."""
        end = time.monotonic() + READY_MOST_S
        settled = time.monotonic() + 1.0
        while not self.stopping and time.monotonic() < end:
            self._look_after()
            if self._answers() if self.plan.front else time.monotonic() > settled:
                return True
            self._sleep(0.1)
        if not self.stopping:
            say(f"The portal does not answer yet. See the logs in {self.home.logs}; `stoa doctor` helps.")
        return False

    def _answers(self) -> bool:
        """Whether /-/ready says 200 through the front door; without the portal behind it, whether the door lives."""
        page = b"/-/ready" if self.plan.web else b"/-/live"
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.plan.host, self.plan.host)  # noqa: S104
        try:
            with socket.create_connection((host, self.plan.port), timeout=20) as call:
                call.sendall(b"GET " + page + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return call.recv(64).split(b" ")[1:2] == [b"200"]
        except OSError:
            return False

    # -- watch

    def _watch(self) -> None:
        while not self.stopping:
            self._sleep(1.0)
            self._look_after()

    def _look_after(self) -> None:
        if self.stopping:
            return
        self._look_after_database()
        for child in self.children:
            if child.look_after(say):
                remember(self.home, self.children)

    def _look_after_database(self) -> None:
        if self.cluster is None or (
            self.postgres.poll() is None if self.postgres else self.cluster.pid() is not None
        ):
            self._failures = 0
            return
        self._failures += 1
        if self._failures > 5:
            raise HomeTrouble(f"PostgreSQL stops again and again. Its log: {self.cluster.log}")
        say("PostgreSQL stopped unexpectedly; starting it again")
        self.postgres = self.cluster.start(tied=True)

    # -- signals and the end

    def _listen_for_signals(self) -> None:
        self._wake, write = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _told_to_stop(self) -> bool:
        """A signal may set it between any two lines."""
        return self.stopping

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _sleep(self, seconds: float) -> None:
        """Sleep, but wake up at once for a signal or a child that ended."""
        ready, _, _ = select.select([self._wake], [], [], seconds)
        if ready:
            os.read(self._wake, 4096)

    def _stop(self) -> None:
        """First the front door, then who stands behind it, at last the database."""
        self.stopping = True
        say("Stopping")
        end = time.monotonic() + STOP_MOST_S - 2.0
        if self.listener is not None:
            self.listener.close()
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.wait_gone(end)
        if self.cluster is not None:
            self.cluster.stop(seconds=max(1.0, end + 2.0 - time.monotonic()))
        remember(self.home, [])
        say("Stopped")


def up(home: Home, plan: Plan) -> int:
    """Run until stopped; explains itself and gives 1 when it cannot."""
    try:
        with UpLock(home.make(), plan.url):
            return Supervisor(home, plan).run()
    except HomeTrouble as trouble:
        say(f"stoa: {trouble}")
        return 1
