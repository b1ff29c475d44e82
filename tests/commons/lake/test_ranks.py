# SPDX-License-Identifier: EUPL-1.2
"""Texts of which there are few are asked for by their places: the same rows as by comparing texts."""

from __future__ import annotations

from typing import Any

import pytest

from stoa.commons.lake import boxes, door, ranks, results
from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.tables import ColumnSpec, Kind

STATE = ColumnSpec("state", "State", Kind.TEXT)
STATES = ["open", "Open", None, "closed", "straße", "strasse", "", "open", "late"]


@pytest.fixture
def ref(put: Any) -> Any:
    return put([STATE], [(state,) for state in STATES]).ref


QUESTIONS = [
    (Op.IS, ("open",)),
    (Op.IS, ("Open",)),
    (Op.IS, ("",)),
    (Op.IS, ("strasse",)),
    (Op.IS, ("nobody wrote this",)),
    (Op.NOT, ("open",)),
    (Op.NOT, ("nobody wrote this",)),
    (Op.ONE_OF, ("closed", "straße", "closed")),
    (Op.ONE_OF, ("closed", "nobody wrote this")),
    (Op.NOT, ("open", "closed")),
    (Op.ONE_OF, (*(f"none {n}" for n in range(40)), "late")),
]


def kept_slowly(op: Op, values: tuple[str, ...]) -> list[str | None]:
    return [state for state in STATES if (state in values) != (op is Op.NOT)]


@pytest.mark.parametrize("looked_at", [ranks.MOST_LOOKED_AT, 3])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_text_is_found_by_its_place_or_by_itself(
    layout: Any, ref: Any, monkeypatch: Any, looked_at: int, asked: tuple[Op, tuple[str, ...]]
) -> None:
    op, values = asked
    monkeypatch.setattr(ranks, "MOST_LOOKED_AT", looked_at)
    results.kept.clear()
    query = Query((Filter("state", op, values),))
    assert [row[1] for row in door.page(layout, ref, query).rows] == kept_slowly(op, values)


def test_a_known_text_is_asked_for_by_its_place_and_an_unknown_one_as_it_is(layout: Any, ref: Any) -> None:
    def where(value: str) -> str:
        return boxes.asked(layout, ref, Query((Filter("state", Op.IS, (value,)),))).where

    assert '"_r_state"' in where("open")
    assert '"_r_state"' not in where("nobody wrote this")


def test_columns_of_many_texts_are_compared_as_they_are(layout: Any, put: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("stoa.commons.lake.store.FEW_VALUES", 2)
    ref = put([STATE], [(state,) for state in STATES]).ref
    query = Query((Filter("state", Op.IS, ("open",)),))
    assert '"_r_state"' not in boxes.asked(layout, ref, query).where
    assert door.page(layout, ref, query).total == 2
