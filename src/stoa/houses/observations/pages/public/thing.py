# SPDX-License-Identifier: EUPL-1.2
"""One thing of the city: where it stands, what is measured there, and what the register says of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.ground.geometry import Box
from stoa.houses.observations.models import Device, Thing
from stoa.houses.observations.pages.alerts.cards import cards_for
from stoa.houses.observations.pages.lines import span_words
from stoa.houses.observations.pages.listing import series_table
from stoa.houses.observations.pages.public.opening import below, public_page, way
from stoa.houses.observations.queries.alerts import open_alerts
from stoa.houses.observations.queries.now import SeriesNow
from stoa.houses.observations.queries.things import devices_of, places_of, series_of_thing, thing_of
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import Access
from stoa.houses.registers import door as registers
from stoa.houses.registers.door import Demand, ThingEntry
from stoa.web.notation import ago, label, number, percent
from stoa.web.parts import MapLayer


@public_page
def thing(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """The page of a thing; seven queries beside those of every page."""
    city, by, now = city_of(request), principal_of(request), timezone.now()
    found = thing_of(city=city, by=by, uid=uid)
    series = series_of_thing(thing=found, by=by)
    entries = entries_of(found)
    may_change = by.may(Permission.CHANGE_THING, found.department_id)
    context = {
        "title": found.name,
        "lead": found.description,
        "crumbs": way(request, (gettext("All places and series"), reverse("things")), (found.name, "")),
        "thing": found,
        "department": label(found.department.name),
        "department_url": below(f"/departments/{found.department.slug}"),
        "table": series_table(
            series,
            gettext("What is measured here"),
            now,
            urls=[reverse("series", args=(one.uid,)) for one in series],
            with_thing=False,
        ),
        "has_series": bool(series),
        "live_url": f"{below('/live/events')}?thing={found.pk}" if series else "",
        "layer": _layer(found, series),
        "where": where_words(found),
        "places": places_of(thing=found),
        "entries": entry_links(entries),
        **register_state(found, entries),
        "may_change": may_change,
        "is_internal": found.access != Access.OPEN,
        "alerts": cards_for(by, open_alerts(city=city, by=by, things=[found.pk])),
        "may_see_desk": by.may(Permission.SEE_INTERNAL),
        "devices": [_device(one) for one in devices_of(thing=found, by=by)] if may_change else [],
    }
    return render(request, "observations/public/thing.html", context)


def entries_of(found: Thing) -> list[ThingEntry]:
    """The published entries of the registers that name it, by its id here or as an entity (one query)."""
    linked = registers.entries_for(city=found.city, things=[str(found.uid), found.uri])
    return [*dict.fromkeys(entry for entries in linked.values() for entry in entries)]


def register_state(found: Thing, entries: list[ThingEntry]) -> dict[str, bool]:
    """Whether it lacks an entry that the city wants, and is refused for it (one query where it lacks one)."""
    lacks = found.in_public_space and not entries
    if not lacks:
        return {"is_unregistered": False, "is_refused": False}
    is_demanded = registers.demand_for_things(city=found.city) is not Demand.NOTHING
    return {"is_unregistered": is_demanded, "is_refused": found.awaits_entry}


def entry_links(entries: list[ThingEntry]) -> list[tuple[str, str]]:
    """Title and address of entries."""
    return [(one.title, below(f"/registers/{one.kind}/{one.code}")) for one in entries]


def where_words(found: Thing) -> str:
    """Where it is, without a map."""
    if found.box is None:
        return ""
    middle = found.box.centre
    return gettext("%(lat)s north, %(lon)s east") % {
        "lat": number(middle.lat, 5),
        "lon": number(middle.lon, 5),
    }


def _layer(found: Thing, series: list[SeriesNow]) -> MapLayer | None:
    if found.box is None:
        return None
    west, south, east, north = found.box
    return MapLayer(
        found.name,
        geojson_url=reverse("thing-place", args=(found.uid,)),
        bounds=Box(west - 0.004, south - 0.003, east + 0.004, north + 0.003),
        details_url=reverse("now-place", args=(series[0].pk,)) if series else "",
        list_url=reverse("things"),
    )


def _device(one: Device) -> dict[str, str]:
    """What an officer wants to know of the device that sends for it."""
    battery = percent(one.battery_percent / 100) if one.battery_percent is not None else ""
    interval = (
        span_words(one.expected_interval_s) if one.expected_interval_s else gettext("no interval expected")
    )
    return {
        "name": one.name,
        "heard": ago(one.last_seen_at) if one.last_seen_at else gettext("never"),
        "interval": interval,
        "battery": battery,
        "silent": ago(one.silent_since) if one.silent_since else "",
        "url": reverse("desk-device", args=(one.uid,)),
    }


@public_page
def thing_place(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """Where it stands as GeoJSON (RFC 7946)."""
    found = thing_of(city=city_of(request), by=principal_of(request), uid=uid)
    features = (
        [{"type": "Feature", "id": found.pk, "geometry": found.place, "properties": {"name": found.name}}]
        if found.place
        else []
    )
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
