# SPDX-License-Identifier: EUPL-1.2
"""Look through the typed table for personal data; single values are shown to nobody."""

from __future__ import annotations

from pathlib import Path

import duckdb

from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import PersonalFinding
from stoa.commons.reading.rules.people import TextValues, find_people
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.commons.reading.staging import staged_scan
from stoa.commons.reading.staging_casts import literal, name
from stoa.ground.tables import Kind

MOST = 4_000
"""Different suspicious values of a column that are looked at one by one."""
SUSPICIOUS = (
    r"@|[0-9][0-9 ./()-]{6,}[0-9]|^[A-Z]{1,3}[- ][A-Z]{1,2} ?[0-9]{1,4}[EH]?$"
    r"|^([0-9]{1,3}\.){3}[0-9]{1,3}$|^[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,}$|^[A-Z]{2} ?([0-9]{2} ?){3}[A-D]$"
)


def find_personal(
    connection: duckdb.DuckDBPyConnection,
    staged: Path,
    recipe: Recipe,
    samples: tuple[ColumnSample, ...],
    rows: int,
) -> dict[str, tuple[PersonalFinding, ...]]:
    """Findings by column name. Text is searched whole, other kinds by the sample."""
    looked: list[TextValues] = []
    for column, sample in zip(recipe.columns, samples, strict=True):
        values: tuple[tuple[str, int], ...] = sample.values[:MOST]
        if column.kind is Kind.TEXT and column.is_kept and sample.distinct >= MOST:
            values = (*sample.values[:200], *_suspicious(connection, staged, column.name))
        looked.append(TextValues(column.name, column.source, column.kind, values, sample.filled))
    return find_people(tuple(looked), rows)


def _suspicious(connection: duckdb.DuckDBPyConnection, staged: Path, column: str) -> list[tuple[str, int]]:
    cell = name(column)
    return connection.execute(
        f"SELECT {cell}, count(*) AS n FROM {staged_scan(staged)} "
        f"WHERE regexp_matches({cell}, {literal(SUSPICIOUS)}) "
        f"GROUP BY 1 LIMIT {MOST}"
    ).fetchall()
