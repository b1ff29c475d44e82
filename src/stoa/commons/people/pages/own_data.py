# SPDX-License-Identifier: EUPL-1.2
"""Everybody's own page: what this city holds on them, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.models import City
from stoa.commons.people.actions import hand_out_own_data
from stoa.commons.people.models import Person
from stoa.commons.people.own_data import own_data, tables
from stoa.commons.people.pages.desk import principal_of
from stoa.web.notation import in_words


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """What is held, counted; sent as JSON when the button is pressed."""
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    person = request.user
    if request.method == "POST":
        found = hand_out_own_data(city=city, person=person, by=principal_of(request))
        answer: HttpResponseBase = JsonResponse(
            {"made_at": timezone.now(), **found}, json_dumps_params={"ensure_ascii": False, "indent": 1}
        )
        answer.headers["Content-Disposition"] = f'attachment; filename="{city.slug}-own-data.json"'
    else:
        answer = render(request, "people/own_data.html", {"counts": _counts(city, person)})
    return answer


def _counts(city: City, person: Person) -> list[tuple[str, int]]:
    found: dict[str, Any] = own_data(city=city, person=person)
    counted = [(gettext("What you did, as the audit trail keeps it"), len(found["deeds"]))]
    counted += [
        (in_words(own.title), len(found[house][own.name]))
        for house, declared in tables().items()
        for own in declared
    ]
    return [(title, count) for title, count in counted if count]
