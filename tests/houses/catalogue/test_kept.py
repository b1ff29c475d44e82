# SPDX-License-Identifier: EUPL-1.2
"""Public datasets from memory: never older than the database, and never more than everybody may know of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.houses.catalogue.cast import OPERATOR, Cast, deliver, make_cast, publish, published

from stoa.commons.cities.acting import acting_in
from stoa.commons.lake.values import Query
from stoa.commons.people.models import Department
from stoa.ground.problems import NotFound
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.door import features
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries import kept
from stoa.houses.catalogue.queries.datasets import dataset_for

pytestmark = pytest.mark.django_db
MORE = b"id;art;hoehe;gepflanzt;lat;lon\n1;Linde;3,5;02.05.2019;51,9;7,6\n2;Eiche;4,5;02.05.2019;51,91;7,61\n"


@pytest.fixture
def told() -> Iterator[tuple[Cast, Dataset]]:
    """A dataset that outsiders have looked at before, so that it stands in memory."""
    kept.datasets.clear()
    cast = make_cast()
    dataset = published(cast)
    look(cast, "dora")
    yield cast, dataset
    kept.datasets.clear()


def look(cast: Cast, who: str) -> door.DatasetCard:
    with acting_in(cast.city):
        return door.dataset(city=cast.city, by=cast.principal(who), slug="trees")


def change(dataset: Dataset, **facts: Any) -> None:
    with acting_in(dataset.city_id):
        Dataset.objects.filter(pk=dataset.pk).update(**facts)


def test_an_outsider_is_answered_from_memory_with_one_small_question(
    told: tuple[Cast, Dataset], django_assert_num_queries: Any
) -> None:
    cast, _dataset = told
    dora = cast.principal("dora")
    with acting_in(cast.city), django_assert_num_queries(1) as asked:
        found = door.dataset(city=cast.city, by=dora, slug="trees")
    assert "description" not in asked.captured_queries[0]["sql"]
    with acting_in(cast.city):
        assert found == door.DatasetCard.of(dataset_for(city=cast.city, principal=OPERATOR, slug="trees"))


@pytest.mark.parametrize(("who", "sees"), [("dora", False), ("egon", False), ("ada", True), ("cleo", True)])
def test_what_is_closed_is_gone_at_once_for_whoever_lost_the_right(
    told: tuple[Cast, Dataset], who: str, sees: bool
) -> None:
    cast, dataset = told
    look(cast, who)
    change(dataset, access="internal")
    if sees:
        assert look(cast, who).access == "internal"
        return
    with pytest.raises(NotFound):
        look(cast, who)
    with acting_in(cast.city), pytest.raises(NotFound):
        features.layer(city=cast.city, by=cast.principal(who), slug="trees")


def test_rows_that_are_given_on_asking_only_are_closed_while_the_description_stays(
    told: tuple[Cast, Dataset],
) -> None:
    cast, dataset = told
    change(dataset, access="on_request")
    assert look(cast, "dora").access == "on_request"
    dora = cast.principal("dora")
    with acting_in(cast.city), pytest.raises(NotFound):
        door.rows(city=cast.city, by=dora, slug="trees", query=Query())
    with acting_in(cast.city), pytest.raises(NotFound):
        features.layer(city=cast.city, by=dora, slug="trees")


def test_another_city_has_no_dataset_of_this_name(told: tuple[Cast, Dataset]) -> None:
    cast, _dataset = told
    with acting_in(cast.other_city), pytest.raises(NotFound):
        door.dataset(city=cast.other_city, by=cast.principal("dora"), slug="trees")


def test_a_new_version_and_new_words_are_seen_at_once(told: tuple[Cast, Dataset]) -> None:
    cast, dataset = told
    dora = cast.principal("dora")
    with acting_in(cast.city):
        before = features.layer(city=cast.city, by=dora, slug="trees")
    publish(cast, deliver(cast, dataset, MORE))
    with acting_in(cast.city):
        fresh = Dataset.objects.select_related("department", "city").get(pk=dataset.pk)
        describe_dataset(dataset=fresh, by=OPERATOR, title={"en": "Other trees"})
        after = features.layer(city=cast.city, by=dora, slug="trees")
        rows = door.rows(city=cast.city, by=dora, slug="trees", query=Query())
    assert (before.version.number, after.version.number) == (1, 2)
    assert rows.total == 2
    assert look(cast, "dora").title == {"en": "Other trees"}


def test_the_new_name_of_the_department_is_seen_at_once(told: tuple[Cast, Dataset]) -> None:
    cast, dataset = told
    with acting_in(cast.city):
        Department.objects.filter(pk=dataset.department_id).update(name={"en": "Gardens"})
    assert look(cast, "dora").department_name == {"en": "Gardens"}


def test_what_one_reader_does_to_a_copy_nobody_else_sees(told: tuple[Cast, Dataset]) -> None:
    cast, _dataset = told
    dora = cast.principal("dora")
    with acting_in(cast.city):
        first = dataset_for(city=cast.city, principal=dora, slug="trees")
        first.title["en"] = "Mine"
        assert first.current is not None
        first.current.columns.clear()
        second = dataset_for(city=cast.city, principal=dora, slug="trees")
    assert second.title == {"en": "Trees"}
    assert second.current is not None
    assert second.current.columns


def test_the_stamps_of_all_change_with_any_of_them(told: tuple[Cast, Dataset]) -> None:
    cast, dataset = told
    with acting_in(cast.city):
        first, again = kept.public_stamps(cast.city), kept.public_stamps(cast.city)
    change(dataset, licence="CC0")
    with acting_in(cast.city):
        changed = kept.public_stamps(cast.city)
    change(dataset, access="internal")
    with acting_in(cast.city):
        closed = kept.public_stamps(cast.city)
    assert first == again
    assert len({first, changed, closed}) == 3
