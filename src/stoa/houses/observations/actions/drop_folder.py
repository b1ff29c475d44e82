# SPDX-License-Identifier: EUPL-1.2
"""The watched folder: files of values that others lay down are put into series, once, and moved away with a report.

`<folder>/<city>/<recipe>/` holds what is to be read by that recipe; the folders are made by themselves. A file counts
as closed when it has not changed for a while. It stays where it is until it is done, so a killed job loses nothing:
the next one goes on with the same file.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import chunks_of
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import problem_in_words
from stoa.ground.ids import slug
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import drop_writing, dropping
from stoa.houses.observations.models import FileDrop, FileRecipe
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import DropState

log = logging.getLogger(__name__)

CLOSED_AFTER = timedelta(seconds=10)
"""Who writes more slowly writes under another name, and renames the file at the end."""
DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
_OPEN = (DropState.READING, DropState.CHECKING, DropState.WRITING)
SENDER = "watched folder"


def take_from_folder(city: City, folder: Path, *, now: datetime) -> int:
    """Take every closed file of a city, oldest first; says how many. Call it outside a transaction."""
    with acting_in(city):
        recipes = list(FileRecipe.objects.filter(city=city).select_related("department").order_by("pk"))
    taken = 0
    for name, recipe in _named(recipes).items():
        place = folder / city.slug / name
        try:
            for end in (DONE, REFUSED):
                (place / end).mkdir(parents=True, exist_ok=True)
            for path in _closed(place, now):
                _take(city, recipe, path, now)
                taken += 1
        except OSError as error:  # a folder that is not ours must not keep other recipes from theirs
            log.warning("drop_folder_failed", extra={"recipe": recipe.pk, "error": error.strerror})
    return taken


def _named(recipes: list[FileRecipe]) -> dict[str, FileRecipe]:
    """The folder of each recipe; two of the same readable name are told apart by their numbers."""
    names = Counter(slug(recipe.name) for recipe in recipes)
    return {
        name
        if (name := slug(recipe.name)) and names[name] == 1
        else f"{name or 'recipe'}-{recipe.pk}": recipe
        for recipe in recipes
    }


def _closed(place: Path, now: datetime) -> Iterator[Path]:
    """Files that nobody has written to for a while; links are not followed."""
    found = [path for path in place.iterdir() if path.is_file() and not path.is_symlink()]
    for path in sorted(found, key=lambda one: (one.stat().st_mtime, one.name)):
        is_hidden = path.name.startswith(".") or path.suffix.lower() in UNFINISHED
        if not is_hidden and path.stat().st_mtime <= (now - CLOSED_AFTER).timestamp():
            yield path


def _take(city: City, recipe: FileRecipe, path: Path, now: datetime) -> None:
    try:
        drop = _ended(city, _begun(city, recipe, path))
        told, is_good = _report(drop, city)
    except Refused as refusal:  # empty, or larger than any file may be
        told, is_good = _refusal(refusal.problem, city), False
    _move_away(path, DONE if is_good else REFUSED, told | {"file": path.name, "recipe": recipe.name}, now)


def _begun(city: City, recipe: FileRecipe, path: Path) -> FileDrop:
    """The file as it is kept: anew, or as an earlier run left it."""
    digest = _digest(path)
    with acting_in(city):
        same = FileDrop.objects.filter(
            city=city,
            recipe=recipe,
            name=path.name[:255],
            file__sha256=digest,
            by_name=SENDER,
            state__in=_OPEN,
        )
        return same.order_by("-pk").first() or dropping.take_drop(
            city=city,
            by=Principal(city.pk, name=SENDER, is_operator=True, channel="job"),
            department=recipe.department,
            chunks=chunks_of(path),
            name=path.name,
            recipe=recipe,
            reads_itself=False,
            writes_itself=True,
        )


def _ended(city: City, drop: FileDrop) -> FileDrop:
    """The file after every step that it can go; each passes over what is done already."""
    dropping.read_drop(city_id=city.pk, drop_id=drop.pk, asks=False)
    drop_writing.check_drop(city_id=city.pk, drop_id=drop.pk, asks=False)
    drop_writing.write_drop(city_id=city.pk, drop_id=drop.pk)
    with acting_in(city):
        return FileDrop.objects.get(pk=drop.pk)


def _digest(path: Path) -> str:
    digest = sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    return digest.hexdigest()


def _report(drop: FileDrop, city: City) -> tuple[dict[str, Any], bool]:
    """What became of a file in words of the city's first language, and whether any value of it is in its series."""
    counts = drop.counts if drop.state == DropState.WRITTEN else {}
    in_series = sum(counts.get(name, 0) for name in ("written", "corrected", "unchanged"))
    is_good = drop.state == DropState.WRITTEN and (in_series > 0 or not counts.get("refused"))
    told = {"state": drop.state, "counts": counts, "look_at": f"/desk/series/files/{drop.pk}"}
    with translation.override(_language(city)):
        if drop.problem:
            told["problem"] = problem_in_words(Problem.from_json(drop.problem))
        told["refused"] = [
            problem_in_words(problem_of(one["code"], one["facts"]))
            | {"times": one["times"], "examples": one["examples"]}
            for one in drop.report.get("reasons", [])
        ]
        if drop.state == DropState.READ:
            told["note"] = gettext("The file waits at the desk: somebody has to say what is what.")
    return told, is_good


def _refusal(problem: Problem, city: City) -> dict[str, Any]:
    with translation.override(_language(city)):
        return {"state": str(DropState.REFUSED), "problem": problem_in_words(problem)}


def _language(city: City) -> str:
    return next(iter(city.languages), "en")


def _move_away(path: Path, end: str, told: dict[str, Any], now: datetime) -> None:
    """The report first: a file that is gone has one. An earlier file of the same name stays as it is."""
    target = path.parent / end / path.name
    if target.exists():
        target = target.with_name(f"{now:%Y%m%dT%H%M%S}-{path.name}")
    report = target.with_name(f"{target.name}.report.json")
    report.write_text(
        json.dumps(told | {"at": now.isoformat()}, ensure_ascii=False, indent=2) + "\n", "utf-8"
    )
    path.replace(target)
    log.info("drop_folder_file", extra={"end": end, "state": told["state"]})
