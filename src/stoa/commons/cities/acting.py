# SPDX-License-Identifier: EUPL-1.2
"""The city that a transaction acts in: what row-level security in PostgreSQL compares with.

`set_config(..., is_local => true)` ends with the transaction, so it can never leak into the next request over a
kept connection. Outside `acting_in` every locked table is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from stoa.commons.cities.models import City


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.city', %s, true)", [value])


def current_city_id() -> int | None:
    """The city that this transaction acts in, as PostgreSQL sees it."""
    with connection.cursor() as cursor:
        cursor.execute("select nullif(current_setting('app.city', true), '')::bigint")
        found: int | None = cursor.fetchone()[0]
        return found


@contextmanager
def acting_in(city: City | int) -> Iterator[None]:
    """Run a block in one transaction (or savepoint) whose locked rows are those of `city` only.

    A released savepoint would keep the inner city for the rest of the outer block, so the old one is put back;
    the end of a transaction does that by itself.
    """
    is_whole = not connection.in_atomic_block
    with transaction.atomic():
        if is_whole:
            _set(str(city if isinstance(city, int) else city.pk))
            yield
            return
        before = current_city_id()
        _set(str(city if isinstance(city, int) else city.pk))
        yield
        if not connection.needs_rollback:  # else the rollback puts it back, and nothing may be asked any more
            _set("" if before is None else str(before))


_ASKED_BY_SLUG = "select * from cities_city where slug = %s"
_ASKED_BY_HOST = """
select * from cities_city
where %s = any(hosts) or (select count(*) from (select 1 from cities_city limit 2) as few) = 1
order by %s = any(hosts) desc, id limit 1
"""


@contextmanager
def acting_in_asked(*, slug: str = "", host: str = "") -> Iterator[City | None]:
    """The same for the city that somebody asks for (`queries.city_for`): found and set by one question.

    Every request begins with it, so it saves each of them two more.
    """
    name = host.split(":", maxsplit=1)[0].lower()
    text, values = (_ASKED_BY_SLUG, [slug]) if slug else (_ASKED_BY_HOST, [name, name])
    if connection.in_atomic_block:
        city = _city(f"select {_COLUMNS} from ({text}) as c", values)
        with acting_in(city) if city else transaction.atomic():
            yield city
        return
    with transaction.atomic():
        yield _city(
            f"select {_COLUMNS}, set_config('app.city', c.id::text, true) from ({text} offset 0) as c", values
        )


_FIELDS = City._meta.concrete_fields  # noqa: SLF001 - this is how Django names them
_NAMES = [field.attname for field in _FIELDS]
_COLUMNS = ", ".join(f'c."{field.column}"' for field in _FIELDS)


def _city(text: str, values: list[str]) -> City | None:
    """The city of a statement. By hand, since every request asks it: Django's raw queries take longer than the answer."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        row = cursor.fetchone()
    if row is None:
        return None
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(_FIELDS, row, strict=False)
    ]
    return City.from_db(connection.alias, _NAMES, read)
