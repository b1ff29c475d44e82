# SPDX-License-Identifier: EUPL-1.2
"""Who uses a data folder right now: one `stoa up` at a time, and a database that the last user stops.

Locks of the kernel (flock) are gone when their holder is, so nothing stale is left by kill -9.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Self

from stoa.site import postgres_roles as roles
from stoa.site.home import Home, HomeTrouble
from stoa.site.postgres import Cluster, open_cluster


class AlreadyUp(HomeTrouble):
    """Another `stoa up` holds the data folder."""


class UpLock:
    """Held by `stoa up` as long as it runs."""

    def __init__(self, home: Home, url: str) -> None:
        self.home, self.url = home, url
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        file = self.home.lock_file.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = who_is_up(self.home)
            file.close()
            raise AlreadyUp(
                f"Stoa is already running on the data folder {self.home.root}{told}. "
                "Stop that one first (Ctrl-C in its window), or choose another folder with STOA_HOME."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n{datetime.now(UTC).isoformat(timespec='seconds')}\n{self.url}\n")
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()


def who_is_up(home: Home) -> str:
    """`: process 4711 since 2026-11-21 08:00 UTC, at http://...`, as far as it is known."""
    try:
        pid, since, url = home.lock_file.read_text().splitlines()[:3]
    except (OSError, ValueError):
        return ""
    when = datetime.fromisoformat(since).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f": process {pid} since {when}, at {url}"


def running_url(home: Home) -> str | None:
    """The address of the `stoa up` that runs on this folder; None when there is none."""
    try:
        with home.lock_file.open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                lines = file.read().splitlines()
                return lines[2] if len(lines) > 2 else ""
    except OSError:
        return None
    return None


@dataclass(frozen=True, slots=True)
class Database:
    """The addresses of the database for those who make tables and for those who use them."""

    owner_url: str
    app_url: str
    cluster: Cluster | None = None
    """Ours; None when the operator gave a server."""


@contextmanager
def database(home: Home, note: Callable[[str], None] = lambda _: None) -> Iterator[Database]:
    """The database for the time of one command: the operator's, a running one, or one started for it."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield Database(os.environ.get("STOA_OWNER_DATABASE_URL") or given, given)
        return
    with hold_cluster(home, note) as cluster:
        yield Database(cluster.url(roles.OWNER), cluster.url(roles.APP), cluster)


@contextmanager
def hold_cluster(home: Home, note: Callable[[str], None] = lambda _: None) -> Iterator[Cluster]:
    """Keep the packaged server running; whoever leaves last stops it."""
    home.make()
    with (home.run / "postgres.users").open("a") as users:
        with starting_alone(home):
            cluster = open_cluster(home, note)
            cluster.start(tied=False)
            cluster.prepare()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            with starting_alone(home):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _nobody_else(users) and running_url(home) is None:
                    cluster.stop()


def _nobody_else(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def starting_alone(home: Home) -> Iterator[None]:
    """One starter or stopper of the database at a time; waits for the other."""
    with (home.run / "postgres.starting").open("a") as file:
        end = time.monotonic() + 600
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise HomeTrouble(
                        "Another stoa command has been starting the database for ten minutes."
                    ) from None
                time.sleep(0.05)
        yield
