# SPDX-License-Identifier: EUPL-1.2
"""Writes how the readers fare with real municipal files: `python docs/make_real_table.py`.

The files are not part of the repository; `STOA_REAL_DATA` names their folder, else `../shared/data` is tried. The
page depends on the files and the code alone, so that a test can compare it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import environ
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT / "src") not in sys.path:
    sys.path.insert(0, str(ROOT / "src"))

from stoa.commons.reading.door import Order  # noqa: E402 - the package may not be installed
from stoa.commons.reading.inspecting import inspect_here  # noqa: E402
from stoa.commons.reading.recipe import GeometrySource  # noqa: E402
from stoa.commons.reading.report import Inspection  # noqa: E402
from stoa.ground.problems import Problem, Refused  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "real-files.md"
DATA = Path(environ.get("STOA_REAL_DATA") or ROOT.parent / "shared" / "data")
FOLDERS = (
    "03_sensors",
    "06_geo",
    "08_budget_spend_procurement",
    "12_events_poi",
    "14_messy",
    "15_eservices",
)
JOINED_FROM = 3
"""So many files of one kind share a line."""

HEAD = """<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- Made by `python docs/make_real_table.py` from real files that are not part of the repository; do not edit. -->
# How real files are read

{files} files that municipalities really gave out, as they come, with no decision by anybody: {read} are read, {refused}
are refused with a reason, none makes the readers fail. Files of one kind share a line. What each file is and where it comes
from stands beside the files. `tests/real/` holds every line of this page, and many values, against the files.

- **Place**: how the place of a row was found and in which coordinate system it is written.
- **Skipped**: rows of the file that did not become rows of the dataset.
- **Warnings**: readable, but somebody should look; the codes are in [errors](errors.md).
"""
LIMITS = """
## What the readers cannot know

- Of a workbook, or an archive of different tables, the first that looks like a table is read; the others are offered.
- A time without a zone is taken for local time of the city. The hour that comes twice in autumn is taken for winter
  time, with a warning.
- A word such as `ges` (closed) or `kei` (no signal) between numbers becomes an empty cell and is counted as unreadable,
  with a warning, until somebody says that it means "no value". A column that holds nothing else on a day is text.
- A word that programs write for "nothing" (`NA`, `None`) is taken for a missing value even where an owner means it
  (`None` for a school without religious character); the guess is shown and can be changed.
- A clock time written as a number (`1430`) stays a number. A code that a spreadsheet turned into a date cannot be
  turned back; there is a warning.
- Subtotals between the rows (a borough below its quarters) stay in the table: nothing in them says what they are.
- Coordinates that are possible, but wrong, are believed: the bus stops of Trafford all have the same one in the source.
- In a list whose first column of names has no heading, the column is called `column_1`.
"""


@dataclass(frozen=True, slots=True)
class Town:
    """What a portal would know of itself when the file arrives."""

    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    area: tuple[float, float, float, float] | None = None


TOWNS = {
    "muenster": Town("Europe/Berlin", ("de", "en"), (7.47, 51.83, 7.78, 52.07)),
    "steinfurt": Town("Europe/Berlin", ("de", "en"), (7.1, 51.9, 8.0, 52.5)),
    "trafford": Town("Europe/London", ("en",), (-2.49, 53.35, -2.24, 53.49)),
    "helsinki": Town("Europe/Helsinki", ("fi", "sv", "en"), (24.78, 59.92, 25.26, 60.30)),
    "planning-application": Town("Europe/London", ("en",), (-2.2, 53.6, -1.7, 53.85)),
    "june_2015": Town("Europe/London", ("en",), (-1.8, 54.9, -1.5, 55.1)),
}
"""By a word in the path; the later one in the path counts."""

Outcome = Inspection | Problem
Reader = Callable[[Path], Outcome]


def all_files(data: Path = DATA) -> list[Path]:
    """Every file of the six folders, by name."""
    return [path for folder in FOLDERS for path in sorted((data / folder).rglob("*")) if path.is_file()]


def town_of(path: Path) -> Town:
    """The town whose name stands last in the path."""
    told = path.as_posix().lower()
    found = {told.rfind(word): town for word, town in TOWNS.items() if word in told}
    return found[max(found)] if found else Town()


def read(path: Path, workdir: Path) -> Outcome:
    """The file as the readers take it, or the reason why they refuse it."""
    town = town_of(path)
    workdir.mkdir(parents=True, exist_ok=True)
    order = Order(path, path.name, workdir, zone=town.zone, languages=town.languages, area=town.area)
    try:
        return inspect_here(order, lambda _step, _share: None)
    except Refused as refusal:
        return refusal.problem


def _read_and_forget(path: Path) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="stoa-real-") as folder:
        return read(path, Path(folder))


def page(data: Path = DATA, reader: Reader = _read_and_forget) -> str:
    """The whole page."""
    outcomes = {path: reader(path) for path in all_files(data)}
    refused = sum(isinstance(outcome, Problem) for outcome in outcomes.values())
    parts = [HEAD.format(files=len(outcomes), read=len(outcomes) - refused, refused=refused)]
    for folder in FOLDERS:
        inside = {p: o for p, o in outcomes.items() if p.relative_to(data).parts[0] == folder}
        parts += [f"\n## {folder}\n", _table(inside, data / folder)]
    parts.append(LIMITS)
    return "\n".join(parts)


def _table(outcomes: dict[Path, Outcome], folder: Path) -> str:
    groups: dict[str, list[Path]] = {}
    for path in outcomes:
        groups.setdefault(re.sub(r"\d+", "#", path.relative_to(folder).as_posix()), []).append(path)
    lines = [
        "| File | Size | Result | Rows | Columns | Place | Skipped | Warnings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for paths in groups.values():
        together = [paths] if len(paths) >= JOINED_FROM else [[path] for path in paths]
        lines += [_line(part, outcomes, folder) for part in together]
    return "\n".join(lines)


def _line(paths: list[Path], outcomes: dict[Path, Outcome], folder: Path) -> str:
    told = [outcomes[path] for path in paths]
    read_ones = [one for one in told if isinstance(one, Inspection)]
    name = _code(paths[0].relative_to(folder).as_posix())
    if len(paths) > 1:
        name += f" … {_code(paths[-1].name)} ({len(paths)} files)"
    cells = (
        name,
        _range([round(path.stat().st_size / 1000) for path in paths], " KB"),
        _joined(_result(one) for one in told),
        _range([one.rows for one in read_ones]),
        _range([len(one.recipe.columns) for one in read_ones]),
        _joined(_place(one) for one in read_ones),
        _joined((f"{part.rows}: {part.reason}" for one in read_ones for part in one.skipped), "; "),
        _warnings(read_ones),
    )
    return f"| {' | '.join(cells)} |"


def _result(outcome: Outcome) -> str:
    if isinstance(outcome, Problem):
        return f"refused: {_code(outcome.code.removeprefix('reading.'))}"
    more = len(outcome.tables) - 1
    return outcome.recipe.format + (f", {_code(outcome.recipe.table)} and {more} more" if more else "")


def _place(found: Inspection) -> str:
    plan, staged = found.recipe.geometry, found.staged
    if plan.source is GeometrySource.NONE or staged is None:
        return ""
    parts = [f"{plan.source}, {plan.crs}", "/".join(staged.geometry_types)]
    parts += ["headings exchanged"] if plan.swapped else []
    parts += [f"{staged.without_place} rows without"] if staged.without_place else []
    return ", ".join(part for part in parts if part)


def _warnings(found: list[Inspection]) -> str:
    codes = sorted({problem.code.removeprefix("reading.") for one in found for problem in one.warnings})
    if not codes:
        return ""
    return f"{_range([len(one.warnings) for one in found])} ({', '.join(codes)})"


def _range(numbers: list[int], unit: str = "") -> str:
    if not numbers:
        return ""
    least, most = min(numbers), max(numbers)
    return f"{least:,}{unit}" if least == most else f"{least:,} to {most:,}{unit}"


def _joined(texts: Iterable[str], between: str = " or ") -> str:
    return between.join(dict.fromkeys(text.replace("|", "\\|") for text in texts if text))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def main() -> None:
    """Write the page, or say whether it is what the code gives now."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is out of date")
    asked = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"There are no real files at {DATA}; name their folder in STOA_REAL_DATA.")
    made = page()
    if asked.check:
        raise SystemExit(
            0 if PAGE.read_text(encoding="utf-8") == made else "run python docs/make_real_table.py"
        )
    PAGE.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
