# SPDX-License-Identifier: EUPL-1.2
"""Counting uses for gates: how often, never who."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.houses.catalogue.actions import counting
from stoa.houses.catalogue.rules.counting import asks_as_program


def note(
    *,
    city: City,
    uid: UUID | str | None,
    gate: str,
    kind: str = "api",
    rows: int = 0,
    program: bool = True,
) -> None:
    """Count one use of a dataset (its uid or its short name; None: of the catalogue as a whole).

    Kinds: page, download, api, tile, sql; `rows` is how many rows were handed out. Costs a few microseconds, never
    raises, keeps nothing about who asked. Call it when the answer is certain, not before rights were checked.
    """
    counting.note_use(city=city, dataset=uid, gate=gate, kind=kind, rows=rows, program=program)


def is_program(headers: Mapping[str, str]) -> bool:
    """Whether a program asks, from the class of the caller only (key shown, browser or not, robot)."""
    return asks_as_program(
        user_agent=headers.get("User-Agent", ""),
        accept=headers.get("Accept", ""),
        has_key=bool(headers.get("Authorization") or headers.get("X-CKAN-API-Key")),
    )
