# SPDX-License-Identifier: EUPL-1.2
"""The query languages: what is read, what is refused, and that matching says what a slow evaluator says."""

from __future__ import annotations

import re
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from stoa.ground.conditions import Call, Literal, Path
from stoa.standards.ngsild import asking, contexts, matching, parsing, patterns, places, selectors
from stoa.standards.ngsild.failures import Failed
from stoa.standards.ngsild.kinds import Entity

CORE = contexts.core()
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


def entity(**attributes: Any) -> Entity:
    return parsing.entity({"id": "urn:x:1", "type": ["Room", "Space"], "scope": "/a/b", **attributes}, CORE)


def fulfils(q: str, **attributes: Any) -> bool:
    return matching.holds(asking.parse(q, CORE), entity(**attributes))


TABLE: list[tuple[str, bool]] = [
    ("n", True),
    ("!n", False),
    ("!absent", True),
    ("n==5", True),
    ("n==5.0", True),
    ("n!=5", False),
    ("n!=4", True),
    ("absent!=4", False),
    ("n>4;n<6", True),
    ("n>5|n<5", False),
    ("n>5|n<5|n>=5", True),
    ("n==1..5", True),
    ("n!=1..5", False),
    ("n==6..9", False),
    ("n==4,5,6", True),
    ("n!=4,6", True),
    ('n=="5"', False),
    ('text=="Grand Hotel"', True),
    ('text~="^Grand.*l$"', True),
    ("text~=Grand", True),
    ("text!~=Grand", False),
    ("absent!~=Grand", False),
    ('text>="A";text<="H"', True),
    ("truth==true", True),
    ("truth==1", False),
    ('list=="b"', True),
    ('list!="b"', False),
    ('list!="z"', True),
    ("inner[street.number]==7", True),
    ('inner[street.name]=="Elm"', True),
    ("inner[street.none]==7", False),
    ("n.accuracy==0.5", True),
    ("n.observedAt>=2026-01-01T00:00:00Z", True),
    ("n.observedAt<2026-01-01T00:00:00Z", False),
    ("n.observedAt==2025-06-01T00:00:00Z..2026-06-02T00:00:00Z", True),
    ('n.unitCode=="CEL"', True),
    ("points==urn:x:2", True),
    ('points=="urn:x:3"', True),
    ("day==2026-06-01", True),
    ("day>2026-05-31", True),
    ('name[de]=="Saal"', True),
    ("(n==5;(truth==false|text~=Grand));!absent", True),
    ("(n==5;(truth==false|text~=None))", False),
    ("negative==-2", True),
    ("negative<-1.5", True),
    (f"{DEFAULT}n==5", True),
    ('quote=="say \\"yes\\""', True),
]
THING: dict[str, Any] = {
    "n": {"value": 5, "accuracy": 0.5, "unitCode": "CEL", "observedAt": "2026-06-01T00:00:00Z"},
    "text": "Grand Hotel",
    "truth": True,
    "list": ["a", "b"],
    "inner": {"value": {"street": {"number": 7, "name": "Elm"}}},
    "points": {"object": ["urn:x:2", "urn:x:3"]},
    "day": {"value": {"@type": "Date", "@value": "2026-06-01"}},
    "name": {"languageMap": {"de": "Saal"}},
    "negative": -2,
    "quote": 'say "yes"',
}


@pytest.mark.parametrize(("q", "expected"), TABLE)
def test_a_condition_holds_or_does_not(q: str, expected: bool) -> None:
    assert fulfils(q, **THING) is expected


@pytest.mark.parametrize(
    "q",
    ["", ";", "a==", "==5", "a==5;", "(a==5", "a==5)", "a==5|", 'a=="x', "a[x", "a[]==1", "a==1e999", "a..b==1",
     "a~=", 'a~="("', "a b==1", "a=5", "a===5", "a==(5)", "a==1..", "a==1,,2", "a==..5"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(q: str) -> None:
    with pytest.raises(Failed) as failed:
        asking.parse(q, CORE)
    assert failed.value.status == 400


@pytest.mark.parametrize("q", ["(" * 30 + "a" + ")" * 30, ";".join(["a==1"] * 300), "a" * 9_000])
def test_what_is_too_complex_is_said_to_be(q: str) -> None:
    with pytest.raises(Failed) as failed:
        asking.parse(q, CORE)
    assert failed.value.status == 403


_NUMBERS = st.integers(-3, 3)
_LEAVES = st.builds(
    lambda name, sign, number: (f"{name}{sign}{number}", name, sign, number),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    _NUMBERS,
)
_SIGNS: dict[str, Any] = {
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}
_TREES = st.recursive(
    _LEAVES, lambda inner: st.tuples(st.sampled_from([";", "|"]), inner, inner), max_leaves=8
)


def _text(tree: Any) -> str:
    return tree[0] if len(tree) == 4 else f"({_text(tree[1])}{tree[0]}{_text(tree[2])})"


def _slowly(tree: Any, values: dict[str, int]) -> bool:
    if len(tree) == 4:
        _words, name, sign, number = tree
        return name in values and _SIGNS[sign](values[name], number)
    parts = [_slowly(part, values) for part in tree[1:]]
    return all(parts) if tree[0] == ";" else any(parts)


@settings(max_examples=200, deadline=None)
@given(_TREES, st.dictionaries(st.sampled_from(["a", "b", "c"]), _NUMBERS))
def test_matching_says_what_a_slow_evaluator_says(tree: Any, values: dict[str, int]) -> None:
    assert fulfils(_text(tree), **values) is _slowly(tree, values)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(_LEAVES, min_size=1, max_size=5), st.lists(st.sampled_from([";", "|"]), min_size=4), st.data()
)
def test_and_binds_closer_than_or(leaves: list[Any], signs: list[str], data: st.DataObject) -> None:
    values = data.draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), _NUMBERS))
    text = leaves[0][0] + "".join(sign + leaf[0] for sign, leaf in zip(signs, leaves[1:], strict=False))
    said = (
        re.sub(r"([abc])(==|!=|<=|>=|<|>)(-?\d+)", r"has('\1', '\2', \3)", text)
        .replace(";", " and ")
        .replace("|", " or ")
    )
    expected = eval(
        said, {"has": lambda name, sign, number: name in values and _SIGNS[sign](values[name], number)}
    )
    assert fulfils(text, **values) is expected


def test_words_of_a_vocabulary_are_expanded_where_that_is_asked() -> None:
    gender = CORE.expand("use")
    node = asking.parse('use=="Assembly"', CORE, expanded=frozenset({gender}))
    assert node == Call("eq", (Path((gender,)), Literal(DEFAULT + "Assembly")))
    assert matching.holds(node, entity(use={"vocab": "Assembly"}))


# -- types and scopes


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Room", True), ("House", False), ("House,Room", True), ("House|Room", True), ("Room;Space", True),
     ("Room;House", False), ("(House|Room);Space", True), ("(House|Flat);Space", False), (DEFAULT + "Room", True)],
)  # fmt: skip
def test_types_are_selected(text: str, expected: bool) -> None:
    assert matching.holds(selectors.types(text, CORE), entity()) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/a/b", True), ("a/b", True), ("/a", False), ("/a/#", True), ("/a/b/#", True), ("/+/b", True), ("/a/+", True),
     ("/a/+/c", False), ("/#", True), ("/a;/b", False), ("/x,/a/b", True), ("(/x|/a/b);/a/#", True), ("/ab", False)],
)  # fmt: skip
def test_scopes_are_selected(text: str, expected: bool) -> None:
    assert matching.holds(selectors.scopes(text), entity()) is expected


@pytest.mark.parametrize("text", ["", "(A", "A;", ",A", "A B", "A)", "<A>"])
def test_what_is_no_type_selector_is_refused(text: str) -> None:
    with pytest.raises(Failed):
        selectors.types(text, CORE)


@pytest.mark.parametrize("text", ["", "/a/", "/a//b", "/#/a", "/a b", "/a/*"])
def test_what_is_no_scope_query_is_refused(text: str) -> None:
    with pytest.raises(Failed):
        selectors.scopes(text)


# -- places


SQUARE = "[[[7,51],[8,51],[8,52],[7,52],[7,51]]]"
POINT = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [7.5, 51.5]}}


@pytest.mark.parametrize(
    ("georel", "kind", "coordinates", "expected"),
    [
        ("within", "Polygon", SQUARE, True),
        ("disjoint", "Polygon", SQUARE, False),
        ("intersects", "Polygon", SQUARE, True),
        ("contains", "Point", "[7.5,51.5]", True),
        ("equals", "Point", "[7.5,51.5]", True),
        ("overlaps", "Polygon", SQUARE, False),
        ("near;maxDistance==1200", "Point", "[7.5,51.51]", True),
        ("near;maxDistance==1000", "Point", "[7.5,51.51]", False),
        ("near;minDistance==1000", "Point", "[7.5,51.51]", True),
    ],
)
def test_places_are_found(georel: str, kind: str, coordinates: str, expected: bool) -> None:
    assert matching.holds(places.condition(georel, kind, coordinates), entity(location=POINT)) is expected
    assert not matching.holds(places.condition(georel, kind, coordinates), entity())


@pytest.mark.parametrize(
    ("georel", "kind", "coordinates"),
    [("beside", "Point", "[1,2]"), ("near", "Point", "[1,2]"), ("near;maxDistance=5", "Point", "[1,2]"),
     ("near;maxDistance==-5", "Point", "[1,2]"), ("within", "Circle", "[1,2]"), ("within", "Point", "[1"),
     ("within", "Point", "[200,2]"), ("within", "Polygon", "[[[0,0],[1,1],[0,1]]]"), ("within", "Polygon", "[]"),
     ("within", "Polygon", "[[[0,0],[1,1],[0,1],[1,0],[0,0]]]"), ("within", "Point", "[" * 5000)],
)  # fmt: skip
def test_what_is_no_place_is_refused(georel: str, kind: str, coordinates: str) -> None:
    with pytest.raises(Failed) as failed:
        places.condition(georel, kind, coordinates)
    assert failed.value.status == 400


@settings(max_examples=60, deadline=None)
@given(st.floats(-170, 170), st.floats(-70, 70), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_distances_are_those_of_the_ellipsoid_within_half_a_percent(
    lon: float, lat: float, dx: float, dy: float
) -> None:
    one, other = shapely.Point(lon, lat), shapely.Point(lon + dx, lat + dy)
    line = shapely.LineString([(lon + dx, lat + dy), (lon + dx, lat + dy)])
    true = Geod(ellps="WGS84").inv(one.x, one.y, other.x, other.y)[2]
    assert matching.distance_m(one, other) == pytest.approx(true, rel=0.006, abs=0.5)
    assert matching.distance_m(one, line) == pytest.approx(true, rel=0.01, abs=0.5)


# -- patterns


@pytest.mark.parametrize(
    "pattern", ["^Grand.*l$", ".*Room.*", "urn:ngsi-ld:Room:[0-9]+", "colou?r", "a|b", "^.*$", "(ab){2}"]
)
def test_usual_patterns_are_let_through(pattern: str) -> None:
    assert patterns.checked_pattern(pattern, "q") == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*b",
        r"(a)\1",
        "(?=a)b",
        "a*a*a*b",
        "a?" * 60 + "a" * 60,
        "(a{1,50}){1,50}",
        "x{1,300}" * 3,
    ],
)
def test_patterns_that_could_run_for_ever_are_refused(pattern: str) -> None:
    with pytest.raises(Failed) as failed:
        patterns.checked_pattern(pattern, "q")
    assert failed.value.status == 403


@pytest.mark.parametrize("pattern", ["(", "[", "", "a" * 501, "*a", "a{2,1}"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(Failed) as failed:
        patterns.checked_pattern(pattern, "q")
    assert failed.value.status == 400


@pytest.mark.parametrize("pattern", [".*a*a*b.*", "a*a*(b|c|d|e)f", "^a*a*[ab]{0,6}c"])
def test_the_worst_pattern_let_through_comes_to_an_end(pattern: str) -> None:
    assert not patterns.matches(patterns.checked_pattern(pattern, "q"), "a" * 10_000)
