# SPDX-License-Identifier: EUPL-1.2
"""Icons of the sprite as HTML."""

from __future__ import annotations

from functools import lru_cache

from django.template import TemplateSyntaxError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from stoa.web import assets


def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; silent for ears unless it has a label."""
    return _drawn(name, str(label), css, assets.address("icons.svg"))


@lru_cache(1024)
def _drawn(name: str, label: str, css: str, sprite: str) -> SafeString:
    """An icon as HTML: a page has dozens, mostly the same ones."""
    if name not in assets.icon_names():
        raise TemplateSyntaxError(f"there is no icon {name!r}: add it to frontend/icons.json")
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" width="20" height="20" {} focusable="false"><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        voice,
        sprite,
        name,
    )
