# SPDX-License-Identifier: EUPL-1.2
"""Writing observations on a connection of one's own, without Django: batches in, one transaction, a durable answer.

Used from one thread. Whatever the database does meanwhile (a new start, a part of the table that is missing, a
series that was removed), a batch is either written as a whole or not at all, and the caller knows which.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors

from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.quarantining import Turned, quarantine
from stoa.houses.observations.actions.writing import (
    Marks,
    Written,
    days_of,
    make_days,
    write,
)
from stoa.houses.observations.actions.writing_at_once import write_new
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Way

log = logging.getLogger(__name__)

CALM = 20
"""After a COPY that met something known, so many batches go by INSERT at once."""
DAYS_MOST = 4000
QUICK_MOST = 300
TRIALS = 4


class Away(Exception):  # noqa: N818 - reads as what it is
    """The database does not answer; nothing was acknowledged."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one caller hands in: judged rows, and what had to be turned away."""

    rows: Sequence[Row]
    turned: Sequence[Turned] = ()
    way: str = Way.HTTP
    origin: str = ""


_UNSURE = (psycopg.OperationalError, psycopg.InterfaceError)
_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable)
_MENDABLE = (errors.UniqueViolation, errors.CheckViolation, errors.DivisionByZero)
_NOTHING = Written(frozenset(), frozenset())


class Writer:
    """The connection that writes, with what it knows of the tables."""

    def __init__(self, url: str, origin: str = "") -> None:
        self._url = url
        self._origin = origin
        self._connection: psycopg.Connection[Any] | None = None
        self._cursor: psycopg.Cursor[Any] | None = None
        self._may_copy = False
        self._marks = Marks()
        self._days: set[int] = set()
        self._calm = 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._cursor = None

    def write(self, batches: Sequence[Batch], received: int) -> Written:
        """All batches in one transaction. Raises Away; Rejected by the database: psycopg.Error.

        A connection that was lost leaves open whether the transaction went through; writing again is safe,
        because the same observation twice is one.
        """
        for trial in range(1, TRIALS + 1):
            try:
                return self._once(batches, received)
            except (*_AGAIN, *_UNSURE, *_MENDABLE) as error:
                self._mend(error, is_last=trial == TRIALS or (trial > 1 and isinstance(error, _UNSURE)))
        raise AssertionError("not reached")

    def _mend(self, error: Exception, *, is_last: bool) -> None:
        """See that another trial may go through; on the last one give up."""
        if isinstance(error, _AGAIN):
            if is_last:
                raise Away(type(error).__name__) from error
        elif isinstance(error, _UNSURE):
            self.close()
            if is_last:
                raise Away(type(error).__name__) from error
        elif is_last:
            raise error
        elif isinstance(error, errors.UniqueViolation):
            self._calm = CALM
        elif isinstance(error, errors.CheckViolation):  # "no partition": a part that we knew was dropped
            self._days.clear()
        else:
            self._marks.epoch = -1  # the counter has been here: look at the result of each step

    def _once(self, batches: Sequence[Batch], received: int) -> Written:
        cursor = self._open()
        rows = [row for batch in batches for row in batch.rows]
        self._make_days(cursor, rows)
        try:
            if self._is_quick(batches, rows):
                written = write_new(cursor, rows, received=received, marks=self._marks, origin=self._origin)
                self._marks.committed()
                return written
            with cursor.connection.transaction():
                written = self._write(cursor, rows, received) if rows else _NOTHING
                for batch in batches:
                    if batch.turned:
                        self._quarantine(cursor, batch, received)
        except BaseException:
            self._marks.rolled_back()
            raise
        self._marks.committed()
        return written

    def _is_quick(self, batches: Sequence[Batch], rows: list[Row]) -> bool:
        """Few rows, nothing unusual lately: everything goes to the database in one piece."""
        return (
            0 < len(rows) <= QUICK_MOST
            and self._may_copy
            and self._calm == 0
            and self._marks.epoch >= 0
            and not any(batch.turned for batch in batches)
        )

    def _open(self) -> psycopg.Cursor[Any]:
        if self._cursor is None or self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, application_name="stoa ingest"
            )
            self._cursor = packing_cursor(self._connection)
            self._cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            found = self._cursor.fetchone()
            self._may_copy = bool(found and found[0])
            self._marks, self._days = Marks(), set()
        return self._cursor

    def _make_days(self, cursor: psycopg.Cursor[Any], rows: Iterable[Row]) -> None:
        """In a transaction of its own: making a part of the table locks all of it."""
        missing = days_of(rows) - self._days
        if missing:
            if len(self._days) > DAYS_MOST:
                self._days.clear()
            make_days(cursor, missing)
            self._days |= missing

    def _write(self, cursor: psycopg.Cursor[Any], rows: list[Row], received: int) -> Written:
        if not self._may_copy:
            return self._by_city(cursor, rows, received)
        copies = self._calm == 0
        self._calm -= not copies
        return write(cursor, rows, received=received, may_copy=copies, marks=self._marks, origin=self._origin)

    def _by_city(self, cursor: psycopg.Cursor[Any], rows: list[Row], received: int) -> Written:
        """As a role that row-level security binds: one city after another."""
        parts = []
        for city in sorted({row.city for row in rows}):
            cursor.execute("select set_config('app.city', %s, true)", [str(city)])
            mine = [row for row in rows if row.city == city]
            parts.append(write(cursor, mine, received=received, origin=self._origin))
        return Written(
            frozenset().union(*(part.new for part in parts)),
            frozenset().union(*(part.corrected for part in parts)),
            tuple(row for part in parts for row in part.rows),
        )

    def _quarantine(self, cursor: psycopg.Cursor[Any], batch: Batch, received: int) -> None:
        """In a savepoint: what cannot even be put aside is told in the log, and never costs rows."""
        try:
            with cursor.connection.transaction():
                for city in sorted({turned.city for turned in batch.turned}):
                    self._quarantine_of(city, cursor, batch, received)
                cursor.execute("set constraints all immediate")  # a series that was removed shows here
        except (*_AGAIN, *_UNSURE):
            raise
        except (psycopg.Error, ValueError) as error:
            log.warning("quarantine_failed", extra={"error": type(error).__name__, "rows": len(batch.turned)})

    def _quarantine_of(self, city: int, cursor: psycopg.Cursor[Any], batch: Batch, received: int) -> None:
        if not self._may_copy:
            cursor.execute("select set_config('app.city', %s, true)", [str(city)])
        mine = [turned for turned in batch.turned if turned.city == city]
        quarantine(cursor, mine, way=batch.way, origin=batch.origin, received=received)
