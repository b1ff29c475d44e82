# SPDX-License-Identifier: EUPL-1.2
"""Several series at once: how their conditions stand whenever a value comes or grows too old. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stoa.houses.observations.rules.holding import Sample
from stoa.houses.observations.rules.instants import SECOND_US
from stoa.houses.observations.rules.watch_terms import Combination, Condition

Latest = dict[str, tuple[int, float]]
"""By letter: when, and what."""


def combined(
    terms: Combination, latest: Latest, values: Sequence[tuple[int, str, float]], now: int
) -> tuple[list[Sample], int | None]:
    """How it stands at every moment at which it may change, and when the next value grows too old.

    `latest` is moved on. A value that is older than another of the same series is passed over.
    """
    fresh = terms.fresh_s * SECOND_US
    samples: list[Sample] = []
    for at, letter, number in values:
        samples += _aged(terms, latest, at)
        if letter not in latest or latest[letter][0] <= at:
            latest[letter] = (at, number)
        samples.append(_sample(terms, latest, at, letter))
    samples += _aged(terms, latest, now)
    ages = [at + fresh + 1 for at, _ in latest.values()]
    return samples, min(ages, default=None)


def _aged(terms: Combination, latest: Latest, until: int) -> list[Sample]:
    """How it stands at each moment before `until` at which a value is too old for the first time."""
    fresh = terms.fresh_s * SECOND_US
    gone = sorted((at + fresh + 1, letter) for letter, (at, _) in latest.items() if at + fresh < until)
    samples = []
    for moment, letter in gone:
        del latest[letter]
        samples.append(_sample(terms, latest, moment, letter))
    return samples


def _sample(terms: Combination, latest: Latest, at: int, letter: str) -> Sample:
    met = (is_met(condition, latest) for condition in terms.conditions)
    beyond = all(met) if terms.needs_all else any(met)
    facts = {"letter": letter, "values": {name: number for name, (_, number) in sorted(latest.items())}}
    return Sample(at, beyond, not beyond, facts)


def is_met(condition: Condition, latest: Mapping[str, tuple[int, float]]) -> bool:
    """Whether the latest value is beyond the limit; without one it is not."""
    if condition.letter not in latest:
        return False
    number = latest[condition.letter][1]
    return number > condition.limit if condition.side == "above" else number < condition.limit
