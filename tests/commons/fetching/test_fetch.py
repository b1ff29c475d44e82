# SPDX-License-Identifier: EUPL-1.2
"""Fetching from real small servers on this machine, kind ones and hostile ones."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stoa.commons.fetching.door import Fetched, Limits, NotModified, Seen, fetch
from stoa.ground.problems import Refused

pytestmark = pytest.mark.enable_socket
BODY = "baum;höhe\nLinde;12,5\n".encode()


@dataclass
class Server:
    """Answers every request with what the test's function returns; keeps the heads of the requests."""

    answer: Callable[[str], bytes | list[bytes]]
    requests: list[str] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/trees.csv") -> str:
        return f"http://{self.place}{path}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head and head[:1] != b"\x16":  # 0x16: somebody begins TLS
                head += client.recv(65536) or b"\r\n\r\n"
            self.requests.append(head.decode("latin-1"))
            answer = self.answer(self.requests[-1].split(" ")[1])
            try:
                for piece in answer if isinstance(answer, list) else [answer]:
                    client.sendall(piece)
                    if isinstance(answer, list):
                        self.done.wait(0.02)
            except OSError:
                return


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(answer: bytes | list[bytes] | Callable[[str], bytes | list[bytes]]) -> Server:
        servers.append(Server(answer if callable(answer) else lambda _path: answer))
        return servers[-1]

    yield start
    for server in servers:
        server.done.set()
        server.listener.close()


def reply(body: bytes = BODY, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def get(server: Server, to: Path, path: str = "/trees.csv", **more: object) -> Fetched | NotModified:
    return fetch(server.url(path), to=to, allowed_private_hosts=[server.place], **more)  # type: ignore[arg-type]


def refusal(server: Server, to: Path, path: str = "/trees.csv", **more: object) -> str:
    with pytest.raises(Refused) as caught:
        get(server, to, path, **more)
    assert list(to.iterdir()) == [], "something was left behind"
    problem = caught.value.problem
    assert problem.what.text
    assert problem.why.text
    assert problem.do.text
    return problem.code


def test_a_file_is_fetched_whole_with_what_the_server_says_about_it(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(
        reply(
            ETag='"v1"',
            Last_Modified="Sat, 01 Aug 2026 00:00:00 GMT",
            Content_Type="Text/CSV; charset=utf-8",
            Content_Disposition='attachment; filename="../Bäume.csv"',
        )
    )
    got = get(server, tmp_path, "/download?id=5")
    assert isinstance(got, Fetched)
    assert got.path == tmp_path / "Bäume.csv"
    assert got.path.read_bytes() == BODY
    assert (got.sha256, got.bytes) == (hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert (got.etag, got.media_type) == ('"v1"', "text/csv")
    assert got.url == server.url("/download")
    assert f"Host: {server.place}\r\n" in server.requests[0]
    assert "User-Agent: Stoa/" in server.requests[0]


def test_a_server_that_knows_our_version_sends_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
    seen = Seen('"v1"', "Sat, 01 Aug 2026 00:00:00 GMT", "abc")
    assert get(server, tmp_path, previous=seen) == NotModified(seen)
    assert 'If-None-Match: "v1"\r\n' in server.requests[0]
    assert "If-Modified-Since: Sat, 01 Aug 2026 00:00:00 GMT\r\n" in server.requests[0]


def test_the_same_bytes_under_a_new_mark_are_nothing_new(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(reply(ETag='"v2"'))
    same = hashlib.sha256(BODY).hexdigest()
    assert get(server, tmp_path, previous=Seen('"v1"', "", same)) == NotModified(Seen('"v2"', "", same))
    assert list(tmp_path.iterdir()) == []


def test_packed_and_chunked_answers_are_unfolded(serve: Callable[..., Server], tmp_path: Path) -> None:
    packed = gzip.compress(BODY[:5]) + gzip.compress(BODY[5:])
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(packed[i : i + 7]), packed[i : i + 7]) for i in range(0, len(packed), 7)
    )
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    got = get(serve(head + chunks + b"0\r\n\r\n"), tmp_path)
    assert isinstance(got, Fetched)
    assert got.path.read_bytes() == BODY


def _moved(path: str) -> bytes:
    return reply() if path == "/new%20place.csv" else reply(b"", "302 Found", Location="/new place.csv")


def test_a_redirect_is_followed_and_names_the_file(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(
        lambda path: (
            reply() if path == "/new%20place.csv" else reply(b"", "302 Found", Location="/new place.csv")
        )
    )
    got = get(server, tmp_path, "/old")
    assert isinstance(got, Fetched)
    assert got.name == "new place.csv"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "fetch.address_private"),
        ("http://localhost/", "fetch.address_private"),
        ("http://2130706433/", "fetch.address_private"),
        ("http://0x7f.1/", "fetch.address_private"),
        ("http://[::ffff:127.0.0.1]/", "fetch.address_private"),
        ("http://10.0.0.1:8080/", "fetch.address_private"),
        ("http://127.0.0.1:22/", "fetch.port_refused"),
        ("file:///etc/passwd", "fetch.scheme_unknown"),
        ("gopher://127.0.0.1/", "fetch.scheme_unknown"),
    ],
)
def test_a_redirect_to_a_forbidden_place_is_refused(
    serve: Callable[..., Server], tmp_path: Path, location: str, code: str
) -> None:
    assert refusal(serve(reply(b"", "302 Found", Location=location)), tmp_path) == code


def test_a_name_that_resolves_to_an_inner_address_is_refused(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    inner = serve(reply(b"secret"))
    outer = serve(reply(b"", "301 Moved", Location="http://innocent.example:8080/"))

    def resolver(host: str, _port: int, _seconds: float) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["192.168.1.1", "fd00::1", "127.0.0.1"]

    assert refusal(outer, tmp_path, resolver=resolver) == "fetch.address_private"
    assert inner.requests == []


def test_the_connection_goes_to_the_address_that_was_checked_and_the_name_is_asked_once(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server, asked = serve(reply()), []

    def rebinding(host: str, _port: int, _seconds: float) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    place = f"trees.example:{server.port}"
    got = fetch(f"http://{place}/a.csv", to=tmp_path, allowed_private_hosts=[place], resolver=rebinding)
    assert isinstance(got, Fetched)
    assert asked == ["trees.example"]
    assert f"Host: {place}\r\n" in server.requests[0]


def test_a_name_nobody_knows_is_refused(serve: Callable[..., Server], tmp_path: Path) -> None:
    def nobody(_host: str, _port: int, _seconds: float) -> list[str]:
        raise OSError

    assert refusal(serve(reply()), tmp_path, resolver=nobody) == "fetch.name_unknown"


def test_a_closed_port_is_refused(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(reply())
    place = server.place
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    with pytest.raises(Refused) as caught:
        fetch(f"http://{place}/", to=tmp_path, allowed_private_hosts=[place])
    assert caught.value.problem.code == "fetch.refused"


@pytest.mark.parametrize("number", [204, 206, 400, 401, 403, 404, 410, 429, 500, 503])
def test_an_answer_without_a_file_is_refused_by_its_number(
    serve: Callable[..., Server], tmp_path: Path, number: int
) -> None:
    assert refusal(serve(reply(b"sorry", f"{number} Sorry")), tmp_path) == f"fetch.status_{number}"


def test_redirects_in_a_circle_are_refused(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(reply(b"", "302 Found", Location="/again"))
    assert refusal(server, tmp_path) == "fetch.redirects_too_many"
    assert len(server.requests) == 6


def test_a_told_size_over_the_limit_is_refused_before_anything_is_read(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    assert refusal(serve(reply(b"", length=10**13)), tmp_path) == "fetch.too_large"


def test_an_endless_answer_is_refused_at_the_limit(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000)
    assert refusal(server, tmp_path, limits=Limits(file_bytes=100_000)) == "fetch.too_large"


@pytest.mark.parametrize("length", [len(BODY) + 1, 10**6])
def test_an_answer_shorter_than_told_is_refused(
    serve: Callable[..., Server], tmp_path: Path, length: int
) -> None:
    assert refusal(serve(reply(length=length)), tmp_path) == "fetch.answer_broken"


def test_a_gzip_bomb_is_refused(serve: Callable[..., Server], tmp_path: Path) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 10**7) + b"\0" * 10**7)
    server = serve(reply(bomb, Content_Encoding="gzip"))
    assert refusal(server, tmp_path, limits=Limits(unpacked_bytes=10**6)) == "fetch.unpacked_too_large"


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(BODY, mtime=0)[:-9], b""])
def test_a_damaged_packing_is_refused(serve: Callable[..., Server], tmp_path: Path, body: bytes) -> None:
    assert refusal(serve(reply(body, Content_Encoding="gzip")), tmp_path) == "fetch.answer_broken"


def test_a_packing_nobody_asked_for_is_refused(serve: Callable[..., Server], tmp_path: Path) -> None:
    assert refusal(serve(reply(Content_Encoding="br")), tmp_path) == "fetch.encoding_unknown"


SLOW = Limits(window_seconds=0.1, least_per_second=1000, total_seconds=20)


def test_a_body_that_drips_is_given_up(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 10_000])
    assert refusal(server, tmp_path, limits=SLOW) == "fetch.too_slow"


def test_a_head_that_drips_is_given_up(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve([b"HTTP/1.1 200 OK\r\nX: ", *[b"x"] * 10_000])
    assert refusal(server, tmp_path, limits=SLOW) == "fetch.too_slow"


def test_a_server_that_says_nothing_is_given_up(serve: Callable[..., Server], tmp_path: Path) -> None:
    def silent(_path: str) -> bytes:
        server.done.wait(20)
        return b""

    server = serve(silent)
    assert refusal(server, tmp_path, limits=SLOW) == "fetch.too_slow"


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, b"\0" * 100]
)
def test_an_answer_of_no_web_server_is_refused(
    serve: Callable[..., Server], tmp_path: Path, answer: bytes
) -> None:
    assert refusal(serve(answer), tmp_path) == "fetch.answer_broken"


def test_a_server_without_tls_cannot_pass_for_a_safe_one(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(b"hello\r\n")
    with pytest.raises(Refused) as caught:
        fetch(f"https://{server.place}/", to=tmp_path, allowed_private_hosts=[server.place])
    assert caught.value.problem.code == "fetch.answer_broken"


def test_the_login_reaches_the_server_but_no_message(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(reply(b"", "404 Not Found"))
    with pytest.raises(Refused) as caught:
        fetch(
            f"http://anna:geheim@{server.place}/?key=secret",
            to=tmp_path,
            allowed_private_hosts=[server.place],
        )
    assert "Authorization: Basic " in server.requests[0]
    assert "geheim" not in str(caught.value)
    assert "secret" not in str(caught.value)
