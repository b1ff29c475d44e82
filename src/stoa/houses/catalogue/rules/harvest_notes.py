# SPDX-License-Identifier: EUPL-1.2
"""The notes of a run: as many as somebody may read, and how many more there were. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from stoa.ground.words import Saying

MOST_NOTES = 500


def add_notes(known: Sequence[dict[str, Any]], more: Iterable[tuple[str, Saying]]) -> list[dict[str, Any]]:
    """The notes with more behind them, at most five hundred; each with the remote id and the sentence."""
    notes = list(known)
    for id_, why in more:
        if len(notes) >= MOST_NOTES:
            break
        notes.append({"id": id_[:200], "why": why.to_json()})
    return notes
