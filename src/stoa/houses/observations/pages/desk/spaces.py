# SPDX-License-Identifier: EUPL-1.2
"""Saying of a thing whether it stands in public space, where the city wants it in a register."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.setting_up import change_thing
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.queries.things import thing_of
from stoa.web.notation import in_words


@desk_page
@require_POST
def space(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """Keep what was said, and show the thing again."""
    by = principal_of(request)
    found = thing_of(city=city_of(request), by=by, uid=uid)
    is_public = request.POST.get("in_public_space") == "yes"
    try:
        change_thing(thing=found, by=by, in_public_space=is_public)
    except Refused as refusal:
        return done(request, in_words(refusal.problem.what), "thing", uid)
    return done(request, gettext("Kept."), "thing", uid)
