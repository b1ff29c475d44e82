# SPDX-License-Identifier: EUPL-1.2
"""How programs use a dataset, ready to be copied."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.houses.catalogue.pages.public.addresses import address, home, tiles_address
from stoa.houses.catalogue.pages.public.dataset import dictionary_table
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.terms import Access


@public_page
def api(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Addresses and examples with the real names of this dataset."""
    opened = open_dataset(request, slug, with_rows=True)
    places = addresses_of(request, opened)
    context = frame(
        request,
        opened,
        "api",
        lead=gettext(
            "Plain web addresses that answer with JSON, files and map tiles. Open data needs no key."
        ),
    )
    context |= {
        "places": [(words, places[name]) for name, words in _place_words().items() if name in places],
        "examples": examples(opened, places),
        "needs_key": opened.dataset.access != Access.OPEN,
        "has_map": bool(opened.shown.geometry_types),
        "csv_url": places["csv"],
        "gpkg_url": places.get("gpkg", ""),
        "tiles_url": places.get("tiles", ""),
        "columns": dictionary_table(opened.shown),
        "openapi_url": request.build_absolute_uri(f"{home()}api/v1/openapi.json"),
    }
    return render(request, "catalogue/public/api.html", context)


def addresses_of(request: HttpRequest, opened: Opened) -> dict[str, str]:
    """Every address of this dataset for programs, complete with the host."""
    slug, version = opened.dataset.slug, opened.shown
    paths = {
        "dataset": f"{home()}api/v1/datasets/{slug}",
        "rows": f"{home()}api/v1/datasets/{slug}/rows",
        "csv": address("dataset-download", slug, "csv"),
        "parquet": address("dataset-download", slug, "parquet"),
        "dictionary": address("dataset-download", slug, "dictionary"),
    }
    if version.geometry_types:
        paths |= {
            "geojson": address("dataset-download", slug, "geojson"),
            "gpkg": address("dataset-download", slug, "gpkg"),
            "tilejson": address("dataset-tiles", slug),
        }
    found = {name: request.build_absolute_uri(path) for name, path in paths.items()}
    if version.geometry_types:
        found["tiles"] = request.build_absolute_uri("/").rstrip("/") + tiles_address(slug, version.number)
    return found


def _place_words() -> dict[str, str]:
    return {
        "dataset": gettext("Description"),
        "rows": gettext("Rows, filtered and paged"),
        "csv": gettext("Whole dataset as CSV"),
        "parquet": gettext("Whole dataset as Parquet"),
        "geojson": gettext("Whole dataset as GeoJSON"),
        "tilejson": gettext("Map tiles (TileJSON)"),
        "dictionary": gettext("Meaning of the columns"),
    }


def examples(opened: Opened, places: dict[str, str]) -> list[tuple[str, str]]:
    """Name and lines of each example."""
    column = opened.shown.specs[0].name if opened.shown.specs else "id"
    return [
        ("curl", f"curl '{places['rows']}?limit=10'\ncurl -o {opened.dataset.slug}.csv '{places['csv']}'"),
        (
            "Python",
            f'import pandas as pd\n\ntable = pd.read_csv("{places["csv"]}")\nprint(table["{column}"].describe())',
        ),
        ("R", f'table <- read.csv("{places["csv"]}", encoding = "UTF-8")\nsummary(table${column})'),
        (
            "JavaScript",
            f'const answer = await fetch("{places["rows"]}?limit=100");\nconst page = await answer.json();\nconsole.log(page);',
        ),
        ("DuckDB", f"SELECT {column}, count(*) FROM '{places['parquet']}' GROUP BY ALL;"),
    ]
