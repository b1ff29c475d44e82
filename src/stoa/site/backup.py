# SPDX-License-Identifier: EUPL-1.2
"""Copy everything that cannot be made again, and fill an empty data folder from such a copy.

Consistent without stopping: the database is dumped first, from one snapshot; a version's files in the lake
are complete before the database speaks of it and never change, so every file that the dump names
is copied after.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from stoa.site import postgres_roles as roles
from stoa.site.home import Home, HomeTrouble
from stoa.site.lease import hold_cluster, running_url
from stoa.site.own_database import OwnServer
from stoa.site.postgres_place import packaged_programs

MANIFEST = "manifest.json"
DUMP = "database.dump"
FORM = 1
FOLDERS = ("lake", "files", "media")
SECRETS = ("django.key",)
DUMP_FLAGS = ("--format=custom", "--compress=gzip:5", "--no-sync")


class BackupTrouble(HomeTrouble):
    """The copy cannot be made or used."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One file of a backup."""

    path: str
    bytes: int
    sha256: str


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def backup(home: Home, target: Path) -> None:
    """Copy database, lake, files and secrets to `target`, which must be new or empty."""
    if not home.root.is_dir():
        raise BackupTrouble(f"There is no data folder {home.root}. Name the right one with STOA_HOME.")
    if target.exists() and any(target.iterdir()):
        raise BackupTrouble(
            f"{target} is not empty. Give a new folder, so that no older backup is overwritten."
        )
    if target.is_relative_to(home.root):
        raise BackupTrouble(f"{target} lies inside the data folder {home.root}. Give a folder outside of it.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    say("Copying the database")
    with _superuser(home) as (environment, programs):
        _tool([str(programs / "pg_dump"), *DUMP_FLAGS, f"--file={target / DUMP}"], environment, "copied")
        (target / DUMP).chmod(0o600)
    copied = [_described(target, target / DUMP)]
    for name, source in _sources(home):
        say(f"Copying {name}")
        copied += [_copy(path, target / name / path.relative_to(source), target) for path in _files(source)]
    for name in SECRETS:
        secret = home.root / "secrets" / name
        if secret.exists():
            copied.append(_copy(secret, target / "secrets" / name, target))
    told = {
        "form": FORM,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": list(map(asdict, copied)),
    }
    # The manifest is written last: a folder without one is not a backup.
    new = target / f".{MANIFEST}"
    new.write_text(json.dumps(told, indent=1))
    new.rename(target / MANIFEST)
    say(f"Done: {len(copied)} files, {sum(file.bytes for file in copied) / 1e6:.1f} MB in {target}")


def restore(home: Home, source: Path) -> None:
    """Check the backup in `source` and fill the data folder from it, which must be new or empty."""
    files = _checked(source)
    if running_url(home) is not None:
        raise BackupTrouble(f"Stoa is running on {home.root}. A backup is restored into an empty folder.")
    if home.root.exists() and any(home.root.iterdir()):
        raise BackupTrouble(f"The data folder {home.root} is not empty. Name a new one with STOA_HOME.")
    own = OwnServer.from_environment()
    if own is not None:
        own.check(source / DUMP, packaged_programs())
    home.make()
    try:
        for file in files:
            if file.path != DUMP:
                target = _place_of(home, file.path)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copy2(source / file.path, target)
        say("Restoring the database")
        _fill_database(home, own, source / DUMP)
    except (OSError, HomeTrouble):
        _empty(home.root)  # as it was found, for the next try
        raise
    say(f"Done: the data folder {home.root} is filled; start it with `stoa up`")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _fill_database(home: Home, own: OwnServer | None, dump: Path) -> None:
    if own is not None:
        own.fill(dump, packaged_programs())
        return
    with _superuser(home) as (environment, programs):
        command = [str(programs / "pg_restore"), "--exit-on-error", "--single-transaction", "--no-comments"]
        _tool([*command, f"--dbname={environment['PGDATABASE']}", str(dump)], environment, "restored")


def _checked(source: Path) -> list[Copied]:
    """The files of a backup, each compared with its checksum."""
    try:
        told = json.loads((source / MANIFEST).read_text())
        files = [Copied(**file) for file in told["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupTrouble(
            f"{source} is not a complete backup: its {MANIFEST} is missing or cannot be read."
        ) from None
    if told.get("form") != FORM:
        raise BackupTrouble(
            f"The backup {source} was made by another version of Stoa (form {told.get('form')})."
        )
    say(f"Checking {len(files)} files")
    for file in files:
        path = source / file.path
        if not path.resolve().is_relative_to(source.resolve()) or not path.is_file():
            raise BackupTrouble(f"The backup is damaged: {file.path} is missing. Nothing was changed.")
        if _described(source, path) != file:
            raise BackupTrouble(f"The backup is damaged: {file.path} was changed since. Nothing was changed.")
    return files


def _sources(home: Home) -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        source = Path(home.lake()) if name == "lake" else home.root / name
        if source.is_dir():
            yield name, source


def _place_of(home: Home, path: str) -> Path:
    first, _, rest = path.partition("/")
    return Path(home.lake()) / rest if first == "lake" else home.root / path


def _files(folder: Path) -> Iterator[Path]:
    """Complete files only: half-written ones stand in hidden places or begin with a dot."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _copy(path: Path, target: Path, base: Path) -> Copied:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy2(path, target)
    return _described(base, target)


def _described(base: Path, path: Path) -> Copied:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Copied(path.relative_to(base).as_posix(), path.stat().st_size, digest)


@contextmanager
def _superuser(home: Home) -> Iterator[tuple[dict[str, str], Path]]:
    """Environment and programs for pg_dump and pg_restore.

    As the superuser, because row-level security would hide rows from everybody else's dump.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        address = os.environ.get("STOA_SUPER_DATABASE_URL") or given
        yield {"PATH": os.environ.get("PATH", ""), **_told_by(address)}, packaged_programs()
        return
    with hold_cluster(home, say) as cluster:
        yield cluster.client_environment(roles.DATABASE), cluster.place.programs


_TOLD = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def _told_by(address: str) -> dict[str, str]:
    """The parts of a database's address as the tools read them: in no list of processes, and no URL in PGDATABASE."""
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError as error:
        raise BackupTrouble("The address of the database cannot be read: see DATABASE_URL.") from error
    return {_TOLD[name]: str(value) for name, value in parts.items() if name in _TOLD and value is not None}


def _tool(command: list[str], environment: dict[str, str], what: str) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupTrouble(f"The database could not be {what}: {done.stderr.strip()[-800:]}")
