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


def in_letters(slug: str, path: str) -> str:
    """A path of a city as it stands in a message, which is opened elsewhere and so has to be whole.

    Without `STOA_PUBLIC_URL` it is the address that the portal answers at, which leads there from this machine at least.
    """
    given = settings.ENVIRONMENT
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(given.host, given.host)  # noqa: S104 - compared only
    return f"{given.public_url.rstrip('/') or f'http://{host}:{given.port}'}/c/{slug}{path}"
