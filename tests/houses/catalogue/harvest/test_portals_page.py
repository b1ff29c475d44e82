# SPDX-License-Identifier: EUPL-1.2
"""The steward's page of portals that show our data too: accept one, read what it told, ask, end; and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.harvest.test_desk import browser

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.models import Republisher, UsedElsewhere

pytestmark = pytest.mark.django_db
PAGE = "/c/here/desk/portals"
REGION = {"title": "Region", "url": "https://data.region.example", "known_as": "https://data.here.example"}


def region(cast: Cast) -> Republisher:
    with acting_in(cast.city):
        return Republisher.objects.get()


def test_a_steward_accepts_a_portal_reads_what_it_told_and_ends_it(cast: Cast) -> None:
    cleo = browser(cast, "cleo")
    first = cleo.get(PAGE).content.decode()
    assert "No other portal yet" in first
    assert "Use elsewhere" in cleo.get("/c/here/desk/").content.decode()
    accepted = cleo.post(PAGE, REGION, follow=True).content.decode()
    assert "It is asked in a moment" in accepted
    assert "Not asked yet" in accepted
    found = region(cast)
    assert (found.url, found.known_as) == ("https://data.region.example", "https://data.here.example")
    trees = published(cast)
    with acting_in(cast.city):
        asked = ProcrastinateJob.objects.filter(task_name="catalogue.ask_republisher")
        assert [job.args for job in asked] == [{"city_id": cast.city.pk, "republisher_id": found.pk}]
        UsedElsewhere.objects.create(
            city=cast.city, republisher=found, dataset=trees, kind="download", program=False, uses=54_321, rows=7,
            day=timezone.localdate() - timedelta(days=2),
        )  # fmt: skip
    assert "54,321 uses by people" in cleo.get(PAGE).content.decode()
    told = {"portal": str(found.pk)}
    assert cleo.post(f"{PAGE}/deed/ask", told)["Location"] == PAGE
    assert "those it gave are deleted" in cleo.post(f"{PAGE}/deed/end", told, follow=True).content.decode()
    with acting_in(cast.city):
        assert not Republisher.objects.exists()
        assert not UsedElsewhere.objects.exists()
    jobs.ask_republisher(city_id=cast.city.pk, republisher_id=found.pk)  # one that was let go meanwhile


def test_wrong_addresses_come_back_beside_their_fields(cast: Cast) -> None:
    cleo = browser(cast, "cleo")
    for field in ("url", "known_as"):
        answer = cleo.post(PAGE, REGION | {field: "file:///etc/passwd"})
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {field}
    assert cleo.post(f"{PAGE}/deed/end", {"portal": "99"}).status_code == 404
    assert cleo.post(f"{PAGE}/deed/end", {"portal": "x"}).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("ada", 403), ("ben", 403), ("dora", 302), ("egon", 403)])
def test_nobody_but_a_steward_of_this_city_sees_or_decides(cast: Cast, who: str, status: int) -> None:
    browser(cast, "cleo").post(PAGE, REGION)
    client = browser(cast, who)
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, REGION | {"title": "Taken over"}).status_code == status
    for deed in ("ask", "end"):
        assert client.post(f"{PAGE}/deed/{deed}", {"portal": str(region(cast).pk)}).status_code == status
    assert region(cast).title == "Region"
