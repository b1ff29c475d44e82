# SPDX-License-Identifier: EUPL-1.2
"""The search language: what is understood, and that nothing else than `BadQuery` ever comes out."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.standards.ckan.problems import BadQuery
from stoa.standards.ckan.solr import (
    MOST_DEPTH,
    MOST_TERMS,
    Both,
    Either,
    Everything,
    Node,
    Not,
    Span,
    Term,
    parse,
    sorts,
)

CALMLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no defect."""
PIECES = st.sampled_from(
    [
        "a",
        "tags:",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        '"',
        "-",
        "+",
        "[",
        "]",
        "TO",
        "*",
        "^2",
        "~",
        "\\",
        " ",
        ":",
        "ü",
    ]
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("*:*", Everything()),
        ("a b", Both((Term("a"), Term("b")))),
        ("a AND b OR c", Either((Both((Term("a"), Term("b"))), Term("c")))),
        ("a -b", Both((Term("a"), Not(Term("b"))))),
        ("NOT (a OR b)", Not(Either((Term("a"), Term("b"))))),
        ('tags:"x y"', Term("x y", "tags", is_phrase=True)),
        ("tags:(x OR y)", Either((Term("x", "tags"), Term("y", "tags")))),
        ("at:[1 TO *}", Span("at", "1", None, with_low=True, with_high=False)),
        ("url:http://a.b/c", Term("http://a.b/c", "url")),
        (r"name:a\:b", Term("a:b", "name")),
        ("title:x^2.5", Term("x", "title")),
        ("a-b", Term("a-b")),
    ],
)
def test_a_query_is_read_as_solr_reads_it(text: str, tree: Node) -> None:
    assert parse(text) == tree


@CALMLY
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_whatever_is_asked_there_is_a_tree_within_the_limits_or_a_bad_query(text: str) -> None:
    try:
        tree = parse(text)
    except BadQuery:
        assert ":" in text
        return
    assert _terms(tree) <= MOST_TERMS
    assert _depth(tree) <= 3 * MOST_DEPTH + 3


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Both | Either):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def _terms(node: Node) -> int:
    return isinstance(node, Term | Span) + sum(_terms(part) for part in _parts(node))


def _depth(node: Node) -> int:
    return 1 + max((_depth(part) for part in _parts(node)), default=0)


@CALMLY
@given(st.recursive(st.sampled_from(["a", "b:c"]), lambda inner: inner.map("({})".format), max_leaves=200))
def test_deep_brackets_end_before_the_stack_does(text: str) -> None:
    for query in (text, f"x:{'(' * 1000}a{')' * 1000}", f"x:{'-' * 3000}a"):
        with contextlib.suppress(BadQuery):
            parse(query)


def test_sorts_are_fields_with_a_direction() -> None:
    assert sorts("a desc, b asc,c") == [("a", True), ("b", False), ("c", False)]
    with pytest.raises(BadQuery):
        sorts("a; drop table")
