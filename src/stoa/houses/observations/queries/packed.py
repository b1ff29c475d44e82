# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's binary arrays as columns: the rows of one series of plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from stoa.commons.history.schema import SCHEMA
from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.terms import NO_RESULT_TIME

_HEAD = 20
"""Bytes before the elements: dimensions, gaps, kind of element, length, first index."""
_SINCE_2000 = us_of(NO_RESULT_TIME.replace(year=2000))
_WHOLE = np.dtype([("size", ">i4"), ("value", ">i8")])
_NUMBER = np.dtype([("size", ">i4"), ("value", ">f8")])


def batch_of(told: Sequence[bytes]) -> pa.RecordBatch:
    """Rows sorted by time: series, then arrays of times, result times, numbers, arrivals, quality and revision."""
    at, result_at, number, received_at, marks = (
        _elements(data, kind)
        for data, kind in zip(told[1:], (_WHOLE, _WHOLE, _NUMBER, _WHOLE, _WHOLE), strict=True)
    )
    if not np.all(at[1:] > at[:-1]):
        order = np.lexsort((result_at, at))
        at, result_at, number, received_at, marks = (
            values[order] for values in (at, result_at, number, received_at, marks)
        )
    result_us = result_at + _SINCE_2000
    columns: dict[str, Any] = {
        "datastream_id": np.full(len(at), int.from_bytes(told[0], "big", signed=True), np.int64),
        "at": at + _SINCE_2000,
        "number": number,
        "quality": (marks >> 32).astype(np.int32),
        "received_at": received_at + _SINCE_2000,
        "revision": (marks & 0xFFFFFFFF).astype(np.int32),
    }
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(len(at), field.type)
        for field in SCHEMA
    ]
    is_told = result_us != NO_RESULT_US
    if is_told.any():
        place = SCHEMA.get_field_index("result_at")
        arrays[place] = pa.array(result_us, SCHEMA.field(place).type, mask=~is_told)
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _elements(data: bytes, kind: np.dtype[Any]) -> Any:
    """The elements of an array without gaps, in this machine's own form."""
    found = np.frombuffer(data, kind, offset=_HEAD)["value"]
    return found.astype(found.dtype.newbyteorder("="))
