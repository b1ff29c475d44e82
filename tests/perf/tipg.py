# SPDX-License-Identifier: EUPL-1.2
"""The peer for tiles over HTTP: tipg from PyPI on the PostGIS that the bench has running (`make bench-peers`)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from tests.perf.timing import Caller, calling, seconds_of
from tests.perf.workshop import ROOT, free_port

from stoa.ground.geometry import Tile
from stoa.site.processes import dies_with_parent

PYTHON = ROOT / ".bench" / "tipg" / "bin" / "python"


def is_here() -> bool:
    """Whether it was installed."""
    return PYTHON.exists()


def version() -> str:
    """As it says itself."""
    asked = [str(PYTHON), "-c", "import tipg; print(tipg.__version__)"]
    return subprocess.run(asked, capture_output=True, text=True, check=True, env={}).stdout.strip()


def measure_tiles(sockets: Path, user: str, tiles: dict[int, list[Tile]]) -> dict[int, list[float]]:
    """Seconds a tile by zoom: every feature with its properties, as ours, asked over HTTP."""
    with _serving(sockets, user) as caller:
        return {
            zoom: seconds_of(len(listed), lambda n, listed=listed: _ask(caller, listed[n]))  # type: ignore[misc]
            for zoom, listed in tiles.items()
        }


def _ask(caller: Caller, tile: Tile) -> bytes:
    place = f"{tile.z}/{tile.x}/{tile.y}"
    return caller.get(f"/collections/public.houses/tiles/WebMercatorQuad/{place}", must_have=b"height")


@contextmanager
def _serving(sockets: Path, user: str) -> Iterator[Caller]:
    port = free_port()
    place = quote(str(sockets), safe="")
    given = {"PATH": os.environ.get("PATH", ""), "DATABASE_URL": f"postgresql://{user}@{place}:5432/postgres"}
    # Its own bounds would leave out most of a town's houses at far zooms.
    given |= {"TIPG_MAX_FEATURES_PER_TILE": "1000000", "TIPG_DB_SCHEMAS": '["public"]'}
    process = subprocess.Popen(
        [str(PYTHON), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"],
        env=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        _wait(port)
        with calling(port) as caller:
            yield caller
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError, RuntimeError), calling(port) as caller:
            caller.get("/collections/public.houses?f=json")
            return
        time.sleep(0.2)
    raise RuntimeError("tipg does not answer")
