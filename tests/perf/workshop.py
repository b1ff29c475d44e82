# SPDX-License-Identifier: EUPL-1.2
"""The place of one run: a temporary folder with a data folder, a database, a portal, and what was published.

Everything is removed in the end, also after Ctrl-C.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.perf import messy

from stoa.commons.lake import door as lake
from stoa.commons.lake.values import Layout, VersionRef
from stoa.site.home import Home
from stoa.site.lease import hold_cluster
from stoa.site.postgres import Cluster
from stoa.site.processes import dies_with_parent

ROOT = Path(__file__).parent.parent.parent
ROWS = 1_000_000
SLUG = "messy"


@dataclass
class Workshop:
    """What the measures of one run share."""

    base: Path
    published: dict[str, str] = field(default_factory=dict)
    """Datasets of the messy file: short name and path in the lake."""
    extra: dict[str, str] = field(default_factory=dict)
    """What else the processes find in their environment."""
    _is_ready: bool = False

    @property
    def home(self) -> Home:
        return Home(self.base / "home")

    @property
    def layout(self) -> Layout:
        return Layout(self.base / "home" / "lake", self.base / "home" / "cache")

    def environment(self) -> dict[str, str]:
        """Ours without what an operator may have set; the data folder is the temporary one."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("STOA_") and n != "DATABASE_URL"}
        paths = [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
        return kept | {"STOA_HOME": str(self.home.root), "PYTHONPATH": os.pathsep.join(paths)} | self.extra

    # -- processes

    @contextmanager
    def database(self) -> Iterator[Cluster]:
        """The packaged PostgreSQL, with its usual settings; commands find it running."""
        with hold_cluster(self.home) as cluster:
            yield cluster

    def step(self, name: str, **given: Any) -> dict[str, Any]:
        """What a function of `steps` gives back, run in a fresh process."""
        with self.started_step(name, **given) as process:
            return answer_of(process, name)

    @contextmanager
    def started_step(self, name: str, **given: Any) -> Iterator[subprocess.Popen[str]]:
        """A step that runs while somebody watches it; get its answer by `answer_of`."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.perf.steps", name, json.dumps(given)],
            cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    @contextmanager
    def portal(self) -> Iterator[Portal]:
        """`stoa up` on a free port; ready when the block begins."""
        portal = start_portal(self)
        try:
            portal.wait_for("/-/ready")
            yield portal
        finally:
            portal.stop()

    # -- what was published

    def make_ready(self) -> None:
        """Tables and a city, once; needs the database."""
        if not self._is_ready:
            self.step("set_up")
            self._is_ready = True

    def publish_messy(self, slug: str, rows: int) -> dict[str, Any]:
        """The messy file as a dataset of its own; what the step tells."""
        told = self.step("publish", slug=slug, path=str(messy.write_messy(self.base, rows)))
        self.published[slug] = told["path"]
        return told

    def dataset(self, scale: float) -> tuple[str, VersionRef]:
        """Short name and version of the messy file, published now if no measure did so before."""
        if not self.published:
            with self.database():
                self.make_ready()
                self.publish_messy(SLUG, rows_of(scale))
        slug, path = next(iter(self.published.items()))
        ref = lake.read_dictionary(self.layout, path).ref
        lake.warm(self.layout, ref)
        return slug, ref


def rows_of(scale: float) -> int:
    """Rows of the messy file."""
    return max(1_000, int(ROWS * scale))


def answer_of(process: subprocess.Popen[str], name: str) -> dict[str, Any]:
    """The last line that a step printed, as JSON."""
    out, err = process.communicate(timeout=900)
    if process.returncode:
        raise RuntimeError(f"step {name} failed: {err.strip()[-1500:]}")
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


@dataclass
class Portal:
    """A running `stoa up`."""

    process: subprocess.Popen[bytes]
    port: int
    began: float
    """`time.perf_counter()` when it was started."""

    def wait_for(self, address: str, seconds: float = 120) -> float:
        """Ask until the page comes; seconds since the start."""
        from tests.perf.timing import calling

        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if self.process.poll() is not None:
                raise RuntimeError("the portal ended while it was starting")
            with suppress(OSError, RuntimeError), calling(self.port) as caller:
                caller.get(address)
                return time.perf_counter() - self.began
            time.sleep(0.02)
        raise RuntimeError(f"the portal did not answer {address} within {seconds} s")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_portal(workshop: Workshop) -> Portal:
    """Start `stoa up` on a free port and do not wait for it."""
    port = free_port()
    command = [sys.executable, "-m", "stoa.site", "up", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=workshop.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, preexec_fn=dies_with_parent(signal.SIGINT),
    )  # fmt: skip
    return Portal(process, port, began)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_open: list[Workshop] = []


def workshop() -> Workshop:
    """The one of this run."""
    if not _open:
        base = Path(tempfile.mkdtemp(prefix="stoa-bench-"))
        base.chmod(0o711)  # as root, PostgreSQL runs as somebody else and must get through
        _open.append(Workshop(base))
    return _open[0]


def clear() -> None:
    """Remove everything that the run made."""
    while _open:
        shop = _open.pop()
        with suppress(Exception):  # what stands outside of it because of the database's own user
            place = (shop.home.root / "postgres.place").read_text().strip()
            shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(shop.base, ignore_errors=True)
