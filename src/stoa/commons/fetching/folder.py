# SPDX-License-Identifier: EUPL-1.2
"""A folder as a source: which files are new, which are still being written, and how one is taken safely."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stoa.commons.fetching.names import safe_name
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

MOST_ENTRIES = 100_000
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """One file as it stood when the folder was looked into."""

    path: Path
    name: str
    bytes: int
    mtime_ns: int

    @property
    def mark(self) -> str:
        """Kept by the caller to know the file again; changes with size and time of writing."""
        return f"{self.bytes}:{self.mtime_ns}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into a folder found."""

    changed: tuple[Found, ...]
    """New or changed and no longer being written, the newest first."""
    waiting: tuple[str, ...]
    """Names of files that are still being written."""
    marks: Mapping[str, str]
    """By name, to be handed in as `previous` next time; waiting files keep their old mark."""


def look_into(
    folder: Path,
    pattern: str = "*",
    previous: Mapping[str, str] | None = None,
    *,
    settle_seconds: float = 10,
    now: float | None = None,
) -> Look:
    """Find the files of a folder (not of folders in it) that changed since `previous` and have settled.

    A file counts as settled when it was last written at least `settle_seconds` ago. Links that lead out of
    the folder, hidden files and everything that is no plain file are passed over.
    """
    clock = time.time() if now is None else now
    before = dict(previous or {})
    changed, waiting, marks = [], [], {}
    for found in _files(folder, pattern):
        settled = found.mtime_ns / 1e9 <= clock - settle_seconds
        if before.get(found.name) == found.mark or not settled:
            if not settled:
                waiting.append(found.name)
            if found.name in before:
                marks[found.name] = before[found.name]
            continue
        changed.append(found)
        marks[found.name] = found.mark
    changed.sort(key=lambda found: (-found.mtime_ns, found.name))
    return Look(tuple(changed), tuple(sorted(waiting)), marks)


def _files(folder: Path, pattern: str) -> list[Found]:
    try:
        home = folder.resolve(strict=True)
        with os.scandir(home) as entries:
            listed = [entry.name for _, entry in zip(range(MOST_ENTRIES + 1), entries, strict=False)]
    except OSError:
        raise _refused("folder_unreadable", folder.name) from None
    if len(listed) > MOST_ENTRIES:
        raise _refused("folder_too_full", folder.name)
    wanted = (name for name in listed if not name.startswith(".") and fnmatch.fnmatch(name, pattern))
    return [found for found in (_file(home, name) for name in wanted) if found is not None]


def _file(home: Path, name: str) -> Found | None:
    try:
        path = (home / name).resolve(strict=True)
        facts = path.stat()
    except (OSError, RuntimeError):  # gone meanwhile, or a link in a circle
        return None
    if not path.is_relative_to(home) or not stat.S_ISREG(facts.st_mode):
        return None
    return Found(path, name, facts.st_size, facts.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy of a file from a folder."""

    path: Path
    name: str
    bytes: int
    sha256: str


def take(found: Found, to: Path, *, most_bytes: int = 2048 * 1024**2) -> Taken:
    """Copy a found file into the folder `to`; `Refused` if it changed meanwhile or is too large."""
    if found.bytes > most_bytes:
        raise _refused("file_too_large", found.name)
    target = to / safe_name(found.name)
    part = to / f".{target.name}.part"
    digest, count = hashlib.sha256(), 0
    try:
        # O_NOFOLLOW: the name may have become a link since the look; O_NONBLOCK: or a pipe.
        handle = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as source, part.open("wb") as out:
            _unchanged(found, os.fstat(handle))
            while piece := source.read(_CHUNK):
                count += len(piece)
                if count > found.bytes:
                    raise _refused("file_changing", found.name)
                digest.update(piece)
                out.write(piece)
            _unchanged(found, os.fstat(handle))
        part.replace(target)
    except OSError:
        raise _refused("file_unreadable", found.name) from None
    finally:
        part.unlink(missing_ok=True)
    return Taken(target, target.name, count, digest.hexdigest())


def _unchanged(found: Found, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != (found.bytes, found.mtime_ns):
        raise _refused("file_changing", found.name)


_WORDS = {
    "folder_unreadable": (
        say("The folder cannot be read."),
        say("It does not exist, or this program may not look into it."),
        say("Check the path of the folder and the rights on it."),
    ),
    "folder_too_full": (
        say("The folder holds too many files."),
        say("Looking through all of them each time would take too long."),
        say("Move old files to another folder."),
    ),
    "file_too_large": (
        say("The file is larger than allowed."),
        say("A larger one could fill the disk of this machine."),
        say("Split the file, or ask the operator to raise the limit."),
    ),
    "file_changing": (
        say("The file is still being written."),
        say("A half-written file must not be taken for the whole."),
        say("It will be taken at the next look, once it no longer changes."),
    ),
    "file_unreadable": (
        say("The file cannot be read."),
        say("It was taken away, or this program may not read it."),
        say("Check that the file is there, and the rights on it."),
    ),
}


def _refused(state: str, name: str) -> Refused:
    what, why, do = _WORDS[state]
    return Refused(Problem(f"fetch.{state}", what, why, do, field=name[:200]))
