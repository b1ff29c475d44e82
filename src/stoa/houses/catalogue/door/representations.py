# SPDX-License-Identifier: EUPL-1.2
"""In which other forms the pages of datasets, departments and the whole catalogue can be had: each gate says so
itself, once, when its addresses are loaded. Pages link them, and send programs there that ask for one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stoa.ground.words import Saying


@dataclass(frozen=True, slots=True)
class Representation:
    """One form; paths are from the city's root, empty where there is none."""

    name: str
    """Short, stable."""
    title: Saying
    media_type: str
    dataset: str = ""
    """With `{slug}`."""
    department: str = ""
    """With `{slug}`."""
    catalogue: str = ""
    needs_rows: bool = False
    """Only for datasets whose rows are open to the reader."""
    is_negotiated: bool = True
    """The page sends programs there that prefer this media type to HTML."""


_OFFERED: dict[str, Representation] = {}


def offer(representation: Representation) -> None:
    """Say that there is such a form; saying it again replaces it."""
    _OFFERED[representation.name] = representation


def offered() -> tuple[Representation, ...]:
    """All forms, in the order of their names."""
    return tuple(_OFFERED[name] for name in sorted(_OFFERED))


def preferred(accept: str, offers: Iterable[str]) -> str:
    """Which of these media types a caller likes best, by the `Accept` header (RFC 9110, section 12.5.1).

    Only exact names count, so that a browser's `*/*` gets a page; HTML wins a draw. Empty: HTML, or nothing here.

    >>> preferred("text/turtle, text/html;q=0.5", ["text/turtle"]), preferred("*/*", ["text/turtle"])
    ('text/turtle', '')
    """
    known, best, best_share = set(offers), "", _share(accept, "text/html")
    for part in accept[:1000].split(","):
        name = part.partition(";")[0].strip().lower()
        share = _share(accept, name)
        if name in known and share > best_share:
            best, best_share = name, share
    return best


def _share(accept: str, wanted: str) -> float:
    """The q of exactly this media type; 0 where it is not named."""
    for part in accept[:1000].split(","):
        name, _semicolon, parameters = part.partition(";")
        if name.strip().lower() == wanted:
            told = [p.strip()[2:] for p in parameters.split(";") if p.strip().lower().startswith("q=")]
            try:
                return min(1.0, max(0.0, float(told[0]))) if told else 1.0
            except ValueError:
                return 0.0
    return 0.0
