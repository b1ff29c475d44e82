# SPDX-License-Identifier: EUPL-1.2
"""Finds the files that a city folder names, inside the data root only, and packs what belongs together."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from stoa.commons.cityfolder.values import CityFolder, FolderDataset, FolderVersion
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

MOST_FILES = 2000
"""Files of one version; the readers refuse larger archives too."""
_WILD = frozenset("*?[")


def find_files(folder: CityFolder, root: Path) -> CityFolder:
    """The same folder with `paths` filled; raises `Refused` with every file missing or out of bounds."""
    base = root.resolve()
    problems: list[Problem] = []
    datasets = []
    for dataset in folder.datasets:
        versions = tuple(_found(version, dataset, base, problems) for version in dataset.versions)
        datasets.append(replace(dataset, versions=versions))
    if problems:
        raise Refused(*problems[:20])
    return replace(folder, datasets=tuple(datasets))


def packed(version: FolderVersion, name: str, into: Path) -> Path:
    """One zip of all files of a version, the same bytes for the same files; for datasets with `combine`.

    `name` is the slug of the dataset. Files of the same name from two folders get their folder before it.
    """
    target = into / f"{name}.zip"
    names = [path.name for path in version.paths]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in version.paths:
            inside = path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}"
            info = zipfile.ZipInfo(inside, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(info, "w") as member:
                while chunk := source.read(1 << 20):
                    member.write(chunk)
    return target


def _found(
    version: FolderVersion, dataset: FolderDataset, base: Path, problems: list[Problem]
) -> FolderVersion:
    paths: list[Path] = []
    for pattern in version.files:
        matches = _matches(pattern, base)
        if matches is None:
            problems.append(_problem("file_out_of_bounds", dataset, pattern))
        elif not matches:
            problems.append(_problem("file_missing", dataset, pattern))
        else:
            paths.extend(path for path in matches if path not in paths)
    if len(paths) > MOST_FILES:
        problems.append(_problem("too_many_files", dataset, version.files[0]))
    elif len(paths) > 1 and not dataset.combine:
        problems.append(_problem("files_not_combined", dataset, version.files[0]))
    return replace(version, paths=tuple(paths))


def _matches(pattern: str, base: Path) -> list[Path] | None:
    """Files for one entry, by name; None where it leads out of the data root."""
    pure = PurePosixPath(pattern)
    if pure.is_absolute() or ".." in pure.parts or "\\" in pattern or "\0" in pattern:
        return None
    found = sorted(base.glob(pattern)) if _WILD & set(pattern) else [base / pattern]
    if any(not path.resolve().is_relative_to(base) for path in found):
        return None
    return [path for path in found if path.is_file()]


def _problem(state: str, dataset: FolderDataset, pattern: str) -> Problem:
    facts = {"slug": dataset.slug, "file": pattern[:200]}
    what, do = _SENTENCES[state]
    why = say("The dataset cannot be loaded without its files.")
    return Problem(f"cityfolder.{state}", Saying(what.text, facts), why, do, f"datasets.{dataset.slug}.files")


_SENTENCES: dict[str, tuple[Saying, Saying]] = {
    "file_out_of_bounds": (
        say("Dataset '%(slug)s': the file '%(file)s' lies outside the data folder."),
        say("Name it relative to the data folder, without '..', and put it there."),
    ),
    "file_missing": (
        say("Dataset '%(slug)s': there is no file '%(file)s' in the data folder."),
        say("Check the name, and that the data folder given is the right one."),
    ),
    "too_many_files": (
        say("Dataset '%(slug)s': '%(file)s' and what follows are more than 2000 files."),
        say("Name fewer files, or give them packed."),
    ),
    "files_not_combined": (
        say("Dataset '%(slug)s': '%(file)s' and what follows are several files."),
        say("Write combine = true if they are parts of one table, else make them versions."),
    ),
}
