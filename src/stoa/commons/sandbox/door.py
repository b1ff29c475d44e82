# SPDX-License-Identifier: EUPL-1.2
"""The way into the sandbox: a statement goes in, rows or a refusal in plain words come out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.commons.sandbox import refusals
from stoa.commons.sandbox.conversion import received
from stoa.commons.sandbox.pool import GRACE_SECONDS, Broken, Worker, pool
from stoa.commons.sandbox.values import Answer, AnswerColumn, Finder, Limits, Table
from stoa.ground.problems import Refused

__all__ = ["Answer", "AnswerColumn", "Limits", "Table", "ask"]

USUAL = Limits()


def _never() -> bool:
    return False


def ask(
    *,
    scratch: Path,
    statement: str,
    find: Finder,
    limits: Limits = USUAL,
    zone: str = "UTC",
    row_as: str = "",
    into: Path | None = None,
    is_cancelled: Callable[[], bool] = _never,
) -> Answer:
    """Answer one statement in a child process; `find` says which file each named table is, or refuses.

    Days begin in `zone`. With `row_as` every table has a first column of that name with its row numbers. With
    `into` the rows are written there as a staged table instead (machine names, `_wkb` for the first geometry).
    Raises `Refused` (`sql.<...>`, `lake.busy`).
    """
    if len(statement) > limits.letters:
        raise refusals.too_long(limits.letters)
    if "\0" in statement or any("\ud800" <= letter <= "\udfff" for letter in statement):
        raise refusals.of_failure({"code": "unreadable", "detail": "NUL", "line": 0, "column": 0})
    order = {
        "statement": statement,
        "zone": zone,
        "row_as": row_as,
        "into": str(into.absolute()) if into else "",
        "limits": asdict(limits),
    }
    with pool(scratch).worker() as worker:
        outcome = _talk(_Call(worker, limits, is_cancelled), order, find)
    if isinstance(outcome, Refused):
        raise outcome
    return _answer(*outcome)


class _Call:
    """One question on the line, with its time: stopped politely at the limit, two seconds later by force."""

    def __init__(self, worker: Worker, limits: Limits, is_cancelled: Callable[[], bool]) -> None:
        self.worker = worker
        self._limits = limits
        self._is_cancelled = is_cancelled
        self._until = time.monotonic() + limits.seconds
        self._forced_at = 0.0
        self.ended: Refused | None = None
        """Why it was stopped, if it was."""

    def _look(self) -> None:
        if self.ended is None:
            if self._is_cancelled():
                self.ended = refusals.cancelled()
            elif time.monotonic() > self._until:
                self.ended = refusals.too_slow(self._limits.seconds)
            if self.ended is not None:
                self._forced_at = time.monotonic() + GRACE_SECONDS
                self.worker.tell({"stop": True})
        elif time.monotonic() > self._forced_at:
            raise TimeoutError

    def hear(self) -> dict[str, Any]:
        return self.worker.hear(self._until + GRACE_SECONDS + 1, self._look)


def _talk(
    call: _Call, order: Mapping[str, Any], find: Finder
) -> Refused | tuple[dict[str, Any], tuple[str, ...]]:
    """Both steps of a question; a refusal is returned, so that the child lives on; a broken child raises."""
    try:
        call.worker.tell(order)
        told = call.hear()
        if "failed" in told:
            return call.ended or refusals.of_failure(told["failed"])
        names = tuple(str(name) for name in told.get("tables", ()))
        try:
            tables = find(names)
        except Exception:
            call.worker.tell({"leave": True})
            call.hear()
            raise
        call.worker.tell({"open": {name: _opened(table) for name, table in tables.items()}})
        told = call.hear()
    except Refused as refusal:
        return refusal
    except (Broken, TimeoutError):
        raise call.ended or refusals.broke() from None
    if "failed" in told:
        return call.ended or refusals.of_failure(told["failed"])
    return told, names


def _opened(table: Table) -> dict[str, Any]:
    return {
        "file": str(table.file.resolve()),
        "columns": list(table.columns),
        "has_geometry": table.has_geometry,
    }


def _answer(told: Mapping[str, Any], names: tuple[str, ...]) -> Answer:
    columns = tuple(AnswerColumn.from_json(column) for column in told["columns"])
    rows = tuple(
        tuple(received(column, value) for column, value in zip(columns, json.loads(line), strict=True))
        for line in told["rows"]
    )
    return Answer(
        columns,
        rows,
        bool(told["truncated"]),
        int(told["took_ms"]),
        names,
        int(told.get("written", 0)),
        tuple(told.get("names", ())),
    )
