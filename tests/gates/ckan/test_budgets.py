# SPDX-License-Identifier: EUPL-1.2
"""How many queries an answer costs, however many datasets there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.gates.ckan.conftest import Portal

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.door import finding, records
from stoa.houses.catalogue.door.finding import Field, Words


@pytest.fixture
def budget(
    portal: Portal, django_assert_num_queries: Any
) -> Callable[[int, Callable[[Principal], Any]], Any]:
    """Ask as somebody without an account, and hold the queries to a number."""
    by = Principal(city_id=portal.town.city.pk)

    def ask(most: int, act: Callable[[Principal], Any]) -> Any:
        with acting_in(portal.town.city), django_assert_num_queries(most):
            return act(by)

    return ask


def test_finding_takes_three_queries_and_one_for_each_count(portal: Portal, budget: Any) -> None:
    city = portal.town.city
    condition = Words("trees")
    found = budget(3, lambda by: finding.find(city=city, by=by, condition=condition))
    assert found.total == 2
    counted = budget(
        5,
        lambda by: finding.find(city=city, by=by, condition=condition, count_by=[Field.KEYWORD, Field.THEME]),
    )
    assert counted.counts[Field.KEYWORD] == [("trees", 1)]


def test_one_dataset_takes_one_query_and_its_rows_none(portal: Portal, budget: Any) -> None:
    city = portal.town.city
    entry = budget(1, lambda by: finding.entry(city=city, by=by, name="street-trees"))
    by_id = budget(1, lambda by: finding.entry_of_ids(city=city, by=by, ids=[entry.card.uid]))
    assert by_id == entry
    table = records.open_table(entry)
    query = records.RecordQuery(sorts=(records.Sort("kind"),))
    assert len(budget(0, lambda _by: records.read(table, query, limit=5)).rows) == 5
    assert budget(0, lambda _by: records.count(table, query)) == 60


def test_departments_and_counts_take_as_many_queries_as_they_say(portal: Portal, budget: Any) -> None:
    city = portal.town.city
    assert len(budget(2, lambda by: finding.departments(city=city, by=by))) == 3
    assert budget(1, lambda by: finding.counts(city=city, by=by, field=Field.PLACE)) == [
        ("True", 2),
        ("False", 1),
    ]
    assert budget(0, lambda by: finding.departments_to_fill(city=city, by=by)) == frozenset()


def test_a_search_over_http_costs_as_many_queries_for_three_datasets_as_for_one(portal: Portal) -> None:
    asked = {"facet.field": ["organization", "tags", "groups", "license_id", "res_format"]}
    with CaptureQueriesContext(connection) as for_one:
        portal.ask("package_search", fq="name:street-trees", **asked)
    with CaptureQueriesContext(connection) as for_all:
        portal.ask("package_search", **asked)
    assert len(for_all) == len(for_one) <= 18
