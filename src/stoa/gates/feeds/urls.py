# SPDX-License-Identifier: EUPL-1.2
"""Addresses of feeds, sitemaps and robots.txt.

| part | offered |
|---|---|
| Atom (RFC 4287) | new versions of the whole catalogue, of a department, of a dataset; requests for data |
| sitemaps 0.9 | index and sitemaps of pages that everybody may see |
| robots.txt (RFC 9309) | what robots need not read, and where the sitemaps are |
"""

from __future__ import annotations

from django.urls import path

from stoa.gates.feeds import views
from stoa.ground.words import say
from stoa.houses.catalogue.door.representations import Representation, offer

urlpatterns = [
    path("changes.atom", views.changes, name="feed"),
    path("departments/<slug:slug>/changes.atom", views.department_changes, name="feed-department"),
    path("datasets/<slug:slug>/changes.atom", views.dataset_changes, name="feed-dataset"),
    path("requests.atom", views.requests_moved, name="feed-requests"),
    path("sitemap.xml", views.sitemaps, name="sitemaps"),
    path("sitemap-<int:number>.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
offer(
    Representation(
        "feed",
        say("Feed of changes (Atom)"),
        "application/atom+xml",
        dataset="/datasets/{slug}/changes.atom",
        department="/departments/{slug}/changes.atom",
        catalogue="/changes.atom",
        is_negotiated=False,
    )
)
