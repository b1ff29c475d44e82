# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the manager's pages, below `desk/`."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages import about, departments, people, tokens
from stoa.commons.people.pages.desk import add_sections
from stoa.commons.people.pages.managing import sections_of_people

add_sections("people", sections_of_people, place=90)

urlpatterns = [
    path("people", people.people, name="desk-people"),
    path("people/roles/<int:pk>/take", people.role_taken, name="desk-role-take"),
    path("departments", departments.departments, name="desk-departments"),
    path("departments/<slug:slug>", departments.department, name="desk-department"),
    path("about", about.about, name="desk-about"),
    path("tokens", tokens.tokens, name="desk-tokens"),
    path("tokens/<int:pk>/revoke", tokens.token_revoked, name="desk-token-revoke"),
]
