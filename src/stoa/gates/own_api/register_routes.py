# SPDX-License-Identifier: EUPL-1.2
"""The routes of the registers: what everybody may see, as our own JSON and in the formats of other registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Query, Router

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.gates.own_api import register_shapes as shapes
from stoa.gates.own_api.shapes import Told
from stoa.ground.geometry import LonLat
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import usage
from stoa.houses.registers import door
from stoa.standards.sensorregister import iotdevices, wecity
from stoa.standards.sensorregister.record import Goal, SensorRecord

router = Router(tags=["registers"])


class EntriesIn(Told):
    """Which entries; filters are parameters of their own, by the names in `filters` of the register."""

    q: str = Field("", max_length=200)
    ended: bool = Field(False, description="Also entries that are no longer in use")
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(100, ge=1, le=1000)


def _asked(request: HttpRequest) -> tuple[City, Principal]:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise NotFound("city")
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return city, principal


def _note(request: HttpRequest, dataset: str, rows: int) -> None:
    """Count one use of the dataset that a register is."""
    city, _by = _asked(request)
    program = usage.is_program(request.headers)
    usage.note(city=city, uid=dataset, gate="own_api", rows=rows, program=program)


@router.get("", response=list[shapes.RegisterOut])
def list_registers(request: HttpRequest) -> list[shapes.RegisterOut]:
    """All registers of the city, with their fields."""
    city, by = _asked(request)
    return [shapes.RegisterOut.of(card) for card in door.kinds(city=city, by=by)]


@router.get("/{slug:kind}", response=shapes.RegisterOut)
def register(request: HttpRequest, kind: str) -> shapes.RegisterOut:
    """One register with its fields and codes."""
    city, by = _asked(request)
    return shapes.RegisterOut.of(door.kind(city=city, by=by, slug=kind))


@router.get("/{slug:kind}/entries", response=shapes.EntriesOut)
def entries(request: HttpRequest, kind: str, asked: Query[EntriesIn]) -> shapes.EntriesOut:
    """Published entries by title; `<filter>=<code>` narrows them."""
    city, by = _asked(request)
    card = door.kind(city=city, by=by, slug=kind)
    chosen = {
        name: request.GET[name].replace("\0", "")[:100] for name in card.filters if request.GET.get(name)
    }
    found = door.entries(
        city=city,
        by=by,
        kind=kind,
        text=asked.q,
        chosen=chosen,
        with_retired=asked.ended,
        page=asked.page,
        size=asked.size,
    )
    _note(request, card.dataset, len(found.entries))
    return shapes.EntriesOut.of(found, asked.page)


@router.get("/{slug:kind}/entries/{slug:code}", response=shapes.EntryOut)
def entry(request: HttpRequest, kind: str, code: str) -> shapes.EntryOut:
    """One published entry."""
    city, by = _asked(request)
    found = door.entry(city=city, by=by, kind=kind, code=code)
    _note(request, door.kind(city=city, by=by, slug=kind).dataset, 1)
    return shapes.EntryOut.of(found)


@router.get(
    "/{slug:kind}/formats/{slug:format}",
    response={200: Any},
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def in_format(request: HttpRequest, kind: str, format: str) -> HttpResponse:  # noqa: A002 - the name in the address
    """All entries in use, in the format of another register: `iot-devices` (JSON) or `wecity` (CSV)."""
    city, by = _asked(request)
    card = door.kind(city=city, by=by, slug=kind)
    if format not in card.formats or format not in WRITERS:
        raise NotFound("format", format)
    found = [one for one in door.stream(city=city, by=by, kind=kind) if one.is_in_use]
    _note(request, card.dataset, len(found))
    return WRITERS[format](map(_sensor, found))


def _devices(records: Iterable[SensorRecord]) -> HttpResponse:
    return JsonResponse([iotdevices.device(record) for record in records], safe=False)


def _table(records: Iterable[SensorRecord]) -> HttpResponse:
    return HttpResponse(wecity.table(records), content_type="text/csv; charset=utf-8; header=present")


WRITERS: dict[str, Callable[[Iterable[SensorRecord]], HttpResponse]] = {
    "iot-devices": _devices,
    "wecity": _table,
}
_TRUTHS = {"yes": True, "no": False}


def _sensor(card: door.EntryCard) -> SensorRecord:
    """An entry of the sensor register as a value of no format."""
    said = card.values
    place = said.get("place")
    until = said.get("ends_on")
    return SensorRecord(
        id=str(card.uid),
        reference=str(said.get("reference", "")),
        title=card.title,
        type=str(said.get("type", "")),
        measures=str(said.get("measures", "")),
        themes=tuple(said.get("themes", ())),
        mobile=_TRUTHS.get(str(said.get("mobile"))),
        place=LonLat(*place) if place else None,
        place_description=str(said.get("place_description", "")),
        regions=tuple(said.get("regions", ())),
        owner_is_private=said.get("owner_kind") == "private",
        organisation=str(said.get("organisation", "")),
        email=str(said.get("public_contact", "")),
        website=str(said.get("website", "")),
        personal_data=_TRUTHS.get(str(said.get("personal_data"))),
        goals=tuple(Goal(**goal) for goal in said.get("goals", ())),
        retention_months=said.get("retention_months"),
        project=str(said.get("project", "")),
        active_until=date.fromisoformat(until) if until else None,
    )
