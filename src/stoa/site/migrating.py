# SPDX-License-Identifier: EUPL-1.2
"""Bring the tables up to date before anything uses them; skip it when nothing can have changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import stoa
from stoa.site import postgres_roles as roles
from stoa.site.home import Home, HomeTrouble
from stoa.site.postgres import Cluster

WITH_TABLES = ("django", "django-allauth", "django-axes", "procrastinate")


def fingerprint() -> str:
    """Stands for all that decides which tables there are: our code and the versions of apps with tables."""
    told = hashlib.sha256()
    for folder in stoa.__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            found = path.stat()
            told.update(f"{path.relative_to(folder)} {found.st_size} {found.st_mtime_ns}\n".encode())
    for name in WITH_TABLES:
        told.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return told.hexdigest()[:32]


def migrate(
    home: Home, cluster: Cluster | None, environment: dict[str, str], say: Callable[[str], None]
) -> None:
    """Run the migrations as the owner of the tables. Raises HomeTrouble with the last lines when it fails.

    The mark of the last run is a comment on the database itself, so it can never speak of another database.
    """
    mark = f"stoa migrations {fingerprint()}"
    if cluster is not None and cluster.ask(_ASK_COMMENT, roles.DATABASE) == mark:
        return
    say("Bringing the tables up to date")
    done = subprocess.run(
        [sys.executable, "-m", "stoa.site.migrating_alone"],
        env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    (home.logs / "migrate.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise HomeTrouble(
            f"The tables could not be brought up to date: {last} (all of it: {home.logs / 'migrate.log'})"
        )
    if cluster is not None:
        cluster.ask(f"COMMENT ON DATABASE {roles.DATABASE} IS {roles.literal(mark)}")


_ASK_COMMENT = (
    "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
)
