# SPDX-License-Identifier: EUPL-1.2
"""Filters: what is written is read again, means what it says, and nothing that is sent can hurt."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.sensorthings.oracle import holds
from tests.standards.sensorthings.writing import OF_OBSERVATIONS, as_text

from stoa.ground.conditions import Call, Literal, Moment, Node, Order, Path, Period, Shape, Values
from stoa.ground.problems import Refused
from stoa.standards.sensorthings.expressions import FUNCTIONS, read_filter, read_order
from stoa.standards.sensorthings.model import KINDS
from stoa.standards.sensorthings.problems import STATUS

OBSERVATION, THING = KINDS["Observation"], KINDS["Thing"]


@given(OF_OBSERVATIONS)
@settings(max_examples=250, deadline=None)
def test_what_is_written_is_read_again(node: Node) -> None:
    assert read_filter(as_text(node), OBSERVATION) == node


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("result gt 1 and result lt 9 or id eq 3", Call("or", (
            Call("and", (Call("gt", (Path(("result",)), Literal(1))), Call("lt", (Path(("result",)), Literal(9))))),
            Call("eq", (Path(("id",)), Literal(3)))))),
        ("not result eq 1", Call("not", (Call("eq", (Path(("result",)), Literal(1))),))),
        ("result add 2 mul 3 eq -4", Call("eq", (
            Call("add", (Path(("result",)), Call("mul", (Literal(2), Literal(3))))), Literal(-4)))),
        ("10 sub 4 sub 3 eq 3", Call("eq", (
            Call("sub", (Call("sub", (Literal(10), Literal(4))), Literal(3))), Literal(3)))),
        ("Datastream/ObservedProperty/name eq 'it''s'", Call("eq", (
            Path(("datastream", "observed_property", "name")), Literal("it's")))),
        ("Datastream/@iot.id eq 1", Call("eq", (Path(("datastream", "id")), Literal(1)))),
        ("parameters/a.b-c/0 eq null", Call("eq", (Path(("parameters", "a.b-c", "0")), Literal(None)))),
        ("phenomenonTime ge 2026-01-01T01:00:00+01:00", Call("ge", (
            Path(("phenomenon_time",)), Moment(datetime(2026, 1, 1, tzinfo=UTC))))),
        ("phenomenonTime ge 2026-01-01T01:00:00 01:00", Call("ge", (
            Path(("phenomenon_time",)), Moment(datetime(2026, 1, 1, tzinfo=UTC))))),
        ("validTime eq 2026-01-01T00:00:00Z/2026-01-02T00:00:00.5Z", Call("eq", (Path(("valid_time",)), Period(
            datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 0, 0, 0, 500_000, UTC))))),
        ("date(resultTime) eq 2026-01-01", Call("eq", (
            Call("date", (Path(("result_time",)),)), Moment(date(2026, 1, 1))))),
        ("result in ('a', 'b')", Call("in", (Path(("result",)), Values((Literal("a"), Literal("b")))))),
        ("st_within(FeatureOfInterest/feature, geography'POINT (7.6 51.9)')", Call("st_within", (
            Path(("feature_of_interest", "feature")), Shape(shapely.to_wkb(shapely.Point(7.6, 51.9)))))),
        ("substringof('x',Datastream/Thing/properties/Höhe)", Call("substringof", (
            Literal("x"), Path(("datastream", "thing", "properties", "Höhe"))))),
        ("now() gt mindatetime()", Call("gt", (Call("now", ()), Call("mindatetime", ())))),
    ],
)  # fmt: skip
def test_words_bind_as_odata_says(written: str, expected: Node) -> None:
    assert read_filter(written, OBSERVATION) == expected


def test_every_function_of_the_standard_is_read() -> None:
    for name, (least, _most) in FUNCTIONS.items():
        args = ["'T*F**F***'" if name == "st_relate" and number == 2 else "result" for number in range(least)]
        found = read_filter(f"{name}({','.join(args)}) eq null", OBSERVATION)
        assert isinstance(found, Call)
        assert isinstance(found.args[0], Call)
        assert found.args[0].name == name


ONE = {
    "id": 7,
    "result": 21.5,
    "phenomenon_time": datetime(2026, 1, 1, 12, 30, tzinfo=UTC),
    "result_time": None,
    "datastream": {
        "id": 3,
        "name": "Air",
        "properties": {"size": 4, "kind": "x"},
        "thing": {"name": "Roof", "locations": [{"name": "north"}, {"name": "south"}]},
    },
    "feature_of_interest": {"feature": {"type": "Point", "coordinates": [1, 2]}},
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("result gt 21 and Datastream/name eq 'Air'", True),
        ("resultTime gt 2026-01-01T00:00:00Z", False),
        ("not (resultTime gt 2026-01-01T00:00:00Z)", True),
        ("resultTime ne 2026-01-01T00:00:00Z", True),
        ("result eq '21.5'", False),
        ("hour(phenomenonTime) eq 12 and minute(phenomenonTime) eq 30", True),
        ("phenomenonTime add duration'PT30M' eq 2026-01-01T13:00:00Z", True),
        ("Datastream/Thing/Locations/name eq 'south'", True),
        ("not (Datastream/Thing/Locations/name eq 'south')", True),
        ("Datastream/Thing/Locations/name eq 'east'", False),
        ("geo.distance(FeatureOfInterest/feature, geography'POINT (1 4)') le 2", True),
        ("st_disjoint(FeatureOfInterest/feature, geography'POINT (1 2)')", False),
        ("round(-2.5) eq -3 and 7 mod -4 eq 3 and 1 div 0 eq null", True),
        ("substring('hello', 1, 3) eq 'ell' and indexof('hello', 'z') eq -1", True),
    ],
)
def test_a_condition_means_what_it_says(written: str, expected: bool) -> None:
    assert holds(read_filter(written, OBSERVATION), ONE) is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("phenomenonTime DESC", (Order(Path(("phenomenon_time",)), True),)),
        ("Datastream/name asc,id", (Order(Path(("datastream", "name"))), Order(Path(("id",))))),
        ("result mul 2 desc", (Order(Call("mul", (Path(("result",)), Literal(2))), True),)),
    ],
)
def test_an_order_has_keys(written: str, expected: tuple[Order, ...]) -> None:
    assert read_order(written, OBSERVATION) == expected


HOSTILE = [
    "(" * 49_000, "not " * 12_000, "result eq " + "-" * 9_000 + "1", "tolower(" * 6_000, "'" * 49_999,
    "result eq '" + "\\" * 40_000,
    "x" * 1_000_000, "result eq " + "9" * 9_000, "result eq 1e999", " or ".join(["id eq 1"] * 6_000), "result" + " add 1" * 4_000,
    "result in (" + "(" * 9_000, "result in (" + ",".join(["1"] * 9_000) + ")", "", " ", "'", "\0", "result;1", "result eq $1",
    "result eq 1 --", "result eq", "eq 1", "result eq 1 result", "result eq 1)", "(result eq 1", "colour eq 1",
    "name eq 1", "Datastream eq null", "Datastream/name/x eq 1", "id/x eq 1", "tolower() eq 1", "tolower(result, 1) eq 1",
    "st_relate(result, result, 'x')", "st_relate(result, result, result)", "geography'POINT (' eq 1",
    "geography'POINT (1 2' eq 1",
    "st_equals(result, geography'" + "GEOMETRYCOLLECTION(" * 2_400 + "')", "geography'POLYGON ((0 0,1 1,0 1,1 0,0 0))' eq 1",
    "geography'POINT EMPTY' eq 1", "geography'POINT (nan nan)' eq 1", "resultTime eq 2026-13-01T00:00:00Z",
    "resultTime eq 2026-01-01T00:00:00", "resultTime eq 0001-01-01T00:00:00+23:00", "date(resultTime) eq 2026-02-30",
    "resultTime gt 2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", "resultTime add duration'P' eq null", "duration'PX' eq 1",
    "result eq 99:99", "parameters/../x eq ((1)", "(((a+)+)+)$", "result eq /(x+x+)+y/",
]  # fmt: skip


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_what_cannot_be_read_is_refused_at_once(written: str) -> None:
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        read_filter(written, OBSERVATION)
    assert STATUS[caught.value.problem.code] == 400
    assert time.process_time() - began < 2


def test_a_function_that_is_not_known_is_not_implemented() -> None:
    with pytest.raises(Refused) as caught:
        read_filter("soundex(name) eq 'x'", THING)
    assert STATUS[caught.value.problem.code] == 501


@given(st.text(alphabet="abeqnotrdin()=<>'\" ,.19-:TZ%_\\/@$\0ä{}[]", max_size=60) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_text_is_a_defect(written: str) -> None:
    readers: list[Any] = [read_filter, read_order]
    for read in readers:
        with suppress(Refused):
            read(written, OBSERVATION)
