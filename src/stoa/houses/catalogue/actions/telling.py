# SPDX-License-Identifier: EUPL-1.2
"""Telling colleagues that somebody waits for them."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.commons.notices.actions import tell
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER, STEWARD
from stoa.ground.words import Saying


def tell_department(*, city: City, department_id: int, topic: str, saying: Saying, link: str) -> None:
    """The officers of a department; its stewards where it has none."""
    people = people_with_role(city, OFFICER, department_id) or people_with_role(city, STEWARD)
    tell(city_id=city.pk, people=people, topic=topic, saying=saying, link=link)


def tell_stewards(*, city: City, topic: str, saying: Saying, link: str) -> None:
    """The data stewards of the city."""
    tell(city_id=city.pk, people=people_with_role(city, STEWARD), topic=topic, saying=saying, link=link)
