# SPDX-License-Identifier: EUPL-1.2
"""The whole table of a dataset: sorted, filtered, paged, with every choice kept in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.commons.lake.values import Page, Query
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue.pages.public.addresses import with_row, without
from stoa.houses.catalogue.pages.public.filter_form import column_choices, filter_fields
from stoa.houses.catalogue.pages.public.filtering import chosen_filters, fields_of, hidden_of
from stoa.houses.catalogue.pages.public.offers import offers_of
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.pages.public.showing import table_of
from stoa.houses.catalogue.queries.figures import listed_values
from stoa.houses.catalogue.queries.rows import table_page
from stoa.houses.catalogue.rules.table_questions import Asked, next_sort, question_pairs, read_question
from stoa.web.parts import Pager, Table

PAGE = 50
PAGES = (20, 50, 100, 500)
Pairs = tuple[tuple[str, str], ...]


def parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """All parameters of an address, in order, several of one name kept."""
    return [(name, value) for name, values in request.GET.lists() for value in values]


@public_page
def table(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Rows of the version that is looked at."""
    opened = open_dataset(request, slug, with_rows=True)
    asked = read_question(parameters(request), opened.shown.specs)
    pairs = tuple(question_pairs(asked.query))
    size = _size(request)
    found, problems = _rows(request, opened, asked, size)
    context = frame(
        request,
        opened,
        "table",
        lead=gettext(
            "Every row of the dataset. Sort by a heading, filter by any column, and take what you see with you."
        ),
    )
    context |= {
        "problems": problems,
        "asked": asked.query,
        "fields": filter_fields(fields_of(opened.shown, asked.query, listed_values(opened.shown))),
        "hidden": [*hidden_of(asked.query), *opened.keep, *([("size", str(size))] if size != PAGE else [])],
        "filters": chosen_filters(opened, asked.query, pairs),
        "cleared_url": opened.url("dataset-table"),
        "action": opened.url("dataset-table").partition("?")[0],
        "shown_columns": column_choices(_columns(opened, asked.query), is_chosen=bool(asked.query.columns)),
        "offers": offers_of(opened, pairs=without(pairs, "q") if problems else pairs),
        "is_filtered": bool(asked.query.filters or asked.query.text),
        "total": found.total if found else None,
        "sizes": PAGES,
        "size": size,
    }
    if found:
        context |= {
            "table": _table(opened, asked, found, pairs, size),
            "pager": _pager(request, opened, found, pairs, size),
        }
    return render(request, "catalogue/public/table.html", context, status=422 if problems else 200)


def _size(request: HttpRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size in {str(n) for n in PAGES} else PAGE


def _rows(
    request: HttpRequest, opened: Opened, asked: Asked, size: int
) -> tuple[Page | None, tuple[Problem, ...]]:
    """The page of rows, or why it cannot be shown; what was understood is shown beside what was not."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return table_page(opened.shown, asked.query, limit=size, after=after, before=before), asked.problems
    except Refused as refusal:
        return None, (*asked.problems, *refusal.problems)


def _table(opened: Opened, asked: Asked, found: Page, pairs: Pairs, size: int) -> Table:
    sized: Pairs = (("size", str(size)),) if size != PAGE else ()
    kept = without(pairs, "sort")

    def sort_url(column: str) -> str:
        order = next_sort(column, asked.query.sort)
        return opened.url("dataset-table", pairs=(*kept, *((("sort", order),) if order else ()), *sized))

    return table_of(
        found,
        caption=gettext("Rows of %(title)s") % {"title": opened.title},
        row_url=with_row(opened.url("dataset-row", 0)),
        key=opened.shown.key,
        sort=asked.query.sort,
        sort_url=sort_url,
    )


def _pager(request: HttpRequest, opened: Opened, found: Page, pairs: Pairs, size: int) -> Pager:
    """Where we are: by keyset no page has a number, so the place is carried along in `from`."""
    raw = request.GET.get("from", "")
    first = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 and found.previous_before else 1
    sized: Pairs = (("size", str(size)),) if size != PAGE else ()

    def to(name: str, token: str, place: int) -> str:
        return (
            opened.url("dataset-table", pairs=(*pairs, *sized, (name, token), ("from", str(max(1, place)))))
            if token
            else ""
        )

    return Pager(
        first if found.rows else 0,
        first + len(found.rows) - 1 if found.rows else 0,
        found.total,
        previous_url=to("before", found.previous_before, first - size),
        next_url=to("after", found.next_after, first + len(found.rows)),
        first_url=opened.url("dataset-table", pairs=(*pairs, *sized)) if found.previous_before else "",
    )


def _columns(opened: Opened, query: Query) -> list[tuple[str, str, bool]]:
    """Name, label, and whether it is shown."""
    shown: Any = set(query.columns) or {spec.name for spec in opened.shown.specs}
    return [(spec.name, spec.label, spec.name in shown) for spec in opened.shown.specs]
