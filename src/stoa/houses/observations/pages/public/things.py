# SPDX-License-Identifier: EUPL-1.2
"""The list of all places and series, with search and filters."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.observations.pages.listing import series_table
from stoa.houses.observations.pages.public.opening import number_in, public_page, way
from stoa.houses.observations.queries.things import TEXT_MOST, Asked, Found, find
from stoa.web.notation import label
from stoa.web.parts import Facet, FacetOption, Pager

SIZE = 50
PAGES_MOST = 2_000


@public_page
def things(request: HttpRequest) -> HttpResponseBase:
    """What is measured where."""
    asked = asked_of(request)
    found = find(city=city_of(request), by=principal_of(request), asked=asked, size=SIZE)
    context = {
        "title": gettext("All places and series"),
        "lead": gettext("Everything that the city measures: where, what, and the newest value."),
        "crumbs": way(request, (gettext("All places and series"), "")),
        "asked": asked,
        "found": found,
        "kept": [(name, value) for name, value in _said(asked).items() if name != "q"],
        "facets": _facets(asked, found),
        "cleared_url": reverse("things") if asked.observed_property or asked.department else "",
        "pager": _pager(asked, found),
        "table": series_table(
            found.series,
            gettext("Places and series"),
            timezone.now(),
            urls=[reverse("series", args=(one.uid,)) for one in found.series],
        ),
    }
    return render(request, "observations/public/things.html", context)


def asked_of(request: HttpRequest) -> Asked:
    """The question in an address; what cannot be read is left out."""
    page = number_in(request, "page") or 1
    return Asked(
        text=request.GET.get("q", "").replace("\0", " ").strip()[:TEXT_MOST],
        observed_property=number_in(request, "property"),
        department=request.GET.get("department", "").replace("\0", "")[:80],
        page=max(1, min(page, PAGES_MOST)),
    )


def _said(asked: Asked) -> dict[str, str]:
    told = {"q": asked.text, "property": str(asked.observed_property or ""), "department": asked.department}
    return {name: value for name, value in told.items() if value}


def _url(asked: Asked, **changed: str) -> str:
    told = {name: value for name, value in {**_said(asked), **changed}.items() if value}
    return f"?{urlencode(told)}"


def _facets(asked: Asked, found: Found) -> list[Facet]:
    properties = [
        FacetOption(name, _url(asked, property="" if is_chosen else str(pk)), n, is_chosen)
        for pk, name, n in found.by_property
        for is_chosen in (pk == asked.observed_property,)
    ]
    departments = [
        FacetOption(label(name), _url(asked, department="" if is_chosen else slug), n, is_chosen)
        for slug, name, n in found.by_department
        for is_chosen in (slug == asked.department,)
    ]
    return [
        Facet(gettext("What is measured"), properties, is_open=True),
        Facet(gettext("Department"), departments, is_open=True),
    ]


def _pager(asked: Asked, found: Found) -> Pager | None:
    if found.total <= SIZE:
        return None
    begin = (asked.page - 1) * SIZE
    has_more = begin + SIZE < found.total and asked.page < PAGES_MOST
    return Pager(
        begin + 1,
        begin + len(found.series),
        found.total,
        _url(asked, page=str(asked.page - 1)) if asked.page > 1 else "",
        _url(asked, page=str(asked.page + 1)) if has_more else "",
        _url(asked) if asked.page > 2 else "",
    )
