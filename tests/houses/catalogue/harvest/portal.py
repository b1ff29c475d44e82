# SPDX-License-Identifier: EUPL-1.2
"""Another catalogue on this machine: answers by path, counts who asked what."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = bytes | str | dict[str, Any] | list[Any] | tuple[int, dict[str, str], bytes]


@dataclass
class Portal:
    """Answers with what its function makes of a path (with query); None is 404."""

    answer: Callable[[str], Answer | None]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def respond(self, path: str) -> tuple[int, dict[str, str], bytes]:
        found = self.answer(path)
        if found is None:
            return 404, {}, b"not here"
        if isinstance(found, tuple):
            return found
        if isinstance(found, str):
            return 200, {}, found.encode()
        return 200, {}, found if isinstance(found, bytes) else json.dumps(found).encode()


@contextmanager
def portal(answer: Callable[[str], Answer | None]) -> Iterator[Portal]:
    """A server for one test."""
    made = Portal(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers)))
            status, headers, body = made.respond(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def package(n: int, **more: Any) -> dict[str, Any]:
    """One CKAN package."""
    return {
        "id": f"00000000-0000-4000-8000-{n:012d}",
        "name": f"dataset-{n}",
        "title": f"Dataset {n}",
        "notes": f"About {n}",
        "license_id": "cc-by-4.0",
        "organization": {"title": "Works department"},
        "metadata_modified": "2026-01-02T03:04:05.678901",
        "tags": [{"name": "bins"}],
        "resources": [{"url": f"https://files.example/{n}.csv", "name": "Table", "format": "CSV"}],
    } | more


def ckan_answers(packages: Callable[[], list[dict[str, Any]]]) -> Callable[[str], Answer | None]:
    """`package_search` over the packages, as CKAN pages them."""

    def answer(path: str) -> Answer | None:
        from urllib.parse import parse_qs, urlsplit

        parts = urlsplit(path)
        if parts.path != "/api/3/action/package_search":
            return None
        asked = parse_qs(parts.query)
        start, rows = int(asked["start"][0]), int(asked["rows"][0])
        known = packages()
        return {"success": True, "result": {"count": len(known), "results": known[start : start + rows]}}

    return answer
