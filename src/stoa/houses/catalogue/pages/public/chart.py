# SPDX-License-Identifier: EUPL-1.2
"""Charts of a dataset: a form of few lists, a picture, and the same figures as a table and as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, pgettext

from stoa.commons.lake.values import Groups, Query
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.pages.public.addresses import without
from stoa.houses.catalogue.pages.public.drawing import (
    bucket_words,
    chart_of,
    measure_words,
    measured_words,
    split_words,
)
from stoa.houses.catalogue.pages.public.filtering import chosen_filters
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.pages.public.showing import for_machines
from stoa.houses.catalogue.pages.public.table import parameters
from stoa.houses.catalogue.queries.figures import chart_default, figures
from stoa.houses.catalogue.rules.chart_choice import Question, Read, read_chart
from stoa.houses.catalogue.rules.table_questions import question_pairs, read_question
from stoa.standards.csvsafe import harmless

_FIGURES = {Kind.INTEGER, Kind.NUMBER}
_TIMES = {Kind.DATE, Kind.DATETIME}
Options = list[tuple[str, str, bool]]


@public_page
def chart(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The chart that was asked for, or the one that says most."""
    opened = open_dataset(request, slug, with_rows=True)
    asked = read_question(
        [(n, v) for n, v in parameters(request) if n not in {"sort", "columns"}], opened.shown.specs
    )
    read = read_chart(request.GET.dict(), opened.shown.specs, chart_default(opened.shown))
    groups, problems = _figures(opened, asked.query, read)
    problems = (*asked.problems, *read.problems, *problems)
    if request.GET.get("format") == "csv" and groups and read.question:
        return _csv(opened, read.question, groups)
    pairs = tuple(question_pairs(asked.query))
    context = frame(
        request,
        opened,
        "chart",
        lead=gettext(
            "Choose what is counted or measured, and by what. The same figures stand below as a table."
        ),
    )
    context |= _form(opened, read.question, request.GET.dict() if problems else {})
    context |= {
        "figure": chart_of(opened, read.question, groups) if groups and read.question else None,
        "left_out": groups.left_out if groups else 0,
        "problems": problems,
        "filters": chosen_filters(opened, asked.query, pairs),
        "hidden": [*pairs, *opened.keep],
        "figures_url": _csv_url(opened, read.question, pairs) if groups and read.question else "",
        "action": opened.url("dataset-chart").partition("?")[0],
        "table_url": opened.url("dataset-table", pairs=pairs),
    }
    return render(request, "catalogue/public/chart.html", context, status=422 if problems else 200)


def _figures(opened: Opened, query: Query, read: Read) -> tuple[Groups | None, tuple[Problem, ...]]:
    if read.question is None:
        return None, ()
    try:
        return figures(opened.shown, query, read.question.group), ()
    except Refused as refusal:
        return None, refusal.problems


def question_of(question: Question) -> tuple[tuple[str, str], ...]:
    """A question as parameters of an address."""
    by = question.group
    pairs = (
        ("by", by.by),
        ("bucket", str(by.bucket)),
        ("measure", str(by.measure)),
        ("of", by.of),
        ("split", by.split),
        ("kind", question.kind),
    )
    return tuple((name, value) for name, value in pairs if value)


def _csv_url(opened: Opened, question: Question | None, pairs: tuple[tuple[str, str], ...]) -> str:
    return opened.url(
        "dataset-chart",
        pairs=(*(question_of(question) if question else ()), *without(pairs, "sort"), ("format", "csv")),
    )


def _csv(opened: Opened, question: Question, groups: Groups) -> HttpResponse:
    """The figures as delimited text, without notation."""
    by, version = question.group, opened.shown
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    measured = measured_words(by.measure, version.ref.column(by.of) if by.of else None)
    writer.writerow([harmless(name) for name in (by.by, *((by.split,) if by.split else ()), measured)])
    for group, split, figure in groups.rows:
        named = [for_machines(group), *([split_words(split)] if by.split else [])]
        writer.writerow([*(harmless(name) for name in named), "" if figure is None else figure])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    filename = f"{opened.dataset.slug}-v{version.number}-chart.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    return response


def _form(opened: Opened, question: Question | None, typed: dict[str, str]) -> dict[str, Any]:
    """The lists of the form, with what is drawn (or what was typed) chosen."""
    specs = opened.shown.specs
    now = dict(question_of(question)) if question else {}
    now |= {name: value for name, value in typed.items() if value}
    figures_, rest = [spec for spec in specs if spec.kind in _FIGURES], gettext("nothing")
    return {
        "by_options": _columns(specs, now.get("by", "")),
        "of_options": [
            ("", gettext("the rows themselves"), not now.get("of")),
            *_columns(figures_, now.get("of", "")),
        ],
        "split_options": [
            ("", rest, not now.get("split")),
            *_columns([s for s in specs if s.is_code_list or s.kind is Kind.BOOLEAN], now.get("split", "")),
        ],
        "bucket_options": [
            (str(b), words, str(b) == now.get("bucket", "")) for b, words in bucket_words().items()
        ],
        "measure_options": [
            (str(m), words, str(m) == now.get("measure", "count")) for m, words in measure_words().items()
        ],
        "kind_options": [(kind, words, kind == now.get("kind", "")) for kind, words in kind_words().items()],
        "has_times": any(spec.kind in _TIMES for spec in specs),
    }


def kind_words() -> dict[str, str]:
    return {
        "line": gettext("Line"),
        "area": pgettext("chart", "Area"),
        "column": pgettext("chart", "Columns"),
        "bar": gettext("Bars"),
    }


def _columns(specs: Any, chosen: str) -> Options:
    listed: list[ColumnSpec] = list(specs)
    return [
        (spec.name, f"{spec.label} ({spec.unit})" if spec.unit else spec.label, spec.name == chosen)
        for spec in listed
    ]
