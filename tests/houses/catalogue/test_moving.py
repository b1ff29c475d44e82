# SPDX-License-Identifier: EUPL-1.2
"""Another department answers for a dataset: with rights in both, told, and without a way round who may read rows."""

from __future__ import annotations

import pytest
from tests.houses.catalogue.cast import OPERATOR, Cast, published
from tests.houses.catalogue.test_views import published_view, save

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.notices.models import Notice
from stoa.commons.people.actions import give_role
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.moving import move_dataset
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries.rows import sees_rows


def move(cast: Cast, dataset: Dataset, who: str, *, to: str = "roads") -> Dataset:
    with acting_in(cast.city):
        found = Dataset.objects.select_related("department", "city").get(pk=dataset.pk)
        return move_dataset(dataset=found, department=getattr(cast, to), by=cast.principal(who))


@pytest.mark.parametrize("who", ["ada", "ben", "dora", "egon"])
def test_rights_in_one_department_or_none_do_not_move_a_dataset(cast: Cast, who: str) -> None:
    trees = published(cast)
    with pytest.raises(Refused) as refused:
        move(cast, trees, who)
    assert refused.value.problem.code == "catalogue.right_missing"
    with acting_in(cast.city):
        assert Dataset.objects.get(pk=trees.pk).department_id == cast.parks.pk


def test_an_officer_of_both_departments_moves_it_and_the_new_one_is_told(cast: Cast) -> None:
    trees = published(cast, access="internal")
    with acting_in(cast.city):
        give_role(city=cast.city, person=cast.ada, role="officer", by=OPERATOR, department=cast.roads)
    move(cast, trees, "ada")
    with acting_in(cast.city):
        found = Dataset.objects.select_related("department").get(pk=trees.pk)
        assert found.department.slug == "roads"
        assert sees_rows(found, cast.principal("ben")) is True
        line = AuditLine.objects.get(verb="dataset.moved")
        assert line.facts == {"from": "parks", "to_department": "roads"}
        assert {notice.person.name for notice in Notice.objects.filter(topic="dataset.moved")} == {
            "Ada",
            "Ben",
        }


def test_moving_where_it_is_already_does_nothing(cast: Cast) -> None:
    trees = published(cast)
    move(cast, trees, "cleo", to="parks")
    with acting_in(cast.city):
        assert not AuditLine.objects.filter(verb="dataset.moved").exists()


def test_what_is_not_open_stays_with_the_department_of_its_view_both_ways(cast: Cast) -> None:
    trees = published(cast, access="internal")
    view = published_view(cast, access="internal")
    for one in (trees, view):
        with pytest.raises(Refused) as refused:
            move(cast, one, "cleo")
        assert refused.value.problem.code == "sql.view_department_other"


def test_open_data_moves_whatever_is_made_from_it(cast: Cast) -> None:
    trees = published(cast)
    view = save(cast)
    move(cast, trees, "cleo")
    move(cast, view, "cleo")
    with acting_in(cast.city):
        assert {one.department.slug for one in Dataset.objects.select_related("department")} == {"roads"}


def test_what_another_catalogue_assigns_is_not_moved_by_hand(cast: Cast) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        Dataset.objects.filter(pk=trees.pk).update(is_remote=True)
    with pytest.raises(Refused) as refused:
        move(cast, trees, "cleo")
    assert refused.value.problem.code == "catalogue.department_of_origin"
