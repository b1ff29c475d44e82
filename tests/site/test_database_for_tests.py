# SPDX-License-Identifier: EUPL-1.2
"""The database that the tests get is the one that the product starts."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_packaged_server_answers_with_what_the_product_needs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {"btree_gist", "pg_trgm", "unaccent"} <= {name for (name,) in cursor.fetchall()}


def test_new_databases_have_the_leakproof_operators() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proleakproof FROM pg_proc WHERE oid = ANY (ARRAY['box_overlap(box,box)',"
            "'ts_match_vq(tsvector,tsquery)','texticlike(text,text)',"
            "'jsonb_contains(jsonb,jsonb)']::regprocedure[])"
        )
        assert cursor.fetchall() == [(True,)] * 4


def test_the_application_gets_four_verbs_and_no_truncate_on_new_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_test (id bigserial PRIMARY KEY)")
        cursor.execute(
            "SELECT verb, has_table_privilege('stoa_app', 'of_a_test', verb) FROM unnest(ARRAY["
            "'SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS verb"
        )
        assert dict(cursor.fetchall()) == {
            "SELECT": True, "INSERT": True, "UPDATE": True, "DELETE": True,
            "TRUNCATE": False, "REFERENCES": False, "TRIGGER": False,
        }  # fmt: skip
        cursor.execute("SET LOCAL ROLE stoa_app")
        cursor.execute("INSERT INTO of_a_test DEFAULT VALUES RETURNING id")
        assert cursor.fetchone() == (1,)
