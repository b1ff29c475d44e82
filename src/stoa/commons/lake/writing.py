# SPDX-License-Identifier: EUPL-1.2
"""Writing a version: prepared aside, made durable, then moved into place in one step.

A version is a folder. It is built in `<lake>/.incoming/<random>` and renamed, so that a kill at any moment
leaves either nothing or the whole; what is left in `.incoming` is swept later.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from stoa.commons.lake import dictionary, finishing
from stoa.commons.lake.dictionary import DATA, DICTIONARY
from stoa.commons.lake.engine import open_engine
from stoa.commons.lake.values import Layout, StagedTable, Swept, VersionRef, Written
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec
from stoa.ground.words import say

INCOMING = ".incoming"


def write_version(
    layout: Layout,
    staged: StagedTable,
    *,
    path: str,
    columns: tuple[ColumnSpec, ...],
    key: tuple[str, ...] = (),
) -> Written:
    """Make a staged table a version of the lake; `Refused` (`lake.version_exists`) if one stands already."""
    dictionary.check_columns(columns, key)
    target = dictionary.folder(layout.lake, path)
    if target.exists():
        raise _exists()
    with _incoming(layout) as aside:
        written = _write_files(layout, staged, aside, VersionRef(path, columns, key=key))
        _move(aside, target)
    return written


def _write_files(layout: Layout, staged: StagedTable, aside: Path, ref: VersionRef) -> Written:
    written = finishing.take_over(staged, aside, ref) if staged.is_finished else None
    if written is None:
        spatial, spill = staged.geometry != "none", aside / "spill"
        with open_engine(layout, spatial=spatial, scratch=spill) as connection:
            written = finishing.write_files(connection, staged, aside, ref)
        shutil.rmtree(spill, ignore_errors=True)
    for part in (aside / DATA, aside / DICTIONARY):
        _make_durable(part)
        part.chmod(0o444)
    _make_durable(aside)
    return written


@contextmanager
def _incoming(layout: Layout) -> Iterator[Path]:
    """A new folder for one writer, removed unless it was moved away."""
    aside = layout.lake / INCOMING / secrets.token_hex(12)
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _move(aside: Path, target: Path) -> None:
    """Rename the finished folder into place; renaming over a filled folder fails: nothing is lost."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        aside.rename(target)
    except OSError as error:
        if target.exists():
            raise _exists() from error
        raise
    for folder in (target.parent, target.parent.parent):
        _make_durable(folder)


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exists() -> Refused:
    return Refused(
        Problem(
            "lake.version_exists",
            what=say("This version is already stored."),
            why=say("A stored version never changes, so that everybody can rely on it."),
            do=say("Publish again; the data will get the next version number."),
        )
    )


def sweep(layout: Layout, known_paths: Collection[str], older_than: datetime) -> Swept:
    """Remove what a killed writer left and versions that nobody knows of, if they are old enough to be sure.

    `known_paths` are the paths of all versions that must stay.
    """
    removed: list[str] = []
    size = 0
    before = older_than.timestamp()
    leftovers = list(_children(layout.lake / INCOMING))
    unknown = [
        folder for folder in _versions(layout.lake) if _relative(layout, folder) not in set(known_paths)
    ]
    for folder in leftovers + unknown:
        if _newest(folder) < before:
            size += _size(folder)
            _remove(folder)
            removed.append(_relative(layout, folder))
    return Swept(tuple(removed), size)


def remove_version(layout: Layout, path: str) -> None:
    """Take a version out of the lake, as the retention rule wants; nothing happens if it is gone already."""
    target = dictionary.folder(layout.lake, path)
    aside = layout.lake / INCOMING / secrets.token_hex(12)
    aside.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        target.rename(aside)  # gone at once for every reader, then deleted
        _remove(aside)


def _versions(lake: Path) -> Iterator[Path]:
    for file in lake.rglob(DATA):
        if INCOMING not in file.relative_to(lake).parts:
            yield file.parent


def _children(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _relative(layout: Layout, folder: Path) -> str:
    return folder.relative_to(layout.lake).as_posix()


def _newest(folder: Path) -> float:
    """When anything in the folder last changed, so that a long write is not taken for a dead one."""
    times = [0.0]
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):
            times.append(path.lstat().st_mtime)
    return max(times)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _remove(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
