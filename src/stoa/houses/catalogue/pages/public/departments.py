# SPDX-License-Identifier: EUPL-1.2
"""Departments: what each offers, how fresh and how good it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.alternates import of_department
from stoa.houses.catalogue.pages.public.entries import entry_of
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.queries.datasets import (
    DepartmentLine,
    department_by_slug,
    departments_with_counts,
    offer_of_department,
    quality_by_department,
)
from stoa.web.notation import ago, label, number
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table


@public_page
def departments(request: HttpRequest) -> HttpResponseBase:
    """All departments, and how the quality of their data compares."""
    city, principal = city_of(request), principal_of(request)
    lines = departments_with_counts(city=city, principal=principal, now=timezone.now())
    context = {
        "title": gettext("Departments"),
        "lead": gettext("Who looks after which data, how much of it there is, and how good it is."),
        "crumbs": [*way(request), (gettext("Departments"), "")],
        "table": department_table(lines) if lines else None,
        "figure": _comparison(quality_by_department(city=city, principal=principal)),
    }
    return render(request, "catalogue/public/departments.html", context)


def department_table(lines: list[DepartmentLine]) -> Table:
    """What each of these departments offers."""
    columns = [
        Column(gettext("Department"), is_heading=True),
        Column(gettext("Datasets"), is_number=True),
        Column(gettext("Rows"), is_number=True),
        Column(gettext("Quality"), unit=gettext("of 100 points"), is_number=True),
        Column(gettext("Last update")),
        Column(gettext("Late"), is_number=True),
    ]
    return Table(
        gettext("Departments and their data"),
        columns,
        [_line(line) for line in lines],
        is_caption_hidden=True,
    )


def _line(line: DepartmentLine) -> Row:
    depth = line.department.path.count("/") - 1
    name = Cell("– " * depth + label(line.department.name), url=address("department", line.department.slug))
    return Row(
        [
            name,
            number(line.datasets),
            number(line.rows),
            "" if line.quality is None else number(line.quality),
            ago(line.updated_at) if line.updated_at else "",
            number(line.late) if line.late else "",
        ]
    )


def _comparison(found: list[dict[str, object]]) -> Chart | None:
    """Mean quality of each department; None where there is nothing to compare."""
    if len(found) < 2:
        return None
    columns = [
        Column(gettext("Department"), is_heading=True),
        Column(gettext("Mean quality"), is_number=True),
    ]
    rows = [Row([label(one["version__dataset__department__name"]), _points(one["mean"])]) for one in found]  # type: ignore[arg-type]
    title = _best(rows)
    subtitle = gettext("Mean quality of published datasets, 0 to 100 points")
    return Chart(
        ChartKind.BAR,
        title,
        Table(gettext("Mean quality by department"), columns, rows),
        subtitle,
        gettext("Source: quality reports of the current versions"),
        "",
    )


def _best(rows: list[Row]) -> str:
    """Who is first, unless somebody else has as many points."""
    first, second = (
        [cell.text if isinstance(cell, Cell) else cell for cell in row.cells] for row in rows[:2]
    )
    if first[1] == second[1]:
        return gettext("Mean quality by department")
    return gettext("%(name)s has the best described and best kept data") % {"name": first[0]}


def _points(value: object) -> Cell:
    points = round(float(str(value or 0)))
    return Cell(number(points), str(points))


@public_page
def department(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One department: its contact, its data, the departments below it."""
    city, principal, now = city_of(request), principal_of(request), timezone.now()
    found = department_by_slug(city=city, slug=slug)
    offer = offer_of_department(department=found, principal=principal, now=now)
    crumbs = [*way(request), (gettext("Departments"), address("departments"))]
    if found.parent:
        crumbs.append((label(found.parent.name), address("department", found.parent.slug)))
    name = label(found.name)
    context = {
        "title": name,
        "lead": gettext("The data that %(name)s looks after, with its freshness and quality.")
        % {"name": name},
        "crumbs": [*crumbs, (name, "")],
        "department": found,
        "entries": [entry_of(dataset, now) for dataset in offer.datasets],
        "more_url": address("datasets", pairs=[("department", str(found.pk)), ("order", "title")])
        if offer.count > len(offer.datasets)
        else "",
        "figures": [
            (offer.count, gettext("datasets")),
            (None if offer.quality is None else round(offer.quality), gettext("mean quality, of 100 points")),
            (offer.late, gettext("late with an update")),
        ],
        "below": [
            (label(child.name), address("department", child.slug))
            for child in found.children.order_by("path")
        ],
    }
    context["alternates"] = of_department(slug)
    return render(request, "catalogue/public/department.html", context)
