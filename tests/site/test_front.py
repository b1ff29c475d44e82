# SPDX-License-Identifier: EUPL-1.2
"""The front door as callers meet it: real front, real Django behind it."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.site.conftest import Up, small_environment, until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def trees(up: Up) -> Iterator[Path]:
    file = up.home / "lake" / "trees.csv"
    file.write_bytes(b"".join(b"%05d\n" % n for n in range(10_000)))
    return file


def call(up: Up, text: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", up.port), timeout=20)
    made.sendall(text)
    return made


def test_the_front_itself_says_that_it_lives(up: Up) -> None:
    assert up.get("/-/live")[::2] == (200, b'{"status":"live"}')


def test_forwarding_headers_of_the_caller_are_lies_and_replaced(up: Up) -> None:
    lies = {
        "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=6.6.6.6", "X_Forwarded_For": "6.6.6.6",
        "X-Stoa-File": "/etc/passwd", "Accept": "a/b",
        "Connection": "X-Mine", "X-Mine": "1", "X-Kept": "1",
    }  # fmt: skip
    seen = json.loads(up.get("/echo?a=%20b&a=c", **lies)[2])
    headers = seen["headers"]
    assert seen["path"] == "/echo?a=%20b&a=c"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == headers["host"] == f"127.0.0.1:{up.port}"
    assert headers["x-kept"] == "1"
    assert not {"forwarded", "x-stoa-file", "x-mine"} & set(headers)


def test_our_own_headers_never_leave(up: Up) -> None:
    status, headers, _ = up.get("/echo")
    assert status == 200
    assert headers["x-for-all"] == "2"
    assert not {"x-stoa-secret", "x-only-here", "server"} & set(headers)


def test_a_chunked_upload_is_told_to_say_its_length(up: Up) -> None:
    with call(
        up, b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ) as made:
        assert made.recv(4096).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/echo", 5 * 1024**2 + 1, 413), ("/desk/echo", 2 * 1024**3 + 1, 413), ("/api/v1/x", 10**15, 413)],
)
def test_a_body_that_is_too_large_is_refused_by_its_announcement(
    up: Up, path: str, length: int, status: int
) -> None:
    with call(up, f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()) as made:
        assert made.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("path", ["/desk/echo", "/c/town/desk/echo", "/api/v1/x"])
def test_a_large_body_of_a_stranger_is_refused_before_it_is_sent(up: Up, path: str) -> None:
    asked = f"POST {path} HTTP/1.1\r\nHost: a\r\nX-Stranger: 1\r\nContent-Length: {2 * 1024**3}\r\n\r\n"
    with call(up, asked.encode()) as made:
        assert made.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_uploads_arrive_whole(up: Up) -> None:
    body = os.urandom(3_000_000)
    assert json.loads(up.ask("POST", "/desk/echo", body * 3)[2])["bytes"] == 9_000_000
    assert json.loads(up.ask("PUT", "/echo", b"x")[2]) | {"headers": 0} == {
        "method": "PUT", "path": "/echo", "bytes": 1, "headers": 0,
    }  # fmt: skip


def test_curl_may_ask_before_it_sends(up: Up) -> None:
    with call(
        up, b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    ) as made:
        assert made.recv(4096).startswith(b"HTTP/1.1 100 ")
        made.sendall(b"abc")
        assert made.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_file_is_sent_whole_with_the_names_that_django_gave(up: Up, trees: Path) -> None:
    status, headers, body = up.get(f"/file?path={trees}")
    assert (status, body) == (200, trees.read_bytes())
    assert headers["content-type"].startswith("text/csv")
    assert headers["content-disposition"] == "attachment; filename=trees.csv"
    assert headers["accept-ranges"] == "bytes"


def test_a_download_can_be_resumed(up: Up, trees: Path) -> None:
    address = f"/file?path={trees}"
    tag = up.get(address)[1]["etag"]
    status, headers, body = up.ask("GET", address, headers={"Range": "bytes=59990-", "If-Range": tag})
    assert (status, body) == (206, trees.read_bytes()[59990:])
    assert headers["content-range"] == "bytes 59990-59999/60000"
    assert up.ask("GET", address, headers={"Range": "bytes=0-9", "If-Range": '"old"'})[0] == 200
    assert up.ask("GET", address, headers={"Range": "bytes=70000-"})[0] == 416
    assert up.ask("GET", address, headers={"If-None-Match": tag})[::2] == (304, b"")
    status, headers, body = up.ask("HEAD", address)
    assert (status, headers["content-length"], body) == (200, "60000", b"")


def test_files_outside_of_the_roots_are_refused(up: Up) -> None:
    (up.home / "lake" / "way-out").symlink_to("/etc")
    secret = next((up.home / "secrets").iterdir())
    for path in (
        "/etc/passwd",
        secret,
        up.home / "lake" / "way-out" / "passwd",
        up.home / "lake" / ".." / "up.err",
        "lake",
        up.home / "lake",
    ):
        assert up.get(f"/file?path={path}")[0] == 404, path


def test_events_come_as_they_happen(up: Up) -> None:
    began = time.monotonic()
    with call(up, b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n") as made:
        seen = b""
        while b"data: 2" not in seen:
            seen += made.recv(4096)
    assert b"data: 150" not in seen
    assert time.monotonic() - began < 15, "the whole stream takes twenty seconds"


def test_who_leaves_takes_his_request_along(up: Up) -> None:
    count = up.home / "count"
    with call(up, f"GET /endless?count={count} HTTP/1.1\r\nHost: a\r\n\r\n".encode()) as made:
        assert made.recv(100)
        assert until(count.exists, 10)

    def quiet() -> bool:
        before = count.read_text()
        time.sleep(1)
        return before == count.read_text()

    assert until(quiet, 20)


def test_slow_readers_and_slow_senders_do_not_keep_pages_from_others(up: Up) -> None:
    slow = [call(up, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(12)]
    slow += [
        call(up, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc") for _ in range(12)
    ]
    try:
        assert until(lambda: up.get("/")[0] == 200, 10)
        assert up.get("/")[2] == b"hello"
    finally:
        for made in slow:
            made.close()


def test_endless_headers_are_cut_off(up: Up) -> None:
    with call(up, b"GET / HTTP/1.1\r\nHost: a\r\n") as made:
        with pytest.raises(OSError):  # noqa: PT012 - which of the sends notices is not ours to say
            for _ in range(100):
                made.sendall(b"X-Long: " + b"a" * 60_000 + b"\r\n")
            made.settimeout(5)
            if not made.recv(100).startswith(b"HTTP/1.1 200"):
                raise ConnectionResetError
        assert up.answers()


class _Page(BaseHTTPRequestHandler):
    """A process that answers pages, as small as can be."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"from the other")

    def log_message(self, *_: object) -> None:
        return


class _OnSocketFile(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        return super().get_request()[0], ("", 0)


def test_while_one_process_is_gone_the_other_answers_everybody(place: Path) -> None:
    home = place / "pair"
    (home / "run" / "spool").mkdir(parents=True)
    server = _OnSocketFile(str(home / "second"), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        front = subprocess.Popen(
            [sys.executable, "-m", "stoa.site.front_server", "--uds", str(home / "gone"),
             "--uds", str(home / "second"), "--fd", str(listener.fileno())],
            env=small_environment(home), pass_fds=[listener.fileno()],
        )  # fmt: skip
    up = Up(home, port, front)  # type: ignore[arg-type]
    try:
        assert [up.get("/")[::2] for _ in range(5)] == [(200, b"from the other")] * 5
    finally:
        front.terminate()
        assert front.wait(10) in {0, -15}
        server.shutdown()
        server.server_close()


def test_without_django_the_page_says_so_in_both_languages(place: Path) -> None:
    home = place / "alone"
    (home / "run" / "spool").mkdir(parents=True)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        front = subprocess.Popen(
            [sys.executable, "-m", "stoa.site.front_server",
             "--uds", str(home / "none"), "--fd", str(listener.fileno())],
            env=small_environment(home), pass_fds=[listener.fileno()],
        )  # fmt: skip
    up = Up(home, port, front)  # type: ignore[arg-type]
    try:
        status, headers, body = up.get("/", Accept="text/html")
        assert (status, headers["retry-after"]) == (502, "5")
        assert 'lang="de"' in body.decode()
        assert 'lang="en"' in body.decode()
        assert json.loads(up.get("/api/v1/")[2])["code"] == "front.portal_down"
        assert up.get("/-/live")[0] == 200
    finally:
        front.terminate()
        assert front.wait(10) in {0, -15}
