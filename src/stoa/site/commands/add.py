# SPDX-License-Identifier: EUPL-1.2
"""`stoa add FILE|URL`: read a file, say what was understood, take it as a draft or publish it."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.site.asking import in_django, operator, say, say_error, say_refusal, the_city

if TYPE_CHECKING:
    from stoa.commons.cities.models import City
    from stoa.commons.reading.report import Inspection
    from stoa.houses.catalogue.cards import ReadingCard


def register(subparsers: Any) -> None:
    """Options of `stoa add`."""
    parser = subparsers.add_parser("add", help="read a file or web address and make it a dataset")
    parser.add_argument("file", help="a file on this machine, or http(s)://...")
    parser.add_argument("--city", default="", help="short name of the city (if there are several)")
    parser.add_argument(
        "--dataset", default="", help="short name of the dataset; a known one gets a new version"
    )
    parser.add_argument("--title", default="", help="what it is, in a few words")
    parser.add_argument("--description", default="", help="what is in it and what to beware of")
    parser.add_argument("--department", default="", help="short name of the department that answers for it")
    parser.add_argument("--theme", default="", help="EU data theme, e.g. ENVI")
    parser.add_argument("--licence", default="", help="licence code, e.g. CC_BY_4_0")
    parser.add_argument("--frequency", default="", help="promised updates, e.g. MONTHLY")
    parser.add_argument("--access", default="", help="open, entitled, on_request or internal")
    parser.add_argument("--contact", default="", help="public e-mail address for questions")
    parser.add_argument("--note", default="", help="what changed, for the list of versions")
    parser.add_argument(
        "--publish", action="store_true", help="publish at once, if nothing stands in the way"
    )
    parser.add_argument(
        "--release", default="", metavar="REASON", help="release columns with personal data, with this reason"
    )
    _register_guesses(parser)
    parser.set_defaults(run=run)


def _register_guesses(parser: argparse.ArgumentParser) -> None:
    guesses = parser.add_argument_group("guesses", "every guess about the file can be settled here")
    guesses.add_argument("--table", help="sheet, layer or file in the archive")
    guesses.add_argument("--encoding", help="e.g. utf-8, cp1252, utf-16-le")
    guesses.add_argument("--separator", help="e.g. ';' or tab")
    guesses.add_argument("--quote", help='the quotation mark, usually "')
    guesses.add_argument("--header-rows", help="rows of the headings, e.g. 3 or 2,3; 0 for none")
    guesses.add_argument("--skip-rows", help="rows that are no data, e.g. 4,5")
    guesses.add_argument("--footer-rows", type=int, help="how many rows at the end are no data")
    guesses.add_argument(
        "--missing", action="append", help="a text that means 'no value'; may be given several times"
    )
    guesses.add_argument("--zone", help="time zone of local times, e.g. Europe/Berlin")
    guesses.add_argument("--crs", help="coordinate system, e.g. EPSG:25832")
    guesses.add_argument("--x", help="column of x, easting or longitude")
    guesses.add_argument("--y", help="column of y, northing or latitude")
    guesses.add_argument(
        "--swapped", action="store_true", default=None, help="latitude and longitude are exchanged"
    )
    guesses.add_argument("--key", help="columns that name a row, e.g. id or street,number")
    guesses.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="HEADING:FIELD=VALUE",
        help="settle one column, e.g. 'Datum:kind=date' or 'Mail:treatment=drop'",
    )


def choices_of(args: argparse.Namespace) -> dict[str, Any]:
    """The settled guesses in the shape of a recipe."""
    plain = ("table", "encoding", "quote", "footer_rows", "missing", "zone")
    found: dict[str, Any] = {name: getattr(args, name) for name in plain if getattr(args, name) is not None}
    if args.separator is not None:
        found["separator"] = "\t" if args.separator in {"tab", "\\t"} else args.separator
    for name in ("header_rows", "skip_rows"):
        if getattr(args, name) is not None:
            found[name] = [int(n) for n in getattr(args, name).split(",") if n.strip() and int(n)]
    if args.key is not None:
        found["key"] = [name.strip() for name in args.key.split(",") if name.strip()]
    geometry = {"crs": args.crs, "x": args.x, "y": args.y, "swapped": args.swapped}
    if any(value is not None for value in geometry.values()):
        found["geometry"] = {name: value for name, value in geometry.items() if value is not None}
    for settled in args.column:
        heading, _colon, rest = settled.rpartition(":")
        name, _equals, value = rest.partition("=")
        found.setdefault("columns", {}).setdefault(heading, {})[name] = value
    return found


@in_django
def run(args: argparse.Namespace) -> int:
    """0: taken (as a draft, or published); 2: refused, with the reason on stderr."""
    from stoa.ground.problems import Refused

    city = the_city(args.city)
    if city is None:
        return 1
    with tempfile.TemporaryDirectory(prefix="stoa-add-") as folder:
        try:
            path, name = _the_file(args.file, Path(folder))
            return _add(args, city, path, name)
        except Refused as refusal:
            return say_refusal(refusal)


def _the_file(place: str, folder: Path) -> tuple[Path, str]:
    """The file itself; a folder (a shapefile with its parts) is zipped, an address is fetched."""
    from django.conf import settings

    from stoa.houses.catalogue.door.sources import fetch_file

    if place.startswith(("http://", "https://")):
        allowed = settings.ENVIRONMENT.allowed_private_hosts
        got = fetch_file(url=place, to=folder, allowed_private_hosts=allowed)
        return got.path, got.name
    path = Path(place)
    if path.is_dir():
        archive = shutil.make_archive(str(folder / path.name), "zip", path)
        return Path(archive), f"{path.name}.zip"
    if not path.is_file():
        _refuse_missing(place)
    if path.suffix.lower() == ".shp":
        return _zipped_shapefile(path, folder), f"{path.stem}.zip"
    return path, path.name


def _zipped_shapefile(path: Path, folder: Path) -> Path:
    import zipfile

    archive = folder / f"{path.stem}.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            zipped.write(part, part.name)
    return archive


def _refuse_missing(place: str) -> None:
    from stoa.ground.problems import Problem, Refused
    from stoa.ground.words import say as saying

    raise Refused(
        Problem(
            "add.file_missing",
            saying("There is no file %(place)s.", place=place),
            saying("Nothing can be read."),
            saying("Check the spelling, or give a web address that begins with https://."),
        )
    )


def _add(args: argparse.Namespace, city: City, path: Path, name: str) -> int:
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue import door

    by = operator()
    with acting_in(city):
        _need_department(args, city)
        slug = _dataset(args, city, name)
    read = door.hand_in(
        city=city, by=by, slug=slug, path=path, name=name, choices=choices_of(args), note=args.note
    )
    if read.problem is not None:
        from stoa.ground.problems import Refused

        raise Refused(read.problem)
    if read.inspection is not None:
        tell(read.inspection)
    return _settle(args, city, read)


def _need_department(args: argparse.Namespace, city: City) -> None:
    """Somebody must answer for a dataset."""
    from stoa.commons.people.queries import departments
    from stoa.ground.problems import Problem, Refused
    from stoa.ground.words import say as saying

    known = [department.slug for department in departments(city)]
    if args.department in known or (known and not args.department):
        return
    raise Refused(
        Problem(
            "add.department_unknown",
            saying("There is no department %(name)s.", name=args.department or "yet"),
            saying("Every dataset has a department that answers for it."),
            saying(
                "Set one up with: stoa city department NAME --name TITLE. Known: %(known)s",
                known=", ".join(known) or "-",
            ),
        )
    )


def _dataset(args: argparse.Namespace, city: City, name: str) -> str:
    """The short name of the dataset that gets the file: a known one, or a new draft."""
    from stoa.commons.people.queries import departments
    from stoa.houses.catalogue import door

    if args.dataset and door.is_known(city=city, slug=args.dataset):
        return str(args.dataset)
    known = departments(city)
    department = args.department or (known[0].slug if known else "")
    language = (list(city.languages) or ["en"])[0]
    said: dict[str, Any] = {
        k: getattr(args, k)
        for k in ("theme", "licence", "frequency", "access", "contact")
        if getattr(args, k)
    }
    if args.description:
        said["description"] = {language: args.description}
    title = {language: args.title or Path(name).stem.replace("_", " ")}
    return door.draft(
        city=city, by=operator(), department=department, title=title, slug=args.dataset, **said
    ).slug


def _settle(args: argparse.Namespace, city: City, read: ReadingCard) -> int:
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue import door

    by = operator()
    if not args.publish:
        say(f"Taken as a draft: /desk/deliveries/{read.id} (dataset {read.slug})")
        return 0
    with acting_in(city):
        if args.release:
            released = door.release(city=city, by=by, slug=read.slug, reading_id=read.id, reason=args.release)
            say(f"Released by name: {', '.join(released) or 'nothing to release'}")
        version = door.publish(city=city, by=by, reading_id=read.id, note=args.note)
    if version is None:
        say(f"Nothing new: the content of {read.slug} is the same.")
    else:
        say(f"Published: /datasets/{read.slug}, version {version.number}, {version.rows} rows")
    return 0


def tell(inspection: Inspection) -> None:
    """What was understood, in plain words, one line a column."""
    recipe = inspection.recipe
    say(f"{inspection.file.name}: {inspection.file.format}, {inspection.file.bytes:,} bytes")
    if len(inspection.tables) > 1:
        say(f"  tables: {', '.join(offer.name for offer in inspection.tables[:20])}; read: {recipe.table}")
    for field, reason in inspection.reasons.items():
        say(f"  {field}: {reason}")
    say(f"  {inspection.rows:,} rows, {len(recipe.kept)} columns")
    for column, report in zip(recipe.columns, inspection.columns, strict=True):
        unit = f" [{column.unit}]" if column.unit else ""
        gaps = f", {report.empty} empty" if report.empty else ""
        bad = f", {report.unreadable} unreadable" if report.unreadable else ""
        personal = (
            f", PERSONAL: {', '.join(sorted({str(f.kind) for f in report.personal}))}"
            if report.personal
            else ""
        )
        why = f" ({report.reasons[0]})" if report.reasons else ""
        say(f"    {column.name}: {column.kind}{unit}{gaps}{bad}{personal}{why}")
    for skipped in inspection.skipped:
        say(f"  skipped {skipped.rows}: {skipped.reason}" if skipped.rows else f"  {skipped.reason}")
    for problem in (*inspection.warnings, *inspection.drift):
        say_error(f"  note ({problem.code}): {problem.what} {problem.do}")
