# SPDX-License-Identifier: EUPL-1.2
"""Conditions on the observations of other entities hold for old ones too, or are refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.houses.observations.test_asking_history import NOBODY, begin, roll, town
from tests.houses.observations.town import Town

from stoa.commons.cities.acting import acting_in
from stoa.ground.conditions import Call, Literal, Moment, Node, Path
from stoa.ground.problems import Refused
from stoa.houses.observations.door import asking, keeping
from stoa.houses.observations.door.asking import Question
from stoa.houses.observations.models import Observation
from stoa.houses.observations.queries.asking import remembering

__all__ = ["begin", "town"]
pytestmark = pytest.mark.django_db
KINDS = {
    "datastream": ("observations",),
    "thing": ("datastreams", "observations"),
    "sensor": ("datastreams", "observations"),
    "location": ("things", "datastreams", "observations"),
}


def found(kind: str, *conditions: Node) -> int:
    where = conditions[0] if len(conditions) == 1 else Call("and", conditions)
    page = asking.ask(kind=kind, question=Question(where=where, count=True), by=NOBODY)
    assert page.count == len(page.entities)
    return len(page.entities)


def number(way: tuple[str, ...], n: int) -> Node:
    """That an observation has the parameter n, as the n-th one has it."""
    return Call("eq", (Path((*way, "parameters", "n")), Literal(n)))


def test_an_old_observation_counts_as_a_new_one(town: Town, begin: datetime) -> None:
    roll(town, begin, 4)
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 12
        for kind, way in KINDS.items():
            _check(kind, way, begin)


def _check(kind: str, way: tuple[str, ...], begin: datetime) -> None:
    assert found(kind, number(way, 3)) == found(kind, number(way, 55)) == 1
    assert found(kind, number(way, 60)) == 0
    assert found(kind, Call("not", (number(way, 3),))) == found(kind, Call("not", (number(way, 55),)))
    late: Node = Call("ge", (Path((*way, "phenomenon_time")), Moment(begin + timedelta(days=1))))
    assert (found(kind, number(way, 3), late), found(kind, number(way, 13), late)) == (0, 1)


def test_what_was_corrected_or_removed_since_does_not_count(town: Town, begin: datetime) -> None:
    roll(town, begin, 4)
    at = begin + timedelta(hours=4)
    with acting_in(town.cast.city):
        keeping.remove(
            city=town.cast.city, by=town.cast.principal("ada"), ids=[keeping.id_of_moments(town.series.pk, at)]
        )  # fmt: skip
        assert found("datastream", number(("observations",), 2)) == 0
        assert found("datastream", number(("observations",), 3)) == 1


def test_too_many_old_observations_are_refused_unless_the_time_leaves_few(
    town: Town, begin: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST", 20)
    roll(town, begin, 4)
    way = ("observations",)
    with acting_in(town.cast.city):
        with pytest.raises(Refused) as caught:
            found("datastream", number(way, 55))
        assert caught.value.problem.code == asking.TOO_COSTLY
        late: Node = Call("gt", (Path((*way, "phenomenon_time")), Moment(begin + timedelta(days=3))))
        assert found("datastream", number(way, 55), late) == 1
        assert found("datastream", number(way, 40), late) == 1
