# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk of the observations. Names of pages are stable."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.observations.pages.desk import (
    judging,
    now,
    quarantine,
    rule_new,
    rules,
    spaces,
    without_entry,
)
from stoa.houses.observations.pages.desk.opening import sections_of_pages

add_sections("observations", sections_of_pages, place=51)

urlpatterns = [
    path("now/", now.now, name="desk-now"),
    path("now/tiles/<int:tile>", now.change, name="desk-now-change"),
    path("quarantine/", quarantine.quarantine, name="desk-quarantine"),
    path("quarantine/<int:kept>/settle", quarantine.settle, name="desk-quarantine-settle"),
    path("quarantine/<int:kept>/retry", quarantine.retry, name="desk-quarantine-retry"),
    path("things/without-entry/", without_entry.without_entry, name="desk-without-entry"),
    path("things/<uuid:uid>/space", spaces.space, name="desk-thing-space"),
    path("rules/", rules.rules, name="desk-rules"),
    path("rules/new", rule_new.new, name="desk-rule-new"),
    path("rules/<uuid:uid>/", rules.rule, name="desk-rule"),
    path("rules/<uuid:uid>/change", rule_new.change, name="desk-rule-change"),
    path("rules/<uuid:uid>/do", rules.do, name="desk-rule-do"),
    path("series/<uuid:uid>/judge", judging.judge, name="desk-series-judge"),
]
