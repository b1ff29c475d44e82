# SPDX-License-Identifier: EUPL-1.2
"""What residents ask of a city: to show their re-uses, for data, for access; and the letters that they get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast

from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions import asking, granting, reuses
from stoa.houses.catalogue.models import AccessGrant, AccessRequest, DataRequest, Dataset, Reuse
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.terms import ReuseKind

RESIDENT = Principal(channel="web")
Letters = list[tuple[int, str, int]]
"""Letters that were asked for, each by its city, its kind and the key of what it is about."""


def send(letters: Letters) -> None:
    """Send them, as the worker would."""
    while letters:
        jobs.send_letter(*letters.pop(0))


def refusal_of(deed: Any) -> Problem:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.problem


def made_reuse(cast: Cast, dataset: Dataset, **said: Any) -> Reuse:
    facts = {"title": "Tree finder", "kind": ReuseKind.APPLICATION, "url": "https://trees.example/app"} | said
    return reuses.register_reuse(city=cast.city, datasets=[dataset], by=RESIDENT, **facts)


def made_request(cast: Cast, **said: Any) -> DataRequest:
    facts = {"title": "Drinking fountains", "description": "Where they are and when they run."} | said
    return asking.ask_for_data(city=cast.city, by=RESIDENT, **facts)


def ask_access(cast: Cast, dataset: Dataset, **said: Any) -> AccessRequest:
    facts: dict[str, Any] = {
        "name": "Fay Field",
        "organisation": "University",
        "email": "fay@uni.example",
        "purpose": "A study about shade",
        "wanted_until_on": today_in(cast.city) + timedelta(days=100),
        "agreement": "I keep them to myself.",
    }
    return granting.ask_for_access(dataset=dataset, by=RESIDENT, **(facts | said))


def granted(cast: Cast, dataset: Dataset, days: int = 30, **said: Any) -> AccessGrant:
    until = today_in(cast.city) + timedelta(days=days)
    return granting.grant_access(
        found=ask_access(cast, dataset, **said),
        until_on=until,
        reason="For science",
        by=cast.principal("ada"),
    )
