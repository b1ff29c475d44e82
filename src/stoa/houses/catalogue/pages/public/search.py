# SPDX-License-Identifier: EUPL-1.2
"""The search: words, filters with counts, order, pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import EmptyResultSet
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.people.queries import departments as departments_of
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.alternates import of_catalogue
from stoa.houses.catalogue.pages.public.entries import entry_of
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.queries.search import FACETS, PAGE, Asked, Found, search
from stoa.houses.catalogue.rules.freshness import FRESHNESS_LABELS
from stoa.houses.catalogue.terms import ACCESS_LABELS
from stoa.standards.vocabularies import LICENCES, THEMES
from stoa.web.notation import label
from stoa.web.parts import Facet, FacetOption, Pager

ORDERS = ("relevance", "newest", "title", "quality")
MOST_PAGES = 10_000
_OPEN = {"theme", "department"}


@public_page
def datasets(request: HttpRequest) -> HttpResponseBase:
    """What somebody looks for, found and counted."""
    city, now = city_of(request), timezone.now()
    asked = read_asked(request.GET.dict())
    found = found_for(request, asked)
    groups = _facets(city, asked, found)
    context = {
        "title": _heading(asked),
        "lead": gettext(
            "Everything the city offers as data: search by words, narrow by theme, department or licence."
        ),
        "crumbs": [*way(request), (gettext("Data"), "")],
        "asked": asked,
        "found": found,
        "entries": [entry_of(dataset, now) for dataset in found.datasets],
        "facets": groups,
        "cleared_url": address("datasets", pairs=_pairs(Asked(asked.text, {}, asked.order)))
        if asked.chosen
        else "",
        "all_url": address("datasets"),
        "ask_url": address("data-request-new", pairs=[("title", asked.text)] if asked.text else []),
        "pager": _pager(asked, found) if found.pages > 1 else None,
        "orders": [(order, words, order == _order(asked)) for order, words in _order_words(asked).items()],
        "kept": [(name, value) for name, value in _pairs(asked) if name not in {"order", "page"}],
    }
    context["alternates"] = of_catalogue()
    return render(request, "catalogue/public/search.html", context)


MOST_SUGGESTED = 8


@public_page
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """Titles that fit what somebody types, of datasets that this reader may find (OpenSearch 1.1, suggestions)."""
    text = read_asked(request.GET.dict()).text
    datasets = found_for(request, Asked(text)).datasets[:MOST_SUGGESTED] if text else []
    titles = [label(dataset.title) or dataset.slug for dataset in datasets]
    urls = [request.build_absolute_uri(address("dataset", dataset.slug)) for dataset in datasets]
    answer = JsonResponse(
        [text, titles, ["" for _title in titles], urls],
        safe=False,
        content_type="application/x-suggestions+json",
    )
    patch_cache_control(answer, private=True, max_age=60)
    return answer


def found_for(request: HttpRequest, asked: Asked) -> Found:
    """The answer; a question that nothing can fit (a filter that is no filter) is answered with nothing."""
    try:
        return search(city=city_of(request), principal=principal_of(request), asked=asked, now=timezone.now())
    except EmptyResultSet:
        return Found([], 0, {}, 1)


def read_asked(parameters: Mapping[str, str]) -> Asked:
    """The question in an address; what makes no sense is left out."""
    chosen = {facet: parameters[facet][:200] for facet in FACETS if parameters.get(facet)}
    order = parameters.get("order", "")
    page = parameters.get("page", "1")
    number_ = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    text = parameters.get("q", "").replace("\0", " ").strip()[:200]
    return Asked(
        text,
        {k: v.replace("\0", "") for k, v in chosen.items()},
        order if order in ORDERS else "",
        min(max(1, number_), MOST_PAGES),
    )


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    pairs = [("q", asked.text), *asked.chosen.items(), ("order", asked.order)]
    return [(name, value) for name, value in pairs if value] + (
        [("page", str(asked.page))] if asked.page > 1 else []
    )


def _with(asked: Asked, facet: str, value: str) -> str:
    """The address with one filter set, or taken off where it is set to this value."""
    chosen = {k: v for k, v in asked.chosen.items() if k != facet}
    if asked.chosen.get(facet) != value:
        chosen[facet] = value
    return address("datasets", pairs=_pairs(Asked(asked.text, chosen, asked.order)))


def _facets(city: City, asked: Asked, found: Found) -> list[Facet]:
    words = _words(city)
    names = _names()
    groups = []
    for facet in FACETS:
        counts = list(found.facets.get(facet, ()))
        chosen = asked.chosen.get(facet, "")
        if chosen and chosen not in dict(counts):
            counts.append((chosen, 0))
        if len(counts) > 1 or chosen:
            options = [
                FacetOption(words[facet].get(v, v), _with(asked, facet, v), n, v == chosen)
                for v, n in counts[:15]
            ]
            groups.append(Facet(names[facet], options, is_open=facet in _OPEN))
    return groups


def _names() -> dict[str, str]:
    return {
        "theme": gettext("Theme"),
        "department": gettext("Department"),
        "licence": gettext("Licence"),
        "format": gettext("Format of the owner's file"),
        "spatial": gettext("Area"),
        "freshness": gettext("Freshness"),
        "place": gettext("Map or table"),
        "access": gettext("Access"),
        "origin": gettext("Origin"),
    }


def _words(city: City) -> dict[str, dict[str, str]]:
    """The labels of the values of every filter."""
    return {
        "theme": {code: gettext(term.label) for code, term in THEMES.items()},
        "department": {str(one.pk): label(one.name) for one in departments_of(city)},
        "licence": {code: gettext(term.label) for code, term in LICENCES.items()},
        "format": _format_words(),
        "spatial": {},
        "freshness": {str(state): gettext(words) for state, words in FRESHNESS_LABELS.items()},
        "place": {"map": gettext("With a map"), "table": gettext("Table only")},
        "access": {str(access): gettext(words) for access, words in ACCESS_LABELS.items()},
        "origin": {"here": gettext("Of our own"), "elsewhere": gettext("From other catalogues")},
    }


def _format_words() -> dict[str, str]:
    named = {
        "csv": "CSV",
        "tsv": "TSV",
        "xlsx": "Excel",
        "xls": "Excel",
        "xlsb": "Excel",
        "ods": "OpenDocument",
        "json": "JSON",
    }
    maps = {
        "jsonl": "JSON lines",
        "geojson": "GeoJSON",
        "gpkg": "GeoPackage",
        "shp": "Shapefile",
        "kml": "KML",
        "gml": "GML",
        "parquet": "Parquet",
    }
    return named | maps


def _order(asked: Asked) -> str:
    return asked.order or ("relevance" if asked.text else "newest")


def _order_words(asked: Asked) -> dict[str, str]:
    words = {
        "relevance": gettext("Best match first"),
        "newest": gettext("Newest first"),
        "title": gettext("By title"),
        "quality": gettext("Best quality first"),
    }
    return words if asked.text else {k: v for k, v in words.items() if k != "relevance"}


def _heading(asked: Asked) -> str:
    if not asked.text:
        return gettext("Data")
    return gettext("Data about “%(words)s”") % {"words": asked.text}


def _pager(asked: Asked, found: Found) -> Pager:
    page = min(asked.page, found.pages)

    def to(n: int) -> str:
        return address("datasets", pairs=_pairs(Asked(asked.text, asked.chosen, asked.order, n)))

    first = (asked.page - 1) * PAGE + 1
    return Pager(
        first,
        first + max(0, len(found.datasets) - 1),
        found.total,
        previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < found.pages else "",
        first_url=to(1) if page > 2 else "",
    )
