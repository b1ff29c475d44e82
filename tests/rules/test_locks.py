# SPDX-License-Identifier: EUPL-1.2
"""Every row belongs to a city, and the database itself keeps cities apart."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in, current_city_id
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department

WITHOUT_CITY = {"City", "Person", "Heartbeat", "Person_groups", "Person_user_permissions"}
"""The short list: a city itself, accounts (people may belong to several cities), and the worker's sign of life."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_cities() -> tuple[City, City]:
    made = []
    for slug in ("here", "there"):
        city = City.objects.create(slug=slug, name={"en": slug.title()}, languages=["en"])
        with acting_in(city):
            Department.objects.create(city=city, slug="parks", name={"en": "Parks"}, path="parks/")
        made.append(city)
    return made[0], made[1]


def test_every_table_with_a_city_is_locked_for_its_owner_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            select c.relname, c.relrowsecurity, c.relforcerowsecurity,
                   (select count(*) from pg_policy p where p.polrelid = c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p')
              and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'city_id' and not a.attisdropped)
        """)
        tables = cursor.fetchall()
    assert len(tables) >= 12
    assert not [name for name, on, forced, policies in tables if not (on and forced and policies)]


def test_every_model_of_ours_has_a_city_or_a_reason() -> None:
    ours = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("stoa.")]
    without = {
        m.__name__
        for m in ours
        if "city_id" not in {getattr(f, "attname", f.name) for f in m._meta.get_fields()}
    }
    assert without <= WITHOUT_CITY


def test_outside_a_city_every_locked_table_is_empty(two_cities: tuple[City, City]) -> None:
    assert Department.objects.count() == 0


def test_somebody_acting_in_one_city_sees_nothing_of_another(two_cities: tuple[City, City]) -> None:
    here, there = two_cities
    with acting_in(here):
        assert {d.city_id for d in Department.objects.all()} == {here.pk}
        assert not Department.objects.filter(city=there).exists()


def test_somebody_acting_in_one_city_can_write_nothing_into_another(two_cities: tuple[City, City]) -> None:
    here, there = two_cities
    with pytest.raises(DatabaseError, match="row-level security"), acting_in(here), transaction.atomic():
        Department.objects.create(city=there, slug="roads", name={"en": "Roads"}, path="roads/")


def test_a_row_cannot_point_at_a_row_of_another_city(two_cities: tuple[City, City]) -> None:
    here, there = two_cities
    with acting_in(there):
        foreign = Department.objects.get().pk
    with acting_in(here):
        Department.objects.create(
            city=here, slug="trees", name={"en": "Trees"}, path="parks/trees/", parent_id=foreign
        )
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="people_department_parent_id_city"),
        ):
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


def test_the_city_ends_with_its_block(two_cities: tuple[City, City]) -> None:
    here, there = two_cities
    with acting_in(here):
        with acting_in(there):
            assert current_city_id() == there.pk
        assert current_city_id() == here.pk
    assert current_city_id() is None


def test_nobody_can_change_the_audit_trail(two_cities: tuple[City, City]) -> None:
    here, _there = two_cities
    with acting_in(here):
        line = AuditLine.objects.create(city_id=here.pk, channel="web", verb="a.b", thing="a", thing_id="1")
        for forbidden in (
            lambda: AuditLine.objects.filter(pk=line.pk).update(verb="x"),
            lambda: line.delete(),
        ):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                forbidden()
