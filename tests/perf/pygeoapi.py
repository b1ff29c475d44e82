# SPDX-License-Identifier: EUPL-1.2
"""The peer for pages of features: pygeoapi from PyPI over GeoParquet with the same rows (`make bench-peers`)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.perf.timing import Caller, calling
from tests.perf.workshop import ROOT, free_port

from stoa.site.processes import dies_with_parent

PROGRAM = ROOT / ".bench" / "pygeoapi" / "bin" / "pygeoapi"
SETTINGS = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  language: en
  limits: {{default_items: 10, max_items: 10000}}
  map: {{url: "https://tile.example/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    {{title: bench, description: bench, keywords: [bench], terms_of_service: none, url: "http://127.0.0.1"}}
  license: {{name: none, url: "http://127.0.0.1"}}
  provider: {{name: bench, url: "http://127.0.0.1"}}
  contact: {{name: bench, email: bench@example.org, url: "http://127.0.0.1"}}
resources:
  points:
    type: collection
    title: points
    description: points
    keywords: [bench]
    links: []
    extents: {{spatial: {{bbox: [7.4, 51.8, 7.9, 52.1], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - type: feature
        name: Parquet
        data: {{source: "{file}"}}
        id_field: id
        x_field: lon
        y_field: lat
"""


class NoPeer(Exception):  # noqa: N818 - reads as what it is
    """The peer is not installed."""


@contextmanager
def serving(base: Path, file: Path) -> Iterator[Caller]:
    """pygeoapi over a GeoParquet file; its own command `serve` would start it with a debugger."""
    if not PROGRAM.exists():
        raise NoPeer("pygeoapi is not in .bench; `make bench-peers` puts it there.")
    port = free_port()
    settings, described = base / "pygeoapi.yml", base / "pygeoapi-openapi.yml"
    settings.write_text(SETTINGS.format(port=port, file=file), encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    given |= {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(described)}
    subprocess.run(
        [str(PROGRAM), "openapi", "generate", str(settings), "--output-file", str(described)],
        env=given, check=True, capture_output=True,
    )  # fmt: skip
    command = [str(PROGRAM.with_name("flask")), "--app", "pygeoapi.flask_app:APP", "run", "--port", str(port)]
    process = subprocess.Popen(
        command, env=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
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


def version() -> str:
    """As it says itself."""
    told = subprocess.run([str(PROGRAM), "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[-1]


def _wait(port: int) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with suppress(OSError, RuntimeError), calling(port) as caller:
            caller.get("/conformance?f=json")
            return
        time.sleep(0.2)
    raise RuntimeError("pygeoapi does not answer")
