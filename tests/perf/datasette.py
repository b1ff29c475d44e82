# SPDX-License-Identifier: EUPL-1.2
"""The peer for pages of a table: Datasette from PyPI over SQLite with the same rows (`make bench-peers`)."""

from __future__ import annotations

import csv
import itertools
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.perf import messy
from tests.perf.asking import asked_of
from tests.perf.timing import calling, seconds_of
from tests.perf.workshop import ROOT, free_port

from stoa.site.processes import dies_with_parent

PROGRAM = ROOT / ".bench" / "datasette" / "bin" / "datasette"
FEW, MANY = 12, 40
_NUMBERS = {
    "vorgang": "INTEGER PRIMARY KEY", "menge": "INTEGER", "betrag_eur": "REAL",
    "temperatur_c": "REAL", "laenge": "REAL", "breite": "REAL", "dauer_h": "REAL", "anteil_in_prozent": "REAL",
}  # fmt: skip


class NoPeer(Exception):  # noqa: N818 - reads as what it is
    """The peer is not installed."""


@dataclass(frozen=True, slots=True)
class Told:
    """Seconds a page."""

    version: str
    as_it_comes: list[float]
    lean: list[float]


def measure_pages(base: Path, rows: int) -> Told:
    """Filtered and sorted pages of fifty rows over HTTP."""
    if not PROGRAM.exists():
        raise NoPeer("Datasette is not in .bench; `make bench-peers` puts it there.")
    version = subprocess.run([str(PROGRAM), "--version"], capture_output=True, text=True, check=True).stdout
    with _serving(_database(base, rows)) as port, calling(port) as caller:

        def page(n: int, *flags: str) -> None:
            state, amount = asked_of(n)
            asked = {
                "status": state,
                "betrag_eur__gt": str(amount),
                "_sort_desc": "betrag_eur",
                "_size": "50",
            }
            caller.get(f"/rows/rows?{urlencode(asked | dict.fromkeys(flags, '1'))}", must_have=b"</table>")

        as_it_comes = seconds_of(FEW, page, warm=1)
        lean = seconds_of(MANY, lambda n: page(n + 500, "_nocount", "_nosuggest"))
    return Told(version.split()[-1], as_it_comes, lean)


def _database(base: Path, rows: int) -> Path:
    """The clean twin in SQLite, with a key, an index for each column asked, and one for both together."""
    file = base / "rows.db"
    file.unlink(missing_ok=True)
    source = messy.write_clean(base, rows)
    with closing(sqlite3.connect(file)) as connection, source.open(encoding="utf-8", newline="") as text:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        reader = csv.reader(text)
        names = next(reader)
        columns = ", ".join(f'"{name}" {_NUMBERS.get(name, "TEXT")}' for name in names)
        connection.execute(f"CREATE TABLE rows ({columns})")
        gaps = ", ".join("?" * len(names))
        while batch := list(itertools.islice(reader, 20_000)):
            filled = ([value or None for value in row] for row in batch)
            connection.executemany(f"INSERT INTO rows VALUES ({gaps})", filled)
        connection.execute("CREATE INDEX by_status ON rows (status)")
        connection.execute("CREATE INDEX by_amount ON rows (betrag_eur)")
        connection.execute("CREATE INDEX by_both ON rows (status, betrag_eur)")
        connection.execute("ANALYZE")
        connection.commit()
    return file


@contextmanager
def _serving(file: Path) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [str(PROGRAM), "serve", str(file), "--port", str(port)], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=dies_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        file.unlink(missing_ok=True)


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), calling(port) as caller:
            caller.get("/-/versions.json")
            return
        time.sleep(0.1)
    raise RuntimeError("Datasette does not answer")
