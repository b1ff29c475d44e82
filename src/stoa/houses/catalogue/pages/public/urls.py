# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the pages for everybody."""

from __future__ import annotations

from django.urls import path

from stoa.houses.catalogue.pages.public import (
    changes,
    chart,
    dataset,
    departments,
    downloads,
    home,
    maps,
    programs,
    quality,
    reports,
    rows,
    search,
    table,
    tiles,
    versions,
)

_ONE = "datasets/<slug:slug>"

urlpatterns = [
    path("", home.home, name="home"),
    path("datasets", search.datasets, name="datasets"),
    path("departments", departments.departments, name="departments"),
    path("departments/<slug:slug>", departments.department, name="department"),
    path("reports/<uuid:uid>", reports.row_report, name="row-report"),
    path(_ONE, dataset.dataset, name="dataset"),
    path(f"{_ONE}/table", table.table, name="dataset-table"),
    path(f"{_ONE}/rows/<int:row>", rows.row, name="dataset-row"),
    path(f"{_ONE}/rows/<int:row>/report", reports.report_row_page, name="dataset-row-report"),
    path(f"{_ONE}/map", maps.map_page, name="dataset-map"),
    path(f"{_ONE}/chart", chart.chart, name="dataset-chart"),
    path(f"{_ONE}/downloads", downloads.downloads, name="dataset-downloads"),
    path(f"{_ONE}/download/<slug:fmt>", downloads.download, name="dataset-download"),
    path(f"{_ONE}/versions", versions.versions, name="dataset-versions"),
    path(f"{_ONE}/versions/<int:number>/changes", changes.changes, name="dataset-changes"),
    path(f"{_ONE}/quality", quality.quality, name="dataset-quality"),
    path(f"{_ONE}/api", programs.api, name="dataset-api"),
    path(f"{_ONE}/tiles.json", tiles.tiles_json, name="dataset-tiles"),
    path(f"{_ONE}/tiles/<int:version>/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="dataset-tile"),
]
