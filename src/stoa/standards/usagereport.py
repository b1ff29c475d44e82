# SPDX-License-Identifier: EUPL-1.2
"""How one Stoa tells another what its datasets were used for: counts by day, and nothing else.

`{"since": "2026-05-01", "uses": [{"dataset": "<id>", "day": "2026-05-31", "kind": "download", "program": false,
"uses": 3, "rows": 1200}, ...]}`, each dataset, day, kind and caller in one line. What comes from
another install is a claim: everything in it is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

MOST_USES = 100_000
MOST_COUNT = 10**9
KINDS = frozenset({"page", "download", "api", "tile", "sql"})


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses of one dataset on one day."""

    dataset: str
    """The identifier under which its publisher gave it away."""
    day: date
    kind: str
    program: bool
    uses: int
    rows: int


def merged(uses: Iterable[Uses]) -> list[Uses]:
    """One line for each dataset, day, kind and caller, with the sums, in the order in which they first came.

    A dataset that reached a portal by two ways (a whole catalogue, and that of a department) stands there twice and is
    counted twice; to its publisher it is one.
    """
    sums: dict[tuple[str, date, str, bool], Uses] = {}
    for one in uses:
        key = (one.dataset, one.day, one.kind, one.program)
        before = sums.get(key)
        sums[key] = replace(one, uses=before.uses + one.uses, rows=before.rows + one.rows) if before else one
    return list(sums.values())


def written(since: date, uses: Iterable[Uses]) -> dict[str, Any]:
    """The document that tells them."""
    return {
        "since": since.isoformat(),
        "uses": [asdict(one) | {"day": one.day.isoformat()} for one in uses],
    }


def read(data: bytes) -> Iterator[Uses]:
    """Everything in a document that makes sense, the rest left out; raises `ValueError` where it is none."""
    try:
        told = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(told, dict) or not isinstance(told.get("uses"), list):
        raise ValueError("no list of uses")
    for one in told["uses"][:MOST_USES]:
        found = _uses(one)
        if found is not None:
            yield found


def _uses(one: object) -> Uses | None:
    if not isinstance(one, dict):
        return None
    try:
        dataset, day = str(UUID(str(one["dataset"]))), date.fromisoformat(str(one["day"]))
    except (KeyError, ValueError):
        return None
    kind, program, uses, rows = (one.get(name) for name in ("kind", "program", "uses", "rows"))
    if kind not in KINDS or not isinstance(program, bool) or not (_is_count(uses) and _is_count(rows)):
        return None
    return Uses(dataset, day, str(kind), program, int(str(uses)), int(str(rows)))


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MOST_COUNT
