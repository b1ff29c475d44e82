# SPDX-License-Identifier: EUPL-1.2
"""Map files put under a name of ours: the geo library goes by endings, and a shapefile is several files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from stoa.commons.reading.formats import refusals
from stoa.ground.words import say

ENDINGS = {
    "geojson": ".geojson",
    "gpkg": ".gpkg",
    "shp": ".shp",
    "kml": ".kml",
    "gml": ".gml",
    "fgb": ".fgb",
    "dbf": ".dbf",
}
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
HEADER = 32
LOOK = 4 * 1024 * 1024


def placed(path: Path, format_: str, folder: Path, parts: Mapping[str, Path] | None = None) -> Path:
    """The file (and a shapefile's other parts) under a plain name in our folder; returns the main one."""
    place = folder / "map"
    place.mkdir(exist_ok=True)
    main = place / f"source{ENDINGS[format_]}"
    _link(path, main)
    if format_ == "shp":
        parts = parts if parts is not None else neighbours(path)
        for ending, part in parts.items():
            if ending in PARTS[1:]:
                _link(part, main.with_suffix(ending))
        if not main.with_suffix(".dbf").exists():
            raise refusals.refused(
                "shapefile_incomplete",
                say("The shapefile is incomplete: its table (.dbf) is missing."),
                say("A shapefile is several files of the same name; the .shp alone holds the outlines only."),
                say("Pack all files of that name (.shp, .shx, .dbf, .prj, .cpg) as one zip."),
            )
    return main


def _link(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(path.resolve())
    except OSError:
        shutil.copyfile(path, target)


def neighbours(path: Path) -> dict[str, Path]:
    """The other parts of a shapefile that lie beside it under the same name, by lower-case ending."""
    if path.suffix.lower() != ".shp":
        return {}
    beside = (Path(entry.path) for entry in os.scandir(path.parent) if entry.is_file())
    return {p.suffix.lower(): p for p in beside if p.stem == path.stem and p != path}


def shape_encoding(main: Path) -> str | None:
    """The encoding of a shapefile's texts where no .cpg tells it: UTF-8 if they fit, else cp1252."""
    if main.with_suffix(".cpg").exists() or not main.with_suffix(".dbf").exists():
        return None
    with main.with_suffix(".dbf").open("rb") as file:
        raw = file.read(LOOK)[HEADER:]
    texts = bytes(b for b in raw if b >= 0x20)
    try:
        texts.decode("utf-8")
    except UnicodeDecodeError as error:
        return "UTF-8" if error.start > len(texts) - 4 else "CP1252"
    return "UTF-8"
