# SPDX-License-Identifier: EUPL-1.2
"""How words become a search. Pure."""

from __future__ import annotations

import re

CONFIGURATIONS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "sv": "swedish",
}
"""Stemmers of PostgreSQL by language; every other language uses `simple`."""


def configuration(language: str) -> str:
    """The text search configuration of a language, with accents folded (made by a migration)."""
    return f"stoa_{CONFIGURATIONS.get(language.split('-', maxsplit=1)[0], 'simple')}"


def words_of(asked: str, *, most: int = 12) -> list[str]:
    """The words that somebody typed, without signs that mean something to a query language."""
    return [word.casefold() for word in re.findall(r"[^\W_]+", asked)][:most]


def prefix_query(asked: str) -> str:
    """All words, the last one as the beginning of a word: people see results while they type.

    >>> prefix_query("Bäume Nord")
    "'bäume' & 'nord':*"
    """
    words = words_of(asked)
    return (
        " & ".join(f"'{word}'" for word in words[:-1])
        + (" & " if words[1:] else "")
        + (f"'{words[-1]}':*" if words else "")
    )
