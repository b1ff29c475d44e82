# SPDX-License-Identifier: EUPL-1.2
"""The data folder (STOA_HOME): which thing stands where, and the secrets that are made once."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOCKET_PATH_MOST = 100
"""Bytes: the kernel takes 107 (Linux) or 103 (macOS) for the path of a Unix socket."""

FOLDERS = ("lake", "cache", "files", "exports", "media", "logs", "run", "run/spool", "secrets", "work")


class HomeTrouble(Exception):  # noqa: N818 - reads as what it is
    """The data folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """One data folder of one install."""

    root: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Home:
        return cls(Path(environ.get("STOA_HOME") or ".stoa").expanduser().resolve())

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock_file(self) -> Path:
        return self.run / "up.lock"

    def lake(self, environ: Mapping[str, str] = os.environ) -> str:
        """The folder of the lake."""
        told = environ.get("STOA_LAKE") or str(self.root / "lake")
        no_object_store(told)
        return told

    def make(self) -> Home:
        """Create the folders that are missing; others on the machine cannot look inside."""
        try:
            # The database's own user must be able to walk through when we are root (see postgres_place).
            self.root.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            for name in FOLDERS:
                (self.root / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeTrouble(
                f"The data folder {self.root} cannot be made or written ({error.strerror}). "
                "Give another folder with STOA_HOME, or the rights to this one."
            ) from error
        return self

    def sockets(self) -> Path:
        """A folder for Unix sockets whose path is short enough for the kernel."""
        if len(os.fsencode(self.run)) + 24 <= SOCKET_PATH_MOST:
            return self.run
        return own_folder(Path(tempfile.gettempdir()) / f"stoa-{os.geteuid()}-{self.mark()}")

    def mark(self) -> str:
        """Twelve hexadecimal digits that stand for this folder."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]

    def secret_file(self, name: str) -> Path:
        """The file of a secret, made with a new random value if it is missing."""
        path = self.root / "secrets" / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path

    def secret(self, name: str) -> str:
        return self.secret_file(name).read_text().strip()


def no_object_store(lake: str) -> None:
    """Refuse `s3://bucket`: taken for the name of a folder, it would fill the wrong disk and be in no backup."""
    if "://" in lake:
        raise HomeTrouble(
            f"STOA_LAKE={lake}: the lake is a folder; object stores are not supported yet. Name a folder on a disk "
            "that is large enough, also one of a network (NFS, CephFS), and copy `stoa backup` to the store. "
            "Why: docs/decisions/0003-two-stores-and-one-cache.md."
        )


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, complete or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def own_folder(path: Path) -> Path:
    """Make a private folder in a place that others can write too; refuse one that somebody else put there."""
    path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise HomeTrouble(
            f"{path} belongs to somebody else. Remove it, or choose a STOA_HOME with a shorter path."
        )
    return path
