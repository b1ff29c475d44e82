# SPDX-License-Identifier: EUPL-1.2
"""How good a dataset is, part by part, over its versions and column by column."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.commons.reading.report import ColumnReport, Inspection
from stoa.houses.catalogue.models import QualityReport, Version
from stoa.houses.catalogue.pages.public.metadata import metadata_part, schema_part
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page, source_line
from stoa.houses.catalogue.pages.public.scores import score_parts
from stoa.houses.catalogue.queries.figures import scores_of
from stoa.houses.catalogue.terms import PART_LABELS, Part
from stoa.web.notation import day, in_words, number, percent
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table


@public_page
def quality(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The score with its reasons."""
    opened = open_dataset(request, slug)
    version = opened.shown
    judged = scores_of(opened.dataset)
    report = next((report for one, report in judged if one.pk == version.pk), None)
    inspection = version.delivery.inspection if version.delivery else None
    context = frame(
        request,
        opened,
        "quality",
        lead=gettext("What can be measured on a table, from 0 to 100, with the reason for every point."),
    )
    context |= {
        "score": report.score if report else None,
        "score_parts": score_parts(report) if report else [],
        "metadata": metadata_part(opened),
        "schema": schema_part(opened),
        "note": gettext("version %(n)s") % {"n": version.number},
        "history": history_chart(opened, judged),
        "columns": columns_table(version, inspection) if inspection else None,
        # Reasons and counts only: what was skipped may hold what nobody wanted to publish.
        "skipped": [(skipped.rows, in_words(skipped.reason)) for skipped in inspection.skipped]
        if inspection
        else [],
    }
    return render(request, "catalogue/public/quality.html", context)


def history_chart(opened: Opened, judged: list[tuple[Version, QualityReport]]) -> Chart | None:
    """The score over the versions; None for a single one."""
    if len(judged) < 2:
        return None
    first, last = judged[0][1].score, judged[-1][1].score
    facts = {"first": first, "last": last}
    title = (
        gettext("Quality went from %(first)s to %(last)s points") % facts
        if first != last
        else gettext("Quality stays at %(last)s points") % facts
    )
    parts = [
        Column(gettext("Score"), is_number=True),
        *(Column(gettext(PART_LABELS[part]), is_number=True) for part in Part),
    ]
    rows = [
        Row([_name(version), _points(report.score), *(_points(getattr(report, str(part))) for part in Part)])
        for version, report in judged
    ]
    table = Table(
        gettext("Points of every version"), [Column(gettext("Version"), is_heading=True), *parts], rows
    )
    only_score = Table(table.caption, table.columns, table.rows)
    return Chart(
        ChartKind.COLUMN if len(judged) < 8 else ChartKind.LINE,
        title,
        only_score,
        gettext("Score and its parts, 0 to 100 points"),
        source_line(opened),
    )


def _name(version: Version) -> Cell:
    return Cell(
        gettext("%(n)s, of %(day)s") % {"n": version.number, "day": day(version.made_at)},
        version.made_at.date().isoformat(),
    )


def _points(points: int) -> Cell:
    return Cell(number(points), str(points))


def columns_table(version: Version, inspection: Inspection) -> Table:
    """How well each column is filled, and what could not be read."""
    counted = {report.name: report for report in inspection.columns}
    rows = [
        _column(spec.label, counted[spec.name], inspection.rows)
        for spec in version.specs
        if spec.name in counted
    ]
    columns = [
        Column(gettext("Column"), is_heading=True),
        Column(gettext("Filled"), is_number=True),
        Column(gettext("Empty cells"), is_number=True),
        Column(gettext("Unreadable cells"), is_number=True),
        Column(gettext("Different values"), is_number=True),
    ]
    return Table(gettext("Column by column"), columns, rows, is_caption_hidden=True)


def _column(name: str, report: ColumnReport, rows: int) -> Row:
    filled = percent((rows - report.empty) / rows, 1 if report.empty else 0) if rows else ""
    return Row([name, filled, number(report.empty), number(report.unreadable), number(report.distinct)])
