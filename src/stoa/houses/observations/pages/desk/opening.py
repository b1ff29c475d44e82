# SPDX-License-Identifier: EUPL-1.2
"""What the desk of the observations begins with."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import Section, city_of, principal_of
from stoa.houses.observations.queries.quarantine import open_ones
from stoa.houses.observations.roles import Permission


def sections_of_pages(request: HttpRequest) -> Iterable[Section]:
    """The page that shows the city now, the rules, and what was put aside."""
    by = principal_of(request)
    if by.may(Permission.ARRANGE_PAGE):
        yield Section("now", reverse("desk-now"), gettext("City now"))
    if by.may(Permission.SEE_INTERNAL):
        yield Section("rules", reverse("desk-rules"), gettext("Rules"))
    if by.may(Permission.WRITE_OBSERVATION):
        waiting = open_ones(city=city_of(request), by=by).count()
        yield Section("quarantine", reverse("desk-quarantine"), gettext("Put aside"), waiting or None)


def done(request: HttpRequest, words: str, page: str, *args: object) -> HttpResponseRedirect:
    """Say what was done on the next page, so that going back sends nothing twice."""
    messages.success(request, words)
    return HttpResponseRedirect(reverse(page, args=args))
