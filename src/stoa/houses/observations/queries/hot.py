# SPDX-License-Identifier: EUPL-1.2
"""Rows of the hot table in bulk, in the columns and the order of a file of history."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.csv as pc
from django.db import connection
from psycopg import Copy, sql

from stoa.commons.history.values import SCHEMA
from stoa.houses.observations.terms import NO_RESULT_TIME

_ROWS = sql.SQL("""
    copy (
      select datastream_id, at, nullif(result_at, {none}), until, number, text, json::text, quality, feature_id,
             extra::text, received_at, revision
      from observations_observation
      where city_id = {city} and at >= {begins} and at < {ends}
      order by datastream_id, at, result_at
    ) to stdout (format csv)
""")


def hot_rows(city_id: int, begins: datetime, ends: datetime) -> Iterator[pa.RecordBatch]:
    """The rows of the hot table in the order of the file, as they come from PostgreSQL."""
    statement = _ROWS.format(
        none=sql.Literal(NO_RESULT_TIME),
        city=sql.Literal(city_id),
        begins=sql.Literal(begins),
        ends=sql.Literal(ends),
    )
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '192MB'")
        with cursor.cursor.copy(statement) as copy:
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
