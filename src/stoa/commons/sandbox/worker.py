# SPDX-License-Identifier: EUPL-1.2
"""The child: takes one question after the other as JSON lines on standard input, answers on standard output.

A question comes in two steps: the statement, to which the child says which tables it names; then the files of
these tables, to which it gives the answer or a failure (a code and the engine's words, without paths).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from stoa.commons.sandbox import engine
from stoa.commons.sandbox.confinement import confine
from stoa.commons.sandbox.conversion import answer_column, cut, kept, shown
from stoa.commons.sandbox.statements import Looked, Objection, look
from stoa.commons.sandbox.values import AnswerColumn
from stoa.ground import ids

ADDRESS_MIB = 2048
"""Address space: an idle child has 1.2 GiB of it, DuckDB may use 300 MiB for work (measured)."""
FILE_MIB = 2048
BATCH = 500
MOST_DETAIL = 600
_PATH = re.compile(r"(?:/[\w.@+-]+){2,}/?|\b(?:tables|spill)/[\w.-]+")


class Failed(Exception):  # noqa: N818 - reads as what it is
    """The question has no answer: a code, the engine's words, and where in the statement (1-based, 0 unknown)."""

    def __init__(self, code: str, detail: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(code)
        self.told = {"code": code, "detail": detail[:MOST_DETAIL], "line": line, "column": column}


class Desk:
    """Where questions are answered, one at a time."""

    def __init__(self, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self._tell = tell
        self.inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._stopped = threading.Event()
        self._guard = threading.Lock()
        self._running: Any = None
        self._spare: Any = None
        self._parser = engine.open_instance(spatial=False)
        engine.lock(self._parser, zone="UTC", spill_mib=1, files=())

    def stop(self) -> None:
        """Interrupt what runs now; called by the listening thread."""
        self._stopped.set()
        with self._guard:
            if self._running is not None:
                self._running.interrupt()

    def serve(self) -> None:
        while True:
            order = self.inbox.get()
            self._stopped.clear()
            try:
                self._tell(self._answered(order))
            except Failed as failure:
                self._tell({"failed": failure.told})
            self._tidy()

    def _tidy(self) -> None:
        """After the answer: no link is left, and the next instance with geometry functions is made ready."""
        engine.clear_links()
        Path(engine.RESULT).unlink(missing_ok=True)
        if self._spare == "wanted":
            self._spare = engine.open_instance(spatial=True)

    def _answered(self, order: Mapping[str, Any]) -> dict[str, Any]:
        statement = str(order["statement"])
        looked, text = self._look(statement)
        self._tell({"tables": list(looked.tables)})
        then = self.inbox.get()
        if "open" not in then:
            return {"left": True}
        started = time.monotonic()
        order = {**order, "open": then["open"], "text": text}
        try:
            answer = self._run(order, spatial=looked.needs_spatial)
            if answer is None:
                answer = self._run(order, spatial=True)
        except Failed:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is an answer to the question
            raise self._failure(error, statement) from None
        return {**(answer or {}), "took_ms": round(1000 * (time.monotonic() - started))}

    def _look(self, statement: str) -> tuple[Looked, str]:
        """What the statement reads, and its text without what stands behind it."""
        import duckdb

        if not statement.strip():
            raise Failed("empty")
        try:
            parsed = self._parser.extract_statements(statement)
            if len(parsed) != 1:
                raise Failed("several" if parsed else "empty")
            if parsed[0].type != duckdb.StatementType.SELECT:
                raise Failed("not_a_question", str(parsed[0].type).rpartition(".")[2])
            row = self._parser.execute("SELECT json_serialize_sql($1::VARCHAR)", [statement]).fetchone()
            tree = json.loads(row[0]) if row else {"error": True}
        except duckdb.Error as error:
            raise self._failure(error, statement) from None
        except RecursionError:
            raise Failed("too_deep") from None
        if tree.get("error"):
            deep = "depth" in str(tree.get("error_message", ""))
            raise Failed("too_deep" if deep else "not_a_question", clean(str(tree.get("error_message", ""))))
        found = look(tree)
        if isinstance(found, Objection):
            line, column = _spot(statement, found.place)
            raise Failed(found.code, found.about, line, column)
        return found, _without_end(statement)

    def _run(self, order: Mapping[str, Any], *, spatial: bool) -> dict[str, Any] | None:
        """The answer; None if geometry functions turn out to be needed."""
        links = engine.link_tables(order["open"])
        into = bool(order.get("into"))
        connection = self._instance(spatial=spatial)
        try:
            files = [*links.values(), *([engine.RESULT] if into else [])]
            engine.lock(connection, zone=order["zone"], spill_mib=order["limits"]["spill_mib"], files=files)
            with self._guard:
                self._running = connection
            self._check()
            engine.make_views(connection, order["open"], links, order["row_as"])
            columns = self._columns(connection, order)
            if not spatial and any(column.is_place for column in columns):
                return None
            work = self._write if into else self._fetch
            return {"columns": [column.to_json() for column in columns], **work(connection, order, columns)}
        finally:
            with self._guard:
                self._running = None
            connection.close()

    def _instance(self, *, spatial: bool) -> Any:
        if not spatial:
            return engine.open_instance(spatial=False)
        spare = self._spare
        self._spare = "wanted"
        return spare if spare not in {None, "wanted"} else engine.open_instance(spatial=True)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Failed("stopped")

    def _columns(self, connection: Any, order: Mapping[str, Any]) -> list[AnswerColumn]:
        told = connection.execute(f"DESCRIBE SELECT * FROM (\n{order['text']}\n)").fetchall()
        self._check()
        if len(told) > order["limits"]["columns"]:
            raise Failed("many_columns", str(order["limits"]["columns"]))
        return [answer_column(str(name), str(kind)) for name, kind, *_ in told]

    def _fetch(
        self, connection: Any, order: Mapping[str, Any], columns: list[AnswerColumn]
    ) -> dict[str, Any]:
        most, room = order["limits"]["rows"], order["limits"]["bytes"]
        select = ", ".join(shown(column) for column in columns)
        connection.execute(f"SELECT {select} FROM (\n{order['text']}\n) LIMIT {int(most) + 1}")
        rows: list[str] = []
        while batch := connection.fetchmany(BATCH):
            self._check()
            for row in batch:
                line = json.dumps([cut(value) for value in row], ensure_ascii=False)
                room -= len(line)
                if len(rows) == most or room < 0:
                    return {"rows": rows, "truncated": True}
                rows.append(line)
        return {"rows": rows, "truncated": False}

    def _write(
        self, connection: Any, order: Mapping[str, Any], columns: list[AnswerColumn]
    ) -> dict[str, Any]:
        most = int(order["limits"]["rows"])
        names = machine_names([column.name for column in columns if not column.is_place])
        plain = iter(names)
        place = next((column for column in columns if column.is_place), None)
        wanted = [c for c in columns if not c.is_place or c is place]
        select = ", ".join(kept(c, "_wkb" if c.is_place else next(plain)) for c in wanted)
        inner = f"SELECT {select} FROM (\n{order['text']}\n) LIMIT {most + 1}"
        copied = connection.execute(
            f"COPY ({inner}) TO '{engine.RESULT}' (FORMAT parquet, COMPRESSION lz4, USE_TMP_FILE false)"
        ).fetchone()
        self._check()
        Path(engine.RESULT).rename(order["into"])
        written = int(copied[0]) if copied else 0
        return {"rows": [], "truncated": written > most, "written": written, "names": names}

    def _failure(self, error: BaseException, statement: str) -> Failed:
        """The engine's complaint in our codes, with the place in the statement that was asked."""
        import duckdb

        if self._stopped.is_set() or isinstance(error, duckdb.InterruptException):
            return Failed("stopped")
        if isinstance(error, (MemoryError, duckdb.OutOfMemoryException)) or "bad_alloc" in str(error):
            return Failed("too_large")
        said = str(error)
        if "expression depth" in said.lower() or "memory exhausted at" in said:
            return Failed("too_deep")
        code = "unreadable" if isinstance(error, duckdb.ParserException) else "wrong"
        line, column = _told_place(said, statement)
        return Failed(code, clean(said), line, column)


def machine_names(names: list[str]) -> list[str]:
    """Names that a version of the lake can keep, none of them one of ours."""
    plain = [ids.column_name(name) for name in names]
    return ids.unique([f"{name}_text" if name in {"geometry", "geometry_3857"} else name for name in plain])


def clean(said: str) -> str:
    """The engine's words in one line: no kind of error before it, no echo of the statement, no path."""
    first = re.split(r"\n\s*LINE \d+:|\nCandidate functions|\n\tCandidate", said, maxsplit=1)[0]
    first = re.sub(r"^(?:[A-Z][\w ]{2,30} Error: ?)+", "", first.strip())
    return _PATH.sub("…", " ".join(first.split()))


def _told_place(said: str, statement: str) -> tuple[int, int]:
    """Line and column from the engine's picture of the statement (`LINE 2: ...` and a caret below)."""
    found = re.search(r"LINE (\d+): (.*)\n( *)\^", said)
    if not found:
        return 0, 0
    number, shown_line, caret = int(found[1]), found[2], len(found[3]) - len(f"LINE {found[1]}: ")
    lines = statement.split("\n")
    is_wrapped = not ("LINE 1:" in said and lines[0].startswith(shown_line.strip(".")[:60]))
    for candidate in (number - 1, number) if is_wrapped else (number,):
        core = shown_line.removeprefix("...").removesuffix("...")
        if 1 <= candidate <= len(lines) and core in lines[candidate - 1]:
            lead = 3 if shown_line.startswith("...") else 0
            return candidate, lines[candidate - 1].find(core) + caret - lead + 1
    return 0, 0


def _spot(statement: str, place: int) -> tuple[int, int]:
    """Line and column of a byte offset."""
    if place < 0:
        return 0, 0
    before = statement.encode()[:place].decode("utf-8", "ignore")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _without_end(statement: str) -> str:
    """The statement without the semicolons (and comments) at its end, so that it can stand in brackets."""
    import duckdb

    raw = statement.encode()
    end = len(raw)
    for place, _kind in reversed(duckdb.tokenize(statement)):
        if raw[place : place + 1] != b";":
            break
        end = place
    return raw[:end].decode()


def main() -> None:
    """Limits first, then work, until the parent closes the line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not mix with our answers
    home = Path(sys.argv[1])
    os.chdir(home)
    confine(address_mib=ADDRESS_MIB, file_mib=FILE_MIB)

    def tell(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    desk = Desk(tell)

    def listen() -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if "stop" in message:
                desk.stop()
            else:
                desk.inbox.put(message)
        for _ in range(20):  # the engine may be putting a file there, or taking one away, at this moment
            shutil.rmtree(home, ignore_errors=True)
            if not home.exists():
                break
            time.sleep(0.01)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    tell({"ready": True})
    desk.serve()


if __name__ == "__main__":
    main()
