# SPDX-License-Identifier: EUPL-1.2
"""Feeds that we ask at intervals: setting them up, asking them, keeping what they say.

Asking runs between two transactions, as the network may be slow. What an answer says of a device that is not known
yet registers it, so that a new station appears by itself.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.fetching.door import MIB, Limits, fetch
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.devices import register_device
from stoa.houses.observations.actions.json_messages import readings_of
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.actions.taking import heard, take_readings
from stoa.houses.observations.models import Device, Feed
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.recipes import Sighting, read_recipe, sightings
from stoa.houses.observations.terms import Access, Carrier, FeedKind, Way
from stoa.standards.gbfs.stations import BadFeed, feed_addresses, stations
from stoa.standards.payloads.definition import Meaning

LIMITS = Limits(file_bytes=20 * MIB, unpacked_bytes=50 * MIB, total_seconds=60)
LEAST_MINUTES = 1
_GBFS = {
    "vehicles": Meaning("Vehicles available", "{count}", "vehicles_available"),
    "docks": Meaning("Free places", "{count}", "docks_available"),
    "renting": Meaning("Open for hire", "", "is_renting"),
}


@transaction.atomic
def set_up_feed(
    *, city: City, by: Principal, department: Department, title: str, kind: FeedKind, url: str,
    recipe: dict[str, Any] | None = None, every_minutes: int = 5,
) -> Feed:  # fmt: skip
    """A new feed; it is asked within a minute."""
    need(by, Permission.CHANGE_THING, department.pk)
    if kind is FeedKind.JSON:
        read_recipe(recipe)
    feed = Feed.objects.create(
        city=city, department=department, title=title[:200], kind=kind, url=url, recipe=recipe or {},
        every_minutes=max(LEAST_MINUTES, every_minutes), next_at=timezone.now(),
    )  # fmt: skip
    record(city_id=city.pk, by=by, verb="feed.set_up", thing="feed", thing_id=str(feed.pk))
    return feed


@transaction.atomic
def remove_feed(*, feed: Feed, by: Principal) -> None:
    """Ask it no more; its things and their values stay."""
    need(by, Permission.CHANGE_THING, feed.department_id)
    record(city_id=feed.city_id, by=by, verb="feed.removed", thing="feed", thing_id=str(feed.pk))
    feed.delete()


def ask_feed(*, city_id: int, feed_id: int) -> int:
    """Ask a feed now and keep what it says; returns how many observations are new. What went wrong stands on it."""
    with acting_in(city_id):
        feed = Feed.objects.select_related("city", "department").get(pk=feed_id)
        feed.asked_at = timezone.now()
        feed.next_at = feed.asked_at + timedelta(minutes=feed.every_minutes)
        feed.save(update_fields=["asked_at", "next_at"])
    place = Path(settings.STOA_WORK) / f"feed-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    try:
        found = list(_asked(feed, place))
    except Refused as refusal:
        return _wrong(feed, refusal.problem)
    except BadFeed as wrong:
        return _wrong(feed, _unreadable(str(wrong)))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    with acting_in(city_id):
        feed.taken = _keep(feed, found)
        feed.answered_at, feed.problem = timezone.now(), None
        feed.save(update_fields=["taken", "answered_at", "problem"])
    return feed.taken


def _asked(feed: Feed, place: Path) -> Iterable[Sighting]:
    allowed = settings.ENVIRONMENT.allowed_private_hosts
    document = _fetched(feed.url, place, allowed)
    if feed.kind == FeedKind.JSON:
        yield from sightings(read_recipe(feed.recipe), document, ZoneInfo(feed.city.zone))
        return
    addresses = feed_addresses(document)
    information, status = (
        _fetched(addresses[name], place, allowed) for name in ("station_information", "station_status")
    )
    for one in stations(information, status):
        told = {"vehicles": one.vehicles, "docks": one.docks, "renting": one.is_renting}
        values = {name: (value, _GBFS[name]) for name, value in told.items() if value is not None}
        yield Sighting(one.id, values, one.at, one.name, one.lon, one.lat)


def _fetched(url: str, place: Path, allowed: Collection[str]) -> Any:
    fetched = fetch(url, limits=LIMITS, allowed_private_hosts=allowed, to=place, accept="application/json")
    assert hasattr(fetched, "path"), "nothing was remembered, so nothing can be unchanged"
    try:
        return json.loads(fetched.path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise Refused(_unreadable("it is no JSON")) from None
    finally:
        fetched.path.unlink(missing_ok=True)


def _keep(feed: Feed, found: list[Sighting]) -> int:
    known = {one.identifier: one for one in Device.objects.filter(feed=feed).select_related("thing", "city")}
    written = 0
    for one in found:
        identifier = one.id or feed.title
        device = known.get(identifier)
        if device is None:
            device = known[identifier] = _register(feed, identifier, one)
        if device.is_active and one.values:
            heard(device)
            written += take_readings(device=device, found=readings_of(one), way=Way.POLL).written
    return written


def _register(feed: Feed, identifier: str, one: Sighting) -> Device:
    rights = frozenset({str(Permission.CHANGE_THING), str(Permission.WRITE_OBSERVATION)})
    by = Principal(
        feed.city_id,
        name=f"feed {feed.pk}",
        grants=(Grant("feed", rights, frozenset({feed.department_id})),),
        channel="job",
    )
    place = (one.lon, one.lat) if one.lon is not None and one.lat is not None else None
    return register_device(
        city=feed.city, by=by, name=one.name or f"{feed.title} {identifier}"[:200], carrier=Carrier.FEED,
        identifier=identifier, department=feed.department, place=place, access=Access.OPEN, feed=feed,
        expected_interval_s=feed.every_minutes * 60 * 6,
    )  # fmt: skip


def _wrong(feed: Feed, problem: Problem) -> int:
    with acting_in(feed.city_id):
        Feed.objects.filter(pk=feed.pk).update(problem=problem.to_json())
    return 0


def _unreadable(why: str) -> Problem:
    return Problem(
        "observations.feed_unreadable",
        say("The answer of the feed cannot be used: %(why)s.", why=why[:200]),
        say("No new values come from it until it answers well again."),
        say("Check the address and the kind of the feed."),
    )
