# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's pure rules, held against slow and obvious versions of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.roles.values import Grant, Principal
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import Freshness, freshness, late_at, warn_at
from stoa.houses.catalogue.rules.publication import Candidate, may_step, obstacles
from stoa.houses.catalogue.rules.quality import Measured, judge, percent, score
from stoa.houses.catalogue.rules.retention import Kept, to_drop
from stoa.houses.catalogue.rules.rights import may_see_rows
from stoa.houses.catalogue.rules.search import prefix_query, words_of
from stoa.houses.catalogue.terms import Access, Part, State
from stoa.standards.vocabularies import FREQUENCIES

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


# Freshness


def test_a_daily_promise_is_kept_due_and_broken_in_turn() -> None:
    hours = {1: Freshness.FRESH, 21: Freshness.DUE, 25: Freshness.DUE, 27: Freshness.LATE}
    assert {h: freshness("DAILY", NOON, NOON + timedelta(hours=h)) for h in hours} == hours


@given(st.sampled_from(sorted(FREQUENCIES)), moments, moments)
def test_lateness_never_ends_by_waiting_longer(frequency: str, checked: datetime, now: datetime) -> None:
    if freshness(frequency, checked, now) is Freshness.LATE:
        assert freshness(frequency, checked, now + timedelta(days=400)) is Freshness.LATE


@given(st.sampled_from(sorted(FREQUENCIES)), moments, moments)
def test_the_stored_moments_say_the_same_as_the_rule(
    frequency: str, checked: datetime, now: datetime
) -> None:
    """The database compares `late_at` with the clock; the rule works it out: they must agree."""
    late = late_at(frequency, checked)
    by_moments = late is not None and now >= late
    assert by_moments == (freshness(frequency, checked, now) is Freshness.LATE)


@given(st.sampled_from(sorted(FREQUENCIES)), moments)
def test_the_owner_is_warned_before_it_is_late(frequency: str, checked: datetime) -> None:
    warn, late = warn_at(frequency, checked), late_at(frequency, checked)
    assert (warn is None) == (late is None)
    assert warn is None or late is None or warn < late


# Retention


def _slow_to_drop(versions: list[Kept], newest: int) -> list[int]:
    """One version at a time, asking every question anew."""
    dropped = []
    for version in versions:
        newer = sum(1 for other in versions if other.number > version.number)
        month = [
            o.number
            for o in versions
            if (o.made_at.year, o.made_at.month) == (version.made_at.year, version.made_at.month)
        ]
        reasons = (newer < newest, version.is_current, version.number == 1, version.number == max(month))
        if not any(reasons):
            dropped.append(version.number)
    return sorted(dropped)


@given(st.lists(moments, max_size=40), st.integers(0, 12), st.integers(0, 39))
def test_retention_agrees_with_the_slow_rule(times: list[datetime], newest: int, current: int) -> None:
    versions = [Kept(n, at, n == current) for n, at in enumerate(sorted(times), start=1)]
    assert to_drop(versions, newest=newest) == _slow_to_drop(versions, newest)


@given(st.lists(moments, min_size=1, max_size=40), st.integers(0, 12))
def test_applying_the_retention_rule_twice_drops_nothing_more(times: list[datetime], newest: int) -> None:
    versions = [Kept(n, at, n == len(times)) for n, at in enumerate(sorted(times), start=1)]
    gone = set(to_drop(versions, newest=newest))
    assert to_drop([v for v in versions if v.number not in gone], newest=newest) == []


# Quality

PERFECT = Measured(
    rows=10, cells=30, empty=0, unreadable=0, without_place=0, has_places=True, duplicate_rows=0, key=("id",),
    freshness=Freshness.FRESH, access=Access.OPEN, licence="CC0", has_title=True, has_description=True, has_contact=True,
    has_keywords=True, has_period_or_area=True, columns=3, described_columns=3,
)  # fmt: skip


def test_a_perfect_dataset_has_a_hundred_points_in_every_part() -> None:
    assert {part.part: part.score for part in judge(PERFECT)} == dict.fromkeys(Part, 100)
    assert score(judge(PERFECT)) == 100


@pytest.mark.parametrize(
    ("worse", "part"),
    [
        ({"empty": 15}, Part.COMPLETENESS),
        ({"unreadable": 15}, Part.VALIDITY),
        ({"without_place": 5}, Part.VALIDITY),
        ({"too_wide_rows": 1}, Part.VALIDITY),
        ({"duplicate_rows": 2}, Part.UNIQUENESS),
        ({"key": ()}, Part.UNIQUENESS),
        ({"freshness": Freshness.LATE}, Part.TIMELINESS),
        ({"access": Access.INTERNAL}, Part.OPENNESS),
        ({"licence": "OP_DATPRO"}, Part.OPENNESS),
        ({"has_description": False}, Part.DOCUMENTATION),
        ({"described_columns": 0}, Part.DOCUMENTATION),
    ],
)
def test_each_fault_costs_points_in_its_own_part_only(worse: dict[str, object], part: Part) -> None:
    scores = {judged.part: judged.score for judged in judge(replace(PERFECT, **worse))}
    assert scores.pop(part) < 100
    assert set(scores.values()) == {100}


counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts)
def test_no_part_ever_leaves_its_range(rows: int, empty: int, unreadable: int, lost: int, twice: int) -> None:
    measured = replace(
        PERFECT,
        rows=rows,
        cells=rows * 3,
        empty=empty,
        unreadable=unreadable,
        without_place=lost,
        duplicate_rows=twice,
    )
    assert all(0 <= part.score <= 100 for part in judge(measured))


def test_a_hundred_percent_means_all() -> None:
    assert percent(999_999, 1_000_000) == 99
    assert percent(0, 0) == 100


# Publication

GOOD = Candidate(
    {"en": "Trees"}, {"en": "All trees"}, "CC0", Access.OPEN, "a@b.example", has_reading=True, rows=3
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": {"en": " "}}, "catalogue.title_missing"),
        ({"description": {}}, "catalogue.description_missing"),
        ({"licence": ""}, "catalogue.licence_missing"),
        ({"has_reading": False}, "catalogue.file_missing"),
        ({"rows": 0}, "catalogue.rows_missing"),
        ({"personal": {"mail": frozenset({"email"})}}, "catalogue.personal_data"),
    ],
)
def test_every_obstacle_has_a_code_a_reason_and_a_way_out(change: dict[str, object], code: str) -> None:
    (problem,) = obstacles(replace(GOOD, **change))
    assert problem.code == code
    assert problem.what.text
    assert problem.why.text
    assert problem.do.text


def test_nothing_stands_in_the_way_of_a_good_dataset() -> None:
    assert obstacles(GOOD) == []


def test_released_personal_data_is_no_obstacle_but_only_the_kind_that_was_released() -> None:
    found = {"mail": frozenset({"email", "phone"})}
    half = replace(GOOD, personal=found, released={"mail": frozenset({"email"})})
    assert [p.code for p in obstacles(half)] == ["catalogue.personal_data"]
    assert obstacles(replace(half, released=found)) == []


def test_personal_data_may_stay_inside_without_a_release() -> None:
    assert obstacles(replace(GOOD, access=Access.INTERNAL, personal={"mail": frozenset({"email"})})) == []


def test_no_way_leads_from_published_back_to_draft() -> None:
    assert not may_step(State.PUBLISHED, State.DRAFT)
    assert may_step(State.RETIRED, State.PUBLISHED)


# Rights

DEPARTMENT = 7
OWNER = Principal(
    1,
    1,
    "Ada",
    (
        Grant(
            "officer",
            frozenset({Permission.SEE_DRAFTS, Permission.SEE_ENTITLED, Permission.SEE_INTERNAL}),
            frozenset({DEPARTMENT}),
        ),
    ),
)
COLLEAGUE = Principal(
    1,
    2,
    "Ben",
    (
        Grant(
            "officer",
            frozenset({Permission.SEE_DRAFTS, Permission.SEE_ENTITLED, Permission.SEE_INTERNAL}),
            frozenset({8}),
        ),
    ),
)
OUTSIDER = Principal(1)


@pytest.mark.parametrize(
    ("access", "owner", "colleague", "outsider"),
    [
        (Access.OPEN, True, True, True),
        (Access.ENTITLED, True, True, False),
        (Access.ON_REQUEST, True, False, False),
        (Access.INTERNAL, True, False, False),
    ],
)
def test_who_sees_the_rows_of_what_is_published(
    access: Access, owner: bool, colleague: bool, outsider: bool
) -> None:
    seen = [
        may_see_rows(p, access=access, state=State.PUBLISHED, department_id=DEPARTMENT)
        for p in (OWNER, COLLEAGUE, OUTSIDER)
    ]
    assert seen == [owner, colleague, outsider]


def test_a_draft_is_seen_by_its_own_department_only() -> None:
    seen = [
        may_see_rows(p, access=Access.OPEN, state=State.DRAFT, department_id=DEPARTMENT)
        for p in (OWNER, COLLEAGUE, OUTSIDER)
    ]
    assert seen == [True, False, False]


# Words


@given(st.text(max_size=200))
def test_whatever_somebody_types_is_a_harmless_query(asked: str) -> None:
    query = prefix_query(asked)
    assert query.count("'") == 2 * len(words_of(asked))
    assert all(word.isalnum() or not word.isascii() for word in words_of(asked))
