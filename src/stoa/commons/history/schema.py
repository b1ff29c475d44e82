# SPDX-License-Identifier: EUPL-1.2
"""The columns of files of history. Apart from the other values: pyarrow is large, and few processes ever need it."""

from __future__ import annotations

import pyarrow as pa

MOMENT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        pa.field("datastream_id", pa.int64(), nullable=False),
        pa.field("at", MOMENT, nullable=False),
        pa.field("result_at", MOMENT),
        pa.field("until", MOMENT),
        pa.field("number", pa.float64()),
        pa.field("text", pa.string()),
        pa.field("json", pa.string()),
        pa.field("quality", pa.int32(), nullable=False),
        pa.field("feature_id", pa.int64()),
        pa.field("extra", pa.string()),
        pa.field("received_at", MOMENT, nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
    ]
)
"""Columns of every file. `at`: phenomenon time or its begin; `result_at`: null when none was told; `json`, `extra`: JSON."""

HOUR_SCHEMA = pa.schema(
    [
        pa.field("datastream_id", pa.int64()),
        pa.field("start", MOMENT),
        pa.field("count", pa.int32()),
        pa.field("total", pa.float64()),
        pa.field("squares", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
"""Columns of a file of hours: how many numbers a series had in an hour (UTC), their sum, squares, least and most."""
