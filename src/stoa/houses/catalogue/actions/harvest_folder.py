# SPDX-License-Identifier: EUPL-1.2
"""A folder as a catalogue: files that describe datasets are read, files of data are datasets themselves."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from stoa.commons.fetching import door as fetching
from stoa.commons.reading.catalogues import read_apart
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.folders import refuse_foreign_folder
from stoa.houses.catalogue.models import HarvestSource
from stoa.houses.catalogue.terms import HarvestKind
from stoa.standards.catalogues.sniffing import HEAD, kind_of
from stoa.standards.catalogues.values import Item, Next, RemoteDataset, Unreadable

_MARK = "file:"
MOST_NAME = 200
"""Letters of a file's name, as a source keeps it."""


def files_of(folder: str) -> list[str]:
    """Names of all files in the folder; `Refused` while one is being written, or if there is none.

    Only a whole folder may say that something is gone, and a disk that is not there looks like an empty one.
    """
    refuse_foreign_folder(folder, "url")
    look = fetching.look_into(Path(folder))
    if look.waiting:
        raise Refused(
            Problem(
                "harvest.folder_changing",
                say("In the folder a file is still being written: %(name)s.", name=look.waiting[0][:200]),
                say("A half-written file must not be taken for the whole."),
                say("The next run begins by itself a little later."),
            )
        )
    if not look.changed:
        raise Refused(
            Problem(
                "harvest.folder_empty",
                say("The folder is empty."),
                say("It may be a disk that is not connected, so nothing was taken away."),
                say("Put files into the folder, or let go of this catalogue."),
            )
        )
    return sorted(found.name for found in look.changed)


def take_file(source: HarvestSource, name: str, place: Path, limits: fetching.Limits) -> fetching.Fetched:
    """One file of the folder: a copy of a catalogue's, and of one with data its facts only (an empty copy)."""
    refuse_foreign_folder(source.url, "url")
    look = fetching.look_into(Path(source.url), glob.escape(name), settle_seconds=0)
    if not look.changed:
        raise Refused(
            Problem(
                "harvest.file_gone",
                say("The file %(name)s was taken away during the run.", name=name[:200]),
                say("Nobody can say whether everything was read."),
                say("The next run begins by itself a little later."),
            )
        )
    found = look.changed[0]
    if not _kind(found.path, name):
        empty = place / "data"
        empty.touch()
        return fetching.Fetched(empty, "", "", "", "", name, 0)
    taken = fetching.take(found, place, most_bytes=limits.file_bytes)
    return fetching.Fetched(taken.path, taken.sha256, "", "", "", name, taken.bytes)


def _kind(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return kind_of(name, file.read(HEAD))
    except OSError:
        return ""


def items_of(source: HarvestSource, got: fetching.Fetched, name: str) -> Iterator[Item]:
    """Everything in one file; other pages of the same catalogue are files beside it, so no address is followed."""
    kind = _kind(got.path, name)
    if kind:
        pages = read_apart(kind, got.path, f"file:///{quote(name)}")
        yield from (item for item in pages if not isinstance(item, Next))
    elif len(glob.escape(name)) > MOST_NAME:
        yield Unreadable(name[:200], say("The name of the file is too long."))
    elif source.mirrors:
        yield _of_data(source, name)
    else:
        why = say("It is a file of data; it is taken only where the data is brought in too.")
        yield Unreadable(name[:200], why)


def _of_data(source: HarvestSource, name: str) -> RemoteDataset:
    title = name.rpartition(".")[0].replace("_", " ").replace("-", " ").strip() or name
    folder = hashlib.sha256(source.url.encode()).hexdigest()[:12]
    return RemoteDataset(id=f"{_MARK}{folder}/{name}"[:500], title={"": title[:300]}, description={})


def pattern_of(source: HarvestSource, remote_id: str) -> str:
    """Which file of the folder a dataset is; empty if it was described by a catalogue."""
    if source.kind != HarvestKind.FOLDER or not remote_id.startswith(_MARK):
        return ""
    return glob.escape(remote_id.partition("/")[2])
