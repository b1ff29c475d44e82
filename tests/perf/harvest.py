# SPDX-License-Identifier: EUPL-1.2
"""Harvest of a large catalogue that speaks CKAN, from the first page to the report, on the packaged PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.perf.figures import Figure, at_most, shown
from tests.perf.machine import watched
from tests.perf.workshop import answer_of, workshop

ANSWERS = ("harvest", "harvest memory")
DATASETS = 20_000
WORDS = (
    "tree",
    "lamp",
    "bench",
    "school",
    "road",
    "bin",
    "garden",
    "budget",
    "noise",
    "water",
    "meter",
    "parcel",
)


def package(n: int) -> dict[str, Any]:
    """One package of about four kilobytes, as long as real ones."""
    word = WORDS[n % len(WORDS)]
    files = [
        {
            "id": f"{n}-{m}",
            "name": f"{word} {kind}",
            "format": kind,
            "url": f"https://files.example/{n}/{word}.{kind.lower()}",
            "description": f"The {word} register as {kind}.",
            "size": 1000 * m + n,
        }
        for m, kind in enumerate(("CSV", "JSON", "GEOJSON", "XLSX"), start=1)
    ]
    return {
        "id": f"00000000-0000-4000-8000-{n:012d}",
        "name": f"{word}-{n}",
        "title": f"{word.title()} register number {n}",
        "notes": f"Every {word} of district {n % 40}, counted and described by the works department. " * 12,
        "license_id": "cc-by-4.0",
        "organization": {"name": f"office-{n % 40}", "title": f"Office {n % 40}"},
        "tags": [{"name": word}, {"name": f"district {n % 40}"}],
        "groups": [{"name": "environment"}],
        "metadata_created": "2025-01-02T03:04:05.678901",
        "metadata_modified": f"2026-01-{n % 28 + 1:02d}T03:04:05.678901",
        "resources": files,
    }


@contextmanager
def catalogue(datasets: int) -> Iterator[str]:
    """Another portal on this machine with so many packages; yields `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            start, rows = int(asked["start"][0]), int(asked["rows"][0])
            packages = [package(n) for n in range(start, min(start + rows, datasets))]
            body = json.dumps({"success": True, "result": {"count": datasets, "results": packages}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """The bench prints figures only."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def measure(scale: float) -> list[Figure]:
    """A first run that brings everything in, watched; then one that finds everything unchanged."""
    shop, datasets = workshop(), max(200, int(DATASETS * scale))
    with shop.database(), catalogue(datasets) as host:
        shop.make_ready()
        with shop.started_step("harvest", host=host) as process, watched(process.pid) as peak:
            first = answer_of(process, "harvest")
        again = shop.step("harvest", host=host)
    if first["new"] != datasets or again["same"] != datasets:
        raise RuntimeError(f"{first['new']} new and {again['same']} the same of {datasets} datasets")
    told = f"{datasets:,} datasets with four files each over {first['pages']} pages, searchable at the end"
    return [
        at_most("harvest", first["seconds"], "s", 600, told),
        at_most("harvest memory", peak.mib, "MiB", 300, "PSS of the process, without PostgreSQL"),
        shown("harvest again", again["seconds"], "s", "the same catalogue, nothing changed"),
    ]
