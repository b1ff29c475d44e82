# SPDX-License-Identifier: EUPL-1.2
"""The way into the readers: give a file, get a plain report and a typed table, or a refusal with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Inspection

if TYPE_CHECKING:
    from stoa.commons.reading.cell import Cell

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost. All of them are enforced in the child process that reads it."""

    file_bytes: int = 2048 * MIB
    unpacked_bytes: int = 8192 * MIB
    unpack_ratio: int = 200
    """Most bytes that one byte of an archive may unfold to, over the whole archive."""
    members: int = 2000
    columns: int = 2000
    rows: int = 100_000_000
    cell_bytes: int = 1 * MIB
    xml_depth: int = 100
    seconds: int = 1800
    memory_bytes: int = 4096 * MIB
    """Address space of the child; DuckDB itself is told 500 MiB."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and how far somebody has already decided."""

    path: Path
    name: str
    """The name that the owner gave the file; the ending is a hint only."""
    workdir: Path
    """An empty folder for this order; the staged table is left in it."""
    recipe: Recipe | None = None
    """The dataset's agreed recipe: read by it and report the drift from it. None: guess."""
    choices: Mapping[str, Any] | None = None
    """Single guesses that somebody changed, in the shape of `Recipe.to_json()`; `columns` is a mapping from the
    heading (`source`) to the fields that were changed, e.g. `{"columns": {"Datum": {"kind": "date"}}}`."""
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    area: tuple[float, float, float, float] | None = None
    """West, south, east, north of the city, degrees: settles doubtful coordinate systems, finds outliers."""
    limits: Limits = Limits()
    sha256: str = ""
    """Of the file, where it is known already; else it is computed."""


Progress = Callable[[str, float], None]
"""Told a step (`reading`, `guessing`, `typing`, `judging`) and its share done, 0 to 1."""


def waiting_cell() -> AbstractContextManager[Cell]:
    """A child process that gets ready for `inspect` while the file still comes."""
    from stoa.commons.reading import cell

    return cell.waiting_cell()


def inspect(order: Order, progress: Progress | None = None, cell: Cell | None = None) -> Inspection:
    """Read one table of a file in a child process with limits; say what was understood; leave it typed.

    Raises `Refused` with a problem a clerk understands; nothing but the work folder is ever written.
    """
    from stoa.commons.reading.cell import inspect_apart

    return inspect_apart(order, progress, cell)
