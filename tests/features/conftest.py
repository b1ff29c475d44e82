# SPDX-License-Identifier: EUPL-1.2
"""A real browser for tests: found where it is, skipped loudly where there is none."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from tests.features.town_server import town_url

__all__ = ["town_url"]  # a fixture for every test of this folder

# Playwright keeps an event loop in this thread; Django would take that for asynchronous code. The server has a
# thread of its own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

Scheme = Literal["light", "dark", "forced"]
PageAt = Callable[..., Page]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def browser_path(playwright: Playwright) -> str | None:
    """The browser of the machine, else the one that Playwright downloaded, else none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. STOA_BROWSER_REQUIRED=1 turns its absence into a failure."""
    with sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            told = "no Chromium, so no browser test ran: install `chromium`, or `playwright install chromium`"
            if os.environ.get("STOA_BROWSER_REQUIRED") == "1":
                pytest.fail(told)
            warnings.warn(told, stacklevel=1)
            pytest.skip(told)
        running = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield running
        running.close()


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
