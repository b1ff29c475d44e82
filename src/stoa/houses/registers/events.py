# SPDX-License-Identifier: EUPL-1.2
"""What others may listen to. Names are past tense; fields are plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntryPublished:
    """What the public sees of an entry is new."""

    kind: str
    entry: str
    """The short code of the entry, part of its address."""
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRetired:
    """The thing is not in use any more, or the day of the entry has come; it stays readable."""

    kind: str
    entry: str
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemandDecided:
    """The city decided anew what happens to things that stand in no register."""

    kind: str
    demand: str
