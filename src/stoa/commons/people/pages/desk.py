# SPDX-License-Identifier: EUPL-1.2
"""The frame of every page at the desk, whichever house it belongs to.

Houses add their entries to the desk's navigation with `add_sections`; nobody needs to know who else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the desk's navigation."""

    key: str
    url: str
    label: str
    count: int | None = None
    is_current: bool = False
    begins: bool = False
    """The first of its house, set apart from those before."""


Provider = Callable[[HttpRequest], Iterable[Section]]
_PROVIDERS: dict[str, tuple[int, Provider]] = {}


def add_sections(house: str, provider: Provider, *, place: int = 50) -> None:
    """Let a house say which entries of the navigation this person gets, lower places first; asked at every page.

    What is added as `house.part` stands with the rest of the house.
    """
    _PROVIDERS[house] = (place, provider)


def sections(request: HttpRequest, current: str) -> list[Section]:
    """All entries that this person gets, the one with the key `current` marked."""
    in_order = sorted(_PROVIDERS.items(), key=lambda pair: pair[1][0])
    found: list[Section] = []
    before = ""
    for key, (_place, provider) in in_order:
        house = key.partition(".")[0]
        for section in provider(request):
            begins = bool(found) and house != before
            found.append(replace(section, is_current=section.key == current, begins=begins))
            before = house
    return found


def city_of(request: HttpRequest) -> City:
    """The city of a request at the desk; `desk_page` has seen that there is one."""
    city: City = request.city  # type: ignore[attr-defined]
    return city


def principal_of(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def zone_of(city: City) -> ZoneInfo:
    """The city's time zone; UTC if it is not known here."""
    try:
        return ZoneInfo(city.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def desk_page(view: View) -> View:
    """A page for people of this city's administration: others are asked to sign in, or told that it is not for them."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "city", None) is None:
            raise Http404
        if not principal_of(request).is_known:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not principal_of(request).is_inside:
            raise PermissionDenied
        with timezone.override(zone_of(city_of(request))):
            response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return shown


def frame(request: HttpRequest, section: str, title: str, lead: str = "", **more: Any) -> dict[str, Any]:
    """The context of a page at the desk: title, lead, navigation, and what the page adds."""
    return {"title": title, "lead": lead, "desk_sections": sections(request, section), **more}
