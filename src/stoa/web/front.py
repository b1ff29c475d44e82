# SPDX-License-Identifier: EUPL-1.2
"""Sections of the city's front page that other houses bring; nobody needs to know who does."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Provider = Callable[[HttpRequest], str]
"""Draws a whole section as HTML with a template; empty: there is nothing to show."""
_PROVIDERS: dict[str, tuple[int, Provider]] = {}


def add_front_section(house: str, provider: Provider, *, place: int = 50) -> None:
    """Let a house bring a section, lower places first; asked at every look at the front page."""
    _PROVIDERS[house] = (place, provider)


def front_sections(request: HttpRequest) -> list[SafeString]:
    """The sections that have something to show, in their order."""
    in_order = sorted(_PROVIDERS.values(), key=lambda pair: pair[0])
    # Each is the output of a template, so it is escaped already.
    drawn = (mark_safe(provider(request)) for _place, provider in in_order)  # noqa: S308
    return [section for section in drawn if section]
