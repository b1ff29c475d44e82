# SPDX-License-Identifier: EUPL-1.2
"""The other forms of a page that gates offer: links in its head, and the way there for programs that ask for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from stoa.houses.catalogue.door.representations import Representation, offered, preferred
from stoa.houses.catalogue.pages.public.addresses import home
from stoa.houses.catalogue.pages.public.opening import Opened
from stoa.web.notation import in_words


@dataclass(frozen=True, slots=True)
class Alternate:
    """One other form of a page."""

    title: str
    media_type: str
    url: str
    is_negotiated: bool


def of_dataset(opened: Opened) -> list[Alternate]:
    """Forms of a dataset's description, as far as this reader may have them."""
    has_rows = opened.sees_rows and opened.version is not None
    forms = [one for one in offered() if one.dataset and (has_rows or not one.needs_rows)]
    return [_alternate(one, one.dataset.replace("{slug}", opened.dataset.slug)) for one in forms]


def of_department(slug: str) -> list[Alternate]:
    """Forms of a department's page."""
    return [_alternate(one, one.department.replace("{slug}", slug)) for one in offered() if one.department]


def of_catalogue() -> list[Alternate]:
    """Forms of the list of datasets."""
    return [_alternate(one, one.catalogue) for one in offered() if one.catalogue]


def _alternate(one: Representation, path: str) -> Alternate:
    return Alternate(in_words(one.title), one.media_type, home().rstrip("/") + path, one.is_negotiated)


def asked_for(request: HttpRequest, alternates: Iterable[Alternate]) -> str:
    """The address of the form that a program prefers to the page; empty for people."""
    places: dict[str, str] = {}
    for one in alternates:
        if one.is_negotiated:
            places.setdefault(one.media_type, one.url)
    return places.get(preferred(request.headers.get("Accept", ""), places), "")
