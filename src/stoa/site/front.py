# SPDX-License-Identifier: EUPL-1.2
"""The front door: the one program that owns the port, and forwards to Django on a Unix socket.

Django answers from few threads. So bodies are gathered before Django sees them, answers are taken over as
fast as Django writes them, whole files are sent from here (`X-Stoa-File: <path>` in Django's answer), and
a caller who goes away takes his request along.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import aiohttp
from starlette.responses import FileResponse
from yarl import URL

from stoa.site import front_pages
from stoa.site.front_caller import AS_SEEN, Header, Outside, caller_of
from stoa.site.front_crowd import BODIES_OF_ONE, CONNECTIONS_OF_ONE, QUESTIONS_OF_ONE, Crowd, whose
from stoa.site.front_headers import (
    BODY_MOST,
    BodyVerdict,
    first,
    for_django,
    for_the_caller,
    judge_body,
    question_about_sender,
)
from stoa.site.front_hot import HotPath
from stoa.site.front_line import AT_ONCE, OF_ONE, Line
from stoa.site.front_spool import Answer, BodyRefused, gather_body, pieces_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

WAITING_MOST = 256
UPLOADS_MOST = 256
ANSWER_MOST_S = 120
PASSED_AS_IT_COMES = (b"text/event-stream",)
NO_REPEAT = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Way:
    """The connections to one process that answers pages, and how many questions it has in hand."""

    def __init__(self, uds: Path) -> None:
        self.busy = 0
        self._again, self._once = self._session(uds, keep=True), self._session(uds, keep=False)

    @staticmethod
    def _session(uds: Path, *, keep: bool) -> aiohttp.ClientSession:
        wait = {"keepalive_timeout": 20} if keep else {"force_close": True}
        return aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(uds), limit=0, **wait),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )

    def session(self, method: str) -> aiohttp.ClientSession:
        """A kept connection may be dead, and what must not be repeated needs one that is not."""
        return self._once if method in NO_REPEAT else self._again

    async def close(self) -> None:
        await self._again.close()
        await self._once.close()


class CallerGone(Exception):  # noqa: N818 - reads as what it is
    """Nobody is there any more to answer."""


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """What the front must know."""

    uds: tuple[Path, ...]
    """One socket for each process that answers pages."""
    spool: Path
    file_roots: tuple[Path, ...]
    outside: Outside = AS_SEEN
    ingest_url: str = ""
    """The database, as who writes observations; empty: the portal alone answers."""


class Front:
    """The ASGI application."""

    def __init__(self, settings: FrontSettings) -> None:
        self.settings = settings
        self.waiting = 0
        self.uploads = 0
        self._told_down = float("-inf")
        self._ways: list[Way] = []
        self._line = Line(AT_ONCE * len(settings.uds), of_one=OF_ONE * len(settings.uds))
        self.connections = Crowd(CONNECTIONS_OF_ONE)
        self._bodies, self._questions = Crowd(BODIES_OF_ONE), Crowd(QUESTIONS_OF_ONE)
        self.hot = HotPath(self, settings.ingest_url) if settings.ingest_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            try:
                if self.hot is None or not await self.hot.answered(scope, receive, send):
                    await self._answer(scope, receive, send)
            except CallerGone:
                return

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._ways = [Way(uds) for uds in self.settings.uds]
                if self.hot is not None:
                    await self.hot.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.hot is not None:
                    await self.hot.stop()
                for way in self._ways:
                    await way.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/-/live":
            await _reply(send, 200, b'{"status":"live"}', b"application/json")
            return
        verdict = judge_body(scope["headers"], scope["path"])
        if verdict.refuse:
            await self._refuse(scope, send, verdict.refuse)
        elif self.waiting >= WAITING_MOST or (verdict.length and self.uploads >= UPLOADS_MOST):
            await self._refuse(scope, send, 503)
        else:
            with self._questions.one_more(self.who(scope)) as may:
                if may:
                    await self._take(scope, receive, send, verdict)
                else:
                    await self._refuse(scope, send, 429)

    def who(self, scope: Scope) -> str:
        """Whom a request is counted as."""
        peer = (scope.get("client") or ("", 0))[0]
        return whose(caller_of(scope["headers"], peer, scope["scheme"], self.settings.outside).address)

    async def _take(self, scope: Scope, receive: Receive, send: Send, verdict: BodyVerdict) -> None:
        if not verdict.length:
            await self.forward(scope, receive, send, None)
        elif verdict.length > BODY_MOST and (status := await self._sender_refused(scope)):
            await self._refuse(scope, send, status)
        else:
            body = await self._gathered(scope, receive, send, verdict.length)
            if body is not None:
                with body:
                    await self.forward(scope, receive, send, body)

    async def _sender_refused(self, scope: Scope) -> int:
        """Ask Django who sends before up to 2 GB are stored for somebody; the status of the refusal, or 0."""
        target, headers = question_about_sender(scope["path"], scope["headers"])
        asked = {**scope, "method": "GET", "raw_path": target, "query_string": b"", "headers": headers}
        try:
            async with asyncio.timeout(ANSWER_MOST_S), contextlib.AsyncExitStack() as stack:
                answer, _way = await self.reached(stack, asked, None)
                return 0 if answer.status == 204 else 401
        except TimeoutError:
            return 504
        except (aiohttp.ClientError, OSError) as error:
            self._tell_portal_down(error)
            return 502

    async def _gathered(self, scope: Scope, receive: Receive, send: Send, length: int) -> IO[bytes] | None:
        self.uploads += 1
        try:
            with self._bodies.one_more(self.who(scope)) as may:
                if not may:
                    raise BodyRefused(429)
                return await gather_body(receive, length, self.settings.spool)
        except BodyRefused as refused:
            if refused.status:
                await self._refuse(scope, send, refused.status)
            return None
        finally:
            self.uploads -= 1

    async def forward(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes] | None) -> None:
        """Ask Django; stop asking as soon as the caller is gone."""
        asking = asyncio.ensure_future(self._ask(scope, send, body))
        leaving = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                await asking
            else:
                raise CallerGone
        finally:
            for task in (asking, leaving):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def _ask(self, scope: Scope, send: Send, body: IO[bytes] | None) -> None:
        self.waiting += 1
        counted = True
        answer = Answer(self.settings.spool)
        try:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    async with asyncio.timeout(ANSWER_MOST_S):
                        upstream, way = await self.reached(stack, scope, body)
                except TimeoutError:
                    return await self._refuse(scope, send, 504)
                except (aiohttp.ClientError, OSError) as error:
                    self._tell_portal_down(error)
                    return await self._refuse(scope, send, 502)
                headers = [(name, value) for name, value in upstream.raw_headers]
                path = first(headers, b"x-stoa-file")
                if path is None:
                    filling = stack.enter_context(_task(answer.fill(_chunks(upstream))))

                    def served(_: object) -> None:
                        nonlocal counted
                        self.waiting -= counted
                        counted = False
                        way.close()

                    filling.add_done_callback(served)
                    return await _relay(scope, send, upstream.status, headers, answer)
            # Django's thread is free again before the first byte of the file is sent.
            await self._send_file(scope, send, path, headers)
        finally:
            self.waiting -= counted
            answer.close()

    async def reached(
        self, stack: contextlib.AsyncExitStack, scope: Scope, body: IO[bytes] | None
    ) -> tuple[aiohttp.ClientResponse, contextlib.ExitStack]:
        """The beginning of the answer of the process with the least in hand, and what gives up its place in the line.

        Where nobody listens nothing was sent yet: the next one is asked.
        """
        place = stack.enter_context(contextlib.ExitStack())
        place.callback(await self._line.enter(self.who(scope)))
        trouble: Exception = ConnectionRefusedError()
        for way in sorted(self._ways, key=lambda one: one.busy):
            try:
                with contextlib.ExitStack() as taken:
                    taken.enter_context(_in_hand(way))
                    upstream = await stack.enter_async_context(self._request(way, scope, body))
                    place.push(taken.pop_all())
                    return upstream, place
            except aiohttp.ClientConnectorError as error:
                trouble = error
        raise trouble

    def _request(self, way: Way, scope: Scope, body: IO[bytes] | None) -> Any:
        peer = (scope.get("client") or ("", 0))[0]
        caller = caller_of(scope["headers"], peer, scope["scheme"], self.settings.outside)
        target = scope["raw_path"].decode("ascii")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("ascii", "replace")
        return way.session(scope["method"]).request(
            scope["method"],
            URL("http://portal" + (target if target.startswith("/") else "/" + target), encoded=True),
            headers=for_django(scope["headers"], caller),
            data=pieces_of(body) if body is not None else None,
            allow_redirects=False,
        )

    async def _send_file(self, scope: Scope, send: Send, path: bytes, headers: list[Header]) -> None:
        file = self.allowed_file(path)
        if file is None:
            _log("front.file_refused")
            return await self._refuse(scope, send, 404)
        kept = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in for_the_caller(headers)
            if name not in {b"content-length", b"accept-ranges", b"content-range"}
        }
        response = FileResponse(file, headers=kept, stat_result=file.stat())
        known = {part.strip() for part in (first(scope["headers"], b"if-none-match") or b"").split(b",")}
        if response.headers["etag"].encode() in known:
            raw = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
            await send({"type": "http.response.start", "status": 304, "headers": raw})
            await send({"type": "http.response.body", "body": b""})
            return None
        # The caller's leaving is watched in `_forward`; here nothing more is ever received.
        return await response(scope, _silence, send)

    def allowed_file(self, told: bytes) -> Path | None:
        """The file if it really lies in one of the folders that may be served; links do not lead out."""
        try:
            path = Path(told.decode("utf-8"))
            real = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        inside = any(real.is_relative_to(root.resolve()) for root in self.settings.file_roots)
        return real if path.is_absolute() and inside and real.is_file() else None

    def _tell_portal_down(self, error: Exception) -> None:
        """Every ten seconds at most: a busy portal that is down would fill the disk with the same line."""
        now = asyncio.get_running_loop().time()
        if now >= self._told_down + 10:
            self._told_down = now
            _log("front.portal_down", error=type(error).__name__)

    async def _refuse(self, scope: Scope, send: Send, status: int) -> None:
        wants = first(scope["headers"], b"accept") or b""
        extra = [(b"retry-after", b"5")] if status in {429, 502, 503} else []
        # The rest of the body is not read: the connection cannot be used for another request.
        if status in {400, 401, 408, 411, 413, 429, 507}:
            extra.append((b"connection", b"close"))
        if b"text/html" in wants:
            await _reply(send, status, front_pages.page(status), b"text/html; charset=utf-8", extra)
        else:
            await _reply(send, status, front_pages.problem(status), b"application/problem+json", extra)


async def _relay(scope: Scope, send: Send, status: int, headers: list[Header], answer: Answer) -> None:
    await send({"type": "http.response.start", "status": status, "headers": for_the_caller(headers)})
    if scope["method"] != "HEAD":
        async for piece in answer.pieces():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _chunks(upstream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for piece in upstream.content.iter_any():
        yield piece


@contextlib.contextmanager
def _task(work: Any) -> Any:
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()


@contextlib.contextmanager
def _in_hand(way: Way) -> Iterator[None]:
    way.busy += 1
    try:
        yield
    finally:
        way.busy -= 1


async def _gone(receive: Receive) -> None:
    """Come back when the caller has left."""
    while (await receive())["type"] != "http.disconnect":
        continue


async def _silence() -> Any:
    await asyncio.Event().wait()


async def _reply(
    send: Send, status: int, body: bytes, kind: bytes, extra: list[Header] | None = None
) -> None:
    headers = [
        (b"content-type", kind), (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), *(extra or []),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _log(event: str, **facts: object) -> None:
    """One event a line; never an address, a path or a header of the caller's."""
    sys.stderr.write(json.dumps({"event": event} | facts) + "\n")
