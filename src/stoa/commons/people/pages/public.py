# SPDX-License-Identifier: EUPL-1.2
"""What every public page of a house begins with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_script_prefix
from django.utils import timezone
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, zone_of

View = Callable[..., HttpResponseBase]


def public_page(view: View) -> View:
    """A page of one city, read only, in the city's time; 404 where the address names no city."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "city", None) is None:
            raise Http404
        with timezone.override(zone_of(city_of(request))):
            return view(request, *args, **kwargs)

    return shown


def below(path: str) -> str:
    """The address of a page of this city that another house or a gate has, by its stable path."""
    return get_script_prefix().rstrip("/") + path
