# SPDX-License-Identifier: EUPL-1.2
"""The parts of a story drawn from the data as it is now, for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.pages.public.drawing import chart_of
from stoa.houses.catalogue.pages.public.layers import class_columns, layer_of
from stoa.houses.catalogue.pages.public.opening import Opened, city_of, principal_of, source_line
from stoa.houses.catalogue.pages.public.showing import table_of
from stoa.houses.catalogue.queries.datasets import dataset_for
from stoa.houses.catalogue.queries.figures import chart_default, figures, values_of
from stoa.houses.catalogue.queries.rows import need_rows, table_page
from stoa.houses.catalogue.rules.chart_choice import read_chart
from stoa.houses.catalogue.rules.story_text import Block, Read, Words, read_story
from stoa.houses.catalogue.rules.table_questions import Asked, read_question
from stoa.web.parts import Chart, MapLayer, Table

ROWS = 10
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Drawn:
    """One part as the page shows it: text, or one of the figures, or why there is none."""

    html: SafeString | None = None
    chart: Chart | None = None
    layer: MapLayer | None = None
    table: Table | None = None
    title: str = ""
    source: str = ""
    url: str = ""
    """Where the data stands."""
    problem: Problem | None = None


def draw_story(request: HttpRequest, text: str) -> tuple[list[Drawn], Read]:
    """Every part of a text; what cannot be drawn says so in its place."""
    read = read_story(text)
    return [_words(part) if isinstance(part, Words) else draw(request, part) for part in read.parts], read


def _words(part: Words) -> Drawn:
    return Drawn(html=mark_safe(part.html))  # noqa: S308 - made harmless by `read_story`


def draw(request: HttpRequest, block: Block) -> Drawn:
    """One chart, map or table, with the rights of whoever reads it."""
    try:
        opened = _open(request, block.dataset)
        asked = _asked(block, opened)
        drawn = {"chart": _chart, "map": _map, "table": _table}[block.kind](opened, block, asked)
    except NotFound:
        return Drawn(problem=_not_there(block.dataset))
    except Refused as refusal:
        return Drawn(problem=refusal.problem)
    return replace(drawn, source=source_line(opened), url=opened.url())


def _open(request: HttpRequest, slug: str) -> Opened:
    dataset = dataset_for(city=city_of(request), principal=principal_of(request), slug=slug)
    need_rows(dataset, principal_of(request))
    if dataset.current is None:
        raise NotFound("version", slug)
    return Opened(dataset, dataset.current, sees_rows=True)


def _asked(block: Block, opened: Opened) -> Asked:
    asked = read_question([pair for pair in block.pairs if pair[0] != "rows"], opened.shown.specs)
    if asked.problems:
        raise Refused(*asked.problems)
    return asked


def _chart(opened: Opened, block: Block, asked: Asked) -> Drawn:
    read = read_chart(block.settings, opened.shown.specs, chart_default(opened.shown))
    if read.problems or read.question is None:
        raise Refused(*(read.problems or (_nothing_to_draw(),)))
    figure = chart_of(
        opened,
        read.question,
        figures(opened.shown, replace(asked.query, sort="", columns=()), read.question.group),
    )
    if figure is None:
        raise Refused(_nothing_to_draw())
    return Drawn(chart=replace(figure, title=block.title) if block.title else figure)


def _map(opened: Opened, block: Block, asked: Asked) -> Drawn:
    if not opened.shown.geometry_types or asked.query.filters:
        raise Refused(_no_map())
    by = block.settings.get("by", "")
    facet = values_of(opened.shown, by) if any(spec.name == by for spec in class_columns(opened)) else None
    layer = layer_of(opened, by if facet else "", facet)
    return Drawn(layer=layer, title=block.title or opened.title)


def _table(opened: Opened, block: Block, asked: Asked) -> Drawn:
    rows = block.settings.get("rows", "")
    most = min(int(rows), MOST_ROWS) if rows.isascii() and rows.isdigit() and len(rows) < 6 else ROWS
    page = table_page(opened.shown, asked.query, limit=max(1, most))
    title = block.title or gettext("The first rows of %(title)s") % {"title": opened.title}
    table = table_of(
        page,
        caption=title,
        row_url=lambda row: opened.url("dataset-row", row),
        key=opened.shown.key,
        is_caption_hidden=True,
    )
    return Drawn(table=table, title=title)


def _not_there(slug: str) -> Problem:
    return Problem(
        "story.dataset_unknown",
        say("The dataset “%(slug)s” cannot be shown here.", slug=slug),
        say("There is no dataset of this name, or its rows are not open to you."),
        say("Look into the list of datasets."),
    )


def _nothing_to_draw() -> Problem:
    return Problem(
        "story.chart_empty",
        say("There is nothing to draw."),
        say("No row fits, or the columns that were named hold no figures."),
        say("Try the chart on the page of the dataset first; its address says the words to use here."),
    )


def _no_map() -> Problem:
    return Problem(
        "story.map_impossible",
        say("This cannot be shown as a map."),
        say("The dataset has no places, or filters were given, which maps of stories do not know."),
        say("Keep a question with the places you want as a dataset, and show that."),
    )


def problems_of(drawn: list[Drawn], read: Read) -> list[Any]:
    """Everything that an author should mend."""
    return [*read.problems, *(part.problem for part in drawn if part.problem)]
