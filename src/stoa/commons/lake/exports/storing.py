# SPDX-License-Identifier: EUPL-1.2
"""Where finished files stand: made once whoever asks, whole or not at all, within the bounds of the cache."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.lake import dictionary
from stoa.commons.lake.exports import refusals
from stoa.commons.lake.exports.values import Limits
from stoa.commons.lake.values import Layout

if TYPE_CHECKING:
    import duckdb

FOLDER = "exports"
_MIB = 1024**2
_LOOK_SECONDS = 0.2


def made_once(layout: Layout, path: str, name: str, make: Callable[[Path], None]) -> Path:
    """The file `name` of a version's exports; `make` writes it to the path it gets, if it is missing.

    Two who ask at the same time, in any process, get the same file: one makes it, the other waits.
    """
    file = dictionary.folder(layout.cache, path) / FOLDER / name
    if file.exists():
        with suppress(OSError):
            os.utime(file)
        return file
    with _locked(layout, f"{path}/{name}"):
        if not file.exists():
            aside = layout.cache / ".building" / secrets.token_hex(8)
            aside.mkdir(parents=True)
            try:
                make(aside / name)
                file.parent.mkdir(parents=True, exist_ok=True)
                (aside / name).chmod(0o444)
                (aside / name).replace(file)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            make_room(layout, keep=file)
    return file


@contextmanager
def _locked(layout: Layout, key: str) -> Iterator[None]:
    """A lock over all processes; a killed holder lets go by itself."""
    locks = layout.cache / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    # A fixed number of lock files: two exports may wait for each other, but nothing piles up.
    number = zlib.crc32(key.encode()) % 64
    with (locks / f"export-{number}").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_room(layout: Layout, *, keep: Path) -> int:
    """Delete the longest unused downloads until they take half of the cache at most; gives how many."""
    found = []
    for file in layout.cache.glob(f"**/{FOLDER}/*"):
        with suppress(OSError):
            facts = file.stat()
            found.append((facts.st_mtime, facts.st_size, file))
    total, removed = sum(size for _, size, _ in found), 0
    for _, size, file in sorted(found):
        if total <= layout.cache_mib * _MIB // 2:
            break
        if file != keep:
            file.unlink(missing_ok=True)
            total, removed = total - size, removed + 1
    return removed


@contextmanager
def watched(cursor: duckdb.DuckDBPyConnection, folder: Path, limits: Limits) -> Iterator[None]:
    """Stop the work of the block when it takes too long or the files in `folder` grow too large."""
    ended, broken = threading.Event(), []

    def watch() -> None:
        waited = 0.0
        while not ended.wait(min(_LOOK_SECONDS, limits.seconds)):
            waited += _LOOK_SECONDS
            if _size(folder) > limits.bytes:
                broken.append(refusals.too_large(limits.bytes))
            elif waited >= limits.seconds:
                broken.append(refusals.too_slow())
            if broken:
                cursor.interrupt()
                return

    watcher = threading.Thread(target=watch, daemon=True, name="stoa-export-watch")
    watcher.start()
    try:
        yield
    except Exception:
        # An interrupted query looks different to every library that reads from it.
        if broken:
            raise broken[0] from None
        raise
    finally:
        ended.set()
        watcher.join()
    if _size(folder) > limits.bytes:
        raise refusals.too_large(limits.bytes)


def _size(folder: Path) -> int:
    total = 0
    for file in folder.iterdir():
        with suppress(OSError):
            total += file.stat().st_size
    return total
