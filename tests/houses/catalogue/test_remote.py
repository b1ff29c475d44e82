# SPDX-License-Identifier: EUPL-1.2
"""A harvested dataset is found, shown and handed out like any other, and always says where it came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.elsewhere import WHEN, harvested

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import walking
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.terms import State

pytestmark = pytest.mark.django_db


def page(path: str) -> str:
    answer = Client(headers={"accept-language": "en"}).get(f"/c/here{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_card_says_where_a_dataset_came_from_and_where_its_files_are(cast: Cast) -> None:
    harvested(cast)
    with acting_in(cast.city):
        card = door.dataset(city=cast.city, by=cast.principal("dora"), slug="bins")
    assert card.version is None
    assert card.origin is not None
    assert (card.origin.source, card.origin.publisher) == ("District portal", "Works department")
    assert (card.origin.remote_uri, card.origin.modified_at) == ("https://district.example/id/bins", WHEN)
    assert [(f.title, f.format, f.bytes) for f in card.remote_files] == [
        ("Bins as CSV", "CSV", 2048),
        ("Bins as WFS", "WFS", 2048),
    ]


def test_walking_takes_as_many_queries_for_ten_as_for_two(cast: Cast, django_assert_num_queries: Any) -> None:
    nobody = cast.principal("dora")
    for known, more in ((0, 2), (2, 10)):
        for n in range(known, more):
            harvested(cast, slug=f"bins-{n}")
        with acting_in(cast.city), django_assert_num_queries(4):
            cards = [card for _pk, card in walking.walk(city=cast.city, by=nobody)]
        assert all(card.origin for card in cards)
        assert sum(len(card.remote_files) for card in cards) == 2 * more


def test_the_page_links_to_the_files_without_lending_them_weight(cast: Cast) -> None:
    harvested(cast)
    text = page("/datasets/bins")
    assert (
        '<a href="https://district.example/bins.csv" rel="nofollow noopener external">Bins as CSV</a>' in text
    )
    assert "District portal" in text
    assert "Works department" in text
    assert "There is nothing to look at yet" not in text
    assert "/datasets/bins/table" not in text


def test_a_search_finds_what_was_harvested_and_counts_it_by_origin(cast: Cast) -> None:
    published(cast)
    harvested(cast)
    with acting_in(cast.city):
        by = cast.principal("dora")
        found = door.search(city=cast.city, by=by, text="bins")
        everything = door.search(city=cast.city, by=by)
        own = door.search(city=cast.city, by=by, chosen={"origin": "here"})
    assert [card.slug for card in found.datasets] == ["bins"]
    assert found.datasets[0].origin is not None
    assert sorted(everything.facets["origin"]) == [("elsewhere", 1), ("here", 1)]
    assert everything.facets["place"] == [("map", 1)]
    assert [card.slug for card in own.datasets] == ["trees"]
    assert "from Works department" in page("/datasets?q=bins")


def test_only_what_stands_elsewhere_may_be_published_without_a_version(cast: Cast) -> None:
    dataset = harvested(cast)
    with acting_in(cast.city), pytest.raises(IntegrityError), transaction.atomic():
        Dataset.objects.filter(pk=dataset.pk).update(is_remote=False)
    with acting_in(cast.city):
        assert Dataset.objects.get(pk=dataset.pk).state == State.PUBLISHED


def test_the_page_of_a_department_stays_short_however_much_was_harvested(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.houses.catalogue.queries.datasets.MOST_OF_DEPARTMENT", 2)
    for n in range(3):
        harvested(cast, slug=f"bins-{n}", title=f"Bins {n}")
    text = page("/departments/parks")
    assert text.count("<h3><a href=") == 2
    assert f"?department={cast.parks.pk}&amp;order=title" in text
