# SPDX-License-Identifier: EUPL-1.2
"""Rows of the hot table in bulk, in the columns and the order of a file of history.

Rows that come one by one cost a microsecond each before anything is done with them, and PostgreSQL would sort ten
million of them on the disk. So a series of plain numbers, which nearly all are, comes as one array a column, a part of
the series at a time; whatever has texts, intervals or features comes in rows.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pc
from django.db import connection
from psycopg import Copy, sql

from stoa.commons.history.schema import SCHEMA
from stoa.houses.observations.queries.packed import batch_of
from stoa.houses.observations.terms import NO_RESULT_TIME

AT_ONCE = 1_500_000
"""Rows of several series that PostgreSQL gathers at once: so much of its memory they need, not more."""
MEMORY = "192MB"

_PLAIN = (
    "number is not null and until is null and text is null and json is null"
    " and feature_id is null and extra is null"
)
_SPAN = "city_id = {city} and at >= {begins} and at < {ends}"
_SHAPES = sql.SQL(
    f"select datastream_id, count(*), bool_and({_PLAIN}) from observations_observation where {_SPAN}{{only}}"
    " group by 1 order by 1"
)
_ARRAYS = sql.SQL(f"""
    copy (
      select datastream_id, array_agg(at), array_agg(result_at), array_agg(number), array_agg(received_at),
             array_agg(quality::bigint << 32 | revision)
      from observations_observation
      where {_SPAN} and datastream_id between {{first}} and {{last}} and datastream_id = any({{series}}) and {_PLAIN}
      group by 1 order by 1
    ) to stdout (format binary)
""")
_ROWS = sql.SQL(f"""
    copy (
      select datastream_id, at, nullif(result_at, {{none}}), until, number, text, json::text, quality, feature_id,
             extra::text, received_at, revision
      from observations_observation
      where {_SPAN} and datastream_id between {{first}} and {{last}} and datastream_id = any({{series}})
      order by datastream_id, at, result_at
    ) to stdout (format csv)
""")


class _Shape(NamedTuple):
    """What a series has in the span."""

    series: int
    rows: int
    is_plain: bool


_Run = tuple[int, pa.RecordBatch]
"""A series and rows of it, sorted."""


def hot_rows(
    city_id: int, begins: datetime, ends: datetime, series: Sequence[int] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of the hot table in the order of the file, of all series or of these.

    Several questions, so that they may tell different moments.
    """
    only = (
        sql.SQL("")
        if series is None
        else sql.SQL(" and datastream_id = any({})").format(sql.Literal(list(series)))
    )
    span = {"city": sql.Literal(city_id), "begins": sql.Literal(begins), "ends": sql.Literal(ends)}
    with connection.cursor() as cursor:
        cursor.execute(f"set local work_mem = '{MEMORY}'")
        cursor.cursor.execute(_SHAPES.format(**span, only=only))
        shapes = [_Shape(*found) for found in cursor.fetchall()]
    for part in _parts(shapes):
        plain = [shape.series for shape in part if shape.is_plain]
        others = [shape.series for shape in part if not shape.is_plain]
        written = _written_out(span, others) if others else iter(())
        if plain:
            runs = heapq.merge(_packed(span, plain), list(_runs(written)), key=_series_of)
            yield from (batch for _, batch in runs)
        else:
            yield from written


def _parts(shapes: Sequence[_Shape]) -> Iterator[list[_Shape]]:
    """Series that follow each other, with not too many rows together."""
    part: list[_Shape] = []
    rows = 0
    for shape in shapes:
        if part and rows + shape.rows > AT_ONCE:
            yield part
            part, rows = [], 0
        part.append(shape)
        rows += shape.rows
    if part:
        yield part


def _series_of(run: _Run) -> int:
    return run[0]


def _asked(statement: sql.SQL, span: dict[str, sql.Literal], series: Sequence[int]) -> sql.Composed:
    return statement.format(
        **span,
        none=sql.Literal(NO_RESULT_TIME),
        first=sql.Literal(series[0]),
        last=sql.Literal(series[-1]),
        series=sql.Literal(list(series)),
    )


def _packed(span: dict[str, sql.Literal], series: Sequence[int]) -> Iterator[_Run]:
    """The rows of plain series."""
    with connection.cursor() as cursor, cursor.cursor.copy(_asked(_ARRAYS, span, series)) as copy:
        for told in copy.rows():
            yield int.from_bytes(told[0], "big", signed=True), batch_of(told)


def _written_out(span: dict[str, sql.Literal], series: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """The rows of any series."""
    with connection.cursor() as cursor, cursor.cursor.copy(_asked(_ROWS, span, series)) as copy:
        rows = _Rows(copy)
        if not rows.peek():
            return
        reader = pc.open_csv(
            rows,
            read_options=pc.ReadOptions(column_names=SCHEMA.names, block_size=4 << 20),
            parse_options=pc.ParseOptions(newlines_in_values=True),
            convert_options=pc.ConvertOptions(
                column_types=SCHEMA,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:  # the CSV reader knows no columns that are never empty
            yield pa.RecordBatch.from_arrays(batch.columns, schema=SCHEMA)


def _runs(batches: Iterator[pa.RecordBatch]) -> Iterator[_Run]:
    """The same rows, parted where another series begins."""
    for batch in batches:
        series: Any = batch.column(0).to_numpy()
        borders = [0, *((series[1:] != series[:-1]).nonzero()[0] + 1).tolist(), len(series)]
        for begin, end in pairwise(borders):
            yield int(series[begin]), batch.slice(begin, end - begin)


class _Rows(io.RawIOBase):
    """What COPY sends, as a file that pyarrow reads."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def peek(self) -> bool:
        """Whether anything comes at all."""
        if not self._left:
            self._left = memoryview(self._copy.read())
        return bool(self._left)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer) and self.peek():
            piece = self._left[: len(buffer) - filled]
            buffer[filled : filled + len(piece)] = piece
            self._left = self._left[len(piece) :]
            filled += len(piece)
        return filled
