# SPDX-License-Identifier: EUPL-1.2
"""Which character parts the cells of a text, or that the text is no table at all.

A separator is good when most rows have the same number of cells with it, and when the cells it makes do not
still hold other separators or halves of quotations.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stoa.commons.reading.formats.refusals import not_a_table
from stoa.ground.words import N_, Saying, say

SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tabulator"), "|": N_("vertical bar")}
SAMPLE_LINES = 300
MARKDOWN_RULE = re.compile(r"^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are parted and quoted; an empty quote means that quotation marks are plain characters."""

    separator: str
    quote: str
    reason: Saying

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The rows of some lines."""
        return cells_of(lines, self.separator, self.quote)


def cells_of(lines: Iterable[str], separator: str, quote: str) -> Iterator[list[str]]:
    """Part lines into cells; without a quotation mark every separator parts."""
    if quote:
        return csv.reader(lines, delimiter=separator, quotechar=quote)
    return csv.reader(lines, delimiter=separator, quotechar=None, quoting=csv.QUOTE_NONE)


@dataclass(frozen=True, slots=True)
class Trial:
    """How well one separator fits a sample."""

    separator: str
    width: int
    share: float
    """Of the rows that are not blank: how many have that width, or one empty cell more."""
    score: float


def guess_dialect(lines: Sequence[str]) -> Dialect:
    """The dialect of a sample of lines (with their line ends); refuses a text that is no table."""
    _refuse_other_texts(lines)
    if hint := _named_in_first_line(lines):
        return Dialect(hint, '"', say("The first line of the file says so."))
    trials = [trial for trial in (try_separator(lines, s) for s in SEPARATORS) if trial is not None]
    best = max(trials, key=lambda trial: trial.score, default=None)
    if best is not None and best.score >= 0.25 and not _is_prose(lines, best):
        reason = say(
            "Parted by %(name)s, %(share)s %% of the rows have %(width)s cells.",
            name=Saying(NAMES[best.separator]), share=round(100 * best.share), width=best.width,
        )  # fmt: skip
        return Dialect(best.separator, '"', reason)
    if _is_one_column(lines):
        return Dialect(",", '"', say("No separator was found; the file has one column."))
    raise not_a_table(
        say("It is a text: its lines are not parted into cells by comma, semicolon, tabulator or bar.")
    )


def try_separator(lines: Sequence[str], separator: str) -> Trial | None:
    """Part a sample with one separator; None when hardly a line holds it."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error:
        return None
    widths = Counter(len(row) for row in rows)
    wide = {width: n for width, n in widths.items() if width > 1}
    if not rows or not wide:
        return None
    width = max(wide, key=lambda w: (_near(widths, w), w))
    share = _near(widths, width) / len(rows)
    cells = [cell for row in rows[:100] for cell in row]
    clean = sum(map(_is_clean, cells, [separator] * len(cells))) / max(1, len(cells))
    return Trial(separator, width, share, share * (1 - 1 / (width + 1)) * clean**2)


def _near(widths: Counter[int], width: int) -> int:
    """Rows of that width, or with one more cell: a separator at the end of the line is common."""
    return widths[width] + (widths[width + 1] if widths[width] >= widths[width + 1] else 0)


def _is_clean(cell: str, separator: str) -> bool:
    others = (other for other in SEPARATORS if other not in (separator, ","))
    return cell.count('"') % 2 == 0 and not any(other in cell for other in others)


def _named_in_first_line(lines: Sequence[str]) -> str:
    """Excel's own hint: a first line `sep=;`."""
    first = lines[0].strip().strip('"').lower() if lines else ""
    hint = first[4:] if first.startswith("sep=") else ""
    return "\t" if first == "sep=" else hint if hint in SEPARATORS else ""


def _is_prose(lines: Sequence[str], best: Trial) -> bool:
    """Long lines that happen to hold one comma each, or a text whose columns are made by blanks."""
    filled = [line for line in lines if line.strip()]
    words = sum(len(line.split()) for line in filled) / max(1, len(filled))
    laid_out = sum("   " in line.strip() for line in filled) / max(1, len(filled))
    if best.width <= 3 and best.share < 0.8 and (words > 5 or laid_out > 0.15):
        return True
    return best.share < 0.6 and best.width <= 3 and words > 2 * best.width


def _is_one_column(lines: Sequence[str]) -> bool:
    """Short lines that look like values rather than sentences."""
    filled = [line.strip() for line in lines if line.strip()]
    short = sum(len(line) <= 80 and len(line.split()) <= 4 and "  " not in line for line in filled)
    printable = all(line.isprintable() or "\t" in line for line in filled)
    return len(filled) >= 2 and printable and short >= 0.9 * len(filled)


def _refuse_other_texts(lines: Sequence[str]) -> None:
    """Markdown and mark-up may look like tables of commas and bars; say what they are."""
    filled = [line.strip() for line in lines if line.strip()]
    headings = sum(bool(re.match(r"#{1,6} \S", line)) for line in filled[:50])
    ruled = any(MARKDOWN_RULE.match(line) and "|" in line for line in filled)
    if headings >= 2 or ruled or (headings and filled[0].startswith("#") and len(filled) < 8):
        raise not_a_table(
            say("It is a text with headings (Markdown), made for reading, not a table of data.")
        )
    if filled and re.match(r"(%PDF|\{\\rtf|From: |Received: |#!|<\?php)", filled[0]):
        raise not_a_table(say("It is a document or a program, not a table of data."))
    if filled and re.match(r"(PROJCS|GEOGCS|PROJCRS|GEOGCRS|COMPD_CS)\[", filled[0]):
        raise not_a_table(say("It is the coordinate system of a shapefile: pack all its files as one zip."))
