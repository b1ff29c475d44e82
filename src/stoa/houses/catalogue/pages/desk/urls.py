# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.catalogue.pages.desk import (
    access,
    board,
    contributions,
    dataset,
    dataset_deeds,
    dataset_files,
    datasets,
    delivery,
    delivery_deeds,
    describe,
    harvest,
    home,
    new,
    policy,
    portals,
    quality,
    reports,
    requests,
    review,
    stories,
    view_change,
    view_new,
)
from stoa.houses.catalogue.pages.desk.opening import sections_of_catalogue

add_sections("catalogue", sections_of_catalogue)

_ONE = "datasets/<slug:slug>"
_FILE = "deliveries/<int:pk>"

urlpatterns = [
    path("", home.home, name="desk"),
    path("notices/<int:pk>/read", home.notice_read, name="desk-notice-read"),
    path("new", new.new, name="desk-new"),
    path("stories", stories.stories, name="desk-stories"),
    path("stories/new", stories.story_new, name="desk-story-new"),
    path("stories/<slug:slug>", stories.story, name="desk-story"),
    path("stories/<slug:slug>/deed/<slug:deed>", stories.story_deed, name="desk-story-deed"),
    path("sql/new", view_new.view_new, name="desk-view-new"),
    path("datasets", datasets.datasets, name="desk-datasets"),
    path(_ONE, dataset.dataset, name="desk-dataset"),
    path(f"{_ONE}/describe", describe.describe, name="desk-dataset-describe"),
    path(f"{_ONE}/files", dataset_files.files, name="desk-dataset-files"),
    path(f"{_ONE}/source", dataset_files.source, name="desk-dataset-source"),
    path(f"{_ONE}/question", view_change.view_change, name="desk-view-change"),
    path(f"{_ONE}/versions", dataset.versions, name="desk-dataset-versions"),
    path(f"{_ONE}/history", dataset.history, name="desk-dataset-history"),
    path(f"{_ONE}/deed/<slug:deed>", dataset_deeds.deed, name="desk-dataset-deed"),
    path(_FILE, delivery.delivery, name="desk-delivery"),
    path(f"{_FILE}/state", delivery.delivery_state, name="desk-delivery-state"),
    path(f"{_FILE}/read", delivery_deeds.read_again, name="desk-delivery-read"),
    path(f"{_FILE}/publish", delivery_deeds.publish, name="desk-delivery-publish"),
    path(f"{_FILE}/review", delivery_deeds.send_to_review, name="desk-delivery-review"),
    path(f"{_FILE}/release", delivery_deeds.release, name="desk-delivery-release"),
    path(f"{_FILE}/discard", delivery_deeds.discard, name="desk-delivery-discard"),
    path("review", review.review, name="desk-review"),
    path("reports", reports.reports, name="desk-reports"),
    path("reports/<int:pk>", reports.report, name="desk-report"),
    path("contributions", contributions.contributions, name="desk-contributions"),
    path("reuses/<int:pk>", contributions.reuse, name="desk-reuse"),
    path("comments/<int:pk>", contributions.comment, name="desk-comment"),
    path("requests/<int:pk>", requests.data_request, name="desk-request"),
    path("access/<int:pk>", access.access, name="desk-access"),
    path("policy", policy.policy, name="desk-policy"),
    path("board", board.board, name="desk-board"),
    path("quality", quality.quality, name="desk-quality"),
    path("portals", portals.portals, name="desk-portals"),
    path("portals/deed/<slug:deed>", portals.deed, name="desk-portals-deed"),
    path("harvest", harvest.sources, name="desk-harvest"),
    path("harvest/new", harvest.new, name="desk-harvest-new"),
    path("harvest/<slug:slug>", harvest.source, name="desk-harvest-source"),
    path("harvest/<slug:slug>/<int:pk>", harvest.run, name="desk-harvest-run"),
    path("harvest/<slug:slug>/deed/<slug:deed>", harvest.deed, name="desk-harvest-deed"),
]
