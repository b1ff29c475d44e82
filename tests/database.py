# SPDX-License-Identifier: EUPL-1.2
"""A real PostgreSQL for the tests with nothing to install: loaded as a pytest plugin (`-p tests.database`).

The plugin must come before Django's settings are read, so it cannot be a conftest. It only chooses the data
folder and the address; the server starts when the first test asks for a database, one for all xdist workers,
kept by a process of its own that ends it when the test run is over, even by kill -9.

The tables are made once in a run, as `stoa up` makes them: every worker's database is a copy of that one, and so is
the data folder of tests that start real processes (`ready_home`).
"""

from __future__ import annotations

import fcntl
import logging
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
from stoa.site.migrating import migrate  # noqa: E402
from stoa.site.plan import Plan, child_environment  # noqa: E402
from stoa.site.postgres import Cluster, open_cluster  # noqa: E402
from stoa.site.postgres_place import find_place  # noqa: E402
from stoa.site.processes import is_alive, wait_until  # noqa: E402

BASE = "STOA_TESTS_BASE"
READY_MOST_S = 600
"""Making the tables takes some twenty seconds, on a machine with other work several times that."""


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
            keeper = subprocess.Popen(
                [sys.executable, str(Path(__file__)), str(base), controller],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            wait_until(lambda: ready.exists() or keeper.poll() is not None, READY_MOST_S)
            if not ready.exists():
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


def is_ours() -> bool:
    """The database is the one of this run, not a server that the environment names."""
    return os.environ["DATABASE_URL"].startswith(f"postgresql://{roles.OWNER}:")


def template() -> str:
    """The database with the product's tables and nothing else; nobody may connect to it. Only where `is_ours`."""
    ensure_running()
    return roles.DATABASE


def ready_home(folder: Path) -> Path:
    """A new data folder with the product's tables, as the first `stoa up` leaves it when it stops."""
    ensure_running()
    _copy(Home(Path(os.environ[BASE]) / "made"), Home(folder).make())
    return folder


def _copy(home: Home, to: Home) -> None:
    """Secrets and database of a data folder on which nothing runs."""
    shutil.copytree(home.root / "secrets", to.root / "secrets", dirs_exist_ok=True)
    ours = ["cp", "-a", str(find_place(home).data), str(find_place(to).data)]
    subprocess.run(ours, check=True)


def keep(base: Path, controller: int) -> None:
    """Run the server until the controlling process is gone or we are told to stop."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.append(1))
    cluster = open_cluster(Home(base / "server").make(), for_tests=True)
    try:
        cluster.start(tied=True)
        _make_tables(cluster)
        cluster.stop()
        _copy(cluster.home, Home(base / "made").make())
        cluster.start(tied=True)
        (base / "keeper.pid").write_text(str(os.getpid()))
        (base / "ready").touch()
        while not stop and is_alive(controller):
            time.sleep(0.3)
    finally:
        cluster.stop(5)
    if not is_alive(controller):
        shutil.rmtree(base, ignore_errors=True)


def _make_tables(cluster: Cluster) -> None:
    """As `stoa up` does on an empty data folder."""
    cluster.prepare()
    environment = child_environment(cluster.home, Plan(), cluster.url(roles.OWNER))
    migrate(cluster.home, cluster, environment, logging.getLogger(__name__).info)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
