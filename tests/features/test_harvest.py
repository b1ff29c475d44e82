# SPDX-License-Identifier: EUPL-1.2
"""What was harvested, and the steward's pages of other catalogues, in a real browser: for everybody, on every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.houses.catalogue.elsewhere import harvested
from tests.houses.catalogue.town import OPERATOR, SLUG

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import give_role, invite_person
from stoa.commons.people.models import Department
from stoa.ground.words import say
from stoa.houses.catalogue.models import Harvested, HarvestRun, HarvestSource
from stoa.houses.catalogue.terms import RunState

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]


class _Town:
    """As much of a cast as a harvested dataset needs."""

    def __init__(self, city: City) -> None:
        self.city, self.parks = city, Department.objects.get(city=city, slug="parks")


@pytest.fixture(scope="module")
def there(town_url: str, django_db_blocker: Any) -> Iterator[tuple[str, str, int]]:
    """Where the town answers, the session of its steward, and the number of a held run."""
    with django_db_blocker.unblock():
        city = City.objects.get(slug=SLUG)
        with acting_in(city):
            harvested(_Town(city))  # type: ignore[arg-type]
            steward = invite_person(city=city, email="steward@lake.example", by=OPERATOR, name="Steward")
            give_role(city=city, person=steward, role="steward", by=OPERATOR)
            note = {"id": "id-7", "why": say("It has no title.").to_json()}
            source = HarvestSource.objects.get()
            run = HarvestRun.objects.create(
                city=city, source=source, state=RunState.HELD, found=12, gone=9, notes=[note] * 3
            )
        client = Client()
        client.force_login(steward, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
    yield town_url, session, run.pk
    with django_db_blocker.unblock(), acting_in(city):
        Harvested.objects.all().delete()
        HarvestSource.objects.all().delete()


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("path", ["/datasets/bins", "/datasets?q=bins", "/datasets?origin=elsewhere"])
def test_a_harvested_dataset_can_be_read_by_everybody(
    there: tuple[str, str, int], page_at: PageAt, path: str, width: int
) -> None:
    page = page_at(width)
    page.goto(there[0] + path)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("path", ["", "/new", "/district", "/district/{run}"])
def test_the_pages_of_other_catalogues_can_be_used_by_everybody(
    there: tuple[str, str, int], page_at: PageAt, path: str, width: int
) -> None:
    url, session, run = there
    page = page_at(width)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    page.goto(f"{url}/desk/harvest{path.format(run=run)}")
    assert page.locator("h1").count() == 1
    assert "login" not in page.url
    assert_accessible(page)
    assert_no_sideways_scroll(page)
