# SPDX-License-Identifier: EUPL-1.2
"""The page of a dataset: what it is, how old, how good, who answers, and a first look."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from stoa.commons.lake.values import Query
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.granting import can_be_asked_for
from stoa.houses.catalogue.door.live import live_of
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.alternates import Alternate, asked_for, of_dataset
from stoa.houses.catalogue.pages.public.drawing import chart_of
from stoa.houses.catalogue.pages.public.elsewhere import elsewhere
from stoa.houses.catalogue.pages.public.entries import first_paragraph, first_words, promise_in_words
from stoa.houses.catalogue.pages.public.layers import class_by_itself, layer_of
from stoa.houses.catalogue.pages.public.markup import markup_of
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, principal_of, public_page
from stoa.houses.catalogue.pages.public.reuses import entry as reuse_entry
from stoa.houses.catalogue.pages.public.scores import score_parts
from stoa.houses.catalogue.pages.public.showing import kind_words, table_of
from stoa.houses.catalogue.queries.contributions import life_of, reuses_shown
from stoa.houses.catalogue.queries.figures import chart_default, figures, listed_values
from stoa.houses.catalogue.queries.lineage import lineage_of
from stoa.houses.catalogue.queries.policy import policy_of
from stoa.houses.catalogue.queries.rows import table_page
from stoa.houses.catalogue.queries.usage import may_see_value
from stoa.houses.catalogue.rules.table_names import table_name
from stoa.houses.catalogue.rules.table_questions import plain_label
from stoa.houses.catalogue.terms import ACCESS_LABELS, Access
from stoa.standards.vocabularies import LICENCES, THEMES
from stoa.web.notation import day, label, number, other_language
from stoa.web.parts import Chart, Column, MapLayer, Row, Table

FIRST_ROWS = 5
MOST_REUSES = 5
FIRST_COLUMNS = 8
MOST_LEAD = 320


@public_page
def dataset(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everything about one dataset at a glance."""
    opened = open_dataset(request, slug)
    forms = of_dataset(opened)
    place = asked_for(request, forms)
    if place:
        answer: HttpResponseBase = HttpResponseRedirect(place, status=303)
    else:
        answer = render(request, "catalogue/public/dataset.html", _context(request, opened, forms))
    patch_vary_headers(answer, ["Accept"])
    return answer


def _context(request: HttpRequest, opened: Opened, forms: list[Alternate]) -> dict[str, Any]:
    lead, more = first_paragraph(label(opened.dataset.description))
    short = first_words(lead, MOST_LEAD)
    context = frame(request, opened, "about", lead=short)
    context |= {
        "title_lang": other_language(opened.dataset.title),
        "lead_lang": other_language(opened.dataset.description),
        "alternates": forms,
        "markup": markup_of(request, opened),
        "paragraphs": more if short == lead else [lead, *more],
        "facts": facts_of(opened),
        "contact": opened.dataset.contact or opened.dataset.department.email,
        "keywords": [(word, address("datasets", pairs=[("q", word)])) for word in opened.dataset.keywords],
        "quality_url": opened.url("dataset-quality"),
        "why_closed": why_closed(opened.dataset),
        "access_url": opened.url("dataset-access") if can_be_asked_for(opened.dataset) else "",
        "life": life_around(request, opened),
        "live": _live(request, opened),
        **_lineage(request, opened),
    }
    if opened.version:
        report = getattr(opened.version, "quality", None)
        context |= {
            "score": report.score if report else None,
            "score_parts": score_parts(report) if report else [],
        }
        context["columns"] = dictionary_table(opened.version)
    if opened.dataset.is_remote:
        context |= elsewhere(opened.dataset)
    if opened.version and opened.sees_rows:
        context |= _first_look(opened, opened.version)
    return context


def life_around(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """What one can do around a dataset, and what others made of it (two queries, more where there are re-uses)."""
    dataset, by = opened.dataset, principal_of(request)
    found = life_of(dataset)
    made = (
        reuses_shown(city=dataset.city, principal=by, dataset=dataset)[0][:MOST_REUSES]
        if found.reuses
        else []
    )
    sees_use = may_see_value(policy_of(dataset.city), by, dataset.department_id)
    return {
        "comments": found.comments,
        "discussion_url": opened.url("dataset-discussion"),
        "follow_url": "" if dataset.access == Access.INTERNAL else address("dataset-follow", dataset.slug),
        "reuse_url": address("reuse-new", pairs=[("dataset", dataset.slug)]),
        "use_url": address("dataset-use", dataset.slug) if sees_use else "",
        "reuses": [reuse_entry(one) for one in made],
    }


def _live(request: HttpRequest, opened: Opened) -> dict[str, Any] | None:
    """The live pages whose record it is."""
    found = live_of(city=opened.dataset.city, by=principal_of(request), slug=opened.dataset.slug)
    if found is None or not found.links:
        return None
    below = home().rstrip("/")
    return {
        "links": [(one.title, f"{below}{one.url}") for one in found.links],
        "more": found.total - len(found.links),
    }


def _lineage(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """What it is made from and what is made from it, and the question if it answers one."""
    found = lineage_of(dataset=opened.dataset, principal=principal_of(request))
    linked = {
        name: [(label(one.title) or one.slug, address("dataset", one.slug)) for one in datasets]
        for name, datasets in (("made_from", found.made_from), ("used_by", found.used_by))
    }
    ask_url = address(
        "sql", pairs=[("query", f"SELECT *\nFROM {table_name(opened.dataset.slug)}\nLIMIT 100")]
    )
    return {**linked, "statement": found.statement, "ask_url": ask_url}


def _first_look(opened: Opened, version: Version) -> dict[str, Any]:
    """Map or chart, the first rows, the usual downloads."""
    shown = tuple(spec.name for spec in version.specs[:FIRST_COLUMNS])
    page = table_page(version, Query(columns=shown), limit=FIRST_ROWS)
    caption = gettext("The first rows of %(title)s") % {"title": opened.title}
    formats = [
        ("CSV", "csv"),
        ("Excel", "xlsx"),
        (
            "GeoPackage" if version.geometry_types else "Parquet",
            "gpkg" if version.geometry_types else "parquet",
        ),
    ]
    return {
        "first_rows": table_of(
            page,
            caption=caption,
            row_url=lambda row: opened.url("dataset-row", row),
            key=version.key,
            is_caption_hidden=True,
        ),
        "layer": _layer(opened, version) if version.geometry_types else None,
        "figure": None if version.geometry_types else first_chart(opened, version),
        "table_url": opened.url("dataset-table"),
        "chart_url": opened.url("dataset-chart"),
        "downloads_url": opened.url("dataset-downloads"),
        "short_downloads": [(name, opened.url("dataset-download", fmt)) for name, fmt in formats],
    }


def _layer(opened: Opened, version: Version) -> MapLayer:
    by, facet = class_by_itself(opened, listed_values(version))
    return layer_of(opened, by, facet)


def first_chart(opened: Opened, version: Version) -> Chart | None:
    """The chart to begin with; a page must not fail because a chart cannot be drawn."""
    question = chart_default(version)
    if question is None:
        return None
    try:
        return chart_of(opened, question, figures(version, Query(), question.group))
    except Refused:
        return None


def facts_of(opened: Opened) -> list[tuple[str, ...]]:
    """The key facts: (term, value) or (term, value, address)."""
    dataset, version = opened.dataset, opened.version
    licence, theme = LICENCES.get(dataset.licence), THEMES.get(dataset.theme)
    rows: list[tuple[str, ...]] = [(gettext("Freshness"), promise_in_words(dataset, timezone.now()))]
    if version:
        rows.append(
            (
                gettext("Version"),
                gettext("%(n)s, of %(day)s") % {"n": version.number, "day": day(version.made_at)},
                opened.url("dataset-versions"),
            )
        )
        rows.append(
            (
                gettext("Size"),
                gettext("%(rows)s rows, %(columns)s columns")
                % {"rows": number(version.rows), "columns": number(len(version.columns))},
            )
        )
    rows.append((gettext("Access"), gettext(ACCESS_LABELS[Access(dataset.access)])))
    if licence:
        rows.append((gettext("Licence"), gettext(licence.label), licence.link))
    if theme:
        rows.append(
            (gettext("Theme"), gettext(theme.label), address("datasets", pairs=[("theme", dataset.theme)]))
        )
    rows += [(gettext("Area"), dataset.spatial)] if dataset.spatial else []
    rows += [(gettext("Period"), period_of(dataset))] if dataset.period_from or dataset.period_to else []
    return rows + ([(gettext("First published"), day(dataset.published_at))] if dataset.published_at else [])


def period_of(dataset: Dataset) -> str:
    if dataset.period_from and dataset.period_to:
        return gettext("%(first)s to %(last)s") % {
            "first": day(dataset.period_from),
            "last": day(dataset.period_to),
        }
    if dataset.period_from:
        return gettext("since %(first)s") % {"first": day(dataset.period_from)}
    return gettext("until %(last)s") % {"last": day(dataset.period_to)}


def why_closed(dataset: Dataset) -> str:
    """Why somebody who may read the description may not read the rows, and what to do."""
    return {
        Access.ENTITLED: gettext(
            "These rows are for people of the administration. If you belong to it, sign in."
        ),
        Access.ON_REQUEST: gettext("The department gives access to these rows on request, with a reason."),
    }.get(Access(dataset.access), gettext("The department has not opened these rows."))


def dictionary_table(version: Version) -> Table:
    """What every column means."""
    words = kind_words()
    return Table(
        gettext("Meaning of the columns"),
        [
            Column(gettext("Column"), is_heading=True),
            Column(gettext("Kind")),
            Column(gettext("Unit")),
            Column(gettext("Meaning"), is_long=True),
            Column(gettext("Name for programs")),
        ],
        [
            Row([plain_label(spec), words[spec.kind], spec.unit, spec.description, spec.name])
            for spec in version.specs
        ],
        is_caption_hidden=True,
    )
