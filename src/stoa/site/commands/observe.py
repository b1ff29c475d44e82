# SPDX-License-Identifier: EUPL-1.2
"""`stoa observe FILE`: put the values of a file into series, by a recipe or by what is guessed and settled here."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.site.asking import REFUSED, in_django, operator, say, say_error, say_refusal, the_city

if TYPE_CHECKING:
    from stoa.commons.cities.models import City
    from stoa.houses.observations.door.files import Looked


def register(subparsers: Any) -> None:
    """Options of `stoa observe`."""
    parser = subparsers.add_parser("observe", help="put the values of a file into series")
    parser.add_argument("file", help="CSV, Excel, OpenDocument, JSON or Parquet, also zipped")
    parser.add_argument("--city", default="", help="short name of the city (if there are several)")
    parser.add_argument("--department", default="", help="short name of the department that answers for them")
    parser.add_argument("--recipe", default="", help="name of a recipe by which files of this make are read")
    parser.add_argument("--keep-as", default="", help="keep what is settled here as a recipe of this name")
    parser.add_argument(
        "--time", default="", help="heading of the time; or of day and time of day, with a comma"
    )
    parser.add_argument(
        "--zone", default="", help="zone of times that tell none, e.g. Etc/GMT-1 for winter time all year"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="HEADING",
        help="take this column (or name) only; repeatable",
    )
    parser.add_argument("--thing", default="", help="the place or thing that new series belong to")
    parser.add_argument("--measures", default="", help="what new series measure")
    parser.add_argument("--unit", default=None, help="unit of new series")
    parser.add_argument(
        "--nothing",
        action="append",
        default=[],
        metavar="WORD",
        help="a word that means that there is no value",
    )
    parser.add_argument("--open", action="store_true", help="everybody may see things that are set up")
    parser.add_argument("--write", action="store_true", help="write, if nothing stands in the way")
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """0: looked through, or written; 2: refused, with the reason on stderr."""
    from stoa.ground.problems import Refused

    city = the_city(args.city)
    if city is None:
        return 1
    path = Path(args.file)
    if not path.is_file():
        say_error(f"There is no file {args.file}.")
        return 1
    try:
        return _observe(args, city, path)
    except Refused as refusal:
        return say_refusal(refusal)


def _observe(args: argparse.Namespace, city: City, path: Path) -> int:
    from stoa.houses.observations.door import files

    by = operator()
    looked = files.take(city=city, by=by, path=path, department=args.department, recipe=args.recipe)
    if looked.problem is not None:
        say_error(f"The recipe does not fit: {looked.problem.what}")
        say_error(f"Look at it here: /desk/series/files/{looked.number}")
        return REFUSED
    _tell_plan(looked)
    if looked.plan.time and looked.plan.targets and not looked.is_checked:
        plan = _settled(args, looked)
        looked = files.settle(city=city, by=by, number=looked.number, plan=plan, keep_as=args.keep_as)
    if not looked.is_checked:
        say_error("It is not clear where the time stands, or which columns hold values: say --time.")
        return REFUSED
    _tell_report(looked)
    if not args.write:
        say(f"Nothing is written yet: /desk/series/files/{looked.number}, or say --write")
        return 0
    counts = files.write(city=city, by=by, number=looked.number)
    say(", ".join(f"{name} {number}" for name, number in counts.items()))
    return 0


def _settled(args: argparse.Namespace, looked: Looked) -> Any:
    plan = looked.plan
    targets = {key: told for key, told in plan.targets.items() if not args.only or key in args.only}
    for key, told in targets.items():
        if not told.uid:
            targets[key] = replace(
                told,
                thing=args.thing or told.thing,
                measures=args.measures or told.measures,
                unit=told.unit if args.unit is None else args.unit,
            )
    time = tuple(word.strip() for word in args.time.split(",") if word.strip()) or plan.time
    access = "open" if args.open else "internal"
    words = (*plan.left_out, *args.nothing)
    return replace(plan, time=time, targets=targets, left_out=words, access=access, zone=args.zone)


def _tell_plan(looked: Looked) -> None:
    say(f"{looked.rows} rows; time: {' + '.join(looked.plan.time) or '?'}; zone: {looked.zone}")
    for key, reason in looked.reasons.items():
        target = looked.plan.targets.get(key)
        where = f" -> {target.label}{f' [{target.unit}]' if target.unit else ''}" if target else ""
        say(f"  {key}{where}: {reason}")


def _tell_report(looked: Looked) -> None:
    report = looked.report
    say(
        f"{report['values']} values can be written, {report['refused']} are refused, "
        f"{report['empty']} cells are empty; {report['since']} to {report['until']}"
    )
    if report["twice"]:
        say(f"  {report['twice']} rows in the hour that comes twice")
    for one in report["reasons"]:
        say(f"  {one['times']} x {one['code']}: {'; '.join(one['examples'])}")
