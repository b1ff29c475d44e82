# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the pages for everybody."""

from __future__ import annotations

from django.urls import path

from stoa.ground.words import say
from stoa.houses.catalogue.door.services import Service, offer
from stoa.houses.catalogue.pages.public import (
    about,
    access,
    changes,
    chart,
    data_requests,
    dataset,
    departments,
    discussion,
    downloads,
    follows,
    home,
    maps,
    portal_follows,
    programs,
    quality,
    reports,
    reuses,
    rows,
    search,
    sql,
    sql_answers,
    stories,
    table,
    tiles,
    use,
    versions,
)

offer(
    Service(
        name="sql",
        title=say("Questions in SQL"),
        standard="https://duckdb.org/docs/stable/sql/introduction",
        endpoint="/sql.json",
        example="/sql.json?query=SELECT+*+FROM+%22{slug}%22+LIMIT+10",
    )
)

_ONE = "datasets/<slug:slug>"

urlpatterns = [
    path("", home.home, name="home"),
    path("datasets", search.datasets, name="datasets"),
    path("search/suggestions", search.suggestions, name="search-suggestions"),
    path("sql", sql.ask, name="sql"),
    path("sql/names.json", sql_answers.names, name="sql-names"),
    path("sql/cancel", sql_answers.cancel, name="sql-cancel"),
    path("sql.<slug:fmt>", sql_answers.file, name="sql-file"),
    path("stories", stories.stories, name="stories"),
    path("stories/<slug:slug>", stories.story, name="story"),
    path("stories/<slug:slug>/embed", stories.embed, name="story-embed"),
    path("about/sources", about.sources, name="page-sources"),
    path("about/developers", about.developers, name="page-developers"),
    path("departments", departments.departments, name="departments"),
    path("departments/<slug:slug>", departments.department, name="department"),
    path("reports/<uuid:uid>", reports.row_report, name="row-report"),
    path("reuses", reuses.reuses, name="reuses"),
    path("reuses/new", reuses.register, name="reuse-new"),
    path("reuses/<uuid:uid>", reuses.reuse, name="reuse"),
    path("requests", data_requests.data_requests, name="data-requests"),
    path("requests/new", data_requests.ask, name="data-request-new"),
    path("requests/<uuid:uid>", data_requests.data_request, name="data-request"),
    path("requests/votes/<uuid:uid>", data_requests.vote, name="data-request-vote"),
    path("access/<uuid:uid>", access.access_request, name="access-request"),
    path("access/key/<uuid:uid>", access.key, name="access-key"),
    path("follow", portal_follows.follow_all, name="portal-follow"),
    path("follow/all/<uuid:uid>", portal_follows.followed_all, name="portal-followed"),
    path("follow/all/<uuid:uid>/end", portal_follows.end_all, name="portal-follow-end"),
    path("follow/<uuid:uid>", follows.followed, name="follow"),
    path("follow/<uuid:uid>/end", follows.end, name="follow-end"),
    path("value", use.value, name="value"),
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
    path(f"{_ONE}/access", access.ask, name="dataset-access"),
    path(f"{_ONE}/discussion", discussion.discussion, name="dataset-discussion"),
    path(f"{_ONE}/follow", follows.follow, name="dataset-follow"),
    path(f"{_ONE}/use", use.use, name="dataset-use"),
    path(f"{_ONE}/api", programs.api, name="dataset-api"),
    path(f"{_ONE}/tiles.json", tiles.tiles_json, name="dataset-tiles"),
    path(f"{_ONE}/tiles/<int:version>/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="dataset-tile"),
]
