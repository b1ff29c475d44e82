# SPDX-License-Identifier: EUPL-1.2
"""One register: its entries as a list and on a map, by words and by filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.registers.models import Entry
from stoa.houses.registers.pages.public.opening import below, public_page, way
from stoa.houses.registers.pages.words import in_one_line, option_words, worded
from stoa.houses.registers.queries.entries import SIZE, Asked, Found, at_spot, find, placed
from stoa.houses.registers.queries.kinds import dataset_slug, kind_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declaring import FieldType, Kind, View
from stoa.web.notation import label
from stoa.web.parts import Facet, FacetOption, LegendClass, MapLayer, Pager

MOST_PAGES = 10_000
COLOURS = {"yes": 2, "unknown": 4, "no": 1}
"""Series colours of the three answers; the legend says them in words."""


@public_page
def register(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list, or with `?view=map` the map."""
    city = city_of(request)
    declared = kind_of(city, kind)
    asked = read_asked(declared, request.GET.dict())
    has_map = View.MAP in declared.views
    view = "map" if has_map and request.GET.get("view") == "map" else "list"
    found = find(city=city, kind=declared, asked=asked)
    groups = _facets(declared, asked, found, view)
    context = {
        "title": worded(declared.title),
        "lead": worded(declared.about),
        "crumbs": [*way(request), (worded(declared.title), "")],
        "kind": declared,
        "asked": asked,
        "found": found,
        "entries": [entry_line(declared, one) for one in found.entries],
        "facets": groups,
        "cleared_url": _at(declared, Asked(asked.text), view) if asked.chosen else "",
        "all_url": reverse("register", args=(kind,)),
        "kept": [(name, value) for name, value in _pairs(asked, view) if name not in {"q", "page"}],
        "tabs": _views(declared, asked) if has_map else [],
        "view": view,
        "layer": _layer(declared, asked) if view == "map" else None,
        "pager": _pager(declared, asked, found) if view == "list" and found.pages > 1 else None,
        "retired_url": _at(declared, Asked(asked.text, asked.chosen, not asked.with_retired), view),
        "dataset_url": below(f"/datasets/{dataset_slug(declared)}"),
        "api_url": below(f"/api/v1/registers/{kind}/entries"),
        "may_keep": principal_of(request).may(Permission.SEE_ENTRY),
    }
    return render(request, "registers/public/register.html", context)


def read_asked(kind: Kind, parameters: Mapping[str, str]) -> Asked:
    """The question in an address; what makes no sense is left out."""
    chosen = {}
    for name in kind.filters:
        code = parameters.get(name, "")
        if code in option_words(kind.field(name)):
            chosen[name] = code
    text = parameters.get("q", "").replace("\0", " ").strip()[:200]
    page = parameters.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Asked(text, chosen, parameters.get("ended") == "1", min(max(1, number), MOST_PAGES))


def _pairs(asked: Asked, view: str) -> list[tuple[str, str]]:
    pairs = [("q", asked.text), *asked.chosen.items()]
    pairs += [("ended", "1" if asked.with_retired else ""), ("view", "map" if view == "map" else "")]
    return [(name, value) for name, value in pairs if value] + (
        [("page", str(asked.page))] if asked.page > 1 else []
    )


def _at(kind: Kind, asked: Asked, view: str, page: str = "register") -> str:
    query = urlencode(_pairs(asked, view))
    path = reverse(page, args=(kind.slug,))
    return f"{path}?{query}" if query else path


def entry_line(kind: Kind, entry: Entry) -> dict[str, Any]:
    """An entry as lists show it."""
    shown = entry.shown or {}
    long = {field.name for field in kind if field.type is FieldType.LONG_TEXT}
    facts = [in_one_line(kind.field(name), shown.get(name)) for name in kind.summary if name not in long]
    return {
        "title": entry.shown_title,
        "about": next((str(shown[name]) for name in kind.summary if name in long and shown.get(name)), ""),
        "url": reverse("register-entry", args=(kind.slug, entry.code)),
        "facts": [fact for fact in facts if fact],
        "department": label(entry.department.name),
        "is_retired": entry.is_retired,
    }


def _facets(kind: Kind, asked: Asked, found: Found, view: str) -> list[Facet]:
    groups = []
    for place, name in enumerate(kind.filters):
        field, counts = kind.field(name), dict(found.facets.get(name, ()))
        words, chosen = option_words(field), asked.chosen.get(name, "")
        options = [
            FacetOption(
                words[code], _with(kind, asked, view, {name: code}), counts.get(code, 0), code == chosen
            )
            for code in words
            if code in counts or code == chosen
        ]
        if options:
            groups.append(Facet(worded(field.label), options, is_open=place < 2))
    return groups


def _with(kind: Kind, asked: Asked, view: str, choice: Mapping[str, str]) -> str:
    """The address with one filter set, or taken off where it is set to this code."""
    kept = {name: code for name, code in asked.chosen.items() if choice.get(name) != code}
    added = {name: code for name, code in choice.items() if asked.chosen.get(name) != code}
    return _at(kind, Asked(asked.text, {**kept, **added}, asked.with_retired), view)


def _views(kind: Kind, asked: Asked) -> list[tuple[str, str, str, str]]:
    first = Asked(asked.text, asked.chosen, asked.with_retired)
    return [
        ("list", gettext("List"), _at(kind, first, "list"), "table-2"),
        ("map", gettext("Map"), _at(kind, first, "map"), "map"),
    ]


def _layer(kind: Kind, asked: Asked) -> MapLayer:
    words = option_words(kind.field(kind.colour_field)) if kind.colour_field else {}
    words |= {term.code: worded(term.label) for term in kind.legend}
    colours = COLOURS if set(words) == set(COLOURS) else {code: n for n, code in enumerate(words, start=1)}
    first = Asked(asked.text, asked.chosen, asked.with_retired)
    spot = reverse("register-spot", args=(kind.slug, 0)).removesuffix("0")
    return MapLayer(
        worded(kind.title),
        geojson_url=_at(kind, first, "list", "register-places"),
        classes=[LegendClass(text, colours[code], code) for code, text in words.items()],
        class_column="class" if words else "",
        row_url=f"{spot}{{row}}",
        details_url=f"{spot}{{row}}.json",
        list_url=_at(kind, first, "list"),
    )


def _pager(kind: Kind, asked: Asked, found: Found) -> Pager:
    page = min(asked.page, found.pages)

    def to(number: int) -> str:
        return _at(kind, Asked(asked.text, asked.chosen, asked.with_retired, number), "list")

    first = (asked.page - 1) * SIZE + 1
    return Pager(
        first,
        first + max(0, len(found.entries) - 1),
        found.total,
        previous_url=to(page - 1) if page > 1 else "",
        next_url=to(page + 1) if page < found.pages else "",
        first_url=to(1) if page > 2 else "",
    )


@public_page
def places(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The points of the map as GeoJSON (RFC 7946), entries at the same place as one point."""
    city = city_of(request)
    declared = kind_of(city, kind)
    found = placed(city=city, kind=declared, asked=read_asked(declared, request.GET.dict()))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [*spot.place]},
            "properties": {"_row": spot.members[0], "entries": len(spot.members), "class": spot.colour},
        }
        for spot in found
    ]
    body = {"type": "FeatureCollection", "features": features}
    return JsonResponse(body, content_type="application/geo+json")


@public_page
def spot(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    """All entries at one place; straight to the entry where it stands alone."""
    city = city_of(request)
    declared = kind_of(city, kind)
    here = at_spot(city=city, kind=declared, entry_id=number)
    if len(here) == 1:
        return HttpResponseRedirect(reverse("register-entry", args=(kind, here[0].code)))
    context = {
        "title": _many(len(here)),
        "lead": gettext("They stand at the same place, so the map shows them as one point."),
        "crumbs": [*way(request, declared), (gettext("At one place"), "")],
        "entries": [entry_line(declared, one) for one in here],
    }
    return render(request, "registers/public/spot.html", context)


@public_page
def spot_card(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    """The same in short, for the card of the map."""
    city = city_of(request)
    declared = kind_of(city, kind)
    here = at_spot(city=city, kind=declared, entry_id=number)
    if len(here) == 1:
        shown = here[0].shown or {}
        names = [name for name in (*declared.summary, declared.colour_field) if name]
        rows = [
            (worded(declared.field(name).label), in_one_line(declared.field(name), shown.get(name)))
            for name in names
            if shown.get(name)
        ]
        return JsonResponse({"title": here[0].shown_title, "rows": rows})
    first = declared.field(declared.summary[0]) if declared.summary else None
    listed = [
        (in_one_line(first, (one.shown or {}).get(first.name)) if first else "", one.shown_title)
        for one in here[:8]
    ]
    return JsonResponse({"title": _many(len(here)), "rows": listed})


def _many(n: int) -> str:
    return ngettext("%(n)s entry at this place", "%(n)s entries at this place", n) % {"n": n}
