# SPDX-License-Identifier: EUPL-1.2
"""What is sent as one: the steps of a patch, and the requests of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stoa.ground.problems import Refused
from stoa.standards.sensorthings import batches
from stoa.standards.sensorthings.patches import patched

ROOT = "https://city.example/sta/v1.1"

# -- patches (examples of RFC 6902, appendix A, in our own words)


@pytest.mark.parametrize(
    ("before", "steps", "after"),
    [
        ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": [2]}], {"a": [1, [2]]}),
        ({"a": [1, 2], "b": 1}, [{"op": "remove", "path": "/a/0"}, {"op": "remove", "path": "/b"}], {"a": [2]}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
        ({"a": [1, 2, 3]}, [{"op": "replace", "path": "/a/1", "value": 9}], {"a": [1, 9, 3]}),
        ({"a": {"b": 1}, "c": {}}, [{"op": "move", "from": "/a/b", "path": "/c/d"}], {"a": {}, "c": {"d": 1}}),
        ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/b/-", "value": 2}],
        {"a": [1], "b": [1, 2]}),
        ({"~/": 1}, [{"op": "test", "path": "/~0~1", "value": 1.0}], {"~/": 1}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 2}}], {"b": 2}),
    ],
)  # fmt: skip
def test_a_patch_is_applied(before: Any, steps: Any, after: Any) -> None:
    kept = json.dumps(before)
    assert patched(before, steps) == after
    assert json.dumps(before) == kept


@pytest.mark.parametrize(
    "steps",
    [
        {}, [5], [{"op": "add"}], [{"op": "remove", "path": "/zz"}], [{"op": "test", "path": "/a", "value": True}],
        [{"op": "replace", "path": "/zz", "value": 1}], [{"op": "add", "path": "/a/b", "value": 1}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "move", "from": "/l", "path": "/l/0"}], [{"op": "add", "path": "/l/01", "value": 1}],
        [{"op": "add", "path": "/l/9", "value": 1}],
        [{"op": "x", "path": "/a"}], [{"op": "add", "path": "/b", "value": 1}] * 1001, [{"op": "remove", "path": ""}],
        [{"op": "add", "path": "/l/-1", "value": 1}],
    ],
    ids=range(15),
)  # fmt: skip
def test_a_patch_that_cannot_be_applied_is_refused(steps: Any) -> None:
    with pytest.raises(Refused):
        patched({"a": 1, "l": [0]}, steps)


# -- batches


MULTIPART = """\
--b
Content-Type: application/http

GET /sta/v1.1/Things(1)?$select=name HTTP/1.1
Host: x

--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: application/http
Content-ID: 1

POST Things HTTP/1.1
Content-Type: application/json

{"name": "ä"}
--c
Content-Type: application/http
Content-ID: 2

POST $1/Datastreams HTTP/1.1

{"Thing": {"@iot.id": "$1"}}
--c--
--b--
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_batch_of_parts_is_read(end: str) -> None:
    found = batches.read_multipart("multipart/mixed; boundary=b", MULTIPART.replace("\n", end).encode())
    assert [(one.method, one.url) for one in found] == [
        ("GET", "/sta/v1.1/Things(1)?$select=name"), ("POST", "Things"), ("POST", "$1/Datastreams"),
    ]  # fmt: skip
    assert json.loads(found[1].body) == {"name": "ä"}
    assert found[0].group == ""
    assert found[1].group == found[2].group != ""
    assert [one.id for one in found[1:]] == ["1", "2"]


def test_a_batch_of_json_is_read() -> None:
    body = {"requests": [
        {"id": "a", "method": "post", "url": "Things", "body": {"name": "x"}, "atomicityGroup": "g"},
        {"id": "b", "method": "GET", "url": "Things(1)"},
    ]}  # fmt: skip
    first, second = batches.read_json_batch(json.dumps(body).encode())
    assert (first.method, json.loads(first.body), first.group) == ("POST", {"name": "x"}, "g")
    assert (second.method, second.body) == ("GET", b"")


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"requests": {}}, {"requests": [{}]}, {"requests": [{"id": 1, "method": "GET", "url": "x"}]},
        {"requests": [{"id": "1", "method": "TRACE", "url": "x"}]}, {"requests": [{"id": "1", "method": "GET", "url": "x"}] * 2},
        {"requests": [{"id": str(n), "method": "GET", "url": "x"} for n in range(1001)]},
    ],
    ids=range(8),
)  # fmt: skip
def test_a_batch_that_is_none_is_refused(body: Any) -> None:
    with pytest.raises(Refused):
        batches.read_json_batch(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/mixed", "--b"), ("multipart/mixed; boundary=b", "hello"),
        ("multipart/mixed; boundary=b", "--b\n\nGET x\n--b--"),
        ("multipart/mixed; boundary=b", "--b\nContent-Type: application/http\n\nhello\n--b--"),
        ("multipart/mixed; boundary=b", "--b\nContent-Type: application/http\n\nTRACE x HTTP/1.1\n--b--"),
        ("multipart/mixed; boundary=b\r\nX: y", "--b"), ("multipart/mixed; boundary=b", "--b\n" * 50_000),
    ],
    ids=range(7),
)  # fmt: skip
def test_parts_that_are_none_are_refused(content_type: str, body: str) -> None:
    with pytest.raises(Refused):
        batches.read_multipart(content_type, body.encode())


def test_answers_of_a_batch_come_back_in_both_forms() -> None:
    answers = [
        batches.Response("#1", 200, {"name": "ä"}),
        batches.Response("1", 201, None, {"Location": f"{ROOT}/Things(1)"}, "g"),
        batches.Response("2", 404, {"code": 404}, {}, "g"),
    ]
    content_type, body = batches.multipart(answers)
    from email.parser import BytesParser

    whole = BytesParser().parsebytes(f"Content-Type: {content_type}\n\n".encode() + body)
    first, group = whole.get_payload()
    assert b'{"name": "\xc3\xa4"}' in first.get_payload(decode=True)
    assert [part["Content-ID"] for part in group.get_payload()] == ["1", "2"]
    assert batches.json_batch(answers)["responses"][1] == {
        "id": "1", "status": 201, "atomicityGroup": "g", "location": f"{ROOT}/Things(1)",
    }  # fmt: skip


def test_later_requests_may_speak_of_earlier_ones() -> None:
    assert batches.with_references("$1/Datastreams", {"1": "Things(5)"}) == "Things(5)/Datastreams"
    assert batches.with_references("$12/Datastreams", {"1": "Things(5)"}) == "$12/Datastreams"
    assert batches.with_ids({"Thing": {"@iot.id": "$1"}, "l": ["$1"]}, {"1": 5}) == {
        "Thing": {"@iot.id": 5},
        "l": ["$1"],
    }
