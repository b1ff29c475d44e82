# SPDX-License-Identifier: EUPL-1.2
"""Which headers pass the front door, which way; and how much may come in. Pure rules.

Sources: RFC 9110 section 7.6.1 (connection-specific fields), RFC 9112 section 6 (message body length).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stoa.site.front_caller import Caller, Header

HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
FORWARDED = (
    b"x-forwarded-",
    b"x-stoa-",
    b"x-real-ip",
    b"forwarded",
    b"x-client-ip",
    b"x-sendfile",
    b"x-accel-",
)
MIB = 1024 * 1024
BODY_MOST = 5 * MIB
UPLOAD_MOST = 2 * 1024 * MIB
UPLOAD_PATHS = re.compile(
    r"(/c/[a-z0-9-]{1,40})?/(desk/|api/v1/|api/(?:3/)?action/resource_(?:create|update|patch)$)"
)
"""Where files are taken, for a city chosen by host name or by address."""


def named_in_connection(headers: Iterable[Header]) -> frozenset[bytes]:
    """Further fields that are for this connection only, as `Connection:` names them."""
    named = (value for name, value in headers if name == b"connection")
    return frozenset(part.strip().lower() for value in named for part in value.split(b","))


def for_django(headers: list[Header], caller: Caller) -> list[tuple[str, str]]:
    """The request's headers as Django may see them; forwarding headers of the caller's own are lies."""
    hop = HOP_BY_HOP | named_in_connection(headers)
    kept = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers
        # WSGI turns both `X-A` and `X_A` into HTTP_X_A: an underscore would get round every rule here.
        if name not in hop
        and name != b"expect"
        and b"_" not in name
        and not name.startswith((*FORWARDED, b"x-stoa-"))
    ]
    return [
        *kept,
        ("x-forwarded-for", caller.address),
        ("x-forwarded-proto", caller.scheme),
        ("x-forwarded-host", caller.host),
        ("x-stoa-front", "1"),  # files may be named instead of sent: the front sends them, by ranges
    ]


def for_the_caller(headers: Iterable[Header]) -> list[Header]:
    """The answer's headers as the world may see them: nothing of this connection, nothing of ours."""
    listed = [(name.lower(), value) for name, value in headers]
    hop = HOP_BY_HOP | named_in_connection(listed)
    return [
        (name, value)
        for name, value in listed
        if name not in hop and name not in {b"server", b"date"} and not name.startswith(b"x-stoa-")
    ]


def first(headers: Iterable[Header], name: bytes) -> bytes | None:
    return next((value for key, value in headers if key.lower() == name), None)


def body_most(path: str) -> int:
    """How many bytes a request to this path may carry."""
    return UPLOAD_MOST if UPLOAD_PATHS.match(path) else BODY_MOST


def question_about_sender(path: str, headers: list[Header]) -> tuple[bytes, list[Header]]:
    """Where to ask, before a large body is taken, whether its sender is anybody; and with which headers."""
    upload = UPLOAD_PATHS.match(path)
    prefix = (upload.group(1) or "") if upload else ""
    about_body = {b"content-length", b"content-type", b"content-encoding", b"expect"}
    return f"{prefix}/-/may-send".encode(), [(n, v) for n, v in headers if n not in about_body]


@dataclass(frozen=True, slots=True)
class BodyVerdict:
    """What is to be done with the body: its length, or the status of the refusal."""

    length: int = 0
    refuse: int = 0


def judge_body(headers: list[Header], path: str) -> BodyVerdict:
    """Chunked bodies have no length and are refused (411); too long ones as well (413)."""
    if first(headers, b"transfer-encoding") is not None:
        return BodyVerdict(refuse=411)
    lengths = {value for name, value in headers if name == b"content-length"}
    if not lengths:
        return BodyVerdict()
    if len(lengths) > 1 or not next(iter(lengths)).isdigit():
        return BodyVerdict(refuse=400)
    length = int(next(iter(lengths))[:20])
    return BodyVerdict(length) if length <= body_most(path) else BodyVerdict(length, 413)
