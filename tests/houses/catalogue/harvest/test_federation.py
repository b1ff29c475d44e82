# SPDX-License-Identifier: EUPL-1.2
"""One install harvests another: what the first city publishes is found in the second, under the first one's name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.cast import OPERATOR, Cast, published
from tests.houses.catalogue.harvest.portal import portal

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import set_up_department
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.models import HarvestRun
from stoa.houses.catalogue.terms import RunState

pytestmark = pytest.mark.django_db


def test_what_one_city_publishes_is_found_in_another_under_its_own_name(cast: Cast, settings: Any) -> None:
    own = published(cast, theme="ENVI", keywords=["lime", "oak"])
    client = Client(headers={"accept-language": "en"})

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        got = client.get(f"/c/here{path}", headers={"accept": "application/ld+json"})
        return got.status_code, {}, b"".join(got) if got.streaming else got.content

    pages = {"/catalog.jsonld": answer("/catalog.jsonld")}
    with portal(lambda path: pages.get(path)) as there:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"allowed_private_hosts": (there.host,)}
        )
        with acting_in(cast.other_city):
            works = set_up_department(city=cast.other_city, slug="works", name={"en": "Works"}, by=OPERATOR)
            given = {"title": "Here", "kind": "stoa", "url": there.url, "department": works}
            source = harvest_sources.add_source(city=cast.other_city, by=OPERATOR, **given)
        harvest(city_id=cast.other_city.pk, source_id=source.pk)
    with acting_in(cast.other_city):
        run = HarvestRun.objects.get()
        assert (run.state, run.new, run.notes) == (RunState.DONE, 1, [])
        by = cast.principal("dora")
        (card,) = door.search(city=cast.other_city, by=by, text="lime").datasets
    assert card.origin is not None
    assert (card.title["en"], card.theme, card.licence) == ("Trees", "ENVI", "CC_BY_4_0")
    assert (card.origin.remote_id, card.origin.publisher) == (str(own.uid), "Parks")
    assert {"CSV", "GEOJSON"} <= {file.format for file in card.remote_files}, card
