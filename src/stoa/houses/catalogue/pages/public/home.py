# SPDX-License-Identifier: EUPL-1.2
"""The city's front page; without a city, the list of cities."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.cities.queries import all_cities
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.entries import entry_of
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of
from stoa.houses.catalogue.queries.datasets import newest
from stoa.houses.catalogue.queries.figures import city_in_figures
from stoa.houses.catalogue.queries.search import Asked, search
from stoa.standards.vocabularies import THEMES
from stoa.web.front import front_sections
from stoa.web.notation import label

ICONS = {
    "AGRI": "sprout", "ECON": "briefcase", "EDUC": "graduation-cap", "ENER": "zap", "ENVI": "leaf", "GOVE": "landmark",
    "HEAL": "heart-pulse", "INTR": "globe", "JUST": "scale", "REGI": "map", "SOCI": "users", "TECH": "microscope",
    "TRAN": "bus",
}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the city offers, or which cities there are."""
    if getattr(request, "city", None) is None:
        return _cities(request)
    city = city_of(request)
    principal, now = principal_of(request), timezone.now()
    found = search(city=city, principal=principal, asked=Asked(), now=now)
    datasets, rows, departments = city_in_figures(city=city, principal=principal)
    context = {
        "themes": [
            (gettext(THEMES[code].label), ICONS[code], n, _by_theme(code))
            for code, n in found.facets["theme"]
            if code in THEMES
        ],
        "figures": [
            (datasets, gettext("datasets to look at and to take away")),
            (rows, gettext("rows in them")),
            (departments, gettext("departments that answer for them")),
        ],
        "entries": [entry_of(dataset, now) for dataset in newest(city=city, principal=principal)],
        "keywords": _keywords(found.datasets),
        "total": datasets,
        "city_name": label(city.name),
        "sections_of_others": front_sections(request),
    }
    return render(request, "catalogue/public/home.html", context)


def _by_theme(code: str) -> str:
    return address("datasets", pairs=[("theme", code)])


def _keywords(datasets: list) -> list[tuple[str, str]]:  # type: ignore[type-arg]
    """Words to begin with: the first keyword of the newest datasets, each once."""
    words = dict.fromkeys(dataset.keywords[0] for dataset in datasets if dataset.keywords)
    return [(word, address("datasets", pairs=[("q", word)])) for word in list(words)[:5]]


def _cities(request: HttpRequest) -> HttpResponse:
    """The cities of this install, as a list."""
    entries = [(label(city.name), f"/c/{city.slug}/", city.is_simulated) for city in all_cities()]
    return render(request, "catalogue/public/cities.html", {"cities": entries})
