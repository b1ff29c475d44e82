# SPDX-License-Identifier: EUPL-1.2
"""Noticing devices that have fallen silent."""

from __future__ import annotations

from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import emit
from stoa.houses.observations.events import DeviceFellSilent
from stoa.houses.observations.models import Device
from stoa.houses.observations.rules.silence import silent_since


def mark_silent(city_id: int) -> int:
    """Mark devices that should have been heard by now, tell of each once; returns how many are newly silent."""
    now, count = timezone.now(), 0
    with acting_in(city_id):
        waiting = Device.objects.filter(
            city_id=city_id, is_active=True, silent_since=None, expected_interval_s__isnull=False
        ).select_for_update(skip_locked=True)
        for device in waiting:
            since = silent_since(
                last_seen_at=device.last_seen_at,
                registered_at=device.created_at,
                expected_interval_s=device.expected_interval_s,
                now=now,
            )
            if since is not None:
                Device.objects.filter(pk=device.pk).update(silent_since=since)
                emit(city_id, DeviceFellSilent(str(device.uid)))
                count += 1
    return count
