# SPDX-License-Identifier: EUPL-1.2
"""A real PostgreSQL for the tests with nothing to install: loaded as a pytest plugin (`-p tests.database`).

The plugin must come before Django's settings are read, so it cannot be a conftest. It only chooses the data
folder and the address; the server starts when the first test asks for a database, one for all xdist workers,
kept by a process of its own that ends it when the test run is over, even by kill -9.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from stoa.site import postgres_roles as roles  # noqa: E402 - the path must be known first
from stoa.site.home import Home  # noqa: E402
from stoa.site.postgres import Cluster, open_cluster  # noqa: E402
from stoa.site.postgres_place import find_place  # noqa: E402
from stoa.site.processes import is_alive, wait_until  # noqa: E402

BASE = "STOA_TESTS_BASE"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any, parser: Any, args: Any) -> Iterator[None]:
    """Before pytest-django reads the settings: a temporary data folder and the address of the database."""
    if BASE not in os.environ:
        base = Path(tempfile.mkdtemp(prefix="stoa-tests-"))
        base.chmod(0o711)  # as root, the server runs as somebody else and must get through
        os.environ[BASE] = str(base)
        early_config.add_cleanup(lambda: _forget(base))
    base = Path(os.environ[BASE])
    home = base / os.environ.get("PYTEST_XDIST_WORKER", "home")
    os.environ["STOA_HOME"] = str(home)
    os.environ.pop("STOA_LAKE", None)
    if (
        os.environ.get("DATABASE_URL", "").startswith("postgresql://stoa_owner:")
        or "DATABASE_URL" not in os.environ
    ):
        server = Home(base / "server").make()
        os.environ["DATABASE_URL"] = Cluster(server, find_place(server)).url(roles.OWNER)
    return (yield)


def ensure_running() -> None:
    """Start the server unless it runs; called by the first test that needs a database, in any worker."""
    if BASE not in os.environ:
        raise pytest.UsageError(
            "Database tests need the plugin: pytest -p tests.database (pyproject's addopts)."
        )
    base = Path(os.environ[BASE])
    ready = base / "ready"
    with (base / "starting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            log = (base / "keeper.log").open("ab")
            controller = os.environ.get("STOA_TESTS_CONTROLLER", str(os.getpid()))
            subprocess.Popen(
                [sys.executable, str(Path(__file__)), str(base), controller],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            if not wait_until(ready.exists, 120):
                raise RuntimeError(f"no database for the tests: {(base / 'keeper.log').read_text()[-2000:]}")


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process is the one whose end ends the server."""
    if not hasattr(config, "workerinput"):
        os.environ["STOA_TESTS_CONTROLLER"] = str(os.getpid())


def _forget(base: Path) -> None:
    """Ask the keeper to end (it also looks by itself) and remove the folder."""
    pid_file = base / "keeper.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text())
        if is_alive(pid):
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: not is_alive(pid), 20)
    shutil.rmtree(base, ignore_errors=True)


def keep(base: Path, controller: int) -> None:
    """Run the server until the controlling process is gone or we are told to stop."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.append(1))
    cluster = open_cluster(Home(base / "server").make(), for_tests=True)
    cluster.start(tied=True)
    try:
        cluster.prepare()
        (base / "keeper.pid").write_text(str(os.getpid()))
        (base / "ready").touch()
        while not stop and is_alive(controller):
            time.sleep(0.3)
    finally:
        cluster.stop(5)
    if not is_alive(controller):
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
