# SPDX-License-Identifier: EUPL-1.2
"""Questions about a series are answered alike before and after its days went to the lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Call, Literal, Moment, Node, Order, Path
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import rolling
from stoa.houses.observations.door import asking, keeping
from stoa.houses.observations.door.asking import Question
from stoa.houses.observations.models import DirtyBucket, Observation
from stoa.houses.observations.queries.asking import history
from stoa.houses.observations.terms import Way

pytestmark = pytest.mark.django_db
NOBODY = Principal()
TIME, RESULT = Path(("phenomenon_time",)), Path(("result",))


@pytest.fixture
def begin() -> datetime:
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=9)


@pytest.fixture
def town(settings: LazySettings, tmp_path: File, begin: datetime, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Sixty observations, one every two hours; stretches are short, so that several are needed."""
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    monkeypatch.setattr(history, "FIRST_STRETCH", 4)
    monkeypatch.setattr(history, "LONGEST_STRETCH", 16)
    town = make_town()
    with acting_in(town.cast.city):
        wanted = [
            keeping.Observed(
                series=town.series.pk, at=begin + timedelta(hours=2 * n), result=n % 7 + n / 100,
                result_at=begin + timedelta(hours=2 * n, seconds=3) if n % 2 else None, extra={"parameters": {"n": n}},
            )
            for n in range(60)
        ]  # fmt: skip
        keeping.keep(city=town.cast.city, observations=wanted, by=town.cast.principal("ada"), way=Way.HTTP)
    return town


def roll(town: Town, begin: datetime, days: int) -> None:
    """Bring the first days to the lake; that hours are counted and writers gone is tested elsewhere."""
    with acting_in(town.cast.city):
        DirtyBucket.objects.all().delete()
        Observation.objects.update(received_at=begin)
    for number in range(days):
        assert rolling.roll_day((begin + timedelta(days=number)).date()).is_done


def told(town: Town, question: Question) -> tuple[list[Any], int | None]:
    """Everything that a question finds, page by page, by way of the series."""
    found: list[Any] = []
    token, count = question.token, None
    start = ("datastream", town.series.pk, "observations")
    for _ in range(80):
        asked = Question(
            question.where,
            question.order,
            question.top,
            question.skip if not token else 0,
            question.count,
            token,
        )
        page = asking.ask(kind="observation", question=asked, by=NOBODY, start=start)
        found += [(one.id, one.values["result"], one.values["parameters"]) for one in page.entities]
        token, count = page.token, page.count if count is None else count
        if not token:
            break
    return found, count


def questions(begin: datetime) -> list[Question]:
    middle = begin + timedelta(days=2, hours=5)
    some: Node = Call("and", (Call("gt", (TIME, Moment(middle))), Call("lt", (RESULT, Literal(3)))))
    early: Node = Call("le", (TIME, Moment(middle)))
    odd: Node = Call("eq", (Path(("parameters", "n")), Literal(41)))
    return [
        Question(top=7, count=True),
        Question(top=100, order=(Order(TIME, True),), skip=5),
        Question(top=3, order=(Order(TIME),), where=early, count=True),
        Question(top=5, order=(Order(RESULT, True),), where=some, count=True),
        Question(top=5, where=odd, count=True),
        Question(top=9, order=(Order(TIME, True),), where=Call("not", (some,)), count=True),
    ]


def test_answers_are_the_same_wherever_observations_lie(town: Town, begin: datetime) -> None:
    with acting_in(town.cast.city):
        before = [told(town, question) for question in questions(begin)]
    roll(town, begin, 4)
    with acting_in(town.cast.city):
        assert Observation.objects.count() < 60
        assert [told(town, question) for question in questions(begin)] == before
        assert before[0][1] == len(before[0][0]) == 60
        assert before[4] == ([before[0][0][41]], 1)


def test_old_observations_are_found_by_their_address_and_lead_on(town: Town, begin: datetime) -> None:
    roll(town, begin, 4)
    with acting_in(town.cast.city):
        own = keeping.id_of_moments(town.series.pk, begin + timedelta(hours=4))
        assert asking.get(kind="observation", id=own, by=NOBODY).values["parameters"] == {"n": 2}
        steps: list[tuple[str, Any]] = [("observation", own), ("datastream", None), ("thing", None)]
        assert asking.walk(steps=steps, by=NOBODY)[1] == town.thing.pk
        with pytest.raises(NotFound):
            asking.get(kind="observation", id=f"{town.series.pk}-1", by=NOBODY)


def test_what_is_expanded_begins_in_the_lake_too(town: Town, begin: datetime) -> None:
    roll(town, begin, 4)
    with acting_in(town.cast.city):
        for order, first in (((), 0), ((Order(TIME, True),), 59)):
            question = Question(expand={"observations": Question(top=2, order=order, count=True)})
            series = asking.get(kind="datastream", id=town.series.pk, by=NOBODY, question=question)
            page = series.related["observations"]
            assert isinstance(page, asking.FoundPage)
            assert page.count == 60
            assert page.entities[0].values["parameters"] == {"n": first}
            assert page.token


def test_all_observations_are_walked_series_by_series_and_the_newest_come_at_once(
    town: Town, begin: datetime
) -> None:
    roll(town, begin, 4)
    with acting_in(town.cast.city):
        found: list[Any] = []
        token = ""
        while True:
            page = asking.ask(
                kind="observation", question=Question(top=7, token=token, count=True), by=NOBODY
            )
            found += [one.values["parameters"]["n"] for one in page.entities]
            token = page.token
            if not token:
                break
        assert (found, page.count) == (list(range(60)), 60)
        newest = Question(top=3, order=(Order(TIME, True),))
        page = asking.ask(kind="observation", question=newest, by=NOBODY)
        assert [one.values["parameters"]["n"] for one in page.entities] == [59, 58, 57]
        recent = Question(where=Call("gt", (TIME, Moment(begin + timedelta(days=4, hours=20)))), count=True)
        assert asking.ask(kind="observation", question=recent, by=NOBODY).count == 1
        for costly in (Question(order=(Order(RESULT),)), Question(top=50, order=newest.order)):
            with pytest.raises(Refused) as caught:
                asking.ask(kind="observation", question=costly, by=NOBODY)
            assert caught.value.problem.code == asking.TOO_COSTLY
