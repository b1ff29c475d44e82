# SPDX-License-Identifier: EUPL-1.2
"""When a device is silent, and which part of a message is which value: pure rules against slow, obvious ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.problems import Refused
from stoa.houses.observations.rules.paths import BadPath, found_at, read_path
from stoa.houses.observations.rules.recipes import example_of, instant, read_recipe, sightings
from stoa.houses.observations.rules.silence import silent_since

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@given(
    ago=st.one_of(st.none(), st.integers(0, 200_000)),
    interval=st.one_of(st.none(), st.integers(1, 90_000)),
    registered=st.integers(0, 300_000),
)
def test_a_device_is_silent_after_two_and_a_half_intervals_and_never_before_five_minutes(
    ago: int | None, interval: int | None, registered: int
) -> None:
    seen = None if ago is None else NOW - timedelta(seconds=ago)
    made = NOW - timedelta(seconds=registered)
    found = silent_since(last_seen_at=seen, registered_at=made, expected_interval_s=interval, now=NOW)
    quiet = registered if ago is None else ago
    wanted = interval is not None and quiet * 2 > interval * 5 and quiet > 300
    assert (found is not None) is wanted
    if found is not None and interval:
        assert found == NOW - timedelta(seconds=quiet - interval)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [{"a": {"b": [{"c": 1}, {"c": 2}, 7]}, "x.y": 3, "0": 4}]),
        ("a.b[0].c", [1]),
        ("$.a.b[*].c", [1, 2]),
        ("a[*]", [[{"c": 1}, {"c": 2}, 7]]),
        ("['x.y']", [3]),
        ("a.b[9].c", []),
        ("nobody.knows", []),
        ("[0]", [4]),
    ],
)
def test_a_path_finds_what_stands_there(path: str, found: list[Any]) -> None:
    document = {"a": {"b": [{"c": 1}, {"c": 2}, 7]}, "x.y": 3, "0": 4}
    assert list(found_at(document, read_path(path))) == found


@pytest.mark.parametrize("path", ["a[", "a[b]", "a..b", "a" * 201, ".".join("abcdefghijklm"), "a[-1]", "[*"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        read_path(path)


def test_a_recipe_reads_many_devices_with_places_times_and_scaled_values() -> None:
    recipe = read_recipe(
        {
            "items": "list[*]", "id": "no", "name": "label", "lon": "x", "lat": "y", "time": "when",
            "values": {"level": {"path": "mm", "scale": 0.1, "unit": "cm", "property": "water_level"}, "open": "o"},
        }
    )  # fmt: skip
    item = {
        "no": 7,
        "label": "Bridge",
        "x": "7.6",
        "y": 51.9,
        "when": "2026-11-21T12:00:00",
        "mm": 25,
        "o": True,
    }
    (one, broken) = sightings(recipe, {"list": [item, {"no": 8, "mm": {"a": 1}, "x": 999}]}, BERLIN)
    assert (one.id, one.name, one.lon, one.lat) == ("7", "Bridge", 7.6, 51.9)
    assert one.at == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert {name: value for name, (value, _meaning) in one.values.items()} == {"level": 2.5, "open": True}
    assert (broken.problems, broken.lon, broken.values) == (("level",), None, {})


@pytest.mark.parametrize(
    "told",
    [
        None, [], {}, {"values": {}}, {"values": {"a": 1}}, {"values": {"a b": "x"}}, {"values": {"a": "["}},
        {"values": {"a": "x"}, "wrong": ""}, {"values": {"a": {"path": "x", "scale": "2"}}}, {"values": {"a": "x"}, "id": 7},
    ],
)  # fmt: skip
def test_a_wrong_recipe_is_refused(told: Any) -> None:
    with pytest.raises(Refused, match="recipe_wrong"):
        read_recipe(told)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-21T12:00:00+01:00", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("2026-11-21 12:00", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        (1795262400, NOW), (1795262400000, NOW), ("1795262400", NOW), ("yesterday", None), (None, None), (1e300, None),
    ],
)  # fmt: skip
def test_moments_are_read_as_they_are_usually_written(told: Any, moment: datetime | None) -> None:
    assert instant(told, BERLIN) == moment


@pytest.mark.parametrize(
    "told",
    [
        {"values": {"level": "level"}},
        {
            "time": "measured_at",
            "values": {"level": {"path": "water.level_mm", "scale": 0.1}, "t": "water.t"},
        },
        {
            "items": "data.list[*]",
            "id": "no",
            "time": "['when.it.was']",
            "values": {"a": "x[1].y", "b": "x[0]"},
        },
        {"items": "[*]", "values": {"level": "$.a"}},
    ],
)
def test_the_example_that_is_shown_for_a_recipe_is_read_by_it(told: Any) -> None:
    recipe = read_recipe(told)
    (found,) = sightings(recipe, example_of(recipe, NOW), BERLIN)
    assert set(found.values) == set(told["values"])
    assert found.at == (NOW if "time" in told else None)
    assert not found.problems


@given(
    found=st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False)),
    scale=st.sampled_from([0.1, 0.001, 3, -2.5]),
    offset=st.sampled_from([0, -40, 273.15]),
)
def test_a_scaled_value_is_the_one_that_paper_gives_and_never_far_from_the_quick_one(
    found: float, scale: float, offset: float
) -> None:
    recipe = read_recipe({"values": {"a": {"path": "a", "scale": scale, "offset": offset}}})
    (seen,) = sightings(recipe, {"a": found}, BERLIN)
    assert seen.values["a"][0] == pytest.approx(found * scale + offset, rel=1e-9, abs=1e-9)


def test_a_tenth_of_a_millimetre_leaves_no_dust() -> None:
    recipe = read_recipe({"values": {"a": {"path": "a", "scale": 0.1}}})
    assert [next(sightings(recipe, {"a": mm}, BERLIN)).values["a"][0] for mm in (99.5, 3)] == [9.95, 0.3]
