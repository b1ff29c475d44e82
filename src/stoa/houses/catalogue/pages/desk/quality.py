# SPDX-License-Identifier: EUPL-1.2
"""How good the data of the departments is: the parts of the score, the weakest datasets, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.desk.opening import title_of, way
from stoa.houses.catalogue.queries.datasets import quality_by_department
from stoa.houses.catalogue.queries.desk_lists import late_datasets, worst_datasets
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import PART_LABELS, Part
from stoa.web.notation import day, label, number
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table


@desk_page
@require_safe
def quality(request: HttpRequest) -> HttpResponseBase:
    """Departments side by side; then what to mend first."""
    city, by, now = city_of(request), principal_of(request), timezone.now()
    if not by.may(Permission.EDIT_DATASET):
        raise PermissionDenied
    lines = quality_by_department(city=city, principal=by)
    worst = worst_datasets(city=city, principal=by)
    late = late_datasets(city=city, principal=by, now=now)
    lead = gettext(
        "Every version is measured in six parts from 0 to 100. Compare departments, and mend the weakest first."
    )
    context = frame(request, "quality", gettext("Quality"), lead, crumbs=way((gettext("Quality"), "")))
    context |= {
        "chart": _chart(lines) if len(lines) > 1 else None,
        "table": _table(lines) if lines else None,
        "worst": _worst(worst) if worst else None,
        "late": _late(late) if late else None,
    }
    return render(request, "catalogue/desk/quality.html", context)


def _name(line: dict[str, Any]) -> str:
    return label(line["version__dataset__department__name"]) or str(
        line["version__dataset__department__slug"]
    )


def _points(value: float) -> Cell:
    return Cell(number(round(value)), str(round(value)))


def _chart(lines: Sequence[dict[str, Any]]) -> Chart:
    best, last = lines[0], lines[-1]
    facts = {
        "best": _name(best),
        "most": round(best["mean"]),
        "last": _name(last),
        "least": round(last["mean"]),
    }
    title = gettext("From %(most)s points at %(best)s to %(least)s at %(last)s") % facts
    columns = [Column(gettext("Department"), is_heading=True), Column(gettext("Points"), is_number=True)]
    table = Table(
        gettext("Mean score by department"),
        columns,
        [Row([_name(line), _points(line["mean"])]) for line in lines],
    )
    source = gettext("Source: quality reports of the current versions; %(day)s") % {
        "day": day(timezone.now())
    }
    return Chart(
        ChartKind.BAR,
        title,
        table,
        gettext("Mean quality of the published datasets, 0 to 100 points"),
        source,
        gettext("points"),
    )


def _table(lines: Sequence[dict[str, Any]]) -> Table:
    parts = [Column(gettext(PART_LABELS[part]), is_number=True) for part in Part]
    columns = [
        Column(gettext("Department"), is_heading=True),
        Column(gettext("Datasets"), is_number=True),
        Column(gettext("Score"), is_number=True),
        *parts,
    ]
    rows = [
        Row(
            [
                _name(line),
                Cell(number(line["n"]), str(line["n"])),
                _points(line["mean"]),
                *(_points(line[str(part)]) for part in Part),
            ]
        )
        for line in lines
    ]
    return Table(gettext("Parts of the score by department"), columns, rows)


def _worst(listed: Sequence[Dataset]) -> Table:
    columns = [
        Column(gettext("Dataset"), is_heading=True),
        Column(gettext("Department")),
        Column(gettext("Points"), is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(title_of(one), url=reverse("dataset-quality", args=(one.slug,))),
                label(one.department.name),
                number(one.quality),
            ]
        )
        for one in listed
    ]
    return Table(gettext("The datasets with the fewest points"), columns, rows, is_caption_hidden=True)


def _late(listed: Sequence[Dataset]) -> Table:
    columns = [
        Column(gettext("Dataset"), is_heading=True),
        Column(gettext("Department")),
        Column(gettext("Promised for")),
    ]
    rows = [
        Row(
            [
                Cell(title_of(one), url=reverse("desk-dataset-files", args=(one.slug,))),
                label(one.department.name),
                day(one.due_at),
            ]
        )
        for one in listed
    ]
    return Table(gettext("Updates that are late"), columns, rows, is_caption_hidden=True)
