# SPDX-License-Identifier: EUPL-1.2
"""The files that the front end's build made, by the name that templates know."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

HERE = Path(__file__).parent
MANIFEST = HERE / "static" / "dist" / "manifest.json"
ICONS = HERE / "frontend" / "icons.json"


@cache
def _names(changed_ns: int) -> dict[str, str]:
    """The manifest as it was when it last changed; the argument only makes the cache notice."""
    names: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8")) if changed_ns else {}
    return names


def built() -> dict[str, str]:
    """Known names to hashed file names; empty when the front end has not been built."""
    return _names(_changed_ns())


def _changed_ns() -> int:
    try:
        return MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def address(name: str) -> str:
    """Where a built file is served, e.g. `/static/dist/site-1A2B3C4D.css`."""
    return _address(name, _changed_ns(), settings.STATIC_URL)


@lru_cache(1024)
def _address(name: str, changed_ns: int, _static_url: str) -> str:
    return static(f"dist/{_names(changed_ns).get(name, name)}")


@cache
def icon_names() -> frozenset[str]:
    """The icons of the sprite."""
    names: list[Any] = json.loads(ICONS.read_text(encoding="utf-8"))
    return frozenset(map(str, names))
