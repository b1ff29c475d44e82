# SPDX-License-Identifier: EUPL-1.2
"""Cells are forked by a child that is ready; each is alone, and none outlives whoever ordered it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stoa.commons.reading import cell
from stoa.commons.reading.door import Limits, Order
from stoa.commons.reading.warm_start import Starter
from stoa.ground.problems import Refused

pytestmark = pytest.mark.processes


@pytest.fixture
def fresh() -> Iterator[None]:
    """The starter of this test is its own."""
    cell.end_starter()
    yield
    cell.end_starter()


@pytest.fixture
def starter_of(tmp_path: Path) -> Iterator[Callable[[str], Starter]]:
    """A starter whose cells do the work that is given as Python."""
    made: list[Starter] = []

    def start(work: str) -> Starter:
        program = tmp_path / "program.py"
        begin = "import os, subprocess, sys, time\nfrom stoa.commons.reading.warm_start import serve\n"
        program.write_text(f"{begin}def work():\n{textwrap.indent(work, '    ')}\nserve(work)\n")
        made.append(Starter([sys.executable, str(program)], cell._environment()))
        return made[-1]

    yield start
    for one in made:
        one.close()


def order_for(tmp_path: Path, name: str = "x", **limits: int) -> Order:
    path, work = tmp_path / f"{name}.csv", tmp_path / f"work-{name}"
    path.write_text(f"id;{name}\n1;2\n2;3\n")
    work.mkdir()
    return Order(path, f"{name}.csv", work, limits=Limits(**limits))


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_gone(pid: int) -> bool:
    """A kill is carried out when the kernel gets to it."""
    end = time.monotonic() + 10
    while runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not runs(pid)


def test_one_starter_serves_one_order_after_the_other(fresh: None, tmp_path: Path) -> None:
    first = cell.inspect_apart(order_for(tmp_path, "one"))
    starter = cell._starter
    second = cell.inspect_apart(order_for(tmp_path, "two"))
    assert cell._starter is starter
    assert [column.source for column in first.recipe.columns] == ["id", "one"]
    assert [column.source for column in second.recipe.columns] == ["id", "two"]


def test_cells_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    found: dict[str, str] = {}

    def read(name: str, order: Order) -> None:
        found[name] = cell.inspect_apart(order).recipe.columns[1].source

    orders = {f"name{n}": order_for(tmp_path, f"name{n}") for n in range(4)}
    threads = [threading.Thread(target=read, args=one) for one in orders.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: name for name in orders}


def test_every_cell_is_a_process_of_its_own_with_limits_of_its_own(
    starter_of: Callable[[str], Starter],
) -> None:
    starter = starter_of(
        "import resource\n"
        "told = [os.getpid(), os.getpgid(0), resource.getrlimit(resource.RLIMIT_CORE)[0], len(os.listdir('/proc/self/fd'))]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "print(told, flush=True)\nreturn 0"
    )
    told = []
    for _ in range(2):
        made = starter.start()
        told.append(json.loads(made.stdout.readline()))
        made.end()
        made.stderr.close()
    (first, second) = told
    assert first[0] != second[0]
    assert all(pid == group for pid, group, *_ in told)
    assert first[2] == second[2]
    # The three pipes and the listing itself: no way to the starter, no pipe of another cell.
    assert first[3] == second[3] == 4


def test_a_stuck_cell_is_ended_with_all_that_it_started_and_the_next_one_works(
    starter_of: Callable[[str], Starter],
) -> None:
    starter = starter_of(
        "child = subprocess.Popen(['sleep', '600'])\nprint(os.getpid(), child.pid, flush=True)\ntime.sleep(600)"
    )
    stuck, other = starter.start(), starter.start()
    pids = [*map(int, stuck.stdout.readline().split())]
    others = [*map(int, other.stdout.readline().split())]
    assert stuck.end() == -signal.SIGKILL
    assert stuck.end() == -signal.SIGKILL
    assert [is_gone(pid) for pid in pids] == [True, True]
    assert [runs(pid) for pid in others] == [True, True]
    other.end()
    assert [is_gone(pid) for pid in others] == [True, True]
    for made in (stuck, other):
        made.stderr.close()


def test_how_a_cell_ended_is_told(starter_of: Callable[[str], Starter]) -> None:
    starter = starter_of(
        "told = sys.stdin.readline().strip()\n"
        "if told == 'crash':\n    os.kill(os.getpid(), 11)\n"
        "if told == 'raise':\n    raise KeyError(told)\n"
        "return int(told)"
    )
    codes, said = [], b""
    for word in (b"0", b"7", b"raise", b"crash"):
        made = starter.start()
        made.stdin.write(word + b"\n")
        made.stdin.close()
        assert made.stdout.read() == b""
        codes.append(made.end())
        said += made.stderr.read()
        made.stderr.close()
    assert codes == [0, 7, 1, -signal.SIGSEGV]
    assert b"KeyError: 'raise'" in said


def test_time_that_runs_out_in_a_warm_cell_is_a_refusal(
    fresh: None, tmp_path: Path, starter_of: Callable[[str], Starter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell, "_starter", starter_of("time.sleep(600)"))
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order_for(tmp_path, seconds=1))
    assert refusal.value.problem.code == "reading.time_exceeded"


def test_a_crash_of_a_warm_cell_is_a_refusal(
    fresh: None, tmp_path: Path, starter_of: Callable[[str], Starter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell, "_starter", starter_of("os.kill(os.getpid(), 11)"))
    with pytest.raises(Refused) as refusal:
        cell.inspect_apart(order_for(tmp_path))
    assert refusal.value.problem.code == "reading.cell_crashed"


def test_a_starter_that_was_killed_is_replaced(fresh: None, tmp_path: Path) -> None:
    cell.inspect_apart(order_for(tmp_path, "one"))
    assert cell._starter is not None
    broken = cell._starter
    os.kill(broken._child.pid, signal.SIGKILL)
    broken._child.wait()
    assert cell.inspect_apart(order_for(tmp_path, "two")).rows == 2
    assert cell._starter is not broken


def test_the_starter_rests_only_when_no_cell_works(fresh: None) -> None:
    with cell.waiting_cell():
        starter = cell._starter
        cell.end_starter()
        assert cell._starter is starter
    assert starter is not None
    pid = starter._child.pid
    cell.end_starter()
    assert cell._starter is None
    assert is_gone(pid)


def test_whoever_dies_takes_starter_and_cells_along(tmp_path: Path) -> None:
    parent = tmp_path / "parent.py"
    work = tmp_path / "program.py"
    work.write_text(
        "import os, time\nfrom stoa.commons.reading.warm_start import serve\n"
        "def work():\n    print(os.getpid(), flush=True)\n    time.sleep(600)\nserve(work)\n"
    )
    parent.write_text(
        "import os, sys, time\nfrom stoa.commons.reading.warm_start import Starter\n"
        f"starter = Starter([sys.executable, {str(work)!r}], os.environ)\nmade = starter.start()\n"
        "print(starter._child.pid, made.stdout.readline().decode().strip(), flush=True)\ntime.sleep(600)\n"
    )
    running = subprocess.Popen(
        [sys.executable, str(parent)], env=cell._environment(), stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    pids = [*map(int, running.stdout.readline().split())]
    assert len(pids) == 2
    running.kill()
    running.wait()
    running.stdout.close()
    assert [is_gone(pid) for pid in pids] == [True, True]
