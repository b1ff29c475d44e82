# SPDX-License-Identifier: EUPL-1.2
"""What somebody has already decided about a file, and the limits its reading has to keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stoa.commons.reading.door import Limits, Order

TEXT_FORMATS = frozenset({"csv"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The decisions of an order that matter before a table is understood; empty text means: guess."""

    workdir: Path
    limits: Limits
    name: str = ""
    """The owner's name for the file, or the member's name in an archive; for messages and endings only."""
    table: str = ""
    encoding: str = ""
    separator: str = ""
    quote: str | None = None
    insists: bool = False
    """True where a person chose the table now; one that only the recipe names may be renamed."""
    insists_on_text: bool = False
    """True where a person chose encoding or separator now."""

    @classmethod
    def of(cls, order: Order) -> Asked:
        """The recipe's decisions, and above them the choices of the person."""
        choices = dict(order.choices or {})
        known: dict[str, Any] = {}
        if order.recipe is not None:
            known["table"] = order.recipe.table
            if order.recipe.format in TEXT_FORMATS:
                known |= {"encoding": order.recipe.encoding, "separator": order.recipe.separator}
                known["quote"] = order.recipe.quote
        chosen = {k: str(v) for k, v in choices.items() if k in {"table", "encoding", "separator", "quote"}}
        by_hand = bool({"encoding", "separator", "quote"} & chosen.keys())
        return cls(
            order.workdir,
            order.limits,
            order.name,
            insists="table" in chosen,
            insists_on_text=by_hand,
            **known | chosen,
        )
