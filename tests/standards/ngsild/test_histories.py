# SPDX-License-Identifier: EUPL-1.2
"""Entities over time."""

from __future__ import annotations

from typing import Any

import pytest

from stoa.standards.ngsild import contexts, histories, parsing
from stoa.standards.ngsild.durations import length_of
from stoa.standards.ngsild.failures import Failed
from stoa.standards.ngsild.histories import Aggregate
from stoa.standards.ngsild.kinds import Entity
from stoa.standards.ngsild.parsing import Style
from stoa.standards.ngsild.rendering import Wanted

CORE = contexts.core()


def series() -> Entity:
    return parsing.entity(
        {
            "id": "urn:x:1",
            "type": "Room",
            "a": [{"value": n, "observedAt": f"2026-01-0{n}T00:00:00Z"} for n in range(1, 6)],
            "r": {"object": "urn:x:2", "observedAt": "2026-01-03T00:00:00Z"},
        },
        CORE,
        Style(many_at_times=True),
    )


def asked(**values: str) -> histories.TemporalQuery:
    return histories.temporal_query(values, needs_time=False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"timerel": "after", "timeAt": "2026-01-03T00:00:00Z"}, [5, 4]),
        ({"timerel": "before", "timeAt": "2026-01-03T00:00:00Z"}, [2, 1]),
        (
            {"timerel": "between", "timeAt": "2026-01-02T00:00:00Z", "endTimeAt": "2026-01-04T00:00:00Z"},
            [3, 2],
        ),
        ({"lastN": "2"}, [5, 4]),
        ({"timerel": "after", "timeAt": "2027-01-01T00:00:00Z"}, []),
    ],
)
def test_a_history_is_narrowed_to_the_time_asked_for(values: dict[str, str], expected: list[int]) -> None:
    found = histories.narrowed(series().attributes, asked(**values)).get(CORE.expand("a"), [])
    assert [one["value"] for one in found] == expected


def test_a_history_is_written_in_full_or_as_pairs() -> None:
    full = histories.history(series(), CORE, Wanted(), asked())
    assert full["a"][0] == {"type": "Property", "value": 1, "observedAt": "2026-01-01T00:00:00Z"}
    assert isinstance(full["r"], list)
    pairs = histories.history(series(), CORE, Wanted(), asked(options="temporalValues"))
    assert pairs["a"]["type"] == "Property"
    assert pairs["a"]["values"][:2] == [[1, "2026-01-01T00:00:00Z"], [2, "2026-01-02T00:00:00Z"]]
    assert pairs["r"] == {"type": "Relationship", "objects": [["urn:x:2", "2026-01-03T00:00:00Z"]]}


def test_figures_stand_with_their_periods() -> None:
    query = asked(options="aggregatedValues", aggrMethods="avg,max", aggrPeriodDuration="P1D")
    assert query.methods == ("avg", "max")
    assert query.length.seconds == 86400
    figures = {CORE.expand("a"): {"avg": [Aggregate(3.0, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]}}
    document = histories.aggregated(series(), figures, CORE, Wanted())
    assert document == {
        "id": "urn:x:1",
        "type": "Room",
        "a": {"type": "Property", "avg": [[3.0, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]]},
    }


@pytest.mark.parametrize(
    "values",
    [
        {"timerel": "around", "timeAt": "2026-01-01T00:00:00Z"},
        {"timerel": "after"},
        {"timeAt": "2026-01-01T00:00:00Z"},
        {"timerel": "after", "timeAt": "yesterday"},
        {"timerel": "between", "timeAt": "2026-01-01T00:00:00Z"},
        {"timerel": "between", "timeAt": "2026-01-02T00:00:00Z", "endTimeAt": "2026-01-01T00:00:00Z"},
        {"timeproperty": "bornAt"},
        {"lastN": "0"},
        {"lastN": "x"},
        {"options": "temporalValues,aggregatedValues", "aggrMethods": "avg"},
        {"options": "aggregatedValues"},
        {"options": "aggregatedValues", "aggrMethods": "median"},
        {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "1 day"},
        {"aggrMethods": "avg"},
    ],
)
def test_what_no_history_can_answer_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(Failed) as failed:
        asked(**values)
    assert failed.value.status == 400


def test_a_query_of_histories_needs_a_time() -> None:
    with pytest.raises(Failed):
        histories.temporal_query({}, needs_time=True)


@pytest.mark.parametrize(
    ("text", "months", "seconds"),
    [
        ("P1D", 0, 86400),
        ("PT1H30M", 0, 5400),
        ("P1Y2M", 14, 0),
        ("P2W", 0, 1209600),
        ("PT0.5S", 0, 0.5),
        ("P0D", 0, 0),
    ],
)
def test_lengths_of_time_are_read(text: str, months: int, seconds: float) -> None:
    found = length_of(text)
    assert (found.months, found.seconds) == (months, seconds)
    assert found.is_everything is (text == "P0D")


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1", "1D", "P1DT", "P-1D", "P1M1Y", "P99999999Y", "P101Y", "P999999D", "P1H"]
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Failed):
        length_of(text)


def test_observations_need_their_time_in_a_history() -> None:
    document: Any = {"id": "urn:x:1", "type": "T", "a": [{"value": 1}, {"value": 2}]}
    entity = parsing.entity(document, CORE, Style(many_at_times=True))
    with pytest.raises(Failed):
        parsing.needs_instances(entity.attributes[CORE.expand("a")], "a")
