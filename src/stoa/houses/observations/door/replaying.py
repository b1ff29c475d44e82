# SPDX-License-Identifier: EUPL-1.2
"""Playing datasets of the catalogue as live sensors, for demonstrations and load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.actions import replaying
from stoa.houses.observations.models import Replay

__all__ = ["ReplayCard", "begin", "play", "play_faster", "replays", "stop"]


@dataclass(frozen=True, slots=True)
class ReplayCard:
    """A replay as commands show it."""

    name: str
    dataset: str
    is_on: bool
    last_at: datetime | None


def begin(*, city: City, by: Principal, department: str, name: str, recipe: Mapping[str, Any]) -> int:
    """Play a dataset from now on; returns how many values of the last days were written. Raises NotFound, Refused."""
    found = Department.objects.filter(city=city, slug=department).first()
    if found is None:
        raise NotFound("department", department)
    replay = replaying.set_up_replay(city=city, department=found, name=name, recipe=recipe, by=by)
    return replaying.play(replay=replay, by=by, now=timezone.now())


def play(*, city: City, by: Principal, name: str, now: datetime) -> int:
    """Write what is due until `now`; returns how many values. Raises NotFound, Refused."""
    return replaying.play(replay=_named(city, name), by=by, now=now)


def play_faster(
    *,
    city: City,
    by: Principal,
    name: str,
    since: datetime,
    now: datetime,
    recorded_s: float,
    copies: int = 1,
) -> int:
    """Write `recorded_s` seconds of the record between `since` and `now`, every series so many times."""
    return replaying.play_faster(
        replay=_named(city, name), by=by, since=since, now=now, recorded_s=recorded_s, copies=copies
    )


def stop(*, city: City, by: Principal, name: str) -> None:
    """Play it no more. Raises NotFound, Refused."""
    replaying.stop_replay(replay=_named(city, name), by=by)


def replays(*, city: City) -> list[ReplayCard]:
    """What is played in a city; for operators."""
    return [
        ReplayCard(replay.name, str(replay.recipe.get("dataset", "")), replay.is_on, replay.last_at)
        for replay in Replay.objects.filter(city=city).order_by("name")
    ]


def _named(city: City, name: str) -> Replay:
    found = Replay.objects.select_related("city", "department").filter(city=city, name=name).first()
    if found is None:
        raise NotFound("replay", name)
    return found
