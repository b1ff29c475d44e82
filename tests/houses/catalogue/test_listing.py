# SPDX-License-Identifier: EUPL-1.2
"""The published catalogue as lists: who finds what in them, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast, draft, published

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.door import listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: Cast) -> Cast:
    """Two datasets, one of them for the department only, and a draft."""
    published(cast, title="Trees", hvd_category="c_ac64a52d")
    published(cast, title="Secret trees", access="internal")
    draft(cast, title="Later trees")
    return cast


@pytest.mark.parametrize(("who", "count"), [("dora", 1), ("ben", 1), ("egon", 1), ("ada", 2)])
def test_everybody_gets_the_part_of_the_catalogue_that_they_may_know_of(
    told: Cast, who: str, count: int
) -> None:
    by = told.principal(who)
    with acting_in(told.city):
        assert listing.state(city=told.city, by=by).count == count
        assert len(listing.page(city=told.city, by=by, number=1, size=10)) == count
        assert len(listing.changes(city=told.city, by=by)) == count
        assert len(listing.whereabouts(city=told.city, by=by, offset=0, most=10)) == count
    assert len(list(listing.stream(city=told.city, by=by))) == count


def test_the_lists_cost_what_they_say(told: Cast, django_assert_num_queries: Any) -> None:
    by = told.principal("dora")
    with acting_in(told.city):
        with django_assert_num_queries(2):
            found = listing.state(city=told.city, by=by)
        with django_assert_num_queries(1):
            listing.page(city=told.city, by=by, number=1, size=10)
        with django_assert_num_queries(1):
            listing.changes(city=told.city, by=by)
        with django_assert_num_queries(2):
            listing.changes(city=told.city, by=by, department="parks")
    assert found.hvd_categories == ("c_ac64a52d",)


def test_a_department_that_does_not_exist_has_no_changes(told: Cast) -> None:
    with acting_in(told.city):
        assert listing.changes(city=told.city, by=told.principal("ada"), department="none") == ()
