# SPDX-License-Identifier: EUPL-1.2
"""`stoa demo`: a whole city through the same pipeline as everything else; invented, or from a city folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from stoa.site.asking import in_django, say, say_error, say_refusal


def register(subparsers: Any) -> None:
    """Options of `stoa demo`."""
    parser = subparsers.add_parser("demo", help="load a simulated city, or a city folder")
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="a folder with a city.toml")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="where the files of that city lie, if elsewhere"
    )
    parser.add_argument("--seed", type=int, default=7, help="another number, another invented city")
    parser.add_argument("--if-empty", action="store_true", help="do nothing if there is a city already")
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """0: loaded; 2: the folder was refused; 1: some datasets were refused."""
    from stoa.commons.cities.queries import all_cities
    from stoa.ground.problems import Refused
    from stoa.site.loading import load_city, load_simulated

    if args.if_empty and all_cities():
        return 0
    try:
        loaded = (
            load_city(args.folder, args.data, note=say)
            if args.folder
            else load_simulated(args.seed, note=say)
        )
    except Refused as refusal:
        return say_refusal(refusal)
    for slug, problem in loaded.refused:
        say_error(f"  {slug} was refused: {problem}")
    say(
        f"{loaded.city}: {loaded.datasets} datasets, {loaded.versions} versions, {loaded.rows:,} rows in {loaded.seconds:.0f} s"
    )
    return 1 if loaded.refused else 0
