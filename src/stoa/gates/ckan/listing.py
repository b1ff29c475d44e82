# SPDX-License-Identifier: EUPL-1.2
"""What `organization_list` and `group_list` have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stoa.gates.ckan.calls import Call
from stoa.standards.ckan import asked
from stoa.standards.ckan.problems import invalid


@dataclass(frozen=True, slots=True)
class Listed:
    """One organisation or group of a list."""

    name: str
    title: str
    packages: int
    whole: Callable[[], dict[str, Any]]


_KEYS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda one: one.name,
    "title": lambda one: one.title.casefold(),
    "package_count": lambda one: one.packages,
    "packages": lambda one: one.packages,
}


def listing(call: Call, found: Sequence[Listed], chosen: str) -> list[Any]:
    """Names, or all fields, of those that were chosen, in the order asked."""
    wanted = asked.listed(call.asked, chosen)
    by, _blank, direction = asked.text(call.asked, "sort", "title asc", most=60).strip().partition(" ")
    if by not in _KEYS or direction.strip().lower() not in {"", "asc", "desc"}:
        raise invalid("sort", f"Cannot sort by field `{by[:40]}`")
    down = direction.strip().lower() == "desc"
    hits = sorted((one for one in found if not wanted or one.name in wanted), key=_KEYS[by], reverse=down)
    start = asked.whole(call.asked, "offset", 0, most=100_000)
    hits = hits[start : start + asked.whole(call.asked, "limit", 1000, most=1000)]
    is_whole = asked.yes(call.asked, "all_fields")
    return [one.whole() if is_whole else one.name for one in hits]
