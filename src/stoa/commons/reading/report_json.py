# SPDX-License-Identifier: EUPL-1.2
"""The inspection as JSON and back, without loss: so it leaves the reading child and is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.commons.lake.values import StagedTable
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import (
    ColumnReport,
    FileFacts,
    Inspection,
    PersonalFinding,
    PersonalKind,
    Skipped,
    TableOffer,
)
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem
from stoa.ground.words import Saying


def inspection_to_json(found: Inspection) -> dict[str, Any]:
    """Plain dicts, lists, texts and numbers only."""
    return {
        "file": asdict(found.file),
        "tables": [asdict(offer) | {"reason": offer.reason.to_json()} for offer in found.tables],
        "recipe": found.recipe.to_json(),
        "rows": found.rows,
        "columns": [_column_to_json(column) for column in found.columns],
        "reasons": {name: reason.to_json() for name, reason in found.reasons.items()},
        "skipped": [asdict(part) | {"reason": part.reason.to_json()} for part in found.skipped],
        "warnings": [problem.to_json() for problem in found.warnings],
        "drift": [problem.to_json() for problem in found.drift],
        "staged": _staged_to_json(found.staged) if found.staged else None,
    }


def _column_to_json(column: ColumnReport) -> dict[str, Any]:
    return asdict(column) | {
        "reasons": [reason.to_json() for reason in column.reasons],
        "top": [list(pair) for pair in column.top],
        "personal": [
            asdict(one) | {"kind": str(one.kind), "reason": one.reason.to_json()} for one in column.personal
        ],
    }


def _staged_to_json(staged: StagedTable) -> dict[str, Any]:
    return asdict(staged) | {"path": str(staged.path), "bbox": list(staged.bbox) if staged.bbox else None}


def inspection_from_json(data: Mapping[str, Any]) -> Inspection:
    """The same inspection again."""
    return Inspection(
        file=FileFacts(**data["file"]),
        tables=tuple(TableOffer(**offer | {"reason": _saying(offer)}) for offer in data["tables"]),
        recipe=Recipe.from_json(data["recipe"]),
        rows=data["rows"],
        columns=tuple(map(_column_from_json, data["columns"])),
        reasons={name: Saying.from_json(reason) for name, reason in data["reasons"].items()},
        skipped=tuple(
            Skipped(part["rows"], _saying(part), tuple(part["examples"])) for part in data["skipped"]
        ),
        warnings=tuple(map(Problem.from_json, data["warnings"])),
        drift=tuple(map(Problem.from_json, data["drift"])),
        staged=_staged_from_json(data["staged"]) if data["staged"] else None,
    )


def _saying(data: Mapping[str, Any]) -> Saying:
    return Saying.from_json(data["reason"])


def _column_from_json(data: Mapping[str, Any]) -> ColumnReport:
    changed: dict[str, Any] = {
        "reasons": tuple(map(Saying.from_json, data["reasons"])),
        "examples": tuple(data["examples"]),
        "unreadable_examples": tuple(data["unreadable_examples"]),
        "top": tuple((value, count) for value, count in data["top"]),
        "personal": tuple(
            PersonalFinding(PersonalKind(one["kind"]), one["rows"], _saying(one), one["certain"])
            for one in data["personal"]
        ),
    }
    return ColumnReport(**{**data, **changed})


def _staged_from_json(data: Mapping[str, Any]) -> StagedTable:
    bbox = data["bbox"]
    changed: dict[str, Any] = {
        "path": Path(data["path"]),
        "geometry_types": tuple(data["geometry_types"]),
        "bbox": Box(*bbox) if bbox else None,
    }
    return StagedTable(**{**data, **changed})
