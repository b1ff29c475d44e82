# SPDX-License-Identifier: EUPL-1.2
"""`stoa simulate`: play recorded series as live sensors, faster than they were and as often as one likes."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stoa.site.asking import in_django, operator, say, say_refusal, the_city

if TYPE_CHECKING:
    from stoa.commons.cities.models import City


def register(subparsers: Any) -> None:
    """Options of `stoa simulate`."""
    parser = subparsers.add_parser("simulate", help="play recorded series as live sensors")
    parser.add_argument("--city", default="", help="short name of the city (if there are several)")
    parser.add_argument("--list", action="store_true", help="say what is played, and end")
    parser.add_argument(
        "--stop", metavar="NAME", default="", help="play this one no more; what was written stays"
    )
    parser.add_argument("--name", default="", help="only this replay")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="so many times as fast: 60 writes an hour of values every minute",
    )
    parser.add_argument(
        "--count", type=int, default=1, help="every series so many times, each of a thing of its own"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long")
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """0: played; 1: there is no such city or nothing to play; 2: refused."""
    from stoa.commons.cities.acting import acting_in
    from stoa.ground.problems import Refused
    from stoa.houses.observations.door import replaying

    city = the_city(args.city)
    if city is None:
        return 1
    with acting_in(city):
        cards = [card for card in replaying.replays(city=city) if args.name in {"", card.name}]
    if args.list or not cards:
        for card in cards:
            say(f"{card.name}: {card.dataset}, {'on' if card.is_on else 'off'}, until {card.last_at}")
        if not cards:
            say("There is nothing to play: docs/how-to/simulate-sensors.md says how to set it up.")
        return 0 if cards else 1
    try:
        if args.stop:
            with acting_in(city):
                replaying.stop(city=city, by=operator(), name=args.stop)
            return 0
        return _play(city, [card.name for card in cards if card.is_on], args)
    except Refused as refusal:
        return say_refusal(refusal)


def _play(city: City, names: list[str], args: argparse.Namespace) -> int:
    """Write what is due once a second, as of now."""
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.observations.door import replaying

    end, last, written = time.monotonic() + args.seconds, datetime.now(UTC), 0
    while time.monotonic() < end:
        time.sleep(1.0)
        now = datetime.now(UTC)
        for name in names:
            with acting_in(city):
                written += replaying.play_faster(
                    city=city, by=operator(), name=name, since=last, now=now,
                    recorded_s=(now - last).total_seconds() * args.speed, copies=args.count,
                )  # fmt: skip
        last = now
    say(f"{written:,} values in {args.seconds:.0f} s")
    return 0
