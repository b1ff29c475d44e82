# SPDX-License-Identifier: EUPL-1.2
"""The design system alone, drawn without server or database."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import resolve
from playwright.sync_api import Page, Route
from tests.features.conftest import browser, page_at

from stoa.web import assets
from stoa.web.pages import not_found

__all__ = ["browser", "page_at"]

ORIGIN = "http://portal.test"
POLICY = "default-src 'self'; img-src 'self' data:; worker-src 'self'; object-src 'none'; base-uri 'self'"


def city(**change: Any) -> SimpleNamespace:
    """A city as the frame of a page reads it."""
    known = {
        "name": {"de": "Stadt Beispiel", "en": "Sample City"},
        "slug": "sample",
        "accent": "#ffcc00",
        "arms_url": "",
        "languages": ["en", "de"],
        "is_simulated": True,
    }
    return SimpleNamespace(**(known | change))


def request_for(address: str, **change: Any) -> HttpRequest:
    """A request of an operator in a sample city."""
    request = RequestFactory().get(address)
    request.city = change.pop("city", city())
    request.user = SimpleNamespace(is_authenticated=True, is_superuser=True, name="Robin Sample")
    for name, value in change.items():
        setattr(request, name, value)
    return request


@pytest.fixture(autouse=True)
def _only_web() -> Iterator[None]:
    """The design system stands without houses: no other address exists here."""
    with override_settings(ROOT_URLCONF="stoa.web.urls"):
        yield


@pytest.fixture
def ask() -> Callable[[str], HttpResponse]:
    """Call the view behind an address of `stoa.web`, without middleware."""

    def answer(address: str) -> HttpResponse:
        request = request_for(address)
        try:
            match = resolve(urlsplit(address).path, urlconf="stoa.web.urls")
        except Http404:
            return not_found(request)
        return match.func(request, *match.args, **match.kwargs)

    return answer


@pytest.fixture
def visit(ask: Callable[[str], HttpResponse]) -> Callable[[Page, str], Page]:
    """Open an address of the design system in a browser; Django answers in this process, under our policy."""
    if not assets.built():
        pytest.fail("the front end is not built: run `make setup`")
    static = Path(assets.HERE) / "static"

    def fulfil(route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith("/static/"):
            file = static / url.path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
        answer = ask(f"{url.path}?{url.query}")
        headers = {"content-type": answer["Content-Type"], "content-security-policy": POLICY}
        route.fulfill(status=answer.status_code, body=answer.content, headers=headers)

    def go(page: Page, address: str) -> Page:
        page.route("**/*", fulfil)
        page.goto(ORIGIN + address)
        page.wait_for_load_state("networkidle")
        return page

    return go
