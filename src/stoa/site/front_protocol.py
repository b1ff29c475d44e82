# SPDX-License-Identifier: EUPL-1.2
"""HTTP/1.1 as the front speaks it: uvicorn's, with an end to slow headers, and a short way for the smallest requests."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from stoa.site.front_crowd import whose
from stoa.site.front_hot import Answer, Begun, Head, HotPath, Who

HEADERS_MOST_BYTES = 64 * 1024
HEADERS_MOST_S = 20.0


class PatientButFirm(HttpToolsProtocol):
    """HTTP/1.1 with an end to slow and to endless headers, and to very many connections; uvicorn has none."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._header_bytes = 0
        self._too_late: asyncio.TimerHandle | None = None
        self._await_headers()
        self._counts = self._counted_for()

    def _counted_for(self) -> str:
        """Whom this connection counts for; one that is one too many ends at once and counts for nobody."""
        front, peer = self.app, self.client[0] if self.client else ""
        crowd = getattr(front, "connections", None)
        who = "" if crowd is None or front.settings.outside.trusts(peer) else whose(peer)
        if crowd is None or crowd.enter(who):
            return who
        self.transport.abort()
        return ""

    def _await_headers(self) -> None:
        if self._too_late is None:
            self._too_late = self.loop.call_later(HEADERS_MOST_S, self._give_up)

    def _give_up(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._header_bytes = 0
        self._await_headers()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > HEADERS_MOST_BYTES:
            raise ValueError("headers too long")

    def data_received(self, data: bytes) -> None:
        # The parser keeps an unfinished header itself and tells nobody: count what goes in.
        if self._too_late is not None:
            self._unread = getattr(self, "_unread", 0) + len(data)
            if self._unread > 2 * HEADERS_MOST_BYTES + 1024 * 1024:
                self._give_up()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._unread = 0
        self._calm()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        if self._counts:
            self.app.connections.leave(self._counts)
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None


class Nothing:
    """Nobody waits for this event."""

    def set(self) -> None:
        return


class Cycle:
    """Stands where uvicorn has the request that is under way: whatever comes meanwhile waits for its turn."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self) -> None:
        self.response_complete = self.disconnected = False
        self.keep_alive = True
        self.message_event = Nothing()


class AtOnce(PatientButFirm):
    """A single observation that came in one piece is handed on without task, scope and messages: they cost more
    than all the rest. What the hot path does not take at once goes on as any other request.

    A sender writes the same fields each time. A block of them that was parsed and taken is not parsed again when it
    comes byte for byte the same at the begin of a message.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._hot: HotPath | None = getattr(self.app, "hot", None)
        self._found: re.Match[bytes] | None = None
        """Set from the headers to the end of the body of such a request."""
        self._body = b""
        self._who: Who = ("", "http")
        self._is_between = False
        """The next byte begins a message."""
        self._taken: Head | None = None
        """Fields of the last message of a piece that came, if the hot path took it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._who = (self.client[0] if self.client else "", self.scheme or "http")
        self._is_between = True

    def on_message_begin(self) -> None:
        self._is_between, self._taken = False, None
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._found = self._small_one()
        if self._found is None:
            super().on_headers_complete()
        else:
            self._unread, self._body = 0, b""
            self._calm()

    def _small_one(self) -> re.Match[bytes] | None:
        if self._hot is None or not self._is_free() or self.parser.get_method() != b"POST":
            return None
        found = self._hot.quick_path(self.url)
        if found is None or self.expect_100_continue or self.parser.should_upgrade():
            return None
        is_usual = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        return found if is_usual and self._hot.is_small(self.headers) else None

    def on_body(self, body: bytes) -> None:
        if self._found is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        self._is_between = self.parser.should_keep_alive()
        if self._found is None:
            super().on_message_complete()
        elif not self._began(self._found):
            self._go_the_usual_way()
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        was_between = self._is_between
        if was_between and self._hot is not None and self._is_free() and self._began_again(self._hot, data):
            return
        super().data_received(data)
        if self._found is not None:  # the rest of it is still to come, and somebody must watch the clock
            self._go_the_usual_way()
        elif was_between and self._taken is not None and self._hot is not None:
            block, length = _block_of(data)
            if length == self._taken.length:  # else it was not the only message
                self._hot.remember(self._who, block, self._taken)

    def _is_free(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _began_again(self, hot: HotPath, data: bytes) -> bool:
        """Whether it is one whole message with known fields, and the hot path takes it."""
        block, length = _block_of(data)
        head = hot.known_head(self._who, block)
        if head is None or head.length != length:
            return False
        found = hot.quick_line(data[: data.index(b"\r\n")])
        begun = None if found is None else hot.begin(found, head, data[-length:])
        if begun is None:
            return False
        self._unset_keepalive_if_required()
        self._unread = 0
        self._calm()
        self._answer(begun)
        return True

    def _go_the_usual_way(self) -> None:
        self._found = None
        super().on_headers_complete()
        if self._body:
            super().on_body(self._body)

    def _began(self, found: re.Match[bytes]) -> bool:
        assert self._hot is not None
        head = self._hot.head_of(self.headers, self._who)
        begun = self._hot.begin(found, head, self._body)
        if begun is None:
            return False
        self._found, self._taken = None, head
        self._answer(begun)
        return True

    def _answer(self, begun: Begun | Answer) -> None:
        """When it is written, or at once."""
        self.cycle = cycle = Cycle()  # type: ignore[assignment]
        if isinstance(begun, Begun):
            begun.outcome.add_done_callback(partial(self._end, cycle, begun))
        else:
            self._say(cycle, begun)

    def _end(self, cycle: Cycle, begun: Begun, _: Any) -> None:
        self._say(cycle, begun.answer())

    def _say(self, cycle: Cycle, answer: Answer) -> None:
        if cycle.disconnected or self.transport.is_closing():
            return
        headers = [*self.server_state.default_headers, *answer.fields()]
        stays = cycle.keep_alive and not any(name == b"connection" for name, _ in headers)
        if not cycle.keep_alive:
            headers.append((b"connection", b"close"))
        lines = [part for name, value in headers for part in (name, b": ", value, b"\r\n")]
        self.transport.write(b"".join((STATUS_LINE[answer.status], *lines, b"\r\n", answer.body)))
        cycle.response_complete = True
        if not stays:
            self.transport.close()
        self.on_response_complete()


def _block_of(data: bytes) -> tuple[bytes, int]:
    """The fields of the message at the begin of a piece, from the end of its first line on; and what follows them.

    >>> _block_of(b"POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
    (b'\\r\\nHost: a\\r\\nContent-Length: 2', 2)
    """
    end = data.find(b"\r\n\r\n")
    return data[data.find(b"\r\n") : end], len(data) - end - 4
