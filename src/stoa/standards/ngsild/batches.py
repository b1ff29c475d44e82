# SPDX-License-Identifier: EUPL-1.2
"""Results of operations on many entities (clause 5.2.16, 6.14 to 6.31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stoa.standards.ngsild.failures import Failed, details

MOST_ENTITIES = 1_000


@dataclass(slots=True)
class BatchResult:
    """What became of each entity of a batch."""

    success: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    """Those of the successes that are new."""
    errors: list[tuple[str, Failed]] = field(default_factory=list)

    def answer(self, *, tells_created: bool) -> tuple[int, Any]:
        """Status and body: 207 if anything failed, 201 with the ids of what is new, 204 without a body."""
        if self.errors:
            return 207, {"success": self.success, "errors": [_entry(*error) for error in self.errors]}
        return (201, self.created) if tells_created and self.created else (204, None)


def _entry(entity: str, failed: Failed) -> dict[str, Any]:
    return {"entityId": entity, "error": details(failed)}


def repeated(ids: Sequence[str]) -> set[str]:
    """Ids that stand in a batch more than once."""
    seen: set[str] = set()
    return {one for one in ids if one in seen or seen.add(one)}  # type: ignore[func-returns-value]
