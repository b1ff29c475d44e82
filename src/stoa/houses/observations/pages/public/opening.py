# SPDX-License-Identifier: EUPL-1.2
"""What every public page of the observations begins with."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of
from stoa.commons.people.pages.public import below, public_page
from stoa.web.notation import label

__all__ = ["below", "number_in", "public_page", "way"]


def way(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb from the city's home over the page that shows it now."""
    crumbs = [
        (label(city_of(request).name), get_script_prefix()),
        (gettext("City now"), reverse("now")),
    ]
    return [*crumbs, *more]


def number_in(request: HttpRequest, name: str) -> int | None:
    """A whole number of the question in the address; None: there is none that can be read."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
