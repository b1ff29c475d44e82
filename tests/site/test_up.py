# SPDX-License-Identifier: EUPL-1.2
"""`stoa up` with real processes: one tree that starts, watches itself, stops, and survives kill -9."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.site.conftest import Up, free_port, small_environment, start_up, until

pytestmark = pytest.mark.processes


def gone(processes: list[psutil.Process]) -> bool:
    """No process runs any more; a zombie that nobody reaps does not run."""
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_it_says_ready_once_in_one_json_line_and_serves_pages(up: Up) -> None:
    assert [json.loads(line) for line in up.told] == [
        {"event": "ready", "url": f"http://127.0.0.1:{up.port}/"}
    ]
    assert up.get("/")[::2] == (200, b"hello")
    assert set(up.tree()) == {"postgres", "portal", "watcher", "worker", "front", "jobs"}


def test_the_application_uses_the_role_without_powers(up: Up) -> None:
    environment = Path(f"/proc/{up.tree()['jobs'].pid}/environ").read_text()
    assert "postgresql://stoa_app:" in environment
    assert "stoa_super" not in environment


def test_secrets_can_be_read_by_nobody_else(up: Up) -> None:
    files = list((up.home / "secrets").iterdir())
    assert files
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_a_second_one_on_the_same_folder_refuses_and_says_who_runs(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stoa.site", "up", "--port", str(free_port())],
        env=small_environment(up.home), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"process {up.process.pid} since" in done.stderr
    assert up.answers()


def test_a_taken_port_is_refused_before_anything_starts(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = start_up(place / "other", taken.getsockname()[1])
        assert other.process.wait(30) == 1
    assert "another program listens there" in other.said()
    assert not (place / "other" / "postgres").exists()


@pytest.mark.parametrize("part", ["worker", "watcher", "portal", "front", "jobs", "postgres"])
def test_a_part_that_is_killed_comes_back_by_itself(up: Up, part: str) -> None:
    before = up.tree()[part]
    before.kill()
    assert until(lambda: up.tree().get(part, before).pid != before.pid), up.said()
    assert until(up.answers), up.said()
    assert until(lambda: len(up.tree()) == 6)


def test_nothing_committed_is_lost_when_everything_is_killed_at_once(place: Path) -> None:
    first = start_up(place / "killed", free_port())
    first.wait_ready()
    tree = list(psutil.Process(first.process.pid).children(recursive=True))
    numbers = [json.loads(first.get(f"/note?name=n{n}")[2])["id"] for n in range(20)]
    for process in [psutil.Process(first.process.pid), *tree]:
        with contextlib.suppress(psutil.NoSuchProcess):  # the database's own children come and go
            process.kill()
    first.process.wait(10)
    second = start_up(place / "killed", first.port)
    try:
        second.wait_ready()
        assert json.loads(second.get("/note?name=last")[2])["id"] > numbers[-1]
        status, _, _ = second.get("/note?name=n19")
        assert status == 500, "the name is taken: the row of before the kill is there"
    finally:
        assert second.stop() == 0


def test_children_end_with_a_killed_parent_and_the_next_start_works(place: Path) -> None:
    first = start_up(place / "orphans", free_port())
    first.wait_ready()
    tree = list(psutil.Process(first.process.pid).children(recursive=True))
    first.process.kill()
    first.process.wait(10)
    second = start_up(place / "orphans", first.port)
    try:
        second.wait_ready()
        assert until(lambda: gone(tree), 20), [p.cmdline() for p in tree if p.is_running()]
        assert second.answers()
    finally:
        second.stop()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_leaves_nothing_behind(place: Path, by: signal.Signals) -> None:
    running = start_up(place / "stopped", free_port())
    running.wait_ready()
    tree = list(psutil.Process(running.process.pid).children(recursive=True))
    assert len(tree) > 5
    running.process.send_signal(by)
    assert running.process.wait(30) == 0
    assert gone(tree), [p.cmdline() for p in tree if p.is_running()]
    assert not list((place / "stopped" / "run").glob("*.sock"))


def test_jobs_alone_need_no_port(place: Path) -> None:
    running = start_up(place / "jobs", 1, "--only", "jobs")
    try:
        running.wait_ready()
        assert until(lambda: set(running.tree()) == {"postgres", "portal", "jobs"}), running.tree()
    finally:
        assert running.stop() == 0
