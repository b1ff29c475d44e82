# SPDX-License-Identifier: EUPL-1.2
"""Addresses of CKAN's Action API, and what of it is offered.

| part | offered |
|---|---|
| reading actions, GET and POST | all of site, package, resource, organization, group, tag, license, vocabulary |
| package_search | q and fq (words, phrases, fields, ranges, AND, OR, NOT), facets, sort, rows, start |
| writing actions, POST with a key | package, resource, datastore; organization create and update |
| DataStore reading | search, search_sql, info, dump |
| JSONP | GET, anonymous |
"""

from __future__ import annotations

from django.urls import path

from stoa.gates.ckan import (
    datastore,
    groups,
    offices,
    organisations,
    packages,
    recording,
    searching,
    sites,
    statements,
    tags,
    views,
    writing,
)
from stoa.ground.words import say
from stoa.houses.catalogue.door.services import Service, offer

ROOMS = (
    datastore,
    groups,
    offices,
    organisations,
    packages,
    recording,
    searching,
    sites,
    statements,
    tags,
    writing,
)
"""Modules that bring actions."""

urlpatterns = [
    path("api/3/action/<slug:name>", views.action, name="ckan-action"),
    path("api/action/<slug:name>", views.action),
    path("api/3", views.version),
    path("api/3/", views.version),
    path("api/3/action/", views.version),
    path("datastore/dump/<slug:resource>", datastore.dump, name="ckan-dump"),
    path("dataset/<slug:name>", views.dataset_page),
]

offer(
    Service(
        "ckan",
        say("CKAN Action API"),
        "https://docs.ckan.org/en/2.11/api/",
        "/api/3/action/",
        dataset="/api/3/action/package_show?id={slug}",
        needs_rows=False,
    )
)
