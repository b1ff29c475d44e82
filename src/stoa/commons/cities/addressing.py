# SPDX-License-Identifier: EUPL-1.2
"""Absolute addresses that serve as names of things, and so must not depend on who asked where."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def lasting(request: HttpRequest, path: str) -> str:
    """The path under the address that the operator named (`STOA_PUBLIC_URL`), else under the one that was asked.

    Documents that others keep (DCAT, feeds, sitemaps) name things by it: an install that also answers under an inner
    name must not give away two names for one thing. A city that was asked under a host name of its own keeps that:
    under the operator's the same path would be another city's.
    """
    public: str = settings.ENVIRONMENT.public_url.rstrip("/")
    if not public:
        return request.build_absolute_uri(path)
    parts = urlsplit(public)
    asked = request.get_host().partition(":")[0]
    hosts: list[str] = getattr(getattr(request, "city", None), "hosts", None) or []
    if asked.lower() not in hosts or parts.hostname in hosts:
        return f"{public}{path}"
    return f"{parts.scheme}://{hosts[0]}{f':{parts.port}' if parts.port else ''}{path}"
