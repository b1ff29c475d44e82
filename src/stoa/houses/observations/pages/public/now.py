# SPDX-License-Identifier: EUPL-1.2
"""The page that shows the city now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.observations.pages.alerts.public import warnings_bar
from stoa.houses.observations.pages.public.opening import below, public_page, way
from stoa.houses.observations.pages.tiles import Tile, tiles_of
from stoa.houses.observations.roles import Permission

WATCHED_MOST = 500
FRONT_MOST = 4


@public_page
def now(request: HttpRequest) -> HttpResponseBase:
    """All tiles, newest values; what comes in while it is open shows at once where scripts run."""
    by = principal_of(request)
    tiles = tiles_of(city=city_of(request), by=by, now=timezone.now())
    context = {
        "title": gettext("City now"),
        "lead": gettext("What the city measures at this moment, where it comes from and how old it is."),
        "crumbs": [*way(request)[:-1], (gettext("City now"), "")],
        "tiles": tiles,
        "live_url": live_url(tiles),
        "may_arrange": by.may(Permission.ARRANGE_PAGE),
        "shown_at": timezone.now(),
        "warnings_bar": warnings_bar(request),
    }
    response = render(request, "observations/public/now.html", context)
    response["Cache-Control"] = "no-store" if by.is_known else "public, max-age=5"
    return response


def live_url(tiles: list[Tile]) -> str:
    """Where news of these values can be listened to; empty: there are none."""
    watched = dict.fromkeys(line.pk for tile in tiles for line in tile.lines)
    numbers = ",".join(map(str, [*watched][:WATCHED_MOST]))
    return f"{below('/live/events')}?datastream={numbers}" if numbers else ""


def on_front_page(request: HttpRequest) -> str:
    """The first tiles for the city's front page; empty while nothing is measured."""
    tiles = tiles_of(city=city_of(request), by=principal_of(request), now=timezone.now(), most=FRONT_MOST)
    if not tiles:
        return ""
    return render_to_string("observations/public/now_front.html", {"tiles": tiles}, request)
