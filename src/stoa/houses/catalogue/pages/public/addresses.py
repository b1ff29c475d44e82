# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the public pages, with what was asked kept in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

Pairs = Iterable[tuple[str, str]]


def address(page: str, *args: object, pairs: Pairs = ()) -> str:
    """The address of a page by its name, with parameters."""
    return with_pairs(_path(page, args, get_script_prefix(), get_urlconf(settings.ROOT_URLCONF)), pairs)


@lru_cache(2048)
def _path(page: str, args: tuple[object, ...], _prefix: str, _urls: object) -> str:
    """The path of a page: a page of a table asks for the same ones a hundred times."""
    return reverse(page, args=args)


def with_pairs(path: str, pairs: Pairs) -> str:
    asked = urlencode([*pairs])
    return f"{path}?{asked}" if asked else path


def with_row(row_zero: str) -> Callable[[int], str]:
    """The addresses of rows, made from that of row 0."""
    head, _slash, tail = row_zero.partition("/rows/0")
    return lambda row: f"{head}/rows/{row}{tail}"


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
