# SPDX-License-Identifier: EUPL-1.2
"""Answers of the hot path, and the few refusals that it says itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and further headers."""

    status: int
    body: bytes = b""
    kind: bytes = b"application/json"
    headers: tuple[Header, ...] = ()

    def fields(self) -> list[Header]:
        """All header fields."""
        return [
            (b"content-type", self.kind),
            (b"content-length", b"%d" % len(self.body)),
            (b"cache-control", b"no-store"),
            *self.headers,
        ]

    def messages(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """As ASGI sends it."""
        return (
            {"type": "http.response.start", "status": self.status, "headers": self.fields()},
            {"type": "http.response.body", "body": self.body},
        )


_SAID = {
    401: ("ingest.key_missing", "A valid key of this city is needed: Authorization: Bearer ..."),
    403: ("ingest.not_allowed", "This key may write observations nowhere in this city."),
    408: ("ingest.body_too_slow", "Nothing arrived for a while. Nothing was taken."),
    411: ("ingest.length_missing", "Content-Length is needed; chunked bodies are not taken."),
    413: ("ingest.too_large", "One request takes up to 5 MB and 50,000 observations. Send several."),
    429: (
        "ingest.too_busy",
        "Too much is waiting to be written. Nothing was taken; send it again in a second.",
    ),
    503: (
        "ingest.database_away",
        "It could not be written. Nothing was taken; send it again in a few seconds.",
    ),
}


def problem(status: int) -> Answer:
    """A refusal, RFC 9457."""
    code, detail = _SAID[status]
    told = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    headers: list[Header] = []
    if status in {429, 503}:
        headers.append((b"retry-after", b"1" if status == 429 else b"3"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status in {401, 403, 408, 411, 413, 429}:
        headers.append((b"connection", b"close"))  # the rest of the body is not read
    return Answer(status, json.dumps(told).encode(), b"application/problem+json", tuple(headers))


_LIVE_SAID = {400: "live.question_unclear", 429: "live.too_many_of_one_address", 503: "live.too_many"}


def live_problem(status: int) -> Answer:
    """A refusal of a reader, RFC 9457."""
    told = {"type": "about:blank", "status": status, "code": _LIVE_SAID[status]}
    headers: tuple[Header, ...] = ((b"access-control-allow-origin", b"*"),)
    if status != 400:
        headers += ((b"retry-after", b"5"),)
    return Answer(status, json.dumps(told).encode(), b"application/problem+json", headers)
