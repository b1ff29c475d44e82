# SPDX-License-Identifier: EUPL-1.2
"""Our launcher for the PostgreSQL that comes as a Python package: make, start, stop, ask.

Only Unix sockets, passwords (scram) for every role, checksums on, sorting by code point (the application
sorts for people). The server survives kill -9 of anything: `start` waits until what is left of the
old one is gone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from stoa.site import postgres_roles as roles
from stoa.site.home import Home, HomeTrouble, write_private
from stoa.site.postgres_place import Place, find_place
from stoa.site.postgres_settings import settings_for
from stoa.site.processes import dies_with_parent, is_alive, wait_until, works_in

START_MOST_S = 600
"""Recovery after a power cut may take minutes; giving up early would help nobody."""
STOP_MOST_S = 60
TEMPLATE = 2
"""Raise this number when `postgres_roles` changes: existing clusters are then prepared again."""


class PostgresTrouble(HomeTrouble):
    """PostgreSQL could not be made, started or asked."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The packaged PostgreSQL of one data folder."""

    home: Home
    place: Place
    for_tests: bool = False

    @property
    def log(self) -> Path:
        return self.home.logs / "postgres.log"

    def url(self, role: str = roles.APP, database: str = roles.DATABASE) -> str:
        """The DATABASE_URL of a role (contains its password)."""
        secret = "postgres_" + role.removeprefix("stoa_")
        host = quote(str(self.place.sockets), safe="")
        return f"postgresql://{role}:{quote(self.home.secret(secret), safe='')}@/{database}?host={host}"

    # -- state

    def pid(self) -> int | None:
        """The number of the running server; None when there is none (a zombie or a stranger is none)."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if is_alive(pid) and self._is_ours(pid) else None

    def is_ready(self) -> bool:
        lines = self._pid_file()
        return (
            len(lines) >= 8 and lines[7].strip() == "ready" and self.pid() is not None and self._takes_calls()
        )

    def _takes_calls(self) -> bool:
        """A server that was killed a moment ago still has its pid file, but nobody listens."""
        with socket.socket(socket.AF_UNIX) as call:
            call.settimeout(5)
            try:
                call.connect(str(self.place.sockets / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def _pid_file(self) -> list[str]:
        try:
            return (self.place.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _is_ours(self, pid: int) -> bool:
        """The number may have gone to another program after a crash or a new start of the machine."""
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.place.data
        except FileNotFoundError:
            return not Path("/proc/self").exists()
        except PermissionError:
            return False

    # -- make

    def ensure_made(self) -> None:
        """Run initdb if there is no cluster yet; a half-made one from a crash is thrown away."""
        if (self.place.data / "PG_VERSION").exists():
            return
        new = self.place.base / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        password = self.place.base / "password"
        write_private(password, self.home.secret("postgres_super"))
        self.place.own(password)
        command = [
            str(self.place.programs / "initdb"), f"--pgdata={new}", f"--username={roles.SUPER}",
            f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin",
            "--locale=C.UTF-8", "--data-checksums",
        ]  # fmt: skip
        if self.for_tests:
            command.append("--no-sync")
        try:
            done = subprocess.run(
                command, cwd=self.place.base, env=_environment(), capture_output=True, text=True, check=False,
                **self.place.as_user(),
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        if done.returncode:
            raise PostgresTrouble(f"The database could not be made: {done.stderr.strip()[-600:]}")
        new.rename(self.place.data)

    def prepare(self) -> None:
        """Make roles, rights and our database where they are missing."""
        mark = self.home.root / "secrets" / "postgres_prepared"
        wanted = f"{TEMPLATE} {(self.place.data / 'PG_VERSION').stat().st_ino}"
        if mark.exists() and mark.read_text() == wanted:
            return
        self.ask(
            roles.roles_sql(*(self.home.secret(f"postgres_{name}") for name in ("owner", "app", "ingest"))),
            "postgres",
        )
        self.ask(roles.database_sql(), "template1")
        if not self.ask(
            f"SELECT 1 FROM pg_database WHERE datname = {roles.literal(roles.DATABASE)}", "postgres"
        ):
            self.ask(f"CREATE DATABASE {roles.DATABASE} OWNER {roles.OWNER}", "postgres")
        self.ask(roles.database_sql(), roles.DATABASE)
        write_private(mark, wanted)

    def ask(self, sql: str, database: str = roles.DATABASE) -> str:
        """Run SQL as the superuser and give back what it prints, unaligned."""
        command = [
            str(self.place.programs / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
            "--set=ON_ERROR_STOP=1", "--file=-",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            input=sql,
            env=self.client_environment(database),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresTrouble(f"The database refused: {done.stderr.strip()[-600:]}")
        return done.stdout.strip()

    def client_environment(self, database: str = roles.DATABASE) -> dict[str, str]:
        """The environment in which psql, pg_dump and pg_restore reach the server as its superuser."""
        return _environment() | {
            "PGHOST": str(self.place.sockets),
            "PGUSER": roles.SUPER,
            "PGPASSWORD": self.home.secret("postgres_super"),
            "PGDATABASE": database,
            "PGOPTIONS": "-c client_min_messages=warning",
        }

    # -- start and stop

    def start(self, *, tied: bool) -> subprocess.Popen[bytes] | None:
        """Start the server and wait until it answers; None when one is running already.

        `tied`: it stops when we are gone, even by kill -9 (Linux).
        """
        if self.pid() is not None and wait_until(lambda: self.is_ready() or self.pid() is None, START_MOST_S):
            if self.is_ready():
                return None
        elif self.pid() is not None:
            raise PostgresTrouble(f"A running PostgreSQL does not become ready. Its log: {self.log}")
        end = time.monotonic() + START_MOST_S
        patience = time.monotonic() + 60
        while True:
            position = self.log.stat().st_size if self.log.exists() else 0
            process = self._spawn(tied=tied)
            if self._became_ready(process, end):
                return process
            said = self._log_since(position)
            if not _old_one_in_the_way(said) or time.monotonic() > patience:
                raise PostgresTrouble(f"PostgreSQL did not start: {said.strip()[-600:]} (log: {self.log})")
            self._clear_the_dead()
            time.sleep(0.25)

    def _spawn(self, *, tied: bool) -> subprocess.Popen[bytes]:
        wanted = settings_for(self.place.sockets, for_tests=self.for_tests)
        command = [str(self.place.programs / "postgres"), "-D", str(self.place.data)]
        for name, value in wanted.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown: clients are cut, everything committed is kept.
        ask = dies_with_parent(signal.SIGINT) if tied else None
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.place.base, env=_environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=ask,  # noqa: PLW1509 - we have no threads
                start_new_session=True, **self.place.as_user(),
            )  # fmt: skip

    def _became_ready(self, process: subprocess.Popen[bytes], end: float) -> bool:
        while process.poll() is None:
            lines = self._pid_file()
            if len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready":
                return True
            if time.monotonic() > end:
                process.send_signal(signal.SIGINT)
                return False
            time.sleep(0.02)
        return False

    def _log_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _clear_the_dead(self) -> None:
        """Remove the pid file of a server that is certainly gone but whose number is still taken."""
        if self.pid() is None and Path("/proc/self").exists() and not works_in(self.place.data):
            (self.place.data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self, seconds: float = STOP_MOST_S) -> None:
        """Fast shutdown: cut the clients, write everything down. Nothing happens if none is running."""
        pid = self.pid()
        if pid is None:
            return
        _send(pid, signal.SIGINT)
        if not wait_until(lambda: _reaped(pid), seconds):
            # Immediate shutdown: the next start recovers from the log; nothing committed is lost.
            _send(pid, signal.SIGQUIT)
            wait_until(lambda: _reaped(pid), 10)


def open_cluster(
    home: Home, note: Callable[[str], None] = lambda _: None, *, for_tests: bool = False
) -> Cluster:
    """The cluster of a data folder, made if there is none."""
    place = find_place(home)
    for text in place.notes:
        note(text)
    cluster = Cluster(home, place, for_tests)
    cluster.ensure_made()
    return cluster


def _old_one_in_the_way(said: str) -> bool:
    return any(sign in said for sign in ("lock file", "pre-existing shared memory", "another postmaster"))


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _send(pid: int, with_signal: signal.Signals) -> None:
    try:
        os.kill(pid, with_signal)
    except ProcessLookupError:
        return


def _reaped(pid: int) -> bool:
    """Gone, also when it is our own child (which stays a zombie until we look)."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return not is_alive(pid)
