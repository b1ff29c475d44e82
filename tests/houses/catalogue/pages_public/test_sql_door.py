# SPDX-License-Identifier: EUPL-1.2
"""Who may ask what in SQL: a table is a published dataset whose rows the asker may read, and nothing else exists."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.houses.catalogue.town import Town

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Refused
from stoa.houses.catalogue.door import sql


def principal(town: Town, who: str) -> Principal:
    return principal_of(town.people[who], town.city)


def run(town: Town, who: str, statement: str, **more: Any) -> sql.SqlAnswer:
    with acting_in(town.city):
        return sql.run(city=town.city, by=principal(town, who), statement=statement, **more)


def outcome(town: Town, who: str, statement: str) -> str:
    try:
        return str(run(town, who, statement).rows[0][0])
    except Refused as refused:
        return refused.problem.code


UNKNOWN = "sql.table_unknown"
WHO_READS_WHAT = [
    ("street_trees", {"owner": "60", "colleague": "60", "outsider": "60", "stranger": "60"}),
    ("entitled_trees", {"owner": "60", "colleague": "60", "outsider": UNKNOWN, "stranger": UNKNOWN}),
    ("internal_trees", {"owner": "60", "colleague": UNKNOWN, "outsider": UNKNOWN, "stranger": UNKNOWN}),
    ("draft_trees", {"owner": UNKNOWN, "colleague": UNKNOWN, "outsider": UNKNOWN, "stranger": UNKNOWN}),
    ("never_heard_of", {"owner": UNKNOWN, "colleague": UNKNOWN, "outsider": UNKNOWN, "stranger": UNKNOWN}),
]


@pytest.mark.parametrize(("table", "expected"), WHO_READS_WHAT)
def test_who_reads_which_table(town: Town, db: None, table: str, expected: dict[str, str]) -> None:
    assert {who: outcome(town, who, f"SELECT count(*) FROM {table}") for who in expected} == expected


def test_tables_of_another_city_are_unknown(town: Town, db: None) -> None:
    other = City.objects.get(slug="elsewhere-on-sea")
    with acting_in(other), pytest.raises(Refused) as refused:
        sql.run(city=other, by=Principal(city_id=other.pk), statement="FROM street_trees")
    assert refused.value.problem.code == UNKNOWN


def test_a_closed_table_and_none_at_all_are_refused_in_the_same_words(town: Town, db: None) -> None:
    said = []
    for name in ("internal_trees", "nowhere_trees1"):
        with pytest.raises(Refused) as refused:
            run(town, "outsider", f"FROM {name}")
        said.append(str(refused.value.problem).replace(name, "X"))
    assert said[0] == said[1]


def test_a_closed_table_hides_in_no_corner_of_a_statement(town: Town, db: None) -> None:
    for statement in (
        "SELECT (SELECT count(*) FROM internal_trees) FROM street_trees",
        "WITH x AS (FROM internal_trees) SELECT 1 FROM street_trees",
        "WITH internal_trees AS (SELECT * FROM internal_trees) SELECT count(*) FROM internal_trees",
        "SELECT 1 FROM street_trees UNION ALL (SELECT 1 FROM internal_trees)",
        "SELECT 1 FROM street_trees WHERE EXISTS (FROM internal_trees)",
        "SELECT 1 FROM street_trees ORDER BY (SELECT max(height_m) FROM internal_trees)",
        "SUMMARIZE internal_trees",
        "SELECT 1 FROM street_trees SEMI JOIN internal_trees USING (tree_number)",
    ):
        assert outcome(town, "outsider", statement) == UNKNOWN, statement


def test_a_table_has_its_short_name_or_one_with_underscores(town: Town, db: None) -> None:
    for name in ("street_trees", '"street-trees"', "Street_Trees"):
        assert run(town, "outsider", f"SELECT count(*) FROM {name}").tables == ("street-trees",)


def test_a_caller_may_bring_names_of_its_own(town: Town, db: None) -> None:
    names = {"0b5d1a9e-0000-4000-8000-000000000000": "street-trees", "b": "internal-trees"}
    answer = run(
        town,
        "outsider",
        f'SELECT * FROM "{next(iter(names))}" ORDER BY _id LIMIT 1',
        names=names,
        row_as="_id",
    )
    assert [c.name for c in answer.columns][:2] == ["_id", "tree_number"]
    assert answer.rows[0][:2] == (1, "T-001")
    with pytest.raises(Refused):
        run(town, "outsider", "FROM b", names=names)


def test_the_list_of_tables_shows_what_may_be_asked(town: Town, db: None) -> None:
    def listed(who: str) -> list[str]:
        with acting_in(town.city):
            return [t.name for t in sql.tables(city=town.city, by=principal(town, who))]

    assert listed("outsider") == ["bicycle_counts", "street_trees"]
    assert listed("colleague") == ["bicycle_counts", "entitled_trees", "street_trees"]
    assert listed("owner") == ["bicycle_counts", "entitled_trees", "internal_trees", "street_trees"]


def test_tables_are_found_by_words_and_come_with_their_columns(town: Town, db: None) -> None:
    with acting_in(town.city), CaptureQueriesContext(connection) as asked:
        (found,) = sql.tables(city=town.city, by=principal(town, "outsider"), text="street_tr")
    assert (found.slug, found.rows) == ("street-trees", 60)
    assert ("height_m", "number", "Height [m]") in found.columns
    assert found.columns[-1] == ("geometry", "geometry", "")
    assert len([q for q in asked if "catalogue_dataset" in q["sql"]]) == 1


def test_names_are_looked_up_with_one_query(town: Town, db: None) -> None:
    by = principal(town, "outsider")
    with acting_in(town.city), CaptureQueriesContext(connection) as asked:
        sql.run(city=town.city, by=by, statement="SELECT 1 FROM street_trees, bicycle_counts")
    assert len([q for q in asked if "catalogue_" in q["sql"]]) == 1
