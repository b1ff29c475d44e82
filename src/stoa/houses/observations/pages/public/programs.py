# SPDX-License-Identifier: EUPL-1.2
"""How programs read a series: in the standards that this install speaks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext

from stoa.houses.observations.models import Datastream
from stoa.houses.observations.pages.public.opening import below


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to read it, with an address to try."""

    title: str
    about: str
    url: str
    command: str


def snippets_of(request: HttpRequest, series: Datastream) -> list[Snippet]:
    """Standards whose gate is not part of this install are left out."""
    entity = quote(series.thing.uri, safe="")
    ways = [
        (
            "SensorThings 1.1",
            gettext("The hundred newest observations, for programs that speak the standard of sensors."),
            f"/sta/v1.1/Datastreams({series.pk})/Observations?$top=100&$orderby=phenomenonTime%20desc",
        ),
        (
            "NGSI-LD 1.8",
            gettext("The place as an entity with this attribute, for platforms of cities."),
            f"/ngsi-ld/v1/entities/{entity}" if series.attribute else "",
        ),
    ]
    found = [
        _snippet(request, title, about, below(path))
        for title, about, path in ways
        if path and _is_served(path)
    ]
    file = reverse("series-file", args=(series.uid,))
    live = f"{below('/live/events')}?datastream={series.pk}"
    return [
        *found,
        _snippet(request, "CSV", gettext("All values; with “since” and “until” a part of them."), file),
        _snippet(
            request,
            gettext("Live"),
            gettext("Every new value at once, as server-sent events."),
            live,
            "curl -N",
        ),
    ]


def _snippet(request: HttpRequest, title: str, about: str, path: str, curl: str = "curl") -> Snippet:
    url = request.build_absolute_uri(path)
    return Snippet(title, about, url, f"{curl} '{url}'")


def _is_served(path: str) -> bool:
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True
