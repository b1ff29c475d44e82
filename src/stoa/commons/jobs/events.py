# SPDX-License-Identifier: EUPL-1.2
"""Events: emitted in the transaction of the change, delivered by a job to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.asking import ask_once
from stoa.commons.jobs.models import OutboxEvent

Listener = Callable[[int, dict[str, Any]], None]
_LISTENERS: dict[str, list[Listener]] = {}


def listen(name: str, listener: Listener) -> None:
    """Call `listener(city_id, body)` for every event of this name; at least once, so it must be idempotent."""
    _LISTENERS.setdefault(name, []).append(listener)


def emit(city_id: int, event: Any) -> None:
    """Put an event (a frozen dataclass, past tense) into the outbox and ask for its delivery, all in this transaction."""
    if not is_dataclass(event) or isinstance(event, type):
        raise TypeError("an event is a frozen dataclass")
    house = type(event).__module__.split(".")[-2]
    OutboxEvent.objects.create(city_id=city_id, name=f"{house}.{type(event).__name__}", body=asdict(event))
    from stoa.commons.jobs.jobs import deliver_events

    # One delivery takes all that is waiting when it runs.
    ask_once(deliver_events, f"deliver-{city_id}", city_id=city_id)


def deliver_waiting(city_id: int, *, most: int = 500) -> int:
    """Tell listeners what is waiting, oldest first; returns how many events were delivered."""
    with acting_in(city_id):
        waiting = list(
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(city_id=city_id, delivered_at=None)
            .order_by("pk")[:most]
        )
        for event in waiting:
            for listener in _LISTENERS.get(event.name, []):
                listener(city_id, event.body)
            event.delivered_at = timezone.now()
            event.save(update_fields=["delivered_at"])
    return len(waiting)
