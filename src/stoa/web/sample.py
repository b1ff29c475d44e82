# SPDX-License-Identifier: EUPL-1.2
"""Invented values that show every part of a page in every state, for the style guide and its tests."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django import forms
from django.utils import timezone

from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.web import parts
from stoa.web.notation import number

HERE = "#"


class SampleForm(forms.Form):
    """One field of every sort."""

    title = forms.CharField(
        label="Title", help_text="What is in it, as a resident would say it. Not the file's name."
    )
    about = forms.CharField(label="Description", widget=forms.Textarea, required=False)
    rows = forms.IntegerField(label="Rows expected", required=False)
    theme = forms.ChoiceField(
        label="Theme", choices=[("", "Choose one"), ("env", "Environment"), ("tran", "Transport")]
    )
    access = forms.ChoiceField(
        label="Who may see it",
        widget=forms.RadioSelect,
        choices=[("open", "Everybody"), ("request", "On request"), ("internal", "Only colleagues")],
        help_text="This can be changed later; versions that were open stay known to those who took them.",
    )
    checked = forms.BooleanField(label="I have looked at every column")
    file = forms.FileField(
        label="File", help_text="CSV, Excel, GeoJSON, GeoPackage, Shapefile (zipped) and others, up to 2 GB."
    )


class WrongForm(SampleForm):
    """The same with ids of its own, since both stand on one page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "wrong_%s"})


def problem() -> Problem:
    return Problem(
        "reading.rows_ragged",
        say("%(n)s of %(rows)s rows have more cells than the heading.", n=14, rows=12840),
        say("We cannot tell which column the additional cells belong to."),
        say("Look for a separator inside a text, put that text in quotation marks, and send the file again."),
    )


def table() -> parts.Table:
    places = [
        ("Aegidiimarkt", "Underground car park", 779, 412, "97.4"),
        ("Theater", "Underground car park", 793, 18, "2.3"),
        ("Bremer Platz", "Multi-storey car park", 420, 233, "55.5"),
        (
            "Coesfelder Kreuz",
            "Park and ride, open day and night, roofed, with chargers for bicycles",
            190,
            0,
            "",
        ),
    ]
    return parts.Table(
        caption="Car parks, as of 21 November 2026",
        columns=[
            parts.Column("Name", "name", is_heading=True, sort_url=HERE, sorted=parts.Sorted.UP),
            parts.Column("Kind", "kind", is_long=True),
            parts.Column("Spaces", "spaces", is_number=True, sort_url=HERE),
            parts.Column("Free", "free", is_number=True, sort_url=HERE),
            parts.Column("Share free", "share", unit="%", is_number=True),
        ],
        rows=[
            parts.Row([n, k, number(s), number(f), number(float(p)) if p else ""], url=HERE, key=str(i))
            for i, (n, k, s, f, p) in enumerate(places, 1)
        ],
        hint="Updated every five minutes.",
        has_column_chooser=True,
    )


def _series(name: str, *, kind: parts.ChartKind) -> parts.Chart:
    months = [(2024 + m // 12, m % 12 + 1) for m in range(24)]
    rows = []
    for n, (year, month) in enumerate(months):
        season = 1 + 0.55 * math.sin((month - 4) / 12 * 2 * math.pi)
        counts = [
            round(base * season * (1 + n / growth))
            for base, growth in ((182_000, 60), (121_000, 90), (64_000, 200))
        ]
        rows.append(
            parts.Row(
                [
                    parts.Cell(f"{year}-{month:02}", f"{year}-{month:02}-01"),
                    *(parts.Cell(number(c), str(c)) for c in counts),
                ]
            )
        )
    labels = ("Promenade", "Wolbecker Straße", "Kanalweg")
    return parts.Chart(
        kind=kind,
        title=name,
        subtitle="Bicycles counted a month at three counters",
        source="Source: Traffic department, counters of the city; January 2024 to December 2025",
        unit="bicycles",
        table=parts.Table(
            caption="Bicycles a month",
            columns=[
                parts.Column("Month", is_heading=True),
                *(parts.Column(x, is_number=True) for x in labels),
            ],
            rows=rows,
            is_tall=True,
        ),
    )


def bars() -> parts.Chart:
    figures = [
        ("Mitte", 4120),
        ("West", 2890),
        ("Nord", 2210),
        ("Südost", 1745),
        ("Ost", 1230),
        ("Hiltrup", 640),
    ]
    return parts.Chart(
        kind=parts.ChartKind.BAR,
        title="Mitte has as many trees as Südost, Ost and Hiltrup together",
        subtitle="Street trees per district",
        source="Source: Parks department, tree register; 1 November 2026",
        unit="trees",
        table=parts.Table(
            caption="Street trees per district",
            columns=[parts.Column("District", is_heading=True), parts.Column("Trees", is_number=True)],
            rows=[parts.Row([name, parts.Cell(number(n), str(n))]) for name, n in figures],
        ),
    )


def facets() -> list[parts.Facet]:
    option = parts.FacetOption
    return [
        parts.Facet(
            "Theme",
            [
                option("Transport", HERE, 42, True),
                option("Environment", HERE, 31),
                option("Population", HERE, 12),
            ],
        ),
        parts.Facet("Format", [option("CSV", HERE, 80), option("GeoJSON", HERE, 44)], is_open=True),
        parts.Facet(
            "Licence",
            [option("CC BY 4.0", HERE, 51), option("Data licence Germany – attribution – 2.0", HERE, 3)],
        ),
    ]


def score_parts() -> list[parts.ScorePart]:
    return [
        parts.ScorePart("Completeness", 96, "3.8 % of the cells are empty, most of them in “Opened on”."),
        parts.ScorePart("Validity", 100, "Every value fits its column."),
        parts.ScorePart("Uniqueness", 88, "Twelve rows have the same number as another one."),
        parts.ScorePart("Timeliness", 35, "Promised monthly, last updated 71 days ago."),
        parts.ScorePart("Openness", 100, "Open licence, open formats, no registration."),
        parts.ScorePart("Documentation", 58, "Nine of 21 columns have no description."),
    ]


def diff() -> parts.Diff:
    return parts.Diff(
        caption="What changed from version 6 to version 7",
        key_label="Number",
        columns=["Name", "Spaces", "Operator"],
        rows=[
            parts.DiffRow("P1", ["Aegidiimarkt", "779", "City"], ["Aegidiimarkt", "785", "City"], HERE),
            parts.DiffRow("P9", None, ["Hafen", "120", "Harbour company"], HERE),
            parts.DiffRow("P4", ["Alter Steinweg", "350", "City"], None),
        ],
    )


def places() -> parts.MapLayer:
    return parts.MapLayer(
        title="Car parks",
        geojson_url="styleguide/places.geojson",
        bounds=None,
        classes=[parts.LegendClass("Car park", 1, "car"), parts.LegendClass("Park and ride", 2, "ride")],
        class_column="kind",
        labels={"name": "Name", "spaces": "Spaces"},
        row_url="#row-{row}",
        list_url="#table-1",
        attribution="Data: Traffic department, CC BY 4.0.",
    )


def places_geojson() -> dict[str, Any]:
    """Four car parks and one area, for the map of the style guide."""
    points = [("Aegidiimarkt", 7.6215, 51.9583, "car", 779), ("Theater", 7.6247, 51.9663, "car", 793)]
    points += [
        ("Bremer Platz", 7.6372, 51.9574, "car", 420),
        ("Coesfelder Kreuz", 7.5983, 51.9648, "ride", 190),
    ]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"_row": n, "name": name, "kind": kind, "spaces": spaces},
        }
        for n, (name, lon, lat, kind, spaces) in enumerate(points, 1)
    ]
    return {"type": "FeatureCollection", "features": features}


def wrong_form() -> SampleForm:
    return WrongForm(
        {"title": "", "about": "Kept as it was typed.", "rows": "many", "theme": "env", "access": ""}, {}
    )


def everything() -> dict[str, Any]:
    """The context of the style guide."""
    now = timezone.now()
    return {
        "title": "Style guide",
        "lead": "Every part of a page in every state, for those who build pages and for the tests.",
        "crumbs": [("Home", "/"), ("Operators", HERE), ("Style guide", "")],
        "facts": [
            ("Department", "Traffic", HERE),
            ("Licence", "CC BY 4.0", HERE),
            ("Promised", "every month"),
        ],
        "figures": [
            (248, "open datasets"),
            (1_284_310, "rows in them"),
            (12.4, "of the data is younger than a day", "%"),
        ],
        "sections": [
            ("about", "About", HERE, "info"),
            ("table", "Table", HERE, "table-2"),
            ("map", "Map", HERE, "map"),
        ],
        "steps": ["Draft", "Review", "Published"],
        "table": table(),
        "line": _series("Twice as many people cycle in summer as in winter", kind=parts.ChartKind.LINE),
        "columns": _series("The Promenade carries half of all bicycles", kind=parts.ChartKind.COLUMN),
        "bars": bars(),
        "layer": places(),
        "facets": facets(),
        "pager": parts.Pager(51, 100, 1284, previous_url=HERE, next_url=HERE, first_url=HERE),
        "score_parts": score_parts(),
        "diff": diff(),
        "problem": problem(),
        "form": SampleForm(),
        "wrong_form": wrong_form(),
        "job": parts.JobProgress("Reading the file", HERE, 0.42),
        "unknown_job": parts.JobProgress("Waiting for a free place", HERE),
        "moments": [now - dt.timedelta(minutes=3), now - dt.timedelta(days=71), now + dt.timedelta(days=2)],
        "desk_sections": [],
    }
