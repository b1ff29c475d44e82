# SPDX-License-Identifier: EUPL-1.2
"""`stoa basemap`: build what lies below the data of every map from an extract of OpenStreetMap."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from stoa.site.asking import say, say_refusal

STEPS = {
    "points": "reading places",
    "lines": "reading streets, railways and rivers",
    "multipolygons": "reading water, green and buildings",
    "order": "putting them in order",
}


def register(subparsers: Any) -> None:
    """Options of `stoa basemap`."""
    parser = subparsers.add_parser(
        "basemap",
        help="build the base map from an extract of OpenStreetMap",
        description="Builds the base map that is drawn below the data of every map. Without FILE, the extract "
        "that STOA_BASEMAP names is built if it changed. The portal may go on running.",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an extract, .osm.pbf or .osm")
    parser.add_argument("--remove", action="store_true", help="make the ground of maps plain again")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0: built, removed, or nothing to do; 2: refused, with the reason on stderr."""
    from stoa.commons.basemap import door
    from stoa.ground.problems import Refused
    from stoa.site.environment import Environment
    from stoa.site.home import Home

    settings = Environment()  # type: ignore[call-arg]
    home = Home.from_environment().make().root
    place = door.place_in(home, home / "cache", settings.lake_memory_mib)
    if args.remove:
        say("The base map was removed." if door.remove(place) else "There was no base map.")
        return 0
    extract = args.file or settings.basemap
    try:
        if extract is None:
            raise door.refuse_unnamed()
        if args.file is None and not door.is_newer(place, extract):
            say(f"The base map was built from {extract.name} already.")
            return 0
        started = time.monotonic()
        made = door.build(place, extract, lambda step: say(f"  {STEPS[step]} ..."))
    except Refused as refusal:
        return say_refusal(refusal)
    _tell(made, time.monotonic() - started)
    return 0


def _tell(made: Any, seconds: float) -> None:
    say(f"The base map was built from {made.file} in {seconds:.0f} s:")
    for layer, count in made.shapes.items():
        say(f"  {layer:10} {count:>12,}")
    if made.left_out:
        say(f"  {made.left_out:,} shapes were left out: their outlines are broken.")
