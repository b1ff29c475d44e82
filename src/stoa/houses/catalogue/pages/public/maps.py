# SPDX-License-Identifier: EUPL-1.2
"""The map of a dataset, coloured by one of its columns."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.commons.lake.values import Facet
from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.houses.catalogue.pages.public.layers import class_by_itself, class_columns, layer_of, map_address
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.queries.figures import listed_values, values_of


@public_page
def map_page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All places of a version."""
    opened = open_dataset(request, slug, with_rows=True)
    if not opened.shown.geometry_types:
        raise Http404
    columns = class_columns(opened)
    by, facet = _chosen(request, opened)
    is_known = not by or any(spec.name == by for spec in columns)
    layer = layer_of(opened, by if is_known else "", facet)
    context = frame(
        request,
        opened,
        "map",
        lead=gettext("Every row that has a place. Choose a place to see what is known of it."),
    )
    context |= {
        "layer": layer,
        "by": by if is_known else "",
        "columns": [(spec.name, spec.label, spec.name == by) for spec in columns],
        "by_label": next((spec.label for spec in columns if spec.name == by), ""),
        "plain_url": map_address(opened, ""),
        "action": opened.url("dataset-map").partition("?")[0],
        "hidden": opened.keep,
        "problems": () if is_known else (_unknown(by),),
        "table_url": opened.url("dataset-table"),
    }
    return render(request, "catalogue/public/map.html", context, status=200 if is_known else 422)


def _chosen(request: HttpRequest, opened: Opened) -> tuple[str, Facet | None]:
    """The column of `?by=` with its values; without it, the one that fits best; `?by=` alone means none."""
    if "by" not in request.GET:
        return class_by_itself(opened, listed_values(opened.shown))
    by = request.GET["by"]
    is_fit = any(spec.name == by for spec in class_columns(opened))
    return by, values_of(opened.shown, by) if is_fit else None


def _unknown(name: str) -> Problem:
    return Problem(
        "catalogue.map_column_unknown",
        say("The map cannot be coloured by “%(name)s”.", name=name[:60]),
        say("Only columns with few different values give a map that can be read."),
        say("Choose a column from the list."),
        "by",
    )
