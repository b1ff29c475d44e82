# SPDX-License-Identifier: EUPL-1.2
"""Several requests in one (18-088, clause 11): as multipart/mixed like OData has it, or as JSON."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from stoa.ground.words import say
from stoa.standards.sensorthings.problems import body_refused
from stoa.standards.sensorthings.values import read_json

MOST_REQUESTS = 1_000
METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_LINE = re.compile(r"([A-Za-z]+) (\S{1,8000})(?: HTTP/1\.[01])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a batch."""

    id: str
    method: str
    url: str
    body: bytes = b""
    media_type: str = "application/json"
    group: str = ""
    """Requests of one group succeed or fail together; empty: alone."""


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one request."""

    id: str
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    group: str = ""


# -- JSON


def read_json_batch(body: bytes) -> list[Request]:
    """`{"requests": [{"id", "method", "url", "body", "atomicityGroup"}]}`."""
    found = read_json(body)
    listed = found.get("requests") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise body_refused(say("A batch needs a list of “requests”."), "requests")
    _need_few(len(listed))
    made = [_json_request(one) for one in listed]
    if len({one.id for one in made}) != len(made):
        raise body_refused(say("Each request of a batch needs an id of its own."), "id")
    return made


def _json_request(one: Any) -> Request:
    words = ("id", "method", "url")
    if not isinstance(one, dict) or not all(isinstance(one.get(word), str) for word in words):
        raise body_refused(say("Each request of a batch needs the texts “id”, “method” and “url”."))
    if one["method"].upper() not in METHODS:
        raise body_refused(
            say("A batch cannot hold the method “%(name)s”.", name=one["method"][:20]), "method"
        )
    headers = one.get("headers") if isinstance(one.get("headers"), dict) else {}
    types = [str(value) for name, value in (headers or {}).items() if name.lower() == "content-type"]
    body = b"" if one.get("body") is None else json.dumps(one["body"]).encode()
    group = str(one.get("atomicityGroup") or "")
    return Request(
        one["id"], one["method"].upper(), one["url"], body, types[0] if types else "application/json", group
    )


def json_batch(responses: Sequence[Response]) -> dict[str, Any]:
    """The answers in the order of the requests."""
    return {"responses": [_json_response(one) for one in responses]}


def _json_response(one: Response) -> dict[str, Any]:
    found: dict[str, Any] = {"id": one.id, "status": one.status}
    if one.group:
        found["atomicityGroup"] = one.group
    if "Location" in one.headers:
        found["location"] = one.headers["Location"]
    if one.body is not None:
        found["body"] = one.body
    return found


# -- multipart/mixed


def read_multipart(content_type: str, body: bytes) -> list[Request]:
    """Requests and change sets of a multipart body."""
    found: list[Request] = []
    for part in _parts(content_type, body):
        if part.get_content_type() == "multipart/mixed":
            group = f"g{len(found) + 1}"
            inner = part.get_payload()
            if not isinstance(inner, list):
                raise _broken()
            found += [_http_request(one, group, len(found) + n) for n, one in enumerate(inner, start=1)]
        else:
            found.append(_http_request(part, "", len(found) + 1))
        _need_few(len(found))
    return found


def _parts(content_type: str, body: bytes) -> list[Message]:
    if "\n" in content_type or "\r" in content_type or "boundary=" not in content_type:
        raise _broken()
    # A body of nothing but boundaries would become millions of parts.
    if body.count(b"\n--") + 1 > 4 * MOST_REQUESTS:
        _need_few(MOST_REQUESTS + 1)
    try:
        whole = BytesParser(policy=HTTP).parsebytes(
            b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body
        )
    except (ValueError, LookupError, RecursionError, UnicodeError):
        raise _broken() from None
    parts = whole.get_payload()
    if not whole.is_multipart() or not isinstance(parts, list):
        raise _broken()
    return [part for part in parts if isinstance(part, Message)]


def _http_request(part: Message, group: str, number: int) -> Request:
    if part.get_content_type() != "application/http":
        raise _broken()
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raise _broken()
    head, _empty, body = raw.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    first, *lines = head.decode("utf-8", "replace").split("\n")
    match = _LINE.fullmatch(first.strip())
    if match is None or match[1].upper() not in METHODS:
        raise _broken()
    headers = {
        name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)
    }
    own = str(part.get("Content-ID", "")).strip("<> ") or headers.get("content-id", "")
    return Request(
        own or f"#{number}",
        match[1].upper(),
        match[2],
        body.strip(b"\n"),
        headers.get("content-type", "application/json"),
        group,
    )


def _broken() -> Exception:
    return body_refused(say("The multipart body of the batch cannot be read."))


def _need_few(count: int) -> None:
    if count > MOST_REQUESTS:
        raise body_refused(say("A batch holds at most %(most)s requests.", most=MOST_REQUESTS))


def multipart(responses: Sequence[Response]) -> tuple[str, bytes]:
    """The answers as a body with its content type; those of one change set stand in one part."""
    boundary = f"batch_{secrets.token_hex(8)}"
    groups: list[list[Response]] = []
    for one in responses:
        if groups and one.group and groups[-1][0].group == one.group:
            groups[-1].append(one)
        else:
            groups.append([one])
    parts = [_group_part(group) for group in groups]
    return f"multipart/mixed; boundary={boundary}", _enclosed(boundary, parts)


def _group_part(group: list[Response]) -> str:
    if not group[0].group:
        return _http_part(group[0])
    boundary = f"changeset_{secrets.token_hex(8)}"
    inside = _enclosed(boundary, [_http_part(one) for one in group]).decode()
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{inside}"


def _enclosed(boundary: str, parts: Sequence[str]) -> bytes:
    text = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"{text}--{boundary}--\r\n".encode()


_REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    400: "Bad Request",
    404: "Not Found",
    409: "Conflict",
}


def _http_part(one: Response) -> str:
    body = "" if one.body is None else json.dumps(one.body, ensure_ascii=False)
    head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if one.id and not one.id.startswith("#"):
        head.append(f"Content-ID: {one.id}")
    lines = [f"HTTP/1.1 {one.status} {_REASONS.get(one.status, 'Answer')}"]
    lines += [f"{name}: {value}" for name, value in one.headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*head, "", *lines, "", body])


# -- references


def with_references(text: str, made: Mapping[str, str]) -> str:
    """An address in which `$id` at its begin is replaced by the address of what that request made."""
    match = re.match(r"/?\$([A-Za-z0-9_.-]{1,100})(?=/|$)", text)
    return made[match[1]] + text[match.end() :] if match is not None and match[1] in made else text


def with_ids(value: Any, made: Mapping[str, Any]) -> Any:
    """A body in which links like `{"@iot.id": "$id"}` point at what that request made."""
    if isinstance(value, list):
        return [with_ids(one, made) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: made[one[1:]]
        if name == "@iot.id" and isinstance(one, str) and one[:1] == "$" and one[1:] in made
        else with_ids(one, made)
        for name, one in value.items()
    }
