# SPDX-License-Identifier: EUPL-1.2
"""Rows of a version, for whoever may see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Page, Query
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.rules.rights import may_see_rows
from stoa.houses.catalogue.terms import Access, State

MOST_ROWS = 1000


def sees_rows(dataset: Dataset, principal: Principal) -> bool:
    """Whether this principal may read the rows of a dataset."""
    return may_see_rows(
        principal,
        access=Access(dataset.access),
        state=State(dataset.state),
        department_id=dataset.department_id,
        dataset_id=dataset.pk,
    )


def need_rows(dataset: Dataset, principal: Principal) -> None:
    """Raise `NotFound` unless the rows may be read."""
    if not sees_rows(dataset, principal):
        raise NotFound("rows", dataset.slug)


def in_city_time(query: Query) -> Query:
    """The query with days that begin when they begin in the city of this request."""
    return replace(query, zone=timezone.get_current_timezone_name())


def table_page(
    version: Version, query: Query, *, limit: int = 50, after: str = "", before: str = "", offset: int = 0
) -> Page:
    """One page of the table of a version."""
    return lake.page(
        layout(),
        version.ref,
        in_city_time(query),
        min(max(1, limit), MOST_ROWS),
        after=after,
        before=before,
        offset=offset,
    )


def row_values(version: Version, row: int) -> dict[str, Any]:
    """One row by its number, by column name; `NotFound` if the version has no such row."""
    found = lake.rows_by_number(layout(), version.ref, [row])
    if not found:
        raise NotFound("row", str(row))
    return dict(zip([spec.name for spec in version.specs], found[0][1:], strict=False))


def row_as_text(version: Version, row: int) -> dict[str, str]:
    """The same as texts, for keeping beside a report."""
    return {
        name: "" if value is None else str(value)[:500] for name, value in row_values(version, row).items()
    }
