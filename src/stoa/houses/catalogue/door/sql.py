# SPDX-License-Identifier: EUPL-1.2
"""Questions in SQL about published datasets: every table is a dataset whose rows the asker may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox import door as sandbox
from stoa.commons.sandbox.values import AnswerColumn, Limits
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.queries import tables as reads
from stoa.houses.catalogue.queries.answers import Finder, scratch
from stoa.houses.catalogue.rules.table_names import column_in_sql, table_name

__all__ = ["AnswerColumn", "SqlAnswer", "SqlTable", "run", "tables"]

MOST_ROWS = 32_000


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """What a statement gave."""

    columns: tuple[AnswerColumn, ...]
    """Name, kind, whether the values are places (GeoJSON text), type in DuckDB's words."""
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    """There were more rows than asked for, or than fit into 8 MiB."""
    took_ms: int
    tables: tuple[str, ...]
    """Short names of the datasets that were read."""


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A dataset as a table, for lists and for completing what somebody types."""

    name: str
    """As it is written in SQL, with quotes where they are needed."""
    slug: str
    title: LanguageText
    rows: int
    columns: tuple[tuple[str, str, str], ...]
    """Name as written in SQL, kind (`geometry` for the place), label."""


def run(
    *,
    city: City,
    by: Principal,
    statement: str,
    limit: int = 1000,
    names: Mapping[str, str] | None = None,
    row_as: str = "",
    is_cancelled: Callable[[], bool] = lambda: False,
) -> SqlAnswer:
    """Answer one SELECT in the sandbox: 10 seconds, 300 MiB, at most `limit` (32,000) rows.

    Tables are called by short name (`street_trees` or `"street-trees"`), or by a name of `names`, which maps it to
    a short name. `row_as` names a first column with row numbers that every table gets. Raises `Refused` with
    `sql.<...>` or `lake.busy`; a table that does not exist and one that may not be read are the same.
    """
    find = Finder(city, by, dict(names or {}))
    answer = sandbox.ask(
        scratch=scratch(),
        statement=statement,
        find=find,
        limits=Limits(rows=max(1, min(limit, MOST_ROWS))),
        zone=timezone.get_current_timezone_name(),
        row_as=row_as,
        is_cancelled=is_cancelled,
    )
    slugs = tuple(dataset.slug for dataset in find.datasets)
    return SqlAnswer(answer.columns, answer.rows, answer.truncated, answer.took_ms, slugs)


def tables(*, city: City, by: Principal, text: str = "", most: int = 100) -> tuple[SqlTable, ...]:
    """Datasets that can be asked about, found by words, in the order of their titles (one query)."""
    found = reads.datasets_as_tables(city=city, principal=by, text=text, most=most)
    return tuple(described(dataset, dataset.current) for dataset in found if dataset.current)


def described(dataset: Dataset, version: Version) -> SqlTable:
    """A dataset as a table."""
    columns = [(column_in_sql(spec.name), str(spec.kind), spec.label) for spec in version.specs]
    if version.geometry_types:
        columns.append(("geometry", "geometry", ""))
    return SqlTable(table_name(dataset.slug), dataset.slug, dataset.title, version.rows, tuple(columns))
