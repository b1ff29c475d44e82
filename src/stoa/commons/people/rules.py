# SPDX-License-Identifier: EUPL-1.2
"""Which departments a role reaches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def below(path: str, paths: Mapping[int, str]) -> frozenset[int]:
    """Ids of the department with this path and of all below it; `paths` maps id to path (`a/b/`).

    >>> sorted(below("a/", {1: "a/", 2: "a/b/", 3: "ab/"}))
    [1, 2]
    """
    return frozenset(pk for pk, other in paths.items() if other.startswith(path))


def path_of(slug: str, parent_path: str) -> str:
    return f"{parent_path}{slug}/"


def in_tree_order(parents: Mapping[str, str]) -> list[str]:
    """Slugs so that every parent comes before its children; `parents` maps slug to parent slug ('' for none).

    Raises ValueError for a parent that does not exist and for a circle.
    """
    placed: list[str] = []
    waiting = dict(parents)
    while waiting:
        ready = [slug for slug, parent in waiting.items() if not parent or parent in placed]
        if not ready:
            raise ValueError(f"no way to the top from {_listed(waiting)}")
        placed += ready
        for slug in ready:
            del waiting[slug]
    return placed


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
