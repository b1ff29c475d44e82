# SPDX-License-Identifier: EUPL-1.2
"""The working copies of a register as a board: one column for each state on the way to the public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from stoa.houses.registers.models import Entry
from stoa.houses.registers.terms import STATE_LABELS, State
from stoa.web.notation import ago, label, percent

SHOWN = 30
"""Cards in one column; the others stand in the list."""


@dataclass(frozen=True, slots=True)
class Card:
    """One entry in short."""

    title: str
    url: str
    reference: str
    department: str
    complete: str
    changed: str
    is_change: bool
    """Something is published already, and this is to replace it."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One state with its entries, those changed last first."""

    title: str
    total: int
    cards: list[Card]
    more_url: str
    """The list of all of them, where not all are shown."""


def columns_of(
    found: Mapping[State, Sequence[Entry]], counts: Mapping[str, int], text: str
) -> list[BoardColumn]:
    """Every state in the order of the way, empty ones too."""
    return [
        BoardColumn(
            gettext(STATE_LABELS[state]),
            counts.get(str(state), 0),
            [_card(one) for one in found.get(state, ())],
            _list_of(state, text) if counts.get(str(state), 0) > SHOWN else "",
        )
        for state in State
    ]


def _list_of(state: State, text: str) -> str:
    return f"?{urlencode({'state': str(state), **({'q': text} if text else {})})}"


def _card(one: Entry) -> Card:
    return Card(
        one.title,
        reverse("desk-register-entry", args=(one.kind, one.code)),
        one.reference,
        label(one.department.name),
        percent(one.completeness / 100),
        ago(one.changed_at),
        one.shown is not None and one.state in {State.DRAFT, State.REVIEW},
    )
