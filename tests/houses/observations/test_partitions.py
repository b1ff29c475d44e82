# SPDX-License-Identifier: EUPL-1.2
"""Observations lie in one part a day; every part is locked like the whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.models import Observation

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def city() -> City:
    return City.objects.create(slug="here", name={"en": "Here"}, languages=["en"])


def _make_day(at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [at.date()])
        return bool(cursor.fetchone()[0])


def _write(city: City, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into observations_observation (city_id, datastream_id, at, number, received_at) values (%s, 1, %s, 4, now())",
            [city.pk, at],
        )


def test_a_day_is_made_once_and_takes_its_observations(city: City) -> None:
    assert _make_day(NOW) is True
    assert _make_day(NOW) is False
    with acting_in(city):
        _write(city, NOW)
        assert Observation.objects.get(datastream_id=1).number == 4.0


def test_what_is_older_than_the_house_needs_no_day_of_its_own(city: City) -> None:
    long_ago = NOW - timedelta(days=9000)
    assert _make_day(long_ago) is False
    with acting_in(city):
        _write(city, long_ago)
        assert Observation.objects.count() == 1


def test_a_day_that_nobody_made_is_refused_and_not_lost_silently(city: City) -> None:
    with acting_in(city), pytest.raises(DatabaseError, match="no partition"), transaction.atomic():
        _write(city, NOW + timedelta(days=3))


def test_somebody_of_another_city_sees_nothing_even_in_the_part_itself(city: City) -> None:
    other = City.objects.create(slug="there", name={"en": "There"}, languages=["en"])
    _make_day(NOW)
    with acting_in(city):
        _write(city, NOW)
    with acting_in(other), connection.cursor() as cursor:
        assert Observation.objects.count() == 0
        cursor.execute("select count(*) from observations_observation_20300304")
        assert cursor.fetchone()[0] == 0


def test_a_day_can_be_dropped_once_it_lies_in_the_lake(city: City) -> None:
    _make_day(NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "select observations_drop_day(%s), observations_drop_day(%s)", [NOW.date(), NOW.date()]
        )
        assert cursor.fetchone() == (True, False)
