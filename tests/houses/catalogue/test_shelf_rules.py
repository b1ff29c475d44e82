# SPDX-License-Identifier: EUPL-1.2
"""Counting and correcting words from memory, compared with the slow and obvious way."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.houses.catalogue.rules.shelf import FRESHNESS, LISTED, Line, Shelf
from stoa.houses.catalogue.rules.spelling import Spelling, most_steps, steps_between, triples

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
MOMENTS = st.none() | st.integers(-3, 3).map(lambda n: NOW + timedelta(hours=n))
LINES = st.lists(
    st.builds(
        Line,
        pk=st.integers(1, 500),
        theme=st.sampled_from(["ENVI", "TRAN"]),
        department=st.sampled_from(["3", "17"]),
        licence=st.sampled_from(["CC0", ""]),
        format=st.sampled_from(["csv", "xlsx", ""]),
        spatial=st.sampled_from(["", "Nord", "Süd"]),
        place=st.sampled_from(["map", "table", ""]),
        access=st.sampled_from(["open", "request"]),
        origin=st.sampled_from(["here", "elsewhere"]),
        has_ended=st.booleans(),
        late_at=MOMENTS,
        updated_at=MOMENTS,
        quality=st.none() | st.integers(0, 3),
        sort_key=st.binary(max_size=2),
    ),
    max_size=25,
    unique_by=lambda line: line.pk,
)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "theme": st.sampled_from(["ENVI", "NONE", ""]),
        "department": st.sampled_from(["3", "0017", "x", "9" * 30, "²"]),
        "place": st.sampled_from(["map", "table", "odd"]),
        "origin": st.sampled_from(["here", "elsewhere"]),
        "freshness": st.sampled_from([*FRESHNESS, "odd"]),
        "spatial": st.sampled_from(["Nord", "nowhere"]),
    },
)


def freshness(line: Line) -> str:
    if line.has_ended:
        return "ended"
    if line.late_at is None:
        return "no_promise"
    return "late" if line.late_at <= NOW else "fresh"


def passes(line: Line, facet: str, value: str) -> bool:
    if not value:
        return True
    if facet == "freshness":
        return freshness(line) == (value if value in FRESHNESS else "fresh")
    if facet == "department":
        return value.isascii() and value.isdigit() and int(line.department) == int(value)
    if facet == "place":
        return line.place == ("map" if value == "map" else "table")
    return getattr(line, facet) == value


@given(LINES, CHOICES)
def test_filters_and_counts_are_those_of_looking_at_every_line(
    lines: list[Line], chosen: dict[str, str]
) -> None:
    shelf = Shelf.of(lines)
    kept = [line for line in lines if all(passes(line, *pair) for pair in chosen.items())]
    places = shelf.in_order("newest", shelf.fitting(chosen, NOW))
    assert sorted(shelf.pks[places].tolist()) == sorted(line.pk for line in kept)
    facets = shelf.count(places, NOW)
    for facet in LISTED:
        assert dict(facets[facet]) == Counter(getattr(one, facet) for one in kept if getattr(one, facet))
    assert dict(facets["freshness"]) == Counter(map(freshness, kept))
    for counts in facets.values():
        assert counts == sorted(counts, key=lambda pair: (-pair[1], pair[0]))


@given(LINES)
def test_orders_are_those_of_sorting_the_lines(lines: list[Line]) -> None:
    shelf = Shelf.of(lines)
    everything = shelf.fitting({}, NOW)
    far = NOW + timedelta(days=9)

    def pks(order: str) -> list[int]:
        found: list[int] = shelf.pks[shelf.in_order(order, everything)].tolist()
        return found

    by_title = sorted(lines, key=lambda line: (line.sort_key, line.pk))
    assert pks("title") == [line.pk for line in by_title]
    assert pks("quality") == [
        line.pk for line in sorted(by_title, key=lambda line: -1 - line.quality if line.quality is not None else 0)
    ]  # fmt: skip
    by_number = sorted(lines, key=lambda line: line.pk)
    assert pks("newest") == [
        line.pk for line in sorted(by_number, key=lambda line: -(line.updated_at or far).timestamp())
    ]


@given(LINES, st.lists(st.integers(1, 510), unique=True))
def test_hits_are_found_on_the_shelf_in_their_order(lines: list[Line], asked: list[int]) -> None:
    shelf = Shelf.of(lines)
    there = {line.pk for line in lines}
    assert shelf.pks[shelf.places(asked)].tolist() == [pk for pk in asked if pk in there]


LIBRARY = Spelling.of(
    ["Wochenmarkt Nord 2024", "Bäume im Park", "Straßenbäume", "Spielplätze", "Spielplätze Ost", "Bus", "Trees"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Woxchenmarkt", "Wochenmarkt"),
        ("wochenmark", "Wochenmarkt"),
        ("Spielpläzte", "Spielplätze"),
        ("spielplaetze", "Spielplätze"),
        ("baume", "Bäume"),
        ("Strassenbäme", "Straßenbäume"),
        ("tress", "Trees"),
        ("2025", ""),
        ("xy", ""),
        ("Verwaltungsgericht", ""),
        ("", ""),
        ("\0%'", ""),
    ],
)
def test_slips_of_the_pen_are_understood_and_nothing_else(typed: str, meant: str) -> None:
    assert LIBRARY.nearest(typed) == meant


def test_of_two_words_as_near_the_more_frequent_one_is_meant() -> None:
    spelling = Spelling.of(["Hafen", "Hasen", "Hasen"])
    assert spelling.nearest("haxen") == "Hasen"
    assert spelling.corrected(["Haxen", "2020", "am"]) == ["Hasen", "2020", "am"]


WORDS = st.text("abcde", min_size=3, max_size=9)


def steps_slowly(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    ways = [
        steps_slowly(one[1:], other) + 1,
        steps_slowly(one, other[1:]) + 1,
        steps_slowly(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        ways.append(steps_slowly(one[2:], other[2:]) + 1)
    return min(ways)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_steps_between_words_are_the_fewest_of_all_ways(one: str, other: str) -> None:
    assert steps_between(one, other) == steps_slowly(one, other)


@given(st.lists(WORDS, max_size=40), WORDS)
def test_the_word_that_is_found_by_its_letter_triples_is_the_nearest_of_all(
    words: list[str], typed: str
) -> None:
    counts = Counter(words)
    near = [
        (steps_between(typed, word), -n, word)
        for word, n in counts.items()
        if steps_between(typed, word) <= most_steps(typed) and triples(word) & triples(typed)
    ]
    assert Spelling.of(words).nearest(typed) == (min(near)[2] if near else "")
