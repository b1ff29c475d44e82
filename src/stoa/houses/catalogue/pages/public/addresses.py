# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the public pages, with what was asked kept in them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

Pairs = Iterable[tuple[str, str]]


def address(page: str, *args: object, pairs: Pairs = ()) -> str:
    """The address of a page by its name, with parameters."""
    return with_pairs(reverse(page, args=args), pairs)


def with_pairs(path: str, pairs: Pairs) -> str:
    asked = urlencode([*pairs])
    return f"{path}?{asked}" if asked else path


def home() -> str:
    return get_script_prefix()


def without(pairs: Pairs, *names: str) -> tuple[tuple[str, str], ...]:
    """The parameters without those of these names."""
    return tuple((name, value) for name, value in pairs if name not in names)


def tiles_address(slug: str, version: int, by: str = "") -> str:
    """The address of a version's tiles with the gaps {z}, {x} and {y}."""
    path = (
        reverse("dataset-tile", args=(slug, version, 0, 0, 0)).removesuffix("0/0/0.mvt") + "{z}/{x}/{y}.mvt"
    )
    return with_pairs(path, [("by", by)] if by else ())
