# SPDX-License-Identifier: EUPL-1.2
"""Delimited text: opened by looking at its ends, cut by byte offsets, written once as plain UTF-8.

Nothing but the first and last rows is ever held in Python. A row is a line, unless some line has an odd
number of quotation marks: then line breaks may stand inside cells, and a real CSV pass counts the rows.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from stoa.commons.reading.formats import pieces, refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.dialects import (
    SAMPLE_LINES,
    SEPARATORS,
    Dialect,
    guess_dialect,
    try_separator,
)
from stoa.commons.reading.formats.encodings import (
    WIDE,
    Encoding,
    chosen_encoding,
    guess_encoding,
    to_utf8,
    wide_encoding,
    with_line_feeds,
)
from stoa.commons.reading.formats.pieces import Pieces
from stoa.commons.reading.formats.plain_text import Source, write_in_pieces, write_ranges
from stoa.commons.reading.formats.raw import Cells, Cut, PlainFile, TextTable
from stoa.commons.reading.formats.survey import Survey, survey
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say

HEAD = 500
TAIL = 50
SAMPLE_BYTES = 1024 * 1024
HEAD_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One record with the byte offset behind it."""

    cells: Cells
    end: int


def open_delimited(path: Path, asked: Asked, name: str = "", format_: str = "csv") -> TextTable:
    """Open a text file as a grid of cells; refuses what is no table."""
    path, encoding, found = _settle(path, asked)
    _check(found, asked)
    source = Source(path, encoding.name, encoding.errors, found)
    sample = _sample(source)
    if not any(line.strip() for line in sample):
        raise refusals.file_empty(asked.name)
    dialect, warnings = _dialect(sample, asked)
    table = _Grid(source, dialect, asked)
    reasons: dict[str, Saying] = {"encoding": encoding.reason, "separator": dialect.reason}
    return table.as_table(name, format_, reasons, (*_encoding_warnings(encoding, found, asked), *warnings))


def open_clean_csv(path: Path, asked: Asked, name: str, format_: str) -> TextTable:
    """Open a CSV file that we wrote ourselves: UTF-8, comma, quotation marks doubled."""
    found = survey(path)
    source = Source(path, "utf-8", "strict", found)
    dialect = Dialect(",", '"', say("Cells come from the format itself."))
    return _Grid(source, dialect, asked).as_table(name, format_, {}, ())


def _settle(path: Path, asked: Asked) -> tuple[Path, Encoding, Survey]:
    """Find the encoding; leave a file in which a byte 10 is a line end and nothing else."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    wide = wide_encoding(start)
    wanted = chosen_encoding(asked.encoding) if asked.encoding and asked.insists_on_text else None
    if wanted and wanted.name in WIDE:
        wide = wanted.name
    if wide:
        path = to_utf8(path, wide, asked.workdir / "text.utf8")
        reason = say("The file says so in its first bytes, or every second byte is zero.")
    found = survey(path)
    if found.cr and not found.lf:
        path = with_line_feeds(path, asked.workdir / "text.lf")
        found = survey(path)
    if wide:
        return path, Encoding(wide, reason, "replace"), found
    return path, wanted or _agreed_or_guessed(start, found, asked), found


def _agreed_or_guessed(start: bytes, found: Survey, asked: Asked) -> Encoding:
    """The recipe's encoding where the file can have it, else a guess."""
    guess = guess_encoding(start, found)
    if not asked.encoding or found.is_ascii or guess.name == "utf-8":
        return guess
    agreed = chosen_encoding(asked.encoding)
    if agreed.name in WIDE or agreed.name == "utf-8":
        return guess
    return replace(agreed, reason=say("The recipe says so."))


def _encoding_warnings(encoding: Encoding, found: Survey, asked: Asked) -> list[Problem]:
    warnings = []
    if found.nul:
        warnings.append(
            Problem(
                "reading.nul_removed",
                what=say("%(n)s zero bytes were left out.", n=found.nul),
                why=say("They stand for nothing, and databases refuse them."),
            )
        )
    if encoding.name == "utf-8" and not found.is_utf8:
        warnings.append(
            Problem(
                "reading.encoding_mixed",
                what=say("The file mixes two text encodings."),
                why=say("Some letters may have come out wrong."),
                do=say("Look for strange characters; export the file again as UTF-8 if you find some."),
            )
        )
    if asked.encoding and not _same_text(asked.encoding, encoding, found):
        warnings.append(
            Problem(
                "reading.encoding_changed",
                what=say(
                    "The text encoding is now %(now)s; it was %(before)s.",
                    now=encoding.name,
                    before=asked.encoding,
                ),
                why=say("The file was probably made by another program or with other settings."),
            )
        )
    return warnings


def _same_text(before: str, now: Encoding, found: Survey) -> bool:
    return found.is_ascii or chosen_encoding(before).name == chosen_encoding(now.name).name


def _check(found: Survey, asked: Asked) -> None:
    if found.nul and found.nul >= found.size // 2:
        raise refusals.refused(
            "file_only_zeros",
            say("The file “%(name)s” holds nothing but zero bytes.", name=asked.name),
            say("That happens when a copy or a download broke off."),
            say("Copy or download it again."),
        )
    if found.longest_line > 2 * asked.limits.cell_bytes:
        raise refusals.cell_too_long(asked.limits.cell_bytes)
    if found.lines > asked.limits.rows:
        raise refusals.too_many_rows(asked.limits.rows)


def _sample(source: Source) -> list[str]:
    """The first lines, cleaned, each with its line feed."""
    lines, size = [], 0
    for raw in source.raw_lines(source.start):
        lines.append(source.text(raw))
        size += len(raw)
        if len(lines) >= SAMPLE_LINES or size > SAMPLE_BYTES:
            break
    return lines


def _dialect(sample: list[str], asked: Asked) -> tuple[Dialect, list[Problem]]:
    """The chosen dialect, the recipe's where it still fits, else the guessed one."""
    if not asked.separator:
        guess = guess_dialect(sample)
        return (guess if asked.quote is None else replace(guess, quote=asked.quote[:1])), []
    quote = '"' if asked.quote is None else asked.quote[:1]
    if len(asked.separator) != 1 or asked.separator in '"\r\n' or asked.separator == quote:
        raise refusals.refused(
            "separator_unusable",
            say("“%(mark)s” cannot part the cells of a table.", mark=asked.separator[:20]),
            say("A separator is one single character, and not a quotation mark or a line break."),
            say("Choose comma, semicolon, tabulator or vertical bar."),
        )
    agreed = Dialect(asked.separator, quote, say("It was chosen."))
    if asked.insists_on_text or try_separator(sample, asked.separator) is not None:
        return agreed, []
    guess = guess_dialect(sample)
    if guess.separator == asked.separator or asked.separator not in SEPARATORS:
        return agreed, []
    changed = Problem(
        "reading.separator_changed",
        what=say("The cells are now parted by another character than before."),
        why=say("The file was probably made by another program or with other settings."),
    )
    return guess, [changed]


class _Grid:
    """One delimited file: its first and last rows, and where they stand in the file."""

    def __init__(self, source: Source, dialect: Dialect, asked: Asked) -> None:
        self.source, self.asked = source, asked
        csv.field_size_limit(asked.limits.cell_bytes)
        if not source.found.odd_lines:
            self.dialect, self.by_lines = dialect, True
            self.head = list(islice(self._small_rows(source.start), HEAD))
            self.rows = source.found.lines
            self.tail = self._last_lines()
            return
        self.dialect, self.by_lines = dialect, False
        try:
            self._count_records()
        except csv.Error:
            if asked.insists_on_text and asked.quote:
                raise refusals.cell_too_long(asked.limits.cell_bytes) from None
            # A quotation mark that is never closed swallows the rest: take the marks as plain characters.
            self.dialect, self.by_lines = replace(dialect, quote=""), True
            self.head = list(islice(self._small_rows(source.start), HEAD))
            self.rows, self.tail = source.found.lines, self._last_lines()

    def _records(self, start: int) -> Iterator[Row]:
        lines = self.source.lines_from(start)
        for cells in self.dialect.reader(lines):
            yield Row(tuple(cells), lines.offset)

    def _small_rows(self, start: int) -> Iterator[Row]:
        """The records, refused when the first rows alone are enormous."""
        try:
            for row in self._records(start):
                if row.end - start > HEAD_BYTES:
                    raise refusals.cell_too_long(self.asked.limits.cell_bytes)
                yield row
        except csv.Error:
            raise refusals.cell_too_long(self.asked.limits.cell_bytes) from None

    def _count_records(self) -> None:
        head: list[Row] = []
        tail: deque[Row] = deque(maxlen=TAIL + 1)
        rows = 0
        for rows, row in enumerate(self._records(self.source.start), start=1):
            if rows <= HEAD:
                head.append(row)
            tail.append(row)
        self.head, self.tail, self.rows = head, list(tail), rows

    def _last_lines(self) -> list[Row]:
        """The last rows, found from the end; one more than asked for, whose end is the start of the next."""
        start = self.source.start_of_last_lines(TAIL + 1)
        return list(deque(self._small_rows(start), maxlen=TAIL + 1))

    def as_table(
        self, name: str, format_: str, reasons: dict[str, Saying], warnings: tuple[Problem, ...]
    ) -> TextTable:
        head = tuple(row.cells for row in self.head)
        tail = tuple(row.cells for row in self.tail[-TAIL:])
        self.width = max((len(cells) for cells in (*head, *tail)), default=0)
        if self.width > self.asked.limits.columns:
            raise refusals.too_many_columns(self.width, self.asked.limits.columns)
        encoding = "utf-8" if format_ != "csv" else self.source.encoding
        return TextTable(
            format_, name, head, tail, self.rows, self.write_plain, self.write_pieces, encoding,
            self.dialect.separator, self.dialect.quote, (), reasons, warnings,
        )  # fmt: skip

    def write_plain(self, cut: Cut, folder: Path) -> PlainFile:
        """Write the rows that a cut leaves, as one pass over the bytes."""
        return self._plain(Pieces(write_ranges(self.source, self._ranges(cut), folder / "plain.csv")))

    def write_pieces(self, cut: Cut, folder: Path) -> PlainFile:
        """Write them in pieces in the background where a line is a row and there is enough for two."""
        ranges = self._ranges(cut)
        if not self.by_lines or sum(end - start for start, end in ranges) < 2 * pieces.PIECE_BYTES:
            return self.write_plain(cut, folder)
        return self._plain(write_in_pieces(self.source, ranges, folder / "plain.csv"))

    def _plain(self, written: Pieces) -> PlainFile:
        return PlainFile(written, self.dialect.separator, self.dialect.quote, self.width, self.by_lines)

    def _ranges(self, cut: Cut) -> list[tuple[int, int]]:
        """The bytes that a cut leaves."""
        last = max(self.rows - cut.footer, 0)
        skips = sorted({n for n in cut.skip if cut.first <= n <= last})
        edges = {cut.first - 1, last} | {n - 1 for n in skips} | set(skips)
        ends = self._ends_of(edges)
        ranges, start = [], ends[cut.first - 1] if cut.first - 1 <= last else ends[last]
        for n in skips:
            ranges.append((start, ends[n - 1]))
            start = ends[n]
        ranges.append((start, ends[last]))
        return [r for r in ranges if r[1] > r[0]]

    def _ends_of(self, numbers: set[int]) -> dict[int, int]:
        """The byte offset behind each of these rows; row 0 ends where the text starts."""
        known = {0: self.source.start, self.rows: self.source.found.size}
        known |= {place: row.end for place, row in enumerate(self.head, start=1)}
        first_of_tail = self.rows - len(self.tail) + 1
        known |= {first_of_tail + place: row.end for place, row in enumerate(self.tail)}
        known |= {n: self.source.found.size for n in numbers if n > self.rows}
        missing = sorted(numbers - known.keys())
        if missing and self.by_lines:
            known |= self.source.ends_of_lines(missing)
        elif missing:
            wanted = set(missing)
            rows = islice(enumerate(self._records(self.source.start), start=1), missing[-1])
            known |= {place: row.end for place, row in rows if place in wanted}
        return {n: known[n] for n in numbers}
