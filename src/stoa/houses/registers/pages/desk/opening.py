# SPDX-License-Identifier: EUPL-1.2
"""What every page of the registers' desk begins with."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import Section, city_of, principal_of
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.queries.desk import review_count
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.terms import State

MOODS = {State.DRAFT: "", State.REVIEW: "accent", State.PUBLISHED: "good", State.RETIRED: "warn"}


def sections_of_registers(request: HttpRequest) -> Iterable[Section]:
    """The registers' entry in the navigation of the desk, with what waits for a reviewer."""
    by = principal_of(request)
    if by.may(Permission.SEE_ENTRY) or by.may(Permission.CHANGE_KIND):
        waiting = review_count(city=city_of(request), principal=by)
        yield Section("registers", reverse("desk-registers"), gettext("Registers"), waiting or None)


def way(kind: Kind | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb from the registers' desk down to this page."""
    crumbs = [(gettext("Registers"), reverse("desk-registers"))]
    below = [(worded(kind.title), reverse("desk-register", args=(kind.slug,)))] if kind else []
    return [*crumbs, *below, *more]


def done(request: HttpRequest, words: str, page: str, *args: object) -> HttpResponseRedirect:
    """Say what was done on the next page, so that going back sends nothing twice."""
    messages.success(request, words)
    return HttpResponseRedirect(reverse(page, args=args))
