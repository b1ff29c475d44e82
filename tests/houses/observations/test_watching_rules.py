# SPDX-License-Identifier: EUPL-1.2
"""The machines of the rules: against slow, obvious oracles, and the same whatever portions the values come in."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ground.problems import Refused
from stoa.houses.observations.rules.instants import HOUR_US, SECOND_US
from stoa.houses.observations.rules.watch_samples import Usual, Value, usual_of
from stoa.houses.observations.rules.watch_terms import Terms, as_json, read_terms, span_us
from stoa.houses.observations.rules.watching import Step, late_flags, step
from stoa.houses.observations.terms import Quality, RuleKind

END = 60


def terms(kind: RuleKind, **told: Any) -> Terms:
    return read_terms(kind, told)


def at(second: float, number: float | None = None, **more: Any) -> Value:
    return Value(round(second * SECOND_US), number, received=round(second * SECOND_US), **more)


def told(found: Step) -> list[tuple[bool, float]]:
    """Turns as (fires, second)."""
    return [(turn.fires, turn.since / SECOND_US) for turn in found.turns]


series = st.lists(
    st.tuples(st.integers(0, END), st.integers(0, 4)), max_size=25, unique_by=lambda one: one[0]
)
water = terms(RuleKind.THRESHOLD, side="above", limit=3, back=1, for_s=5)


def oracle(values: dict[int, int], limit: int, back: int, for_s: int) -> list[tuple[bool, float]]:
    """Second by second: it has been above the limit in each of the last seconds; it is over when one is back."""

    def stood(second: int) -> int | None:
        return next((values[s] for s in range(second, -1, -1) if s in values), None)

    def was_above(second: int) -> bool:
        value = stood(second)
        return value is not None and value > limit

    turns: list[tuple[bool, float]] = []
    fires = False
    for now in range(END + 1):
        if not fires and for_s and now >= for_s and all(was_above(s) for s in range(now - for_s, now)):
            fires = True
            turns.append((True, now - for_s))
        if now in values and not fires and not for_s and values[now] > limit:
            fires = True
            turns.append((True, now))
        if now in values and fires and values[now] <= back:
            fires = False
            turns.append((False, now))
    return turns


@settings(max_examples=300)
@given(series, st.integers(1, 3), st.integers(0, 2), st.integers(0, 20))
def test_a_threshold_fires_when_it_is_held_and_ends_past_the_other_limit(
    found: list[tuple[int, int]], limit: int, room: int, for_s: int
) -> None:
    back = limit - room
    rule = terms(RuleKind.THRESHOLD, side="above", limit=limit, back=back, for_s=for_s)
    values = [at(second, float(value)) for second, value in sorted(found)]
    assert told(step(rule, {}, values, END * SECOND_US)) == oracle(dict(found), limit, back, for_s)


@settings(max_examples=100)
@given(series)
def test_below_is_above_upside_down(found: list[tuple[int, int]]) -> None:
    values = sorted(found)
    over = terms(RuleKind.THRESHOLD, side="above", limit=2, back=1, for_s=4)
    under = terms(RuleKind.THRESHOLD, side="below", limit=-2, back=-1, for_s=4)
    assert told(step(over, {}, [at(s, float(v)) for s, v in values], END * SECOND_US)) == told(
        step(under, {}, [at(s, -float(v)) for s, v in values], END * SECOND_US)
    )


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
BOTH = [{"letter": "a", "side": "above", "limit": 1}, {"letter": "b", "side": "above", "limit": 1}]
ALL = {
    "threshold": water,
    "rate": terms(RuleKind.RATE, side="both", change=30, per_s=60, window_s=6),
    "missing": terms(RuleKind.MISSING, after_s=7),
    "stuck": terms(RuleKind.STUCK, for_s=6, count=3, tolerance=1, but=0),
    "outlier": terms(RuleKind.OUTLIER, weeks=4, times=2, for_s=2),
    "geofence": terms(RuleKind.GEOFENCE, side="leaves", area=SQUARE, for_s=3),
    "combination": terms(RuleKind.COMBINATION, fresh_s=9, for_s=2, conditions=BOTH),
}


@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=60)
@given(found=series, cuts=st.sets(st.integers(0, 25)))
def test_it_does_not_matter_in_which_portions_values_come(
    kind: str, found: list[tuple[int, int]], cuts: set[int]
) -> None:
    """What is remembered is all there is to know: a job that was killed between two portions changes nothing."""
    rule = ALL[kind]
    values = [at(s, float(v), letter="ab"[s % 2]) for s, v in sorted(found)]

    def usual(_at: int) -> Usual:
        return Usual(2.0, 0.5, 4)

    whole = step(rule, {}, values, END * SECOND_US, usual)
    state: dict[str, Any] = {}
    turns, flagged = [], []
    if values:
        edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(values)), len(values)]
        for begin, end in pairwise(edges):
            part = step(rule, state, values[begin:end], values[end - 1].at, usual)
            again = step(rule, part.state, [], values[end - 1].at, usual)
            assert not again.turns
            state = again.state
            turns += part.turns
            flagged += [begin + place for place in part.flagged]
        last = step(rule, state, [], END * SECOND_US, usual)
        turns += last.turns
        state = last.state
        assert turns == list(whole.turns)
        assert tuple(flagged) == whole.flagged
        assert state == whole.state
    assert [turn.fires for turn in whole.turns] == [n % 2 == 0 for n in range(len(whole.turns))]


def test_it_fires_by_the_clock_when_nothing_more_comes() -> None:
    first = step(water, {}, [at(10, 4.0)], 11 * SECOND_US)
    assert (first.turns, first.next_at) == ((), 15 * SECOND_US)
    second = step(water, first.state, [], 15 * SECOND_US)
    assert told(second) == [(True, 10)]
    assert second.turns[0].facts["value"] == 4.0
    assert second.next_at is None


def test_bad_and_missing_values_are_not_looked_at_but_doubtful_ones_are() -> None:
    rule = terms(RuleKind.THRESHOLD, side="above", limit=3)
    for quality, fires in ((Quality.FAIL, 0), (Quality.MISSING, 0), (Quality.SUSPECT, 1), (Quality.PASS, 1)):
        found = step(rule, {}, [at(1, 9.0, quality=quality)], 2 * SECOND_US)
        assert (len(found.turns), len(found.flagged)) == (fires, fires)


def test_late_values_are_flagged_where_a_value_can_be_judged_by_itself() -> None:
    assert late_flags(water, [at(1, 9.0), at(2, 0.0), at(3, 9.0, quality=Quality.FAIL)]) == (0,)
    assert late_flags(ALL["stuck"], [at(1, 9.0), at(2, 9.0)]) == ()


def test_a_rate_counts_from_the_lowest_and_the_highest_of_the_window() -> None:
    rule = terms(RuleKind.RATE, side="rise", change=30, per_s=3_600, window_s=900)
    slow = [at(300 * n, 2.0 * n) for n in range(10)]  # 24 an hour
    assert not step(rule, {}, slow, 9_999 * SECOND_US).turns
    quick = [*slow, at(3_000, 28.0)]
    found = step(rule, {}, quick, 9_999 * SECOND_US)
    assert told(found) == [(True, 3_000)]
    assert found.flagged == (10,)
    falling = terms(RuleKind.RATE, side="fall", change=30, per_s=3_600, window_s=900)
    assert not step(falling, {}, quick, 9_999 * SECOND_US).turns


def test_a_rate_between_values_that_come_more_seldom_than_the_window_counts_too() -> None:
    rule = terms(RuleKind.RATE, side="both", change=30, per_s=3_600, window_s=60)
    assert told(step(rule, {}, [at(0, 0.0), at(1_800, 16.0)], 0)) == [(True, 1_800)]
    assert not step(rule, {}, [at(0, 0.0), at(1_800, 14.0)], 0).turns


def test_nothing_was_heard_for_so_long_and_then_it_was() -> None:
    rule = terms(RuleKind.MISSING, after_s=10)
    found = step(rule, {}, [at(0, 1.0), at(10, 1.0), at(21, 1.0)], 40 * SECOND_US)
    assert told(found) == [(True, 10), (False, 21), (True, 21)]
    assert [turn.noticed / SECOND_US for turn in found.turns] == [20, 21, 31]


def test_who_was_never_heard_is_waited_for_from_the_first_look_on() -> None:
    rule = terms(RuleKind.MISSING, after_s=10)
    first = step(rule, {}, [], 100 * SECOND_US)
    assert first.next_at == 110 * SECOND_US + 1
    assert told(step(rule, first.state, [], 111 * SECOND_US)) == [(True, 100)]


def test_values_that_come_late_count_from_when_they_came_in_if_the_rule_says_so() -> None:
    late = Value(0, 1.0, received=50 * SECOND_US)
    by_time, by_arrival = (terms(RuleKind.MISSING, after_s=20, by=by) for by in ("phenomenon", "received"))
    assert told(step(by_time, {}, [late], 60 * SECOND_US)) == [(True, 0)]
    assert not step(by_arrival, {}, [late], 60 * SECOND_US).turns
    assert told(step(by_arrival, {}, [late], 71 * SECOND_US)) == [(True, 50)]


def test_a_stuck_value_needs_its_time_and_its_count_and_what_may_stand_may_stand() -> None:
    rule = terms(RuleKind.STUCK, for_s=100, count=3, tolerance=0.1, but=0)
    assert not step(rule, {}, [at(0, 5.0), at(200, 5.0)], 0).turns
    found = step(rule, {}, [at(0, 5.0), at(90, 5.05), at(200, 5.0), at(300, 5.0), at(400, 6.0)], 0)
    assert told(found) == [(True, 0), (False, 400)]
    assert found.flagged == (2, 3)
    assert not step(rule, {}, [at(100 * n, 0.0) for n in range(9)], 0).turns
    words = [Value(SECOND_US * 60 * n, None, text="open") for n in range(4)]
    assert told(step(rule, {}, words, 0)) == [(True, 0)]


def test_the_usual_weighs_every_week_the_same_and_needs_enough_of_them() -> None:
    assert usual_of([(60, 600, 6_000)], least_weeks=2) is None
    found = usual_of([(60, 600.0, 6_000.0), (1, 20.0, 400.0)], least_weeks=2)
    assert found == Usual(15, 5, 2)


def test_an_outlier_is_far_from_usual_even_where_all_weeks_were_the_same() -> None:
    rule = terms(RuleKind.OUTLIER, weeks=4, times=3)
    same = {0: Usual(100.0, 0.0, 4), 1: Usual(100.0, 10.0, 4)}

    def look(number: float, hour: int, **more: Any) -> int:
        chosen = terms(RuleKind.OUTLIER, weeks=4, times=3, **more) if more else rule
        found = [Value(hour * HOUR_US, number)]
        return len(step(chosen, {}, found, HOUR_US * 2, lambda when: same.get(when // HOUR_US)).turns)

    assert [look(104, 0), look(106, 0), look(129, 1), look(131, 1), look(69, 1)] == [0, 1, 0, 1, 1]
    assert [look(106, 0, least=10), look(111, 0, least=10), look(69, 1, side="above")] == [0, 1, 0]
    assert look(1e9, 5) == 0, "of an hour without a past nothing is said"


def test_a_combination_forgets_values_that_are_too_old() -> None:
    rule = terms(RuleKind.COMBINATION, fresh_s=10, conditions=BOTH)
    values = [at(0, 5.0, letter="a"), at(5, 5.0, letter="b"), at(20, 5.0, letter="a")]
    found = step(rule, {}, values, 40 * SECOND_US)
    assert [(fires, int(second)) for fires, second in told(found)] == [(True, 5), (False, 10)]
    assert found.turns[0].facts == {"letter": "b", "values": {"a": 5.0, "b": 5.0}}
    any_of = terms(RuleKind.COMBINATION, needs_all=False, fresh_s=10, conditions=BOTH)
    assert [fires for fires, _ in told(step(any_of, {}, values, 25 * SECOND_US))] == [True, False, True]


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        (RuleKind.THRESHOLD, {"side": "above"}, "limit"),
        (RuleKind.THRESHOLD, {"side": "above", "limit": True}, "limit"),
        (RuleKind.THRESHOLD, {"side": "above", "limit": float("nan")}, "limit"),
        (RuleKind.THRESHOLD, {"side": "over", "limit": 1}, "side"),
        (RuleKind.THRESHOLD, {"side": "above", "limit": 1, "back": 2}, "back"),
        (RuleKind.THRESHOLD, {"side": "above", "limit": 1, "for_s": -1}, "for_s"),
        (RuleKind.THRESHOLD, {"side": "above", "limit": 1, "for_s": 10**9}, "for_s"),
        (RuleKind.RATE, {"side": "rise", "change": 1, "per_s": 60, "window_s": 0}, "window_s"),
        (RuleKind.RATE, {"side": "rise", "change": 1, "per_s": 61, "window_s": 60}, "per_s"),
        (RuleKind.RATE, {"side": "rise", "change": 0, "per_s": 60, "window_s": 60}, "change"),
        (RuleKind.MISSING, {"after_s": 0}, "after_s"),
        (RuleKind.STUCK, {"count": 1}, "count"),
        (RuleKind.STUCK, {"tolerance": -1}, "tolerance"),
        (RuleKind.OUTLIER, {"weeks": 13, "times": 3}, "weeks"),
        (RuleKind.OUTLIER, {"weeks": 4, "times": 3, "least_weeks": 5}, "least_weeks"),
        (RuleKind.GEOFENCE, {"side": "leaves", "area": {"type": "Point", "coordinates": [1, 2]}}, "area"),
        (RuleKind.GEOFENCE, {"side": "leaves", "area": "here"}, "area"),
        (RuleKind.COMBINATION, {"fresh_s": 60, "conditions": []}, "conditions"),
        (RuleKind.COMBINATION, {"fresh_s": 60, "conditions": ["a", "b"]}, "conditions"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    kind: RuleKind, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_terms(kind, said)
    assert (refused.value.problem.code, refused.value.problem.field) == (
        "observations.rule_term_wrong",
        field,
    )


def test_terms_are_the_same_after_they_were_kept() -> None:
    for kind, rule in ALL.items():
        assert read_terms(RuleKind(kind), as_json(rule)) == rule
        assert 86_400 * SECOND_US <= span_us(rule) <= 31 * 86_400 * SECOND_US
