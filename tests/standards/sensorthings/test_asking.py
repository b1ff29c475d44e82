# SPDX-License-Identifier: EUPL-1.2
"""Addresses, query options and topics: every one of the standard is understood, everything else is told so."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ground.conditions import Call, Literal, Order, Path
from stoa.ground.problems import NotFound, Refused
from stoa.standards.sensorthings.model import KINDS, SETS, neutral
from stoa.standards.sensorthings.options import Options, pairs_of, read_options
from stoa.standards.sensorthings.paths import Id, Shape, address, key, read_path
from stoa.standards.sensorthings.problems import STATUS
from stoa.standards.sensorthings.topics import read_target, read_topic

THING, OBSERVATION, DATASTREAM = KINDS["Thing"], KINDS["Observation"], KINDS["Datastream"]


@pytest.mark.parametrize(
    ("path", "kinds", "ids", "is_many"),
    [
        ("/Things", ["Thing"], [None], True),
        ("Things(1)", ["Thing"], [1], False),
        ("Things('a/b''c')", ["Thing"], ["a/b'c"], False),
        ("Things(1)/Datastreams", ["Thing", "Datastream"], [1, None], True),
        ("Datastreams(1)/Thing", ["Datastream", "Thing"], [1, None], False),
        ("Datastreams(1)/Thing/Locations", ["Datastream", "Thing", "Location"], [1, None, None], True),
        (
            "Things(1)/Datastreams(2)/Observations('2.5')",
            ["Thing", "Datastream", "Observation"],
            [1, 2, "2.5"],
            False,
        ),
    ],
)
def test_an_address_names_sets_and_entities(
    path: str, kinds: list[str], ids: list[Id | None], is_many: bool
) -> None:
    found = read_path(path)
    assert [step.kind.name for step in found.steps] == kinds
    assert [step.id for step in found.steps] == ids
    assert found.is_many is is_many


@pytest.mark.parametrize(
    ("path", "within", "shape"),
    [
        ("Things(1)/name", ("name",), Shape.WHOLE),
        ("Things(1)/name/$value", ("name",), Shape.VALUE),
        ("Things(1)/properties/a/b", ("properties", "a", "b"), Shape.WHOLE),
        ("Things(1)/@iot.id", ("@iot.id",), Shape.WHOLE),
        ("Things(1)/Datastreams/$ref", (), Shape.REF),
    ],
)
def test_an_address_names_properties_and_forms(path: str, within: tuple[str, ...], shape: Shape) -> None:
    found = read_path(path)
    assert (found.within, found.shape) == (within, shape)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "Thing", "things", "Things(x)", "Things(-1)", "Things()", "Things(1", "Things(1)/Name", "Things/name",
        "Things(1)/name/x", "Things/Datastreams", "Datastreams(1)/Thing(2)", "Things(1)/$value",
        "Things(1)/name/$ref", "Things(1)//name",
        "Things(" + "9" * 19 + ")", "Things('" + "x" * 5000 + "')", "/".join(["Things(1)"] * 20),
        "Things(1)\0", "$ref", "Things('a)",
    ],
)  # fmt: skip
def test_other_addresses_lead_nowhere(path: str) -> None:
    with pytest.raises(NotFound):
        read_path(path)


@given(st.sampled_from(sorted(SETS)), st.integers(0, 10**17) | st.text(min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_an_address_that_is_written_is_read_again(name: str, given_id: Id) -> None:
    from urllib.parse import unquote

    if isinstance(given_id, str) and (
        "\0" in given_id or any("\ud800" <= one <= "\udfff" for one in given_id)
    ):
        return
    assert read_path(unquote(address(SETS[name], given_id))).last.id == given_id
    assert key(given_id).isascii()


@given(st.text(alphabet="Things(1)/Datastreams'$refvalue@iot.id", max_size=40) | st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_address_is_a_defect(path: str) -> None:
    with suppress(NotFound):
        read_path(path)


def asked(query: str, kind: str = "Thing") -> Options:
    return read_options(pairs_of(query), KINDS[kind])


def test_all_options_are_read_percent_encoded_too() -> None:
    found = asked(
        "%24filter=name%20eq%20%27a%27&$top=5&$skip=10&$count=true&$orderby=name%20desc,id&$select=name,id,Datastreams"
    )
    assert found.where == Call("eq", (Path(("name",)), Literal("a")))
    assert (found.top, found.skip, found.count) == (5, 10, True)
    assert found.order == (Order(Path(("name",)), True), Order(Path(("id",))))
    assert found.select == ("name", "id", "Datastreams")


def test_expansions_nest_with_options_of_their_own() -> None:
    found = asked(
        "$expand=Datastreams($top=1;$expand=Observations($orderby=phenomenonTime desc;$top=1;$filter=result eq ';)')),Locations"
    )
    assert set(found.expand) == {"Datastreams", "Locations"}
    inner = found.expand["Datastreams"]
    assert inner.top == 1
    assert inner.expand["Observations"].order == (Order(Path(("phenomenon_time",)), True),)
    assert inner.expand["Observations"].where == Call("eq", (Path(("result",)), Literal(";)")))


def test_expansions_by_a_path_meet() -> None:
    found = asked("$expand=Datastreams/Sensor,Datastreams/ObservedProperty($select=name),Datastreams($top=2)")
    assert set(found.expand["Datastreams"].expand) == {"Sensor", "ObservedProperty"}
    assert found.expand["Datastreams"].top == 2
    assert found.expand["Datastreams"].expand["ObservedProperty"].select == ("name",)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("$top=-1", 400), ("$top=x", 400), ("$skip=1.5", 400), ("$top=", 400), ("$top=" + "9" * 40, 400), ("$count=yes", 400),
        ("$count=", 400), ("$top=1&$top=2", 400), ("$orderby=", 400), ("$orderby=colour", 400), ("$orderby=name up", 400),
        ("$select=colour", 400), ("$select=", 400), ("$select=Datastreams/name", 400),
        ("$expand=Colours", 400), ("$expand=", 400),
        ("$expand=Datastreams($top=1", 400), ("$expand=Datastreams(top)", 400), ("$expand=Datastreams($apply=1)", 501),
        ("$resultFormat=dataArray", 400), ("$resultFormat=csv", 501), ("$apply=x", 501), ("$search=x", 501), ("$filter=", 400),
        ("$expand=" + "Datastreams($expand=Thing($expand=" * 900 + "))" * 900, 400),
        ("$expand=" + "/".join(["Datastreams", "Thing"] * 60), 400),
        ("$expand=" + ",".join(["Datastreams"] * 200), 400), ("$filter=%ff", 400), ("a=1&" * 60, 400),
        ("$x" + "y" * 200_000, 400),
    ],
    ids=range(30),
)  # fmt: skip
def test_wrong_options_are_refused_and_unknown_ones_not_implemented(query: str, status: int) -> None:
    with pytest.raises(Refused) as caught:
        asked(query)
    assert STATUS[caught.value.problem.code] == status


def test_options_without_a_dollar_are_somebody_elses() -> None:
    assert asked("lang=de&$top=1").top == 1


@given(st.text(alphabet="$expand=Datastreams()/;,'filtertop1 &%24", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_query_is_a_defect(query: str) -> None:
    with suppress(Refused):
        asked(query)


def test_topics_are_addresses_with_the_version() -> None:
    topic = read_topic("v1.1/Datastreams(1)/Observations?$select=phenomenonTime,result")
    assert topic.resource.kind is OBSERVATION
    assert topic.asked.select == ("phenomenonTime", "result")
    assert read_topic("v1.1/Datastreams(1)/observedArea").properties == ("observedArea",)
    assert read_target("v1.1/Datastreams(1)/Observations").steps[0].id == 1


@pytest.mark.parametrize(
    "text",
    ["Things", "v1.0/Things", "/v1.1/Things", "v1.1/+", "v1.1/#", "v1.1", "v1.1/Things/$ref", "$SYS/x"],
)
def test_other_topics_are_nobodys(text: str) -> None:
    with pytest.raises(NotFound):
        read_topic(text)


def test_only_observations_are_published() -> None:
    for text in ("v1.1/Things", "v1.1/Observations('1.2')", "v1.1/Observations?$select=result"):
        with pytest.raises(NotFound):
            read_target(text)
    with pytest.raises(Refused):
        read_topic("v1.1/Things?$top=1")


def test_every_way_has_a_way_back() -> None:
    for kind in KINDS.values():
        assert neutral(kind.name) == kind.neutral
        for relation in kind.ways:
            back = KINDS[relation.target].relations
            assert kind.name in back or kind.set_name in back
