# SPDX-License-Identifier: EUPL-1.2
"""Which departments a role reaches. Pure."""

from __future__ import annotations

from collections.abc import Mapping

KEY_MARK = "stoa_"
"""What every API key begins with, so that it is known without a word in front of it."""


def below(path: str, paths: Mapping[int, str]) -> frozenset[int]:
    """Ids of the department with this path and of all below it; `paths` maps id to path (`a/b/`).

    >>> sorted(below("a/", {1: "a/", 2: "a/b/", 3: "ab/"}))
    [1, 2]
    """
    return frozenset(pk for pk, other in paths.items() if other.startswith(path))


def path_of(slug: str, parent_path: str) -> str:
    return f"{parent_path}{slug}/"
