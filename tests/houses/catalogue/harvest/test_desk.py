# SPDX-License-Identifier: EUPL-1.2
"""The steward's pages of other catalogues: try one, add it, read its report, let it go; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.cast import Cast
from tests.houses.catalogue.harvest.portal import ckan_answers, package, portal

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.models import Dataset, HarvestRun, HarvestSource
from stoa.houses.catalogue.terms import RunState, State

pytestmark = pytest.mark.django_db
DESK = "/c/here/desk/harvest"
Follow = Callable[..., HarvestSource]


def browser(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    if who != "dora":
        client.force_login(getattr(cast, who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(cast: Cast, url: str, **more: str) -> dict[str, str]:
    return {
        "title": "District",
        "kind": "ckan",
        "url": url,
        "department": str(cast.parks.pk),
        "every_minutes": "1440",
    } | more


def test_a_steward_tries_a_catalogue_adds_it_and_reads_the_report(cast: Cast, follow: Follow) -> None:
    cleo = browser(cast, "cleo")
    with portal(
        ckan_answers(lambda: [package(1), package(2, license_id="house-rules", license_title="")])
    ) as there:
        follow(there, title="So that its host is allowed")
        tried = cleo.post(f"{DESK}/new", form(cast, there.url, **{"try": "1"}))
        assert tried.status_code == 200
        assert "This is what would come" in tried.content.decode()
        assert "Dataset 2" in tried.content.decode()
        with acting_in(cast.city):
            assert HarvestSource.objects.count() == 1
        added = cleo.post(f"{DESK}/new", form(cast, there.url), follow=True)
        assert "Added. The first run begins in a moment." in added.content.decode()
        with acting_in(cast.city):
            source = HarvestSource.objects.get(slug="district")
        harvest(city_id=cast.city.pk, source_id=source.pk)
    with acting_in(cast.city):
        run = HarvestRun.objects.get(source=source)
    report = cleo.get(f"{DESK}/district/{run.pk}").content.decode()
    assert "house-rules" in report
    assert "2 datasets shown" in cleo.get(DESK).content.decode()
    page = cleo.get(f"{DESK}/district")
    assert (page.status_code, "Known from elsewhere" in page.content.decode()) == (200, True)
    assert cleo.post(f"{DESK}/district/deed/run").status_code == 302
    gone = cleo.post(f"{DESK}/district/deed/drop", follow=True)
    assert "2 datasets with it" in gone.content.decode()


def test_a_wrong_address_comes_back_with_words_beside_the_field(cast: Cast, follow: Follow) -> None:
    cleo = browser(cast, "cleo")
    with portal(lambda _path: b"<html>Sorry</html>") as there:
        follow(there)
        answer = cleo.post(f"{DESK}/new", form(cast, there.url, **{"try": "1"}))
    assert answer.status_code == 422
    assert "This catalogue cannot be read" in answer.content.decode()
    answer = cleo.post(f"{DESK}/new", form(cast, "https://x.example", licences="house rules CC0"))
    assert "equals sign" in answer.content.decode()
    answer = cleo.post(f"{DESK}/new", form(cast, "https://x.example", licences="house rules = NONE_OF_OURS"))
    assert (answer.status_code, "NONE_OF_OURS" in answer.content.decode()) == (422, True)


def test_a_held_run_is_accepted_on_its_page(cast: Cast, follow: Follow) -> None:
    known = [package(n) for n in range(12)]
    with portal(ckan_answers(lambda: known)) as there:
        source = follow(there)
        harvest(city_id=cast.city.pk, source_id=source.pk)
        del known[2:]
        harvest(city_id=cast.city.pk, source_id=source.pk)
    with acting_in(cast.city):
        run = HarvestRun.objects.get(source=source, state=RunState.HELD)
    cleo = browser(cast, "cleo")
    assert "It is right: take them out" in cleo.get(f"{DESK}/district/{run.pk}").content.decode()
    answer = cleo.post(f"{DESK}/district/deed/accept", {"run": str(run.pk)}, follow=True)
    assert "10 datasets are not offered any more." in answer.content.decode()
    with acting_in(cast.city):
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 2


@pytest.mark.parametrize(("who", "status"), [("ada", 403), ("ben", 403), ("dora", 302), ("egon", 403)])
def test_nobody_but_a_steward_of_this_city_sees_other_catalogues(
    cast: Cast, follow: Follow, who: str, status: int
) -> None:
    with portal(ckan_answers(list)) as there:
        follow(there)
    client = browser(cast, who)
    assert client.get(DESK).status_code == status
    assert client.get(f"{DESK}/new").status_code == status
    for path in ("/district", "/district/1", "/district/deed/drop"):
        answer: Any = client.post(DESK + path) if "deed" in path else client.get(DESK + path)
        assert answer.status_code in {status, 404}
    with acting_in(cast.city):
        assert HarvestSource.objects.count() == 1
