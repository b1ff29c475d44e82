# SPDX-License-Identifier: EUPL-1.2
"""The list of devices, with what needs somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import Section, city_of, desk_page, frame, principal_of
from stoa.houses.observations.models import Device
from stoa.houses.observations.queries.devices import LOW_BATTERY, PAGE, counts_of, devices_for
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import CARRIERS, Carrier
from stoa.web.notation import ago, number, percent
from stoa.web.parts import Cell, Column, Facet, FacetOption, Pager, Row, Table

STATES = ("silent", "weak", "never", "resting")


def sections_of_devices(request: HttpRequest) -> Iterable[Section]:
    """The console's entry in the navigation of the desk."""
    if principal_of(request).may(Permission.CHANGE_THING):
        yield Section("devices", reverse("desk-devices"), gettext("Devices"))


def framed(request: HttpRequest, title: str, lead: str = "", **more: Any) -> dict[str, Any]:
    """The frame of a page below the console; for whoever may not register devices the page is not theirs."""
    if not principal_of(request).may(Permission.CHANGE_THING):
        raise PermissionDenied
    crumbs = [(gettext("Desk"), reverse("desk")), (gettext("Devices"), reverse("desk-devices")), (title, "")]
    return frame(request, "devices", title, lead, **{"crumbs": crumbs, **more})


@desk_page
def devices(request: HttpRequest) -> HttpResponseBase:
    """All devices of this person's departments."""
    city, by = city_of(request), principal_of(request)
    asked, state = request.GET.get("q", "")[:100].strip(), request.GET.get("state", "")
    state = state if state in STATES else ""
    first = _place(request)
    context = framed(
        request,
        gettext("Devices"),
        gettext(
            "Everything that sends observations: whether it is heard, how full its battery is, what it said last."
        ),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Devices"), "")],
    )
    found, total = devices_for(city=city, principal=by, asked=asked, state=state, first=first)
    counts = counts_of(city=city, principal=by)
    context |= {
        "asked": asked,
        "state": state,
        "facets": [_facet(asked, state)],
        "cleared": f"?{urlencode({'q': asked})}" if state else "",
        "table": _table(found) if found else None,
        "pager": _pager(request, first, len(found), total),
        "total": total,
        "has_any": counts.total > 0,
        "figures": [
            (number(counts.total), gettext("Devices")),
            (number(counts.silent), gettext("silent")),
            (number(counts.weak), gettext("with a weak battery")),
        ],
    }
    return render(request, "observations/devices/list.html", context)


def _facet(asked: str, chosen: str) -> Facet:
    """The states to narrow by; the chosen one leads back."""
    options = []
    for name in STATES:
        told = {"q": asked} if name == chosen else {"q": asked, "state": name}
        query = urlencode({key: value for key, value in told.items() if value})
        options.append(FacetOption(state_words(name), f"?{query}", is_chosen=name == chosen))
    return Facet(gettext("State"), options, is_open=True)


def state_words(name: str) -> str:
    return {
        "silent": gettext("silent"),
        "weak": gettext("with a weak battery"),
        "never": gettext("never heard"),
        "resting": gettext("out of use"),
    }[name]


def state_of(device: Device) -> tuple[str, str]:
    """How it is, in a word and its mood."""
    if not device.is_active:
        return gettext("out of use"), ""
    if device.silent_since:
        return gettext("silent"), "bad"
    if device.last_seen_at is None:
        return gettext("never heard"), "warn"
    if device.battery_percent is not None and device.battery_percent < LOW_BATTERY:
        return gettext("with a weak battery"), "warn"
    return gettext("heard"), "good"


def _table(found: list[Device]) -> Table:
    columns = [
        Column(gettext("Device"), is_heading=True),
        Column(gettext("State")),
        Column(gettext("Last heard")),
        Column(gettext("Battery"), is_number=True),
        Column(gettext("Way")),
        Column(gettext("Address")),
    ]
    rows = [
        Row(
            [
                Cell(one.name, url=reverse("desk-device", args=(one.uid,))),
                state_of(one)[0],
                ago(one.last_seen_at) if one.last_seen_at else "–",
                battery_words(one),
                gettext(CARRIERS[Carrier(one.carrier)]),
                one.identifier,
            ]
        )
        for one in found
    ]
    return Table(gettext("Devices by name"), columns, rows)


def battery_words(device: Device) -> str:
    """Percent where it is told, else the voltage."""
    if device.battery_percent is not None:
        return percent(device.battery_percent / 100)
    return f"{number(device.battery_v)} V" if device.battery_v is not None else "–"


def told(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return number(value) if isinstance(value, int | float) else str(value)


def _place(request: HttpRequest) -> int:
    asked = request.GET.get("from", "")
    return max(0, int(asked) - 1) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0


def _pager(request: HttpRequest, first: int, shown: int, total: int) -> Pager | None:
    if total <= PAGE:
        return None

    def at(place: int) -> str:
        query = request.GET.copy()
        query["from"] = str(place + 1)
        return f"?{query.urlencode()}"

    return Pager(
        first + 1,
        first + shown,
        total,
        previous_url=at(max(0, first - PAGE)) if first else "",
        next_url=at(first + PAGE) if first + PAGE < total else "",
    )
