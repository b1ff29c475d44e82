# SPDX-License-Identifier: EUPL-1.2
"""All versions of a dataset, and the way to what it was on a day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.houses.catalogue.models import Version
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, principal_of, public_page
from stoa.houses.catalogue.queries.datasets import versions_of
from stoa.web.notation import label, number


@dataclass(frozen=True, slots=True)
class Line:
    """One version in the list."""

    version: Version
    by: str
    rows_change: str
    """How many rows more or fewer than in the version before."""
    url: str
    changes_url: str
    is_current: bool
    is_gone: bool


@public_page
def versions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Newest first."""
    opened = open_dataset(request, slug)
    listed = versions_of(opened.dataset, principal_of(request))
    knows_names = principal_of(request).is_inside
    lines = [
        _line(opened, version, before, knows_names=knows_names)
        for version, before in zip_longest(listed, listed[1:])
    ]
    lead = gettext(
        "Every publication is kept as a version that never changes, so that figures can be checked later."
    )
    context = frame(request, opened, "versions", lead=lead)
    context |= {
        "lines": lines,
        "action": opened.url("dataset").partition("?")[0],
        "table_action": address("dataset-table", slug),
    }
    return render(request, "catalogue/public/versions.html", context)


def _line(opened: Opened, version: Version, before: Version | None, *, knows_names: bool) -> Line:
    slug, is_gone = opened.dataset.slug, version.dropped_at is not None
    is_comparable = opened.sees_rows and before is not None and not is_gone and before.dropped_at is None
    return Line(
        version=version,
        # Names of officers are for colleagues; the public sees which department answers.
        by=(knows_names and version.by_name) or label(opened.dataset.department.name),
        rows_change=rows_change(version, before),
        url="" if is_gone else address("dataset", slug, pairs=[("version", str(version.number))]),
        changes_url=address("dataset-changes", slug, version.number) if is_comparable else "",
        is_current=version.pk == opened.dataset.current_id,
        is_gone=is_gone,
    )


def rows_change(version: Version, before: Version | None) -> str:
    """`12 more`, `3 fewer`, `as many`; empty for the first version."""
    if before is None:
        return ""
    more = version.rows - before.rows
    if not more:
        return gettext("as many as before")
    words = gettext("%(n)s more than before") if more > 0 else gettext("%(n)s fewer than before")
    return words % {"n": number(abs(more))}
