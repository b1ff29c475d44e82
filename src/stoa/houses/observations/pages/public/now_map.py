# SPDX-License-Identifier: EUPL-1.2
"""The live map: where what is measured, and its newest value; the same as a list below it."""

from __future__ import annotations

from typing import Any, cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.ground.geometry import Box
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.pages.lines import value_words
from stoa.houses.observations.pages.listing import series_table
from stoa.houses.observations.pages.public.opening import below, number_in, public_page, way
from stoa.houses.observations.queries.latest_map import latest_map
from stoa.houses.observations.queries.now import SeriesNow, listed, observed
from stoa.houses.observations.queries.things import series_of_thing
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.showing import own_name
from stoa.web.notation import ago, label
from stoa.web.parts import Facet, FacetOption, LegendClass, MapLayer

PLACES_MOST = 5_000
LISTED_MOST = 50
COLOURS = 7
EVERYWHERE = Box(-180, -90, 180, 90)


@public_page
def now_map(request: HttpRequest) -> HttpResponseBase:
    """One property at a time, or all of them in their colours."""
    city, by, now = city_of(request), principal_of(request), timezone.now()
    properties = observed(city=city, by=by)
    chosen = number_in(request, "property")
    name = dict(properties).get(chosen or 0, "")
    shown = Datastream.objects.filter(city=city, state__at__isnull=False).visible_to(by)
    if name:
        shown = shown.filter(observed_property=chosen)
    found = listed(shown.order_by("-state__at", "pk"), LISTED_MOST + 1)
    list_url = reverse("things") + (f"?property={chosen}" if name else "")
    context = {
        "title": gettext("Live map: %(what)s") % {"what": name} if name else gettext("Live map"),
        "lead": gettext("Where the city measures, with the newest value of each place."),
        "crumbs": way(request, (gettext("Map"), "")),
        "layer": _layer(request, properties, chosen if name else None, found) if found else None,
        "facets": [_choice(properties, chosen if name else None)] if len(properties) > 1 else [],
        "table": series_table(
            found[:LISTED_MOST],
            gettext("The newest values"),
            now,
            urls=[reverse("series", args=(one.uid,)) for one in found[:LISTED_MOST]],
        ),
        "list_url": list_url if len(found) > LISTED_MOST else "",
        "live_url": below("/live/events") + (f"?property={chosen}" if name else ""),
    }
    return render(request, "observations/public/now_map.html", context)


def _choice(properties: list[tuple[int, str]], chosen: int | None) -> Facet:
    options = [
        FacetOption(name, "?" if pk == chosen else f"?property={pk}", is_chosen=pk == chosen)
        for pk, name in properties
    ]
    return Facet(gettext("What is measured"), options, is_open=True)


def _layer(
    request: HttpRequest, properties: list[tuple[int, str]], chosen: int | None, found: list[SeriesNow]
) -> MapLayer:
    shown = [(pk, name) for pk, name in properties if chosen in {None, pk}]
    # In front of the portal stands what answers this from memory; alone, the portal does it itself.
    live = bool(request.headers.get("X-Stoa-Front"))
    address = below("/live/latest") if live else reverse("now-places")
    boxes = [one.box for one in found if one.box]
    return MapLayer(
        gettext("Newest values"),
        geojson_url=f"{address}?limit={PLACES_MOST}" + (f"&property={chosen}" if chosen else ""),
        bounds=_around(boxes),
        classes=_classes(shown),
        class_column="property" if len(shown) > 1 else "",
        details_url=reverse("now-place", args=(0,)).replace("/0.json", "/{row}.json"),
        list_url=reverse("things") + (f"?property={chosen}" if chosen else ""),
        is_live=True,
    )


def _classes(shown: list[tuple[int, str]]) -> list[LegendClass]:
    """A colour for each property; grey is left for places with several values, and for what has no colour of its own."""
    if len(shown) < 2:
        return [LegendClass(name, 1, str(pk)) for pk, name in shown]
    coloured = [LegendClass(name, n, str(pk)) for n, (pk, name) in enumerate(shown[: COLOURS - 1], 1)]
    others = (
        gettext("several at one place")
        if len(shown) < COLOURS
        else gettext("several at one place, or another")
    )
    return [*coloured, LegendClass(others, COLOURS, "")]


def _around(boxes: list[Box]) -> Box | None:
    """The part of the earth that holds these places, with a margin; one place alone gets its surroundings."""
    if not boxes:
        return None
    box = boxes[0]
    for other in boxes[1:]:
        box = box.joined(other)
    edge = 0.004
    return Box(box.west - edge, box.south - edge, box.east + edge, box.north + edge)


@public_page
def places(request: HttpRequest) -> HttpResponseBase:
    """The newest value of every series in a box as GeoJSON (RFC 7946); the database writes it, in one query."""
    departments = principal_of(request).departments_with(Permission.SEE_INTERNAL)
    with connection.cursor() as cursor:
        body = latest_map(
            cast("Any", cursor),
            city=city_of(request).pk,
            departments=departments,
            box=_box(request.GET.get("bbox", "")),
            observed_property=number_in(request, "property"),
            most=min(number_in(request, "limit") or PLACES_MOST, PLACES_MOST),
        )
    response = HttpResponse(body, content_type="application/geo+json")
    response["Cache-Control"] = "private, max-age=1"
    return response


def _box(text: str) -> Box:
    """West, south, east, north; anything else is the whole earth."""
    try:
        west, south, east, north = (float(part) for part in text.split(",", 4))
    except ValueError:
        return EVERYWHERE
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return Box(west, south, east, north) if inside else EVERYWHERE


@public_page
def place(request: HttpRequest, series: int) -> HttpResponseBase:
    """What the card of a place says: all that is measured there."""
    city, by = city_of(request), principal_of(request)
    found = Datastream.objects.filter(city=city, pk=series).visible_to(by).select_related("thing").first()
    if found is None:
        raise NotFound("datastream", str(series))
    rows = [
        [
            own_name(one.thing, one.name),
            f"{value_words(one.kind, one.result)} {one.unit}".strip() + f" ({ago(one.at)})",
        ]
        for one in series_of_thing(thing=found.thing, by=by)
        if one.at
    ]
    told = {"title": found.thing.name, "rows": rows, "url": reverse("thing", args=(found.thing.uid,))}
    return JsonResponse(told | {"department": label(found.thing.department.name)})
