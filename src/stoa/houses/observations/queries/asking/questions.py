# SPDX-License-Identifier: EUPL-1.2
"""What is asked of entities and what comes back, as frozen values in neutral names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stoa.ground.conditions import Node, Order

Id = int | str


@dataclass(frozen=True, slots=True)
class Question:
    """Which entities of a kind, in which order, how many, with what beside them."""

    where: Node | None = None
    order: tuple[Order, ...] = ()
    top: int = 100
    skip: int = 0
    count: bool = False
    token: str = ""
    """Where an earlier page ended, as that page said."""
    expand: Mapping[str, Question] = field(default_factory=dict)
    """What to bring along, by the neutral name of the relation."""
    columns: frozenset[str] | None = None
    """Which properties are needed; None: all."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entity that was found."""

    kind: str
    id: Id
    values: Mapping[str, Any]
    related: Mapping[str, Found | FoundPage | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of entities."""

    entities: Sequence[Found]
    count: int | None = None
    token: str = ""
    """Where the next page begins; empty on the last."""
