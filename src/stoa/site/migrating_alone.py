# SPDX-License-Identifier: EUPL-1.2
"""Runs the migrations: `python -m stoa.site.migrating_alone`. Whoever comes while another does waits for him.

A portal and a command may be started beside each other on a new data folder, and two machines on one database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connections

LOCK = "hashtext('stoa_migrations')"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for a lock of the database, which is gone when its holder is.

    Held by a transaction of its own: the migrations' own ones end between them, and behind a pool of connections
    a lock of the session could stay with somebody else.
    """
    waiting = connections.create_connection("default")
    try:
        waiting.set_autocommit(False)
        with waiting.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        yield
    finally:
        waiting.close()


def main() -> None:
    django.setup()
    with one_at_a_time():
        call_command("migrate", interactive=False, skip_checks=True, verbosity=1)


if __name__ == "__main__":
    main()
