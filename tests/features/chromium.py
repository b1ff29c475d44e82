# SPDX-License-Identifier: EUPL-1.2
"""The one browser of a test run, shared by every folder with browser tests: two at once cannot be driven."""

from __future__ import annotations

import atexit
import os
import shutil
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Without a graphics card, pages put together by the processor cost half; maps still draw by WebGL.
    "--disable-gpu-compositing",
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


@cache
def chromium() -> Browser | None:
    """Chromium, started at the first call and stopped with the run; None where there is none."""
    # Playwright keeps an event loop in this thread; Django would take that for asynchronous code.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    running = sync_playwright().start()
    path = browser_path(running)
    if path is None:
        running.stop()
        return None
    browser = running.chromium.launch(executable_path=path, args=[*FLAGS])
    atexit.register(running.stop)
    return browser
