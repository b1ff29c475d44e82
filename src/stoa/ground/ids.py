# SPDX-License-Identifier: EUPL-1.2
"""Names that machines can use: slugs for addresses, column names, content hashes."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "ł": "l",
        "đ": "d",
        "þ": "th",
    }
)


def plain(text: str) -> str:
    """The text in lower-case ASCII letters and digits, words parted by one blank.

    >>> plain("Straßenbäume (Nord)")
    'strassenbaeume nord'
    """
    lower = text.casefold().replace("ß", "ss").translate(_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", ascii_only))


def slug(text: str, *, most: int = 80) -> str:
    """A readable part of an address; empty if nothing readable is left.

    >>> slug("Spielplätze der Stadt 2026")
    'spielplaetze-der-stadt-2026'
    """
    return plain(text).replace(" ", "-")[:most].strip("-")


def column_name(text: str, *, most: int = 60) -> str:
    """A column name that needs no quoting in SQL, R or Python.

    >>> column_name("Fläche [m²]")
    'flaeche_m2'
    """
    name = (
        plain(text.replace("²", "2").replace("³", "3").replace("µ", "u")).replace(" ", "_")[:most].strip("_")
    )
    return f"c_{name}" if name[:1].isdigit() else name


def unique(names: list[str], *, empty: str = "column") -> list[str]:
    """The same names, made different by a number at the end, in order.

    >>> unique(["a", "", "a"])
    ['a', 'column_2', 'a_2']
    """
    taken: set[str] = set()
    result = []
    for place, raw in enumerate(names, start=1):
        base = name = raw or f"{empty}_{place}"
        n = 2
        while name in taken:
            name, n = f"{base}_{n}", n + 1
        taken.add(name)
        result.append(name)
    return result
