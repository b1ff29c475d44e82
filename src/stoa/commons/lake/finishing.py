# SPDX-License-Identifier: EUPL-1.2
"""The files of a version made beside the staged table by who typed it, so that publishing only takes them over.

They are linked, not moved: whoever is killed while publishing finds them again.
"""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.lake import dictionary, hashing, staging
from stoa.commons.lake.dictionary import DATA, DICTIONARY
from stoa.commons.lake.values import StagedTable, VersionRef, Written

if TYPE_CHECKING:
    import duckdb

    from stoa.ground.tables import ColumnSpec


def write_files(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, aside: Path, ref: VersionRef
) -> Written:
    """Data and dictionary of a version in a folder of their own; nothing is made durable yet."""
    file = aside / DATA
    placed = staging.places(connection, staged)
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as beside:
        counting = beside.submit(
            staging.contents, cursor, staged, ref.columns, has_geometry=placed.has_geometry
        )
        try:
            staging.write(connection, staged, ref.columns, placed, file)
        except BaseException:
            cursor.interrupt()
            raise
        found = counting.result()
    digest = hashing.finished(
        ref.columns, rows=found.rows, total=found.hash_sum, has_geometry=placed.has_geometry
    )
    full = VersionRef(ref.path, ref.columns, placed.geometry_types, found.rows, ref.key, digest)
    written = Written(full, file.stat().st_size, placed.bbox, found.least_most)
    write_dictionary(written, aside)
    return written


def write_dictionary(written: Written, aside: Path) -> None:
    """The dictionary beside the data."""
    text = json.dumps(dictionary.to_json(written), ensure_ascii=False, indent=1)
    (aside / DICTIONARY).write_text(text, encoding="utf-8")


def finished_folder(staged: StagedTable) -> Path:
    """Where the finished files of a staged table stand, or will."""
    return staged.path.with_name(f"{staged.path.name}-finished")


def finish(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, columns: tuple[ColumnSpec, ...]
) -> None:
    """Write the files that `take_over` will find; the folder is there whole or not at all."""
    dictionary.check_columns(columns, ())
    folder = finished_folder(staged)
    aside = folder.with_name(f"{folder.name}.part")
    aside.mkdir()
    write_files(connection, staged, aside, VersionRef("", columns))
    aside.rename(folder)


def take_over(staged: StagedTable, aside: Path, ref: VersionRef) -> Written | None:
    """Put the finished files of a staged table into the folder; None where there are none of these columns."""
    folder = finished_folder(staged)
    try:
        found = dictionary.from_json(ref.path, json.loads((folder / DICTIONARY).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        return None
    is_current = found.ref.content_hash.startswith(hashing.prefix())
    if not is_current or found.ref.columns != ref.columns or found.ref.rows != staged.rows:
        return None
    _link(folder / DATA, aside / DATA)
    written = replace(found, ref=replace(found.ref, key=ref.key))
    write_dictionary(written, aside)
    return written


def _link(file: Path, target: Path) -> None:
    """The same content at a second place; copied only where the lake is on another file system."""
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)
