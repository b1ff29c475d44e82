# SPDX-License-Identifier: EUPL-1.2
"""A backup is worth what its restore gives back: every row of every table, every file of the lake."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.database import ready_home
from tests.site.conftest import ROOT

from stoa.site import postgres_roles as roles
from stoa.site.home import Home
from stoa.site.lease import hold_cluster
from stoa.site.postgres import Cluster
from stoa.site.postgres_place import packaged_programs

pytestmark = pytest.mark.processes

TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"

LOCKED = """
SET ROLE stoa_owner;
CREATE TABLE of_cities (id bigserial PRIMARY KEY, city_id bigint, name text, shape bytea, extent box);
ALTER TABLE of_cities ENABLE ROW LEVEL SECURITY;
ALTER TABLE of_cities FORCE ROW LEVEL SECURITY;
CREATE POLICY city_lock ON of_cities USING (city_id = nullif(current_setting('app.city', true), '')::bigint);
RESET ROLE;
INSERT INTO of_cities (city_id, name, shape, extent)
SELECT n % 3, 'Straße ' || n, decode(md5(n::text), 'hex'), box(point(n, n), point(n + 1, n + 1))
FROM generate_series(1, 5000) n;
"""


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("STOA_")}
    settings = {"DJANGO_SETTINGS_MODULE": "stoa.site.settings", "STOA_HOME": str(home)}
    return kept | {"PYTHONPATH": str(ROOT / "src")} | settings


def stoa(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stoa.site", *words],
        env=environment(home) | more, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


def rows(cluster: Cluster, database: str = roles.DATABASE) -> dict[str, str]:
    """Per table the number of rows and a hash over all of them, whatever the order."""
    one = "SELECT {0!r}, count(*), sum(hashtextextended(t::text, 0)) FROM {0} t"
    asked = " UNION ALL ".join(map(one.format, cluster.ask(TABLES, database).splitlines()))
    lines = cluster.ask(asked, database).splitlines()
    return dict(line.split("|", 1) for line in lines)  # type: ignore[misc]


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def filled(place: Path) -> Path:
    """A data folder with the product's tables, rows of three cities behind a lock, and files."""
    home = ready_home(place / "filled")
    with hold_cluster(Home(home)) as cluster:
        cluster.ask(LOCKED)
    for name in (
        "lake/town/0198/v000001/data.parquet",
        "lake/town/0198/v000002/data.parquet",
        "files/ab/ab12",
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(100_000))
    (home / "secrets" / "django.key").write_text("signs sessions")
    (home / "cache" / "derived").write_text("can be made again")
    return home


@pytest.fixture(scope="module")
def copied(place: Path, filled: Path) -> Path:
    done = stoa(filled, "backup", str(place / "copy"))
    assert done.returncode == 0, done.stderr
    return place / "copy"


def test_a_restored_copy_has_every_row_and_every_file(place: Path, filled: Path, copied: Path) -> None:
    new = place / "new"
    done = stoa(new, "restore", str(copied))
    assert done.returncode == 0, done.stderr
    with hold_cluster(Home(filled)) as before, hold_cluster(Home(new)) as after:
        wanted = rows(before)
        assert rows(after) == wanted
        assert wanted["public.of_cities"].startswith("5000|")
        assert len(wanted) > 20
        assert after.ask("SELECT nextval('of_cities_id_seq')") == "5001"
        assert (
            after.ask(
                "SELECT relforcerowsecurity, relowner::regrole FROM pg_class WHERE relname = 'of_cities'"
            )
            == "t|stoa_owner"
        )
        assert after.ask("SELECT has_table_privilege('stoa_app', 'of_cities', 'INSERT')") == "t"
    for folder in ("lake", "files"):
        assert hashes(new / folder) == hashes(filled / folder)
    assert hashes(new / "lake")
    assert (new / "secrets" / "django.key").read_text() == "signs sessions"
    assert not (new / "cache" / "derived").exists()


def test_a_database_of_ones_own_is_copied_by_its_address(place: Path, filled: Path) -> None:
    alone, copy = place / "alone", place / "copy-of-own"
    alone.mkdir()
    with hold_cluster(Home(filled)) as cluster:
        own = {
            "DATABASE_URL": cluster.url(roles.OWNER),
            "STOA_SUPER_DATABASE_URL": cluster.url(roles.SUPER),
        }
        done = stoa(alone, "backup", str(copy), **own)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        [str(packaged_programs() / "pg_restore"), "--list", str(copy / "database.dump")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "TABLE DATA public of_cities" in listed.stdout


def test_a_copy_is_restored_into_a_database_of_ones_own(place: Path, filled: Path, copied: Path) -> None:
    new = place / "on-own-server"
    with hold_cluster(Home(filled)) as cluster:
        cluster.ask(f"CREATE DATABASE own OWNER {roles.OWNER}")
        own = {
            "DATABASE_URL": cluster.url(roles.APP, "own"),
            "STOA_OWNER_DATABASE_URL": cluster.url(roles.OWNER, "own"),
            "STOA_INGEST_DATABASE_URL": cluster.url(roles.INGEST, "own"),
        }
        done = stoa(new, "restore", str(copied), **own)
        assert done.returncode == 0, done.stderr
        assert rows(cluster, "own") == rows(cluster)
        may = "SELECT has_table_privilege('{}', 'people_department', 'INSERT')"
        assert [cluster.ask(may.format(role), "own") for role in (roles.APP, roles.INGEST)] == ["t", "f"]
        watches = "SELECT has_table_privilege('stoa_ingest', 'observations_watchnews', 'INSERT')"
        assert cluster.ask(watches, "own") == "t"
        again = stoa(place / "second", "restore", str(copied), **own)
        nobody = own | {"DATABASE_URL": own["DATABASE_URL"].replace(f"{roles.APP}:", "nobody_here:")}
        cluster.ask(f"CREATE DATABASE bare OWNER {roles.OWNER} TEMPLATE template0")
        unknown = stoa(
            place / "second", "restore", str(copied),
            **{name: url.replace("@/own?", "@/bare?") for name, url in nobody.items()},
        )  # fmt: skip
    assert (again.returncode, unknown.returncode) == (1, 1)
    assert "is not empty: it has" in again.stderr
    assert "there is no role nobody_here" in unknown.stderr
    assert not (place / "second").exists()
    assert hashes(new / "lake") == hashes(filled / "lake")


def test_a_damaged_backup_is_refused_and_nothing_is_changed(place: Path, filled: Path) -> None:
    copy = place / "damaged"
    assert stoa(filled, "backup", str(copy)).returncode == 0
    file = copy / "lake/town/0198/v000001/data.parquet"
    file.write_bytes(b"!" + file.read_bytes()[1:])
    done = stoa(place / "untouched", "restore", str(copy))
    assert done.returncode == 1
    assert "v000001/data.parquet was changed" in done.stderr
    assert not (place / "untouched").exists()


def test_a_manifest_that_points_outside_is_refused(place: Path, filled: Path) -> None:
    copy = place / "outside"
    assert stoa(filled, "backup", str(copy)).returncode == 0
    told = (copy / "manifest.json").read_text()
    (copy / "manifest.json").write_text(told.replace("files/ab/ab12", "../filled/files/ab/ab12"))
    assert stoa(place / "untouched", "restore", str(copy)).returncode == 1
    assert not (place / "untouched").exists()


def test_neither_overwrites_what_is_there(place: Path, filled: Path) -> None:
    (place / "full").mkdir()
    (place / "full" / "photo.jpg").touch()
    assert "is not empty" in stoa(filled, "backup", str(place / "full")).stderr
    assert stoa(place / "other", "backup", str(place / "new-copy")).returncode == 1
    assert stoa(filled, "backup", str(place / "copy-2")).returncode == 0
    assert "is not empty" in stoa(filled, "restore", str(place / "copy-2")).stderr
    assert "not a complete backup" in stoa(place / "empty", "restore", str(place / "full")).stderr
