# SPDX-License-Identifier: EUPL-1.2
"""A public warning as the CAP message that holds at a moment.

A message is good for a day. While a warning lasts, an Update takes the place of the one before every day; when it is
over, a Cancel ends the last. All of it follows from the warning and the time, so every reader gets the same message
under the same identifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.utils import translation
from django.utils.translation import gettext

from stoa.ground.words import pick
from stoa.houses.observations.door.warnings import Warned, points, rings
from stoa.standards.cap.values import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Reference,
    ResponseType,
    Severity,
    Status,
    Urgency,
)

GOOD_FOR = timedelta(days=1)
ALL_OVER = timedelta(hours=1)
"""So long is the message that it is over in force."""
POINT_RADIUS_KM = 0.1


@dataclass(frozen=True, slots=True)
class Sender:
    """Who warns, where its pages are, and in which languages and time it speaks."""

    name: str
    """3.2.1 `sender`: the same for ever."""
    city: Mapping[str, str]
    languages: tuple[str, ...]
    zone: tzinfo
    page: str


def message(warned: Warned, sender: Sender, now: datetime) -> Alert:
    """The newest message of a warning."""
    end = warned.ended_at
    last = max(0, int(((end or now) - warned.noticed_at) / GOOD_FOR))
    sent = [(warned.noticed_at + n * GOOD_FOR).astimezone(sender.zone) for n in range(last + 1)]
    kind = MsgType.UPDATE if last else MsgType.ALERT
    number = last
    if end is not None:
        kind, number = MsgType.CANCEL, last + 1
        sent.append(max(end.astimezone(sender.zone), sent[-1]))
    earlier = sent[:-1] if number else []
    return Alert(
        identifier=_identifier(warned, number),
        sender=sender.name,
        sent=_whole(sent[-1]),
        status=Status.EXERCISE if warned.is_drill else Status.ACTUAL,
        msg_type=kind,
        note="EXERCISE: nothing has happened." if warned.is_drill else "",
        references=tuple(
            Reference(sender.name, _identifier(warned, n), _whole(at)) for n, at in enumerate(earlier)
        ),
        infos=tuple(_info(warned, sender, language, _whole(sent[-1])) for language in sender.languages),
    )


def _identifier(warned: Warned, number: int) -> str:
    return f"{warned.uid}.{number}"


def _whole(at: datetime) -> datetime:
    """CAP tells times to the second."""
    return at.replace(microsecond=0)


def _info(warned: Warned, sender: Sender, language: str, sent: datetime) -> Info:
    is_over = warned.ended_at is not None
    event = pick(warned.event, [language])
    department, city = pick(warned.department, [language]), pick(sender.city, [language])
    return Info(
        event=event,
        urgency=Urgency.PAST if is_over else Urgency.IMMEDIATE,
        severity=Severity(warned.severity.capitalize()),
        certainty=Certainty.OBSERVED,
        categories=(Category.SAFETY,),
        language=language,
        response_types=(ResponseType.ALL_CLEAR if is_over else ResponseType.MONITOR,),
        effective=sent,
        onset=_whole(warned.began_at.astimezone(sender.zone)),
        expires=sent + (ALL_OVER if is_over else GOOD_FOR),
        sender_name=f"{city}, {department}",
        headline=_headline(event, language, is_drill=warned.is_drill),
        instruction="" if is_over else pick(warned.instruction, [language]),
        web=sender.page,
        areas=(_area(warned, pick(warned.area_name, [language]) or warned.place.strip() or city),),
    )


def _headline(event: str, language: str, *, is_drill: bool) -> str:
    """3.2.2: should be useful on 160 letters; an exercise says so in the language of the reader."""
    if not is_drill:
        return event[:160]
    with translation.override(language):
        mark = gettext("EXERCISE")
    return f"{mark}: {event}"[:160]


def _area(warned: Warned, words: str) -> Area:
    """In words always; GeoJSON puts longitude first, CAP latitude."""
    shapes = rings(warned.area)
    radius_km = warned.radius_m / 1_000 if warned.radius_m else POINT_RADIUS_KM
    return Area(
        words,
        tuple(tuple((lat, lon) for lon, lat in ring) for ring in shapes),
        tuple(Circle((lat, lon), radius_km) for lon, lat in points(warned.area)),
    )
