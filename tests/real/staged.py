# SPDX-License-Identifier: EUPL-1.2
"""The typed table that the readers leave behind, as plain values."""

from __future__ import annotations

from typing import Any

from pyarrow import parquet

from stoa.commons.reading.report import Inspection


def values(found: Inspection, *names: str) -> list[tuple[Any, ...]]:
    """Rows in the order of the file; the named columns, else all that the recipe keeps."""
    assert found.staged
    table = parquet.read_table(found.staged.path)
    names = names or tuple(column.name for column in found.recipe.kept)
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))
