# SPDX-License-Identifier: EUPL-1.2
"""A plain list of web addresses, one a line, with a title behind it if there is one."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import line, web
from stoa.standards.catalogues.json_text import decoded
from stoa.standards.catalogues.values import Items, RemoteDataset, RemoteFile, Unreadable


def read(data: bytes, url: str) -> Items:
    """Every address as a dataset with one file; lines that begin with # are remarks."""
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    for number, row in enumerate(text.splitlines(), start=1):
        told = row.strip()
        if not told or told.startswith("#"):
            continue
        place, _blank, title = told.replace("\t", " ").partition(" ")
        address = web(place)
        if not address:
            yield Unreadable("", say("Line %(n)s is no web address.", n=number))
            continue
        name = unquote(urlsplit(address).path.rstrip("/").rsplit("/", 1)[-1]) or urlsplit(address).netloc
        ending = name.rpartition(".")[2] if "." in name else ""
        file = RemoteFile(address, line(name), "", True, line(ending, 10).upper())
        label = line(title) or line(name.rpartition(".")[0].replace("_", " ").replace("-", " ")) or line(name)
        yield RemoteDataset(id=address[:500], title={"": label}, description={}, uri=address, files=(file,))
