# SPDX-License-Identifier: EUPL-1.2
"""One device: how it is, what it said last, its form and its key."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import devices
from stoa.houses.observations.models import Device, DeviceMessage
from stoa.houses.observations.pages.devices.console import battery_words, framed, state_of, told
from stoa.houses.observations.pages.devices.device_form import DeviceForm, initial_of
from stoa.houses.observations.queries.decoders import decoders
from stoa.houses.observations.queries.devices import (
    SeriesLine,
    departments_for,
    device_for,
    messages_of,
    put_aside,
    series_of,
)
from stoa.houses.observations.rules.decoding import symbol_of
from stoa.houses.observations.rules.recipes import example_of, read_recipe
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import CARRIERS, Carrier
from stoa.web.notation import ago, in_words, moment, number
from stoa.web.parts import Cell, Column, Row, Table


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Register a device."""
    city, by = city_of(request), principal_of(request)
    title = gettext("Register a device")
    context = framed(request, title, gettext("Its series are set up by themselves with its first message."))
    form = _form(request)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = devices.register_device(city=city, by=by, **form.said)
        except Refused as refusal:
            problems = _put(form, refusal)
        else:
            messages.success(request, gettext("The device is registered."))
            return HttpResponseRedirect(reverse("desk-device", args=(made.uid,)))
    context |= {"form": form, "problems": problems}
    return render(request, "observations/devices/new.html", context, status=_status(request))


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Everything about one device."""
    found = device_for(city=city_of(request), principal=principal_of(request), uid=str(uid))
    form = _form(request, found)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                devices.change_device(device=found, by=principal_of(request), **form.said)
        except Refused as refusal:
            problems = _put(form, refusal)
        else:
            messages.success(request, gettext("Kept."))
            return HttpResponseRedirect(reverse("desk-device", args=(uid,)))
    return _page(request, found, form, problems)


@desk_page
@require_POST
def key(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A new key, shown once."""
    found = device_for(city=city_of(request), principal=principal_of(request), uid=str(uid))
    made = devices.rotate_key(device=found, by=principal_of(request))
    title = gettext("New key of %(name)s") % {"name": found.name}
    address = request.build_absolute_uri(reverse("push-device", args=(uid,)))
    context = framed(request, title, device=found, key=made, address=address, city_slug=found.city.slug)
    told = (
        example_of(read_recipe(found.recipe), timezone.now().astimezone(UTC))
        if found.recipe
        else {"level": 12.5}
    )
    # It stands between single quotes of a shell.
    context["message"] = json.dumps(told, ensure_ascii=False).replace("'", r"\u0027")
    context["broker"] = _broker(found.city.slug)
    return render(request, "observations/devices/key.html", context)


def _broker(city: str) -> str:
    """Options of `mosquitto_pub` that lead to the broker, as far as the operator has said where it is."""
    told = settings.ENVIRONMENT
    # Either for everybody, or `city=address`.
    named = (one.rpartition("=") for one in told.mqtt_publish_at)
    for place in (urlsplit(address) for whose, _, address in named if whose in {"", city}):
        is_safe = place.scheme == "mqtts"
        trust = " --cafile ca.pem" if told.mqtt_ca else " --tls-use-os-certs"
        return (
            f"-h {place.hostname} -p {place.port or (8883 if is_safe else 1883)}{trust if is_safe else ''} "
        )
    return ""


@desk_page
@require_POST
def remove(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Forget the device; what it observed stays."""
    found = device_for(city=city_of(request), principal=principal_of(request), uid=str(uid))
    devices.remove_device(device=found, by=principal_of(request))
    messages.success(request, gettext("The device is gone. Its series and their values stay."))
    return HttpResponseRedirect(reverse("desk-devices"))


def _form(request: HttpRequest, found: Device | None = None) -> DeviceForm:
    city, by = city_of(request), principal_of(request)
    return DeviceForm(
        departments_for(city=city, principal=by),
        decoders(city.pk),
        request.POST if request.method == "POST" else None,
        initial=initial_of(found) if found else {"carrier": Carrier.LORAWAN},
        device=found,
    )


def _put(form: DeviceForm, refusal: Refused) -> list[Problem]:
    """Problems beside their fields; those that are about none come back."""
    rest = []
    for problem in refusal.problems:
        if problem.field in form.fields:
            form.add_error(problem.field, f"{in_words(problem.what)} {in_words(problem.do)}")
        else:
            rest.append(problem)
    return rest


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _page(request: HttpRequest, found: Device, form: DeviceForm, problems: list[Problem]) -> HttpResponseBase:
    series, said, aside = series_of(found), messages_of(found), put_aside(found)
    facts = [
        (gettext("Way"), gettext(CARRIERS[Carrier(found.carrier)])),
        (gettext("Address"), found.identifier),
        (gettext("Last heard"), moment(found.last_seen_at) if found.last_seen_at else gettext("never")),
        (gettext("Battery"), battery_words(found)),
        (gettext("Strength of its signal"), _signal(found)),
        (gettext("Key"), gettext("It has one.") if found.key_digest else gettext("It has none.")),
    ]
    context = framed(
        request,
        found.name,
        device=found,
        state=state_of(found),
        facts=facts,
        series=_series(series) if series else None,
        said=[_said(one) for one in said],
        aside=[(problem_of(one.code, one.reason), one.at, one.times) for one in aside],
        form=form,
        problems=problems,
        push_url=request.build_absolute_uri(reverse("push-lorawan")),
    )
    return render(request, "observations/devices/device.html", context, status=_status(request))


def _signal(found: Device) -> str:
    if found.rssi_dbm is None:
        return "–"
    snr = "" if found.snr_db is None else f", {number(found.snr_db)} dB"
    return f"{number(found.rssi_dbm)} dBm{snr}"


def _series(lines: list[SeriesLine]) -> Table:
    columns = [
        Column(gettext("Value"), is_heading=True),
        Column(gettext("Latest"), is_number=True),
        Column(gettext("Unit")),
        Column(gettext("As of")),
    ]
    rows = []
    for one in lines:
        name = Cell(one.name, url=reverse("series", args=(one.uid,)))
        rows.append(Row([name, told(one.latest), one.unit, ago(one.at) if one.at else "–"]))
    return Table(gettext("Newest values"), columns, rows)


def _said(one: DeviceMessage) -> dict[str, Any]:
    """A message for the page."""
    problem = Problem.from_json(one.problem) if one.problem else None
    columns = [
        Column(gettext("Value"), is_heading=True),
        Column(gettext("Read as"), is_number=True),
        Column(gettext("Unit")),
    ]
    columns.append(Column(gettext("As of")))
    rows = [
        Row([line["name"], told(line["value"]), symbol_of(line["unit"]), moment(parse_datetime(line["at"]))])
        for line in one.values
    ]
    return {
        "at": one.received_at,
        "hex": bytes(one.payload).hex(" "),
        "port": one.port,
        "counter": one.counter,
        "problem": problem,
        "table": Table(gettext("What was read"), columns, rows, is_caption_hidden=True) if rows else None,
    }
