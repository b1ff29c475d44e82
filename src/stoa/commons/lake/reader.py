# SPDX-License-Identifier: EUPL-1.2
"""Reading versions: one locked-down DuckDB per process, to which copies are attached when asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from stoa.commons.lake import refusals, store
from stoa.commons.lake.engine import lock_down, open_engine, quoted
from stoa.commons.lake.turnstile import Turnstile, time_limit
from stoa.commons.lake.values import Layout, VersionRef

if TYPE_CHECKING:
    import duckdb

Ask = Callable[[str, list[Any]], list[tuple[Any, ...]]]
"""All rows of a query with its values."""
MOST_ATTACHED = 64
MOST_IDLE = 2
"""Connections of one version that wait for the next question: as many as are answered at once."""
QUERY_SECONDS = 10.0
_turnstile = Turnstile()


class Reader:
    """The process's DuckDB for one layout; the spatial extension comes in when it is first needed."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = threading.Lock()
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._has_spatial = False
        self._attached: OrderedDict[str, str] = OrderedDict()
        self._idle: dict[str, list[duckdb.DuckDBPyConnection]] = {}
        """Connections that stand ready, by the name of their version."""
        self._count = 0

    @contextmanager
    def cursor(
        self, ref: VersionRef, *, spatial: bool = False, keep: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose table `data` (and `map`) is this version's.

        With `keep` it serves the next question afterwards: only for who fetches all rows and changes nothing of it.
        """
        import duckdb

        store.ensure(self._layout, ref)
        try:
            name, cursor = self._entered(ref, spatial=spatial)
        except duckdb.Error:
            # Made by another release, or damaged: it is derived, so make it anew, once.
            self.detach(ref.path)
            store.forget(self._layout, ref.path)
            store.ensure(self._layout, ref)
            name, cursor = self._entered(ref, spatial=spatial)
        is_good = False
        try:
            yield cursor
            is_good = keep
        finally:
            if not (is_good and self._put_back(ref, name, cursor)):
                cursor.close()

    def _put_back(self, ref: VersionRef, name: str, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Keep it for the next question, if its version is still attached: making one takes longer than many answers."""
        with self._lock:
            if self._attached.get(ref.path) != name or len(self._idle.get(name, ())) >= MOST_IDLE:
                return False
            self._idle.setdefault(name, []).append(cursor)
            return True

    def _entered(self, ref: VersionRef, *, spatial: bool) -> tuple[str, duckdb.DuckDBPyConnection]:
        with self._lock:
            engine = self._ready(spatial=spatial)
            name = self._attach(engine, ref)
            if self._idle.get(name):
                return name, self._idle[name].pop()
            cursor = engine.cursor()
            cursor.execute(f"USE {name}")
        return name, cursor

    def _close_idle(self, name: str) -> None:
        for cursor in self._idle.pop(name, ()):
            cursor.close()

    def _ready(self, *, spatial: bool) -> duckdb.DuckDBPyConnection:
        if self._engine is None or (spatial and not self._has_spatial):
            self._layout.cache.mkdir(parents=True, exist_ok=True)
            engine = open_engine(self._layout, spatial=spatial)
            # Many rows of a page are fetched by number: as a list in the scan that costs half (measured).
            engine.execute("SET dynamic_or_filter_threshold=2000")
            lock_down(engine, [self._layout.cache])
            # The old one lives on until its last cursor is closed.
            self._engine, self._has_spatial = engine, spatial
            for name in self._attached.values():
                self._close_idle(name)
            self._attached.clear()
        return self._engine

    def _attach(self, engine: duckdb.DuckDBPyConnection, ref: VersionRef) -> str:
        if ref.path in self._attached:
            self._attached.move_to_end(ref.path)
            return self._attached[ref.path]
        self._count += 1
        name = f"v{self._count}"
        file = store.table_file(self._layout, ref).resolve()
        engine.execute(f"ATTACH {quoted(str(file))} AS {name} (READ_ONLY)")
        row = engine.execute(f"SELECT format FROM {name}.about").fetchone()
        self._attached[ref.path] = name
        if row is None or row[0] != store.FORMAT:
            raise _outdated()
        while len(self._attached) > MOST_ATTACHED:
            _, old = self._attached.popitem(last=False)
            self._close_idle(old)
            with suppress(Exception):
                engine.execute(f"DETACH {old}")
        return name

    def detach(self, path: str) -> None:
        """Let go of a version's copy."""
        import duckdb

        with self._lock:
            name = self._attached.pop(path, None)
            self._close_idle(name or "")
            if name and self._engine is not None:
                with suppress(duckdb.Error):
                    self._engine.execute(f"DETACH {name}")


def _outdated() -> Exception:
    import duckdb

    return duckdb.Error("the copy has another format")


_readers: dict[Layout, Reader] = {}
_readers_lock = threading.Lock()


def reader(layout: Layout) -> Reader:
    """The one reader of this process for a layout."""
    with _readers_lock:
        return _readers.setdefault(layout, Reader(layout))


@contextmanager
def limited(cursor: duckdb.DuckDBPyConnection, seconds: float = QUERY_SECONDS) -> Iterator[None]:
    """Stop the cursor's query after its time; say so as a refusal."""
    import duckdb

    try:
        with time_limit(seconds, cursor.interrupt):
            yield
    except duckdb.InterruptException:
        raise refusals.query_too_slow() from None
    except duckdb.OutOfMemoryException:
        raise refusals.query_too_large() from None


def turn() -> AbstractContextManager[None]:
    """Wait for one of the places of running questions."""
    return _turnstile.passed()


@contextmanager
def asking(layout: Layout, ref: VersionRef, *, spatial: bool = False) -> Iterator[Ask]:
    """Ask some short queries one after the other: in one turn and within the time of one."""
    with turn(), reader(layout).cursor(ref, spatial=spatial, keep=True) as cursor, limited(cursor):
        yield lambda text, values: cursor.execute(text, values).fetchall()


def rows(
    layout: Layout, ref: VersionRef, text: str, values: list[Any], *, spatial: bool = False
) -> list[tuple[Any, ...]]:
    """All rows of one short query, in its turn and within its time."""
    with asking(layout, ref, spatial=spatial) as ask:
        return ask(text, values)


def forget(layout: Layout, ref: VersionRef) -> None:
    """Delete everything derived from a version."""
    reader(layout).detach(ref.path)
    store.forget(layout, ref.path)


def columns_of_copy(layout: Layout, ref: VersionRef) -> frozenset[str]:
    """Which columns the table `data` of the copy has, ours included."""
    key = (layout.cache, ref.path)
    if key not in _known:
        found = rows(layout, ref, "SELECT column_name FROM (DESCRIBE data)", [])
        if len(_known) > 10_000:
            _known.clear()
        _known[key] = frozenset(str(name) for (name,) in found)
    return _known[key]


_known: dict[tuple[Any, str], frozenset[str]] = {}
