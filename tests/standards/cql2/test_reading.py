# SPDX-License-Identifier: EUPL-1.2
"""Reading CQL2: both forms say the same, another reader agrees, and nothing that is sent can hurt."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import cql2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.cql2.writing import as_json, as_text, conditions

from stoa.ground.problems import Refused
from stoa.standards.cql2 import json_form, text
from stoa.standards.cql2.tree import Array, Call, Literal, Node, Property


@given(conditions())
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again_in_both_forms(node: Node) -> None:
    assert text.parse(as_text(node)) == node
    assert json_form.parse(json.dumps(as_json(node))) == node


def plain(body: Any) -> Any:
    """JSON with numbers, operators and brackets in one spelling."""
    if isinstance(body, list):
        return [plain(part) for part in body]
    if not isinstance(body, dict):
        return float(body) if isinstance(body, int) and not isinstance(body, bool) else body
    if "op" not in body:
        return {key: plain(value) for key, value in body.items()}
    op, args = str(body["op"]).lower(), [plain(part) for part in body["args"]]
    if op in {"and", "or"}:
        args = [
            one
            for part in args
            for one in (part["args"] if isinstance(part, dict) and part.get("op") == op else [part])
        ]
    if op.startswith("a_"):  # it takes a bracket around a single column for one that means nothing
        args = [
            part[0] if isinstance(part, list) and isinstance(part[0], dict) and len(part) == 1 else part
            for part in args
        ]
    return {"op": op, "args": args}


@given(conditions())
@settings(max_examples=150, deadline=None)
def test_another_reader_agrees(node: Node) -> None:
    """The reader of the STAC community, whose grammar is the standard's own."""
    assert plain(cql2.parse_text(as_text(node)).to_json()) == plain(as_json(node))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a = 9007199254740993", Call("=", (Property("a"), Literal(9007199254740993)))),
        ("a AND b OR c", Call("or", (Call("and", (Property("a"), Property("b"))), Property("c")))),
        ("NOT a = 1 AND b", Call("and", (Call("not", (Call("=", (Property("a"), Literal(1))),)), Property("b")))),
        ("a not like 'x'", Call("not", (Call("like", (Property("a"), Literal("x"))),))),
        ("a IS NOT NULL", Call("not", (Call("isnull", (Property("a"),)),))),
        ("é.b = -1.5e1", Call("=", (Property("é.b"), Literal(-15.0)))),
        ("'it''s' = a", Call("=", (Literal("it's"), Property("a")))),
        ("a - 2 - 1 = -b", Call("=", (Call("-", (Call("-", (Property("a"), Literal(2))), Literal(1))),
                                      Call("*", (Literal(-1), Property("b")))))),
        ("a + 2 * 3 ^ 2 = 1", Call("=", (Call("+", (Property("a"), Call("*", (Literal(2), Call("^", (
            Literal(3), Literal(2))))))), Literal(1)))),
        ("(a+1)*2 DIV 3 = 4", Call("=", (Call("div", (Call("*", (Call("+", (Property("a"), Literal(1))), Literal(2))),
                                                      Literal(3))), Literal(4)))),
        ("A_CONTAINEDBY((a), ('x', b))", Call("a_containedby", (Array((Property("a"),)), Array((
            Literal("x"), Property("b")))))),
        ("a_overlaps(tags, ())", Call("a_overlaps", (Property("tags"), Array(())))),
        ("div = 1", Call("=", (Property("div"), Literal(1)))),
    ],
)  # fmt: skip
def test_words_bind_as_the_standard_says(written: str, expected: Node) -> None:
    assert text.parse(written) == expected


HOSTILE = [
    "(" * 50_000, "(" * 40 + "a=" + ")" * 40, "NOT " * 20_000, "a=" + "-" * 9_000 + "1", "casei(" * 9_000, "'" * 99_999,
    "a='" + "\\" * 90_000, '"' * 50_001, "a IN (" + "(" * 9_000, "S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 5_000,
    "POINT(" * 9_000, "x" * 2_000_000, "a=" + "9" * 90_000, "a=1e999", " OR ".join(["a=1"] * 20_000), "a" + "=a" * 20_000,
    "a BETWEEN " * 9_000, "INTERVAL(" * 9_000, "", " ", "'", '""', "\0", "a;b", "a = $1", "a = 1 --", "a /* */ = 1", "foo(a)",
    "a IN ()", "a LIKE", "BBOX(1,2,3)", "BBOX('a',2,3,4)", "POLYGON((0 0,1 1,0 1,1 0,0 0))", "POINT EMPTY", "POINT(nan nan)",
    "DATE('x')", "TIMESTAMP('2026-01-01T00:00:00')", "a NOT", "a = 1 b", "= 1", "a = ", "SELECT 1", "t_after(a,",
    "a=" + "1+" * 40_000 + "1", "a=" + "(1^" * 30_000, "a + = 1", "a --- 1 = 1", "1 + 'x", "-'x' = a", "-DATE('2026-01-01') = a",
    "A_CONTAINS((1,(2,3)),(1))", "A_EQUALS((a", "A_EQUALS(" * 9_000, "A_OVERLAPS((1,),(1))", "div(1,2) = 1",
]  # fmt: skip


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_what_cannot_be_read_is_refused_at_once(written: str) -> None:
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        text.parse(written)
    assert caught.value.problem.code == "cql2.filter_unreadable"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "written",
    [
        "[" * 50_000, '{"op":"not","args":[' * 4_000 + "1" + "]}" * 4_000,
        '{"op":"and","args":[' + ",".join(["true"] * 9_000) + "]}",
        "{", "null", "{}", '{"op":1}', '{"op":"and"}', '{"op":"drop","args":[1]}', '{"op":"=","args":[NaN,1]}', '{"property":1}',
        '{"op":"in","args":[1,[{"property":"a"}]]}', '{"bbox":["a",1,2,3]}', '{"bbox":[1,2,3]}',
        '{"type":"Point","coordinates":"x"}',
        '{"type":"Point","coordinates":[' + "[" * 900 + "]" * 900 + "]}", '{"date":5}', '{"interval":[1,2]}',
        '{"op":"=","args":[1e999,1]}', '{"op":"=","args":[1,1' + "0" * 400 + "]}", '{"bbox":[1' + "0" * 400 + ",1,2,3]}",
        '{"op":"a_equals","args":[[1],[[2]]]}', '{"op":"+","args":' + "[" * 900 + "]" * 900 + "}",
        "x" * 2_000_000, '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1],[1,0],[0,0]]]}',
    ],
    ids=range(25),
)  # fmt: skip
def test_json_that_cannot_be_read_is_refused_at_once(written: str) -> None:
    with pytest.raises(Refused) as caught:
        json_form.parse(written)
    assert caught.value.problem.code == "cql2.filter_unreadable"


@given(st.text(alphabet="ab=<>()'\" ,.19-%_\\ANDORNTLIKEBWISU\0ä{}[]:", max_size=60) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_text_is_a_defect(written: str) -> None:
    for parse in (text.parse, json_form.parse):
        with suppress(Refused):
            parse(written)
