# SPDX-License-Identifier: EUPL-1.2
"""Absolute addresses that serve as names of things, and so must not depend on who asked where."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def lasting(request: HttpRequest, path: str) -> str:
    """The path under the address that the operator named (`STOA_PUBLIC_URL`), else under the one that was asked.

    Documents that others keep (DCAT, feeds, sitemaps) name things by it: an install that also answers under an inner
    name must not give away two names for one thing.
    """
    public: str = settings.ENVIRONMENT.public_url.rstrip("/")
    return f"{public}{path}" if public else request.build_absolute_uri(path)
