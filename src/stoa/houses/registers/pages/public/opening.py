# SPDX-License-Identifier: EUPL-1.2
"""What every public page of the registers begins with."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of
from stoa.commons.people.pages.public import below, public_page
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.rules.declaring import Kind
from stoa.web.notation import label

__all__ = ["below", "public_page", "way"]


def way(request: HttpRequest, kind: Kind | None = None) -> list[tuple[str, str]]:
    """The breadcrumb from the city's home to the registers, or to one of them."""
    crumbs = [
        (label(city_of(request).name), get_script_prefix()),
        (gettext("Registers"), reverse("registers")),
    ]
    return crumbs + ([(worded(kind.title), reverse("register", args=(kind.slug,)))] if kind else [])
