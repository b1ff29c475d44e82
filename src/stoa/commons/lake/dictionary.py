# SPDX-License-Identifier: EUPL-1.2
"""The dictionary beside every version's data: what its columns are, in JSON that anybody can read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.commons.lake.values import Layout, VersionRef, Written
from stoa.ground.geometry import Box
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.tables import GEOMETRY, ROW, ColumnSpec
from stoa.ground.words import say

DATA = "data.parquet"
DICTIONARY = "dictionary.json"
GEOMETRY_3857 = "geometry_3857"
FORMAT = 1

_SAFE_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(/[A-Za-z0-9][A-Za-z0-9_-]{0,99}){0,7}")
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")


def folder(base: Path, path: str) -> Path:
    """The folder of a version below the lake or the cache; refuses anything that could lead out of it."""
    if not _SAFE_PATH.fullmatch(path):
        raise Refused(
            Problem(
                "lake.path_unsafe",
                what=say("The address of the stored version is not allowed."),
                why=say("It could point outside of the data folder."),
                do=say("Tell the operator; this should not happen."),
            )
        )
    return base / path


def data_file(layout: Layout, ref: VersionRef) -> Path:
    """The Parquet file of a version; `NotFound` where it is gone."""
    file = folder(layout.lake, ref.path) / DATA
    if not file.is_file():
        raise NotFound("version", ref.path)
    return file


def check_columns(columns: tuple[ColumnSpec, ...], key: tuple[str, ...]) -> None:
    """Column names become SQL identifiers, so they must be plain, different and none of ours."""
    names = [column.name for column in columns]
    taken = {ROW, GEOMETRY, GEOMETRY_3857}
    bad = [name for name in names if not _SAFE_NAME.fullmatch(name) or name in taken]
    if bad or len(set(names)) != len(names) or not set(key) <= set(names):
        raise ValueError(f"these columns cannot be stored: {bad or names}, key {key}")


def to_json(written: Written) -> dict[str, Any]:
    """The dictionary as it is kept beside the data."""
    ref = written.ref
    return {
        "dictionary": FORMAT,
        "columns": [column.to_json() for column in ref.columns],
        "key": list(ref.key),
        "rows": ref.rows,
        "geometry_types": list(ref.geometry_types),
        "bbox": list(written.bbox) if written.bbox else None,
        "content_hash": ref.content_hash,
        "least_most": {name: list(pair) for name, pair in written.least_most.items()},
        "bytes": written.bytes,
    }


def from_json(path: str, data: Mapping[str, Any]) -> Written:
    """Read what `to_json` wrote."""
    ref = VersionRef(
        path=path,
        columns=tuple(ColumnSpec.from_json(column) for column in data["columns"]),
        geometry_types=tuple(data["geometry_types"]),
        rows=int(data["rows"]),
        key=tuple(data["key"]),
        content_hash=str(data["content_hash"]),
    )
    box = Box(*data["bbox"]) if data.get("bbox") else None
    return Written(ref, int(data["bytes"]), box, {k: (v[0], v[1]) for k, v in data["least_most"].items()})


def read(layout: Layout, path: str) -> Written:
    """What the lake itself knows of a version; `NotFound` if it has none at this path."""
    file = folder(layout.lake, path) / DICTIONARY
    try:
        return from_json(path, json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NotFound("version", path) from None


def described(column: ColumnSpec) -> dict[str, Any]:
    """A column without what may change while its values stay the same."""
    facts = asdict(column)
    return {name: str(facts[name]) for name in ("name", "kind", "unit")}
