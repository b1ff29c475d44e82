# SPDX-License-Identifier: EUPL-1.2
"""What I look after, as a table: state, freshness, quality, and what is open."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.desk.opening import pager, place_asked, title_of, way
from stoa.houses.catalogue.queries.desk_lists import my_datasets, my_states_and_departments
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import FRESHNESS_LABELS, freshness
from stoa.houses.catalogue.terms import STATE_LABELS, State
from stoa.web.notation import day, label, number
from stoa.web.parts import Cell, Column, Facet, FacetOption, Row, Table

SIZE = 100


@desk_page
@require_safe
def datasets(request: HttpRequest) -> HttpResponseBase:
    """The table, filtered by state and department."""
    city, by = city_of(request), principal_of(request)
    state, department = request.GET.get("state", ""), request.GET.get("department", "")
    state = state if state in set(State) else ""
    listed = my_datasets(city=city, principal=by, state=state, department=department)
    filters = _filters(request, my_states_and_departments(city=city, principal=by), state, department)
    first = place_asked(request, len(listed)) // SIZE * SIZE
    shown = listed[first : first + SIZE]
    lead = gettext("Everything that you look after, with what is open in it.")
    context = frame(request, "datasets", gettext("Datasets"), lead, crumbs=way((gettext("Datasets"), "")))
    context |= {
        "table": _table(shown, timezone.now()) if shown else None,
        "total": len(listed),
        "facets": filters,
        "cleared": reverse("desk-datasets") if state or department else "",
        "pager": pager(request, first=first, shown=len(shown), total=len(listed), size=SIZE),
        "may_add": by.may(Permission.ADD_DATASET),
    }
    return render(request, "catalogue/desk/datasets.html", context)


def _filters(
    request: HttpRequest, counted: list[tuple[str, str, dict[str, str], int]], state: str, department: str
) -> list[Facet]:
    """How many datasets each filter would leave, given the other one."""
    states: Counter[str] = Counter()
    departments: Counter[str] = Counter()
    names = {}
    for its_state, slug, name, n in counted:
        names[slug] = label(name)
        if department in {"", slug}:
            states[its_state] += n
        if state in {"", its_state}:
            departments[slug] += n

    def option(facet: str, value: str, words: str, n: int, *, is_chosen: bool) -> FacetOption:
        query = request.GET.copy()
        query.pop("from", None)
        query.pop(facet, None)
        if not is_chosen:
            query[facet] = value
        return FacetOption(words, f"?{query.urlencode()}", n, is_chosen)

    by_state = [
        option("state", str(one), gettext(STATE_LABELS[one]), states[str(one)], is_chosen=state == one)
        for one in State
        if states[str(one)]
    ]
    by_department = [
        option("department", slug, name, departments[slug], is_chosen=department == slug)
        for slug, name in names.items()
        if departments[slug]
    ]
    return [
        Facet(gettext("State"), by_state, is_open=True),
        Facet(gettext("Department"), by_department, is_open=len(names) < 12),
    ]


def _table(shown: list[Dataset], now: datetime) -> Table:
    columns = [
        Column(gettext("Title"), is_heading=True),
        Column(gettext("State")),
        Column(gettext("Freshness")),
        Column(gettext("Quality"), is_number=True),
        Column(gettext("Rows"), is_number=True),
        Column(gettext("Open reports"), is_number=True),
        Column(gettext("Open files"), is_number=True),
    ]
    return Table(
        gettext("Datasets that you look after"),
        columns,
        [_row(one, now) for one in shown],
        is_caption_hidden=True,
    )


def _row(found: Dataset, now: datetime) -> Row:
    reports, files = getattr(found, "open_reports", 0), getattr(found, "open_files", 0)
    page = reverse("desk-dataset", args=(found.slug,))
    cells = [
        Cell(title_of(found)),
        Cell(gettext(STATE_LABELS[State(found.state)])),
        Cell(fresh_in_words(found, now)),
        Cell(number(found.quality) if found.quality is not None else ""),
        Cell(number(found.rows) if found.current_id else ""),
        Cell(number(reports) if reports else "", url=reverse("desk-reports") if reports else ""),
        Cell(
            number(files) if files else "",
            url=reverse("desk-dataset-files", args=(found.slug,)) if files else "",
        ),
    ]
    return Row(cells, url=page, key=found.slug)


def fresh_in_words(found: Dataset, now: datetime) -> str:
    """How the promise of updates stands, with the day it speaks of; empty before the first publication."""
    if found.state != State.PUBLISHED:
        return ""
    words = gettext(FRESHNESS_LABELS[freshness(found.frequency, found.checked_at, now)])
    if found.due_at:
        return gettext("%(state)s (due %(day)s)") % {"state": words, "day": day(found.due_at)}
    return (
        gettext("%(state)s (of %(day)s)") % {"state": words, "day": day(found.updated_at)}
        if found.updated_at
        else words
    )
