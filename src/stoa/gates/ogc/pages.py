# SPDX-License-Identifier: EUPL-1.2
"""The same documents for people who look around with a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import gettext

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ogc.answering import Asked, cached
from stoa.web.parts import Table


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands on a page."""

    title: str
    lead: str = ""
    notes: Sequence[str] = ()
    entries: Sequence[tuple[str, str, str]] = field(default_factory=list)
    """Title, address, what it is."""
    table: Table | None = None
    next_url: str = ""
    above: Sequence[tuple[str, str]] = ()
    """Title and address of the pages between the landing page and this one."""


def page(asked: Asked, found: Listed) -> HttpResponse:
    """The page in the frame of the portal."""
    crumbs = [(in_reader_language(asked.city.name), get_script_prefix())]
    if asked.request.path_info.rstrip("/") != "/ogc":
        crumbs.append(("OGC API", asked.address("landing", f="html")))
    crumbs += [*found.above, (found.title, "")]
    context = {
        "title": found.title,
        "lead": found.lead,
        "crumbs": crumbs,
        "found": found,
        "as_json": asked.here(f=_machine(asked)),
    }
    context["json_words"] = gettext("This page for programs")
    return cached(asked, render(asked.request, "ogc/page.html", context))


def _machine(asked: Asked) -> str:
    return next(name for name in asked.offers if name != "html")
