# SPDX-License-Identifier: EUPL-1.2
"""Pages in a real browser; skipped loudly where there is none."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.features.chromium import chromium
from tests.features.town_server import town_url

__all__ = ["town_url"]  # a fixture for every test of this folder

Scheme = Literal["light", "dark", "forced"]
PageAt = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One Chromium for all tests. STOA_BROWSER_REQUIRED=1 turns its absence into a failure."""
    running = chromium()
    if running is None:
        told = "no Chromium, so no browser test ran: install `chromium`, or `playwright install chromium`"
        if os.environ.get("STOA_BROWSER_REQUIRED") == "1":
            pytest.fail(told)
        warnings.warn(told, stacklevel=1)
        pytest.skip(told)
    return running


@pytest.fixture
def page_at(browser: Browser) -> Iterator[PageAt]:
    """Pages of a width and colour scheme: `page_at(360, "dark")`; `javascript=False` for readers without it.

    Errors of scripts and refusals by the page's own security policy fail the test that saw them.
    """
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def make(
        width: int = 1400, scheme: Scheme = "light", *, height: int = 900, javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            forced_colors="active" if scheme == "forced" else "none",
            reduced_motion="reduce",
            java_script_enabled=javascript,
            locale="en-GB",
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield make
    for context in opened:
        context.close()
    assert not faults, "\n".join(faults)
