# SPDX-License-Identifier: EUPL-1.2
"""The page that shows the city now: what stands on its tiles, for whom, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.models import Datastream, NowTile
from stoa.houses.observations.terms import Access, Way

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    made = make_town(expected_interval_s=300)
    with acting_in(made.cast.city):
        yield made


def report(town: Town, series: Datastream, number: float, *, minutes: int = 1, quality: int = 2) -> datetime:
    """Ada's sensor says something so many minutes ago."""
    at = timezone.now() - timedelta(minutes=minutes)
    ada = town.cast.principal("ada")
    seen = Observed(series.pk, at, number, quality=quality)
    kept = keep_observations(city=town.cast.city, observations=[seen], by=ada, way=Way.HTTP)
    assert not kept.refused
    return at


def another(town: Town, name: str, **facts: Any) -> Datastream:
    """One more thing with one more series of temperatures."""
    ada = town.cast.principal("ada")
    thing = setting_up.set_up_thing(city=town.cast.city, by=ada, department=town.cast.parks, name=name)
    setting_up.place_thing(thing=thing, locations=[town.location], by=ada)
    return setting_up.set_up_datastream(
        thing=thing,
        sensor=town.sensor,
        observed_property=town.temperature,
        by=ada,
        **{"name": "Air temperature", "unit_symbol": "°C", **facts},
    )


def page(path: str = "/now/", who: str = "", town: Town | None = None) -> str:
    client = Client(headers={"accept-language": "en"})
    if who and town:
        client.force_login(getattr(town.cast, who))
    answer = client.get(f"/c/here{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_before_the_first_sensor_the_page_says_that_nothing_is_measured(town: Town) -> None:
    assert "Nothing is measured here yet" in page()


def test_a_value_stands_with_unit_place_department_and_age(town: Town) -> None:
    report(town, town.series, 21.5, minutes=3)
    text = page()
    for words in ("21.5", "°C", "Station", "Parks", "3 minutes ago", f'data-series="{town.series.pk}"'):
        assert words in text, words
    assert "overdue" not in text
    assert f"/live/events?datastream={town.series.pk}" in text


def test_a_value_that_should_have_been_followed_is_said_to_be_overdue(town: Town) -> None:
    report(town, town.series, 21.5, minutes=11)
    assert "overdue: one is expected every 5 minutes" in page()


def test_a_doubtful_value_is_called_doubtful(town: Town) -> None:
    report(town, town.series, 99, quality=3)
    assert "doubtful" in page()


def test_a_rising_series_says_so_and_has_a_small_chart_with_words(town: Town) -> None:
    for hours, number in enumerate((30, 20, 18, 17, 16)):
        report(town, town.series, number, minutes=60 * hours)
    text = page()
    assert "rising" in text
    assert "<path d=" in text
    assert "Last 24 hours: between 16 and 30 °C" in text


def test_several_places_of_one_property_share_a_tile(town: Town) -> None:
    report(town, town.series, 20)
    report(town, another(town, "Bridge"), 18)
    text = page()
    assert text.count('class="now-tile"') == 1
    assert text.index("Bridge") < text.index("Station")


def test_an_outsider_sees_no_internal_value_anywhere_and_the_owner_does(town: Town) -> None:
    report(town, another(town, "Secret shed", access=Access.INTERNAL), 3)
    report(town, town.series, 20)
    for path in ("/now/", "/now/map", "/things/", "/now/places.geojson", "/"):
        assert "Secret shed" not in page(path), path
    for path in ("/now/", "/now/map", "/things/", "/now/places.geojson"):
        assert "Secret shed" in page(path, "ada", town), path
    assert "Secret shed" not in page("/now/", "ben", town)


def test_the_front_page_shows_the_first_tiles(town: Town) -> None:
    report(town, town.series, 21.5)
    text = page("/")
    assert "Everything that is measured now" in text
    assert "21.5" in text


def test_tiles_stand_as_officers_arranged_them(town: Town) -> None:
    report(town, town.series, 20)
    facts = {"city": town.cast.city}
    NowTile.objects.create(place=2, kind="map", **facts)
    NowTile.objects.create(
        place=1, kind="series", datastream=town.series, title={"en": "Warm?", "de": "Warm?"}, **facts
    )
    NowTile.objects.create(
        place=3, kind="group", observed_property=town.temperature, is_visible=False, **facts
    )
    text = page()
    assert text.index("Warm?") < text.index("Map of the city")
    assert text.count('class="now-tile"') == 2


def test_the_page_costs_the_same_however_many_series_there_are(town: Town) -> None:
    report(town, town.series, 20)
    page()
    with CaptureQueriesContext(
        connection,
    ) as few:
        page()
    for n in range(12):
        report(town, another(town, f"Place {n}"), n)
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few) <= 14, [one["sql"][:80] for one in many.captured_queries]
