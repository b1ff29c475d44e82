# SPDX-License-Identifier: EUPL-1.2
"""`$batch`: each request is answered by itself; those of one group succeed together or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

from stoa.gates.sensorthings.calls import Call, Reply
from stoa.gates.sensorthings.writing import need_key
from stoa.ground.words import say
from stoa.houses.observations.door.making import together
from stoa.standards.sensorthings import batches
from stoa.standards.sensorthings.paths import read_path
from stoa.standards.sensorthings.problems import body_refused, error_json
from stoa.standards.sensorthings.values import read_json

MOST_WITHOUT_KEY = 50
MOST_BYTES = 16 * 1024 * 1024
"""Of all answers together."""
Answer = Callable[[Call], Reply]
_UNDONE = "Another request of the same group failed, so nothing of the group was done."


def answer_batch(call: Call, answer: Answer) -> tuple[str, Any]:
    """The media type and the body of the answers; `answer` answers one request."""
    is_json = call.media_type.split(";")[0].strip().lower() == "application/json"
    asked = (
        batches.read_json_batch(call.body) if is_json else batches.read_multipart(call.media_type, call.body)
    )
    if any(one.method != "GET" for one in asked):
        need_key(call)
    if not call.by.is_known and len(asked) > MOST_WITHOUT_KEY:
        raise body_refused(
            say("A batch without a key holds at most %(most)s requests.", most=MOST_WITHOUT_KEY)
        )
    answer = _Room().of(answer)
    told: list[batches.Response] = []
    made: dict[str, str] = {}
    for group, requests in groupby(asked, key=lambda one: one.group):
        listed = list(requests)
        if group:
            told += _together(call, listed, answer, made)
        else:
            told += [_response(one, _answered(call, one, answer, made)) for one in listed]
    return ("application/json", batches.json_batch(told)) if is_json else batches.multipart(told)


@dataclass
class _Room:
    """What is left of the bytes of all answers."""

    left: int = MOST_BYTES

    def of(self, answer: Answer) -> Answer:
        """Answers as long as there is room; what was written is told, though without what it looks like now."""

        def measured(call: Call) -> Reply:
            if call.method == "GET" and self.left <= 0:
                return _FULL
            reply = answer(call)
            self.left -= _bytes(reply)
            if self.left >= 0:
                return reply
            return _FULL if call.method == "GET" else replace(reply, body=None, text=None)

        return measured


_FULL = Reply(413, error_json(413, "The answers of the batch are too large together; send it as several."))


def _bytes(reply: Reply) -> int:
    if reply.text is not None:
        return len(reply.text.encode())
    return 0 if reply.body is None else len(json.dumps(reply.body, ensure_ascii=False).encode())


def _together(
    call: Call, requests: list[batches.Request], answer: Answer, made: dict[str, str]
) -> list[batches.Response]:
    """A group in one savepoint, which the first failure takes back."""
    fresh = dict(made)
    replies: list[Reply] = []
    with together() as keep_or_undo:
        for one in requests:
            replies.append(_answered(call, one, answer, fresh))
            if replies[-1].status >= 400:
                keep_or_undo.undo()
                break
    if replies[-1].status < 400:
        made.update(fresh)
        return [_response(one, reply) for one, reply in zip(requests, replies, strict=True)]
    undone = Reply(424, error_json(424, _UNDONE))
    last = len(replies) - 1
    return [_response(one, replies[-1] if n == last else undone) for n, one in enumerate(requests)]


def _answered(call: Call, one: batches.Request, answer: Answer, made: dict[str, str]) -> Reply:
    path, query = _place(call, batches.with_references(one.url, made))
    body = one.body
    if body and any(f'"${name}"'.encode() in body for name in made):
        ids = {name: read_path(where).last.id for name, where in made.items()}
        body = json.dumps(batches.with_ids(read_json(body), ids)).encode()
    reply = answer(
        replace(call, method=one.method, path=path, query=query, body=body, media_type=one.media_type)
    )
    if reply.status == 201 and "Location" in reply.headers:
        made[one.id] = unquote(reply.headers["Location"][len(call.root) + 1 :])
    return reply


def _place(call: Call, url: str) -> tuple[str, str]:
    """Path and query of an address that may be whole, from the host's root, or from the service's."""
    parts = urlsplit(url)
    path = parts.path
    base = urlsplit(call.root).path
    for prefix in (f"{base}/", "/sta/v1.1/", "/v1.1/"):
        if path.startswith(prefix):
            path = path[len(prefix) :]
            break
    return unquote(path), parts.query


def _response(one: batches.Request, reply: Reply) -> batches.Response:
    headers = {name: value for name, value in reply.headers.items() if name == "Location"}
    body = reply.body if reply.text is None else reply.text
    return batches.Response(one.id, reply.status, body, headers, one.group)
