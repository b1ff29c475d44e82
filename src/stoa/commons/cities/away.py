# SPDX-License-Identifier: EUPL-1.2
"""When the database is away: what says so, and letting go of a connection that is broken."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection

AWAY = (OperationalError, InterfaceError)
"""What is raised while the database restarts or cannot be reached; the same may be tried again."""


def let_go() -> None:
    """Forget this thread's connection; the next question opens a new one."""
    connection.close()
