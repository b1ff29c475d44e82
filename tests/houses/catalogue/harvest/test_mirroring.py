# SPDX-License-Identifier: EUPL-1.2
"""Mirroring: the best file of a harvested dataset comes in through the usual checks and is served like our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.houses.catalogue.cast import TREES, Cast
from tests.houses.catalogue.harvest.portal import Portal, ckan_answers, package, portal

from stoa.commons.cities.acting import acting_in
from stoa.commons.lake.values import Query
from stoa.commons.notices.models import Notice
from stoa.houses.catalogue import door, jobs
from stoa.houses.catalogue.actions import harvest_sources, looking
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.models import Dataset, Delivery, HarvestSource, Source
from stoa.houses.catalogue.terms import DeliveryState, State

pytestmark = pytest.mark.django_db
Follow = Callable[..., HarvestSource]
PEOPLE = "name;email\n" + "".join(f"Ann Lee {n};ann{n}@mail.example\n" for n in range(30))


def town(there: list[Portal], files: dict[str, bytes]) -> Callable[[str], Any]:
    """A portal whose only dataset has these files."""

    def answer(path: str) -> Any:
        if path.lstrip("/") in files:
            return files[path.lstrip("/")]
        resources = [{"url": f"{there[0].url}/{name}", "format": name.rpartition(".")[2]} for name in files]
        return ckan_answers(lambda: [package(1, resources=resources)])(path)

    return answer


def bring_in(cast: Cast) -> Delivery:
    """As the jobs would: look at the source, read what came, publish it."""
    with acting_in(cast.city):
        source = Source.objects.get()
    assert looking.look_at_source(city_id=cast.city.pk, source_id=source.pk)
    with acting_in(cast.city):
        delivery = Delivery.objects.get()
    jobs.read_delivery(city_id=cast.city.pk, delivery_id=delivery.pk)
    with acting_in(cast.city):
        return Delivery.objects.get()


def test_the_best_file_becomes_a_version_that_everybody_can_ask(cast: Cast, follow: Follow) -> None:
    there: list[Portal] = []
    with portal(town(there, {"trees.pdf": b"%PDF", "trees.csv": TREES})) as made:
        there.append(made)
        source = follow(made, mirrors=True)
        harvest(city_id=cast.city.pk, source_id=source.pk)
        assert bring_in(cast).state == DeliveryState.PUBLISHED
        with acting_in(cast.city):
            by = cast.principal("dora")
            card = door.dataset(city=cast.city, by=by, slug="dataset-1")
            page = door.rows(city=cast.city, by=by, slug="dataset-1", query=Query())
        assert (card.rows, card.has_map, page.total) == (60, True, 60)
        assert card.origin is not None
        assert len(card.remote_files) == 2
        harvest(city_id=cast.city.pk, source_id=source.pk)
        with acting_in(cast.city):
            assert Dataset.objects.get().rows == 60


def test_personal_data_of_others_is_not_published_by_itself(cast: Cast, follow: Follow) -> None:
    there: list[Portal] = []
    with portal(town(there, {"people.csv": PEOPLE.encode()})) as made:
        there.append(made)
        source = follow(made, mirrors=True)
        harvest(city_id=cast.city.pk, source_id=source.pk)
        delivery = bring_in(cast)
    assert (delivery.state, delivery.problem["code"]) == (DeliveryState.READY, "catalogue.personal_data")
    with acting_in(cast.city):
        assert Dataset.objects.get().current is None


def test_who_does_not_mirror_any_more_keeps_versions_and_fetches_nothing(cast: Cast, follow: Follow) -> None:
    there: list[Portal] = []
    with portal(town(there, {"trees.csv": TREES})) as made:
        there.append(made)
        source = follow(made)
        harvest(city_id=cast.city.pk, source_id=source.pk)
        with acting_in(cast.city):
            cleo = cast.principal("cleo")
            assert not Source.objects.exists()
            harvest_sources.change_source(source=source, by=cleo, mirrors=True)
        bring_in(cast)
    with acting_in(cast.city):
        harvest_sources.change_source(source=source, by=cleo, mirrors=False)
        assert not Source.objects.exists()
        assert Dataset.objects.get().rows == 60
        assert harvest_sources.drop_source(source=source, by=cleo) == 1
        assert Dataset.objects.get().state == State.RETIRED


def test_a_layer_of_a_service_without_any_description_comes_in_whole(cast: Cast, follow: Follow) -> None:
    def answer(path: str) -> Any:
        if "/items" in path:
            first = 40 if "offset=40" in path else 0
            features = [
                {"type": "Feature", "id": f"t{n}", "geometry": {"type": "Point", "coordinates": [7.6, 51.9]},
                 "properties": {"kind": "Lime", "height": n}} for n in range(first, first + 40)
            ]  # fmt: skip
            links = [] if first else [{"rel": "next", "href": "items?offset=40"}]
            return {"type": "FeatureCollection", "features": features, "links": links}
        items = {"rel": "items", "type": "application/geo+json", "href": "/collections/trees/items?f=json"}
        return {
            "collections": [
                {"id": "trees", "title": "Trees", "itemType": "feature", "links": [items]},
                {"id": "records", "title": "Catalogue", "itemType": "record", "links": []},
            ],
            "links": [],
        }

    with portal(answer) as made:
        source = follow(made, kind="ogc_features", path="/collections", mirrors=True)
        harvest(city_id=cast.city.pk, source_id=source.pk)
        assert bring_in(cast).state == DeliveryState.PUBLISHED
    with acting_in(cast.city):
        dataset = Dataset.objects.get()
        assert (dataset.rows, dict(dataset.description)) == (80, {})


def test_files_of_a_catalogue_that_all_fail_are_told_once(cast: Cast, follow: Follow) -> None:
    packages = [package(n) for n in range(3)]
    with portal(ckan_answers(lambda: packages)) as made:
        source = follow(made, mirrors=True)
        harvest(city_id=cast.city.pk, source_id=source.pk)
    with acting_in(cast.city):
        Source.objects.update(place=f"{made.url}/gone.csv")
        numbers = list(Source.objects.values_list("pk", flat=True))
    for _look in range(3):
        for number in numbers:
            assert not looking.look_at_source(city_id=cast.city.pk, source_id=number)
    with acting_in(cast.city):
        told = Notice.objects.filter(topic="source.failing")
        assert {str(one.sentence) for one in told} == {
            f"Files of “District” cannot be brought in: The server {made.host.partition(':')[0]} did not take the call."
        }
        assert told.count() == told.values("person").distinct().count() > 0
