# SPDX-License-Identifier: EUPL-1.2
"""Devices, for whoever looks after them and for the broker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Device, DeviceMessage, DeviceSeries, Quarantined, SeriesState
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.device_keys import Writer

PAGE = 50
LOW_BATTERY = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How the devices are, in numbers."""

    total: int
    silent: int
    weak: int
    never: int


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A value of a device, its series and the newest observation."""

    value: str
    name: str
    unit: str
    latest: float | str | None
    at: datetime | None
    uid: str


def devices_for(
    *, city: City, principal: Principal, asked: str = "", state: str = "", first: int = 0
) -> tuple[list[Device], int]:
    """Devices by name from place `first` on, and how many there are (two queries)."""
    found = Device.objects.filter(city=city).visible_to(principal).select_related("thing__department")
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(identifier__icontains=asked.replace(":", "")))
    found = found.filter(_STATES[state]) if state in _STATES else found
    return list(found.order_by("name", "pk")[first : first + PAGE]), found.count()


_STATES = {
    "silent": Q(silent_since__isnull=False),
    "weak": Q(battery_percent__lt=LOW_BATTERY),
    "never": Q(last_seen_at=None),
    "resting": Q(is_active=False),
}


def counts_of(*, city: City, principal: Principal) -> Counts:
    """How many devices there are and how they are (one query)."""
    told = (
        Device.objects.filter(city=city)
        .visible_to(principal)
        .aggregate(
            total=Count("pk"),
            **{name: Count("pk", filter=_STATES[name]) for name in ("silent", "weak", "never")},
        )
    )
    return Counts(**told)


def device_for(*, city: City, principal: Principal, uid: str) -> Device:
    """One device (one query); else `NotFound`."""
    found = (
        Device.objects.filter(city=city, uid=uid)
        .visible_to(principal)
        .select_related("thing__department", "city", "feed")
        .first()
    )
    if found is None:
        raise NotFound("device", uid)
    return found


def messages_of(device: Device) -> list[DeviceMessage]:
    """Its last messages, newest first (one query)."""
    return list(DeviceMessage.objects.filter(device=device).order_by("-received_at", "-pk"))


def series_of(device: Device) -> list[SeriesLine]:
    """Its values with their newest observations, by name (one query)."""
    found = DeviceSeries.objects.filter(device=device).select_related("datastream__state").order_by("value")
    return [_line(one) for one in found]


def _line(one: DeviceSeries) -> SeriesLine:
    state: SeriesState = one.datastream.state
    latest = state.number if state.text is None else state.text
    return SeriesLine(
        one.value, one.datastream.name, one.datastream.unit_symbol, latest, state.at, str(one.datastream.uid)
    )


def put_aside(device: Device) -> list[Quarantined]:
    """Messages of this device that could not be taken, newest first (one query)."""
    named = [f"device {device.uid}", f"{device.carrier} {device.identifier}"]
    found = Quarantined.objects.filter(city_id=device.city_id, settled_at=None)
    by_address = Q(origin__in=named) | Q(origin__endswith=f" {device.identifier}")
    return list(found.filter(by_address).order_by("-at")[:20])


def departments_for(*, city: City, principal: Principal) -> list[Department]:
    """Departments for which this principal may register devices, in tree order (one query)."""
    held = principal.departments_with(Permission.CHANGE_THING)
    found = Department.objects.filter(city=city).order_by("path")
    return list(found if held is None else found.filter(pk__in=sorted(held)))


def writers(city: City) -> list[Writer]:
    """Devices that have a key, with the series they may write, for the broker's lists (two queries)."""
    devices = Device.objects.filter(city=city, is_active=True).exclude(mqtt_hash="").order_by("pk")
    series: dict[int, list[int]] = {}
    for device_id, number in DeviceSeries.objects.filter(device__in=devices).values_list(
        "device_id", "datastream_id"
    ):
        series.setdefault(device_id, []).append(number)
    return [Writer(str(one.uid), one.mqtt_hash, sorted(series.get(one.pk, []))) for one in devices]
