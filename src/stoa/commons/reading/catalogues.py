# SPDX-License-Identifier: EUPL-1.2
"""Pages of other catalogues, read in a child process with limits that the system enforces.

RDF and XML of strangers go through large parsers: a page that makes one of them run for ever or take all memory
ends the child and becomes a sentence in the report of the run. Other kinds are read here: JSON with limits of its
own costs less than the start of a process. Nothing but values comes back, as lines of JSON, checked by their types.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError

from stoa.commons.reading.cell import environment, kill_group
from stoa.commons.reading.door import MIB, Limits
from stoa.ground.words import Saying, say
from stoa.standards.catalogues.reading import read
from stoa.standards.catalogues.values import (
    CatalogueUnreadable,
    Item,
    Next,
    RemoteDataset,
    Total,
    Unreadable,
)

APART = frozenset({"dcat", "stoa", "wfs"})
"""Kinds whose documents are RDF or XML."""
LIMITS = Limits(unpacked_bytes=64 * MIB, seconds=120, memory_bytes=1536 * MIB)
MOST_LINE = 4 * MIB
KINDS: dict[str, type[Any]] = {one.__name__: one for one in (RemoteDataset, Unreadable, Next, Total)}


@cache
def adapter(kind: str) -> TypeAdapter[Any]:
    """What writes and checks values of a kind."""
    return TypeAdapter(KINDS[kind])


def read_apart(kind: str, file: Path, url: str, limits: Limits = LIMITS) -> Iterator[Item]:
    """Everything in one document of a catalogue; `CatalogueUnreadable` where nothing is in it or it breaks its reader."""
    if kind not in APART:
        yield from read(kind, file.read_bytes(), url)
        return
    with tempfile.TemporaryFile() as words, file.open("rb") as document:
        child = subprocess.Popen(
            [sys.executable, "-m", "stoa.commons.reading.catalogue_cell", kind, url,
             str(limits.seconds), str(limits.memory_bytes), str(limits.unpacked_bytes)],
            stdin=document, stdout=subprocess.PIPE, stderr=words, env=environment(), start_new_session=True,
        )  # fmt: skip
        timer = Timer(limits.seconds, kill_group, (child,))
        timer.start()
        try:
            assert child.stdout
            yield from _items(child.stdout)
        finally:
            timer.cancel()
            kill_group(child)
            child.wait()
            if child.stdout:
                child.stdout.close()


def _items(answers: IO[bytes]) -> Iterator[Item]:
    """The child's lines as values, up to the one that says that this was all."""
    while line := answers.readline(MOST_LINE):
        kind, _, value = line.partition(b" ")
        name = kind.decode("ascii", "replace").strip()
        if name == "end":
            return
        try:
            if name == "unreadable":
                raise CatalogueUnreadable(TypeAdapter(Saying).validate_json(value))
            yield adapter(name).validate_json(value)
        except (KeyError, ValidationError):
            break
    raise CatalogueUnreadable(say("It broke the program that reads it, or took too long or too much memory."))
