# SPDX-License-Identifier: EUPL-1.2
"""Where the data comes from and how old it is; and everything that a program can ask here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.words.fields import in_words
from stoa.houses.catalogue.door.representations import offered as representations
from stoa.houses.catalogue.door.services import Service
from stoa.houses.catalogue.door.services import offered as services
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.departments import department_table
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.pages.public.search import found_for
from stoa.houses.catalogue.queries.datasets import departments_with_counts
from stoa.houses.catalogue.queries.origins import OtherCatalogue, example_of, last_update, other_catalogues
from stoa.houses.catalogue.queries.search import Asked
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import ago, number
from stoa.web.parts import Cell, Column, Row, Table


@public_page
def sources(request: HttpRequest) -> HttpResponseBase:
    """Who the data is from, under which licences, and how many datasets are late with an update."""
    city, principal, now = city_of(request), principal_of(request), timezone.now()
    found = found_for(request, Asked())
    lines = [
        line for line in departments_with_counts(city=city, principal=principal, now=now) if line.datasets
    ]
    others = other_catalogues(city=city, principal=principal)
    at = last_update(city=city, principal=principal)
    fresh = dict(found.facets.get("freshness", ()))
    context = {
        "title": gettext("Where the data comes from, and how old it is"),
        "lead": gettext(
            "Who answers for the data, under which licences it may be used, and how well updates are kept."
        ),
        "crumbs": [*way(request), (gettext("Sources"), "")],
        "figures": [
            (number(found.total), gettext("datasets")),
            (number(fresh.get("fresh", 0)), gettext("as up to date as promised")),
            (number(fresh.get("late", 0)), gettext("late with an update")),
            (number(fresh.get("no_promise", 0)), gettext("without a promise of updates")),
        ],
        "last_update": at,
        "departments": department_table(lines) if lines else None,
        "others": _others(others) if others else None,
        "licences": _licences(found.facets.get("licence", ())),
    }
    return render(request, "catalogue/public/sources.html", context)


def _others(found: Sequence[OtherCatalogue]) -> Table:
    columns = [
        Column(gettext("Catalogue"), is_heading=True),
        Column(gettext("Datasets"), is_number=True),
        Column(gettext("Last looked at")),
    ]
    rows = [
        Row([Cell(one.title, url=one.url), number(one.datasets), ago(one.looked_at) if one.looked_at else ""])
        for one in found
    ]
    return Table(gettext("Other catalogues"), columns, rows, is_caption_hidden=True)


def _licences(counts: Sequence[tuple[str, int]]) -> Table | None:
    """Each licence in use with its text, and the datasets under it."""
    if not counts:
        return None
    columns = [
        Column(gettext("Licence"), is_heading=True),
        Column(gettext("Open licence")),
        Column(gettext("Datasets"), is_number=True),
    ]
    rows = []
    for code, n in sorted(counts, key=lambda pair: -pair[1]):
        licence = LICENCES.get(code)
        name = Cell(gettext(licence.label) if licence else code, url=licence.link if licence else "")
        is_open = gettext("yes") if licence and licence.is_open else gettext("no")
        rows.append(Row([name, is_open, Cell(number(n), url=address("datasets", pairs=[("licence", code)]))]))
    return Table(gettext("Licences"), columns, rows, is_caption_hidden=True)


@public_page
def developers(request: HttpRequest) -> HttpResponseBase:
    """Every interface of this install, as the gates themselves say it, with addresses of a real dataset."""
    city = city_of(request)
    with_map = example_of(city=city, has_map=True)
    example = with_map or example_of(city=city, has_map=False)

    def whole(path: str) -> str:
        return request.build_absolute_uri(home().rstrip("/") + path)

    context = {
        "title": gettext("For developers"),
        "lead": gettext(
            "Everything here can be asked by programs, without a key, in the standards of the field."
        ),
        "crumbs": [*way(request), (gettext("For developers"), "")],
        "example": example,
        "example_url": address("dataset", example.slug) if example else "",
        "own_places": _own_places(whole, example),
        "services": [_service(one, whole, example, with_map) for one in services()],
        "forms": [
            (
                in_words(one.title),
                one.media_type,
                [whole(path) for path in _paths(one.catalogue, one.dataset, example)],
            )
            for one in representations()
        ],
        "openapi_url": whole("/api/v1/openapi.json"),
        "curl": f"curl '{whole(f'/api/v1/datasets/{example.slug}/rows')}?limit=10'" if example else "",
        "token": f"curl -H 'Authorization: Bearer …' '{whole('/api/v1/datasets')}'",
    }
    return render(request, "catalogue/public/developers.html", context)


def _own_places(whole: Any, example: Dataset | None) -> list[tuple[str, str]]:
    places = [
        (gettext("All datasets, searched and paged"), whole("/api/v1/datasets")),
        (gettext("Described for programs (OpenAPI 3.1)"), whole("/api/v1/openapi.json")),
    ]
    if example:
        one = f"/api/v1/datasets/{example.slug}"
        places[1:1] = [
            (gettext("One dataset"), whole(one)),
            (gettext("Rows, filtered and paged"), whole(f"{one}/rows?limit=10")),
        ]
    return places


def _service(
    service: Service, whole: Any, example: Dataset | None, with_map: Dataset | None
) -> dict[str, Any]:
    shown = with_map if service.only_places else example
    of_one = service.dataset or service.example
    path = of_one.replace("{slug}", shown.slug).replace("{uid}", str(shown.uid)) if shown else ""
    return {
        "title": in_words(service.title),
        "standard": service.standard,
        "endpoint": whole(service.endpoint),
        "answers": not service.example,
        "dataset": whole(path) if path else "",
        "description": whole(service.description) if service.description else "",
    }


def _paths(catalogue: str, dataset: str, example: Dataset | None) -> list[str]:
    """Where a form can be had: of the whole catalogue, and of the example."""
    one = dataset.replace("{slug}", example.slug) if example else ""
    return [path for path in (catalogue, one) if path]
