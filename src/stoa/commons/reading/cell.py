# SPDX-License-Identifier: EUPL-1.2
"""The cell: a child process in which a stranger's file is read, with limits that the system enforces.

The order goes in as JSON on standard input; progress, and then the inspection or the refusal, come back
as JSON lines on standard output. Whatever happens in there (a crash of a library, too much memory,
endless work) comes out as a refusal; what the child says on standard error never reaches the person.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from stoa.commons.reading.door import Limits, Order, Progress
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

log = logging.getLogger(__name__)

Cell = subprocess.Popen[bytes]
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
STDERR_KEPT = 4000
GRACE_SECONDS = 5
OUT_OF_MEMORY = ("MemoryError", "bad_alloc", "OutOfMemory", "Out of Memory", "memory allocation of")


@contextmanager
def waiting_cell() -> Iterator[Cell]:
    """A cell that gets ready while its order is still being prepared; ended if it is not needed."""
    child = _started()
    try:
        yield child
    finally:
        if child.returncode is None:
            _end(child)


def _started() -> Cell:
    return subprocess.Popen(
        [sys.executable, "-m", __spec__.name if __spec__ else "stoa.commons.reading.cell"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), start_new_session=True, close_fds=True,
    )  # fmt: skip


def _end(child: Cell) -> int:
    kill_group(child)
    code = child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    return code


def inspect_apart(order: Order, progress: Progress | None = None, cell: Cell | None = None) -> Inspection:
    """Inspect in a child process; every way in which it can end becomes an inspection or a refusal."""
    child = cell or _started()
    timed_out = threading.Event()
    timer = threading.Timer(order.limits.seconds, _stop, (child, timed_out))
    complaints: list[bytes] = []
    listener = threading.Thread(target=_keep_last, args=(child.stderr, complaints), daemon=True)
    timer.start()
    listener.start()
    try:
        answer = _talk(child, order, progress)
    finally:
        timer.cancel()
        code = _end(child)
        listener.join(GRACE_SECONDS)
    said = b"".join(complaints).decode("utf-8", "replace")
    if answer is None:
        log.warning("the reading cell ended with code %s: %s", code, where_it_broke(said))
    return _outcome(answer, said, code, order.limits, timed_out=timed_out.is_set())


def environment() -> dict[str, str]:
    """What the child may know: where programs and our own code are, language and zone; no secrets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    paths = [str(Path(__file__).resolve().parents[3]), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _talk(child: Cell, order: Order, progress: Progress | None) -> dict[str, Any] | None:
    """Hand over the order, pass on progress, return the last word (None if there was none)."""
    assert child.stdin
    assert child.stdout
    try:
        child.stdin.write(json.dumps(order_to_json(order)).encode())
        child.stdin.close()
    except BrokenPipeError:
        return None
    for line in child.stdout:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if "step" in message:
            if progress is not None:
                progress(str(message["step"]), float(message["share"]))
        elif message.keys() & {"inspection", "refused"}:
            return dict(message)
    return None


def _stop(child: Cell, timed_out: threading.Event) -> None:
    timed_out.set()
    kill_group(child)


def kill_group(child: Cell) -> None:
    """End the child and everything it started; it leads a group of its own."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _keep_last(pipe: IO[bytes] | None, kept: list[bytes]) -> None:
    if pipe is None:
        return
    last = b""
    with pipe:
        while chunk := pipe.read1(65536):  # type: ignore[attr-defined]
            last = (last + chunk)[-STDERR_KEPT:]
    kept.append(last)


def where_it_broke(said: str) -> str:
    """The places and kinds of error of a traceback; its messages may quote the file and are left out."""
    places = re.findall(r'File "[^"]*?([^"/]+)", line (\d+), in (\w+)', said)[-6:]
    kinds = re.findall(r"^([A-Za-z_][\w.]*(?:Error|Exception|Refused|NotFound))\b", said, re.MULTILINE)[-2:]
    return " > ".join([f"{name}:{line} {what}" for name, line, what in places] + kinds) or "no traceback"


def _outcome(
    answer: Mapping[str, Any] | None, said: str, code: int, limits: Limits, *, timed_out: bool
) -> Inspection:
    if answer and "inspection" in answer:
        return Inspection.from_json(answer["inspection"])
    if answer and "refused" in answer:
        problems = [Problem.from_json(problem) for problem in answer["refused"]]
        raise Refused(problems[0], *problems[1:])
    if timed_out or code == -signal.SIGXCPU:
        raise _too_long(limits.seconds)
    if any(word in said for word in OUT_OF_MEMORY):
        raise _too_much_memory()
    raise _refused(
        "cell_crashed",
        say("The program that reads files broke off on this one."),
        say("The file may be damaged, or made to break programs; nothing was taken over."),
        say("Open it in the program that made it, save it again or as CSV, and send that."),
    )


def _refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    return Refused(Problem(f"reading.{code}", what=what, why=why, do=do))


def _too_long(seconds: int) -> Refused:
    return _refused(
        "time_exceeded",
        say("Reading the file took longer than %(n)s seconds and was stopped.", n=seconds),
        say("So that one file does not keep everybody waiting, there is a limit."),
        say("Send a smaller part of it, or ask the operator to raise the limit."),
    )


def _too_much_memory() -> Refused:
    return _refused(
        "memory_exceeded",
        say("Reading the file needed more memory than one file may have."),
        say("So that one file does not stop the whole portal, there is a limit."),
        say("Send it as CSV or Parquet, which need little memory, or in smaller parts."),
    )


def order_to_json(order: Order) -> dict[str, Any]:
    """The order as it goes to the child."""
    return {
        "path": str(order.path.absolute()),
        "name": order.name,
        "workdir": str(order.workdir.absolute()),
        "recipe": order.recipe.to_json() if order.recipe else None,
        "choices": dict(order.choices) if order.choices is not None else None,
        "zone": order.zone,
        "languages": list(order.languages),
        "area": list(order.area) if order.area else None,
        "sha256": order.sha256,
        "limits": {name: getattr(order.limits, name) for name in Limits.__slots__},
    }


def order_from_json(data: Mapping[str, Any]) -> Order:
    """The order as the child got it."""
    area = data["area"]
    return Order(
        path=Path(data["path"]),
        name=data["name"],
        workdir=Path(data["workdir"]),
        recipe=Recipe.from_json(data["recipe"]) if data["recipe"] else None,
        choices=data["choices"],
        zone=data["zone"],
        languages=tuple(data["languages"]),
        area=(area[0], area[1], area[2], area[3]) if area else None,
        sha256=data["sha256"],
        limits=Limits(**data["limits"]),
    )


def main() -> int:
    """The child's side: get ready, wait for the order, take on the limits, then work."""
    from stoa.commons.reading.cell_limits import confine
    from stoa.commons.reading.inspecting import inspect_here

    order = order_from_json(json.load(sys.stdin))
    # Whatever a library prints must not mix with our answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    confine(order.limits)

    def tell(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        found = inspect_here(order, lambda step, share: tell({"step": step, "share": share}))
        tell({"inspection": found.to_json()})
    except Refused as refusal:
        tell({"refused": [problem.to_json() for problem in refusal.problems]})
    except MemoryError:
        tell({"refused": [_too_much_memory().problem.to_json()]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
