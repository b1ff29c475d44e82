# SPDX-License-Identifier: EUPL-1.2
"""Which rows at the end of a table are no data: sums, sources, remarks, empty rows."""

from __future__ import annotations

import re
from statistics import median

from stoa.commons.reading.rules.cells import Row, filled, is_value
from stoa.ground.words import Saying, say

_SUM = re.compile(
    r"^\W*(insgesamt|gesamt|gesamtsumme|summe|total|totals|grand total|sum|suma|ogółem|razem|"
    r"totale|total général|"
    r"total general|yhteensä|totaal)\b\W*$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^\W*(quelle[n]?|source[s]?|fuente[s]?|źródło|fonte|bron|lähde|stand|erstellt|erstellungsdatum|erstellungszeitpunkt|"
    r"anmerkung(en)?|hinweis(e)?|legende|note[s]?|remark[s]?|nota[s]?|remarque[s]?|uwagi|datenstand|"
    r"weitere informationen|zeichenerklärung|copyright|©|lizenz|licence|license|\*+\)?|\d\))\s*(:|\s|$)",
    re.IGNORECASE,
)

_MARK = re.compile(r"^\(?(\d{1,2}|[a-z]|\*+)[.)]\)?$")
"""The mark of a footnote that stands in a cell of its own."""


def find_footer(
    head: tuple[Row, ...], tail: tuple[Row, ...], rows: int, first: int
) -> tuple[int, list[tuple[tuple[int, ...], Saying]]]:
    """How many rows at the end are no data, and which of them for which reason.

    Only a row that says what it is, or that stands alone below an empty row, is taken for a footer; empty
    rows between and before footers go with them.
    """
    usual = _usual_width(head[first - 1 :] if len(head) >= first else tail)
    end = _end_of_data(tail, rows, first, usual)
    reasons: dict[str, tuple[list[int], Saying]] = {}
    for place in range(end, len(tail)):
        number = rows - len(tail) + place + 1
        why = _why(tail[place])
        reasons.setdefault(why.text, ([], why))[0].append(number)
    return len(tail) - end, [(tuple(numbers), why) for numbers, why in reasons.values()]


def _usual_width(data: tuple[Row, ...]) -> float:
    counts = [len(filled(row)) for row in data if filled(row)]
    return float(median(counts)) if counts else 1.0


def _end_of_data(tail: tuple[Row, ...], rows: int, first: int, usual: float) -> int:
    """The place in `tail` after the last data row."""
    lowest = max(0, first - 1 - (rows - len(tail)))
    end = len(tail)
    for place in range(len(tail) - 1, lowest - 1, -1):
        cells = filled(tail[place])
        after_gap = place > lowest and not filled(tail[place - 1])
        if not cells or _is_footer(tail[place], usual) or (after_gap and _stands_alone(cells, usual)):
            end = place
        elif not _runs_on(tail[place], usual):
            break
    return end


def _is_footer(row: Row, usual: float) -> bool:
    cells = filled(row)
    if usual < 2:
        return bool(_NOTE.match(cells[0])) and ":" in cells[0][:30]
    if _SUM.match(cells[0]):
        return True
    if len(cells) <= 2 < usual and (cells[0].endswith(":") or (len(cells) == 2 and _is_footnote(cells))):
        return True
    return len(cells) <= max(1, usual / 2) and bool(_NOTE.match(cells[0]))


def _is_footnote(cells: list[str]) -> bool:
    return bool(_MARK.match(cells[0])) and len(cells[1]) > 20 and not is_value(cells[1])


def _stands_alone(cells: list[str], usual: float) -> bool:
    return len(cells) == 1 and usual >= 2.5


def _runs_on(row: Row, usual: float) -> bool:
    """A line of running text among footers: one cell, in a table whose rows fill several."""
    cells = filled(row)
    return len(cells) == 1 and usual >= 2.5 and bool(row[0].strip()) and not is_value(cells[0])


def _why(row: Row) -> Saying:
    cells = filled(row)
    if not cells:
        return say("empty rows at the end")
    if _SUM.match(cells[0]):
        return say("a row of sums at the end")
    return say("a source or remark at the end")
