# SPDX-License-Identifier: EUPL-1.2
"""The rights of a program by its key, asked by plain psycopg: for a process without Django."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg

from stoa.commons.people.rules import below
from stoa.commons.roles.book import BOOK
from stoa.commons.roles.values import Grant, Principal

_ASK = """
select role, note, department_id from people_apitoken
where city_id = %s and digest = %s and revoked_at is null
"""


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def principal_by_digest(cursor: psycopg.Cursor[Any], city: int, digest: str) -> Principal | None:
    """Whom a key stands for in a city; None when it is unknown there, or revoked. Inside a transaction."""
    cursor.execute("select set_config('app.city', %s, true)", [str(city)])
    cursor.execute(_ASK, [city, digest])
    token = cursor.fetchone()
    if token is None or token[0] not in BOOK:
        return None
    role, note, department = token
    reached = None
    if department is not None:
        cursor.execute("select id, path from people_department where city_id = %s", [city])
        paths = dict(cursor.fetchall())
        reached = below(paths[department], paths)
    grant = Grant(role, BOOK[role].permissions, reached)
    return Principal(
        city, name=f"token: {note}", grants=(grant,), channel="api", department_ids=reached or frozenset()
    )
