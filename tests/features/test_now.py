# SPDX-License-Identifier: EUPL-1.2
"""The page that shows the city now, in a real browser: readable at every width, by ears, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.features.conftest import PageAt
from tests.houses.catalogue.town import OPERATOR, SLUG

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.models import Datastream, Location, ObservedProperty, Sensor, Thing
from stoa.houses.observations.terms import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
KINDS = {
    "Free places in car parks": ("", 7, 220.0),
    "Air temperature": ("°C", 1, 18.5),
    "Water level": ("cm", 1, 143.0),
    "Bicycles": ("/h", 4, 96.0),
}


def _build() -> dict[str, str]:
    city = City.objects.get(slug=SLUG)
    uids = {}
    with acting_in(city):
        facts: dict[str, Any] = {"city": city, "by": OPERATOR}
        sensor = setting_up.set_up_sensor(name="Counter", **facts)
        parks = Department.objects.filter(city=city).first()
        seen, now = [], timezone.now()
        for k, (name, (unit, count, start)) in enumerate(KINDS.items()):
            observed = setting_up.known_property(
                name=name, definition=f"https://example.org/{k}", city=city, by=OPERATOR
            )
            for n in range(count):
                thing = setting_up.set_up_thing(
                    department=parks, name=f"{name.split()[-1].title()} at gate {n + 1}", **facts
                )
                where = {"type": "Point", "coordinates": [7.6 + n / 200, 51.94 + k / 200]}
                place = setting_up.set_up_location(name="Gate", location=where, **facts)
                setting_up.place_thing(thing=thing, locations=[place], by=OPERATOR)
                series = setting_up.set_up_datastream(
                    thing=thing, sensor=sensor, observed_property=observed, by=OPERATOR, name=name,
                    unit_symbol=unit, expected_interval_s=3600 if n != 2 else 600,
                )  # fmt: skip
                seen += [
                    Observed(
                        series.pk,
                        now - timedelta(minutes=60 * h + 20 + n),
                        round(start + n * 11 + (h * 7 + k) % 13, 1),
                    )
                    for h in range(30)
                ]
                uids |= {"series": str(series.uid), "thing": str(thing.uid)}
        keep_observations(city=city, observations=seen, by=OPERATOR, way=Way.HTTP)
    return uids


@pytest.fixture(scope="module")
def measured(town_url: str, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    with django_db_blocker.unblock():
        uids = _build()
    yield uids | {"url": town_url}
    with django_db_blocker.unblock(), acting_in(City.objects.get(slug=SLUG)):
        for model in (Datastream, Thing, Location, Sensor, ObservedProperty):
            model.objects.all().delete()


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_pages_fit_and_are_clean(measured: dict[str, str], page_at: PageAt, width: int) -> None:
    page = page_at(width)
    for path in (
        "/now/",
        "/now/map",
        "/things/",
        f"/series/{measured['series']}/",
        f"/things/{measured['thing']}/",
    ):
        answer = page.goto(measured["url"] + path)
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("load")
        assert_no_sideways_scroll(page)
        assert_accessible(page)


def test_without_scripts_the_values_stand_there_with_a_way_to_newer_ones(
    measured: dict[str, str], page_at: PageAt
) -> None:
    page = page_at(360, javascript=False)
    page.goto(f"{measured['url']}/now/")
    assert page.get_by_text("Load the newest values").is_visible()
    assert page.get_by_role("heading", name="Water level").is_visible()
    assert page.get_by_text("overdue").count() >= 1
