# SPDX-License-Identifier: EUPL-1.2
"""A first `stoa up` and a `stoa demo` beside it: two real processes that want to make the same tables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.database import ensure_running
from tests.site.conftest import small_environment, until

from stoa.site.migrating_alone import LOCK

pytestmark = pytest.mark.processes

WAITING = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a database without tables."""
    ensure_running()
    name, given = f"empty_{os.getpid()}", urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(given._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield given._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_two_that_come_at_once_make_the_tables_one_after_the_other(
    tmp_path: Path, empty_database: str
) -> None:
    environment = small_environment(tmp_path) | {"DATABASE_URL": empty_database}
    command = [sys.executable, "-m", "stoa.site.migrating_alone"]
    with psycopg.connect(empty_database, autocommit=True) as first:
        first.execute(f"SELECT pg_advisory_lock({LOCK})")
        both = [
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            for _ in range(2)
        ]
        assert until(lambda: first.execute(WAITING).fetchone() == (2,)), [one.poll() for one in both]
        assert first.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)
        first.execute(f"SELECT pg_advisory_unlock({LOCK})")
        said = [one.communicate(timeout=90)[0] for one in both]
        assert [one.returncode for one in both] == [0, 0], said
        assert sorted("No migrations to apply" in text for text in said) == [False, True]
        assert first.execute("SELECT count(*) > 10 FROM django_migrations").fetchone() == (True,)
