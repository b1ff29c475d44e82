# SPDX-License-Identifier: EUPL-1.2
"""All registers of the city, and the short address on a sign."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.registers.pages.public.opening import public_page, way
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.queries.entries import counts_by_kind, kind_by_code
from stoa.houses.registers.queries.kinds import kinds_of
from stoa.houses.registers.roles import Permission


@public_page
def registers(request: HttpRequest) -> HttpResponseBase:
    """What the city keeps registers of."""
    city = city_of(request)
    counts = counts_by_kind(city=city)
    context = {
        "title": gettext("Registers"),
        "lead": gettext(
            "What the city uses and runs, entry by entry: what it is, why it is there, and who answers for it."
        ),
        "crumbs": [*way(request)[:-1], (gettext("Registers"), "")],
        "kinds": [
            {
                "title": worded(kind.title),
                "about": worded(kind.about),
                "url": reverse("register", args=(kind.slug,)),
                "count": counts.get(kind.slug, 0),
            }
            for kind in kinds_of(city)
        ],
        "may_keep": principal_of(request).may(Permission.SEE_ENTRY),
    }
    return render(request, "registers/public/registers.html", context)


@public_page
def short(request: HttpRequest, code: str) -> HttpResponseBase:
    """From the sign at the thing to its entry."""
    kind = kind_by_code(city=city_of(request), code=code.lower())
    return HttpResponseRedirect(reverse("register-entry", args=(kind, code.lower())))
