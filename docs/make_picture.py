# SPDX-License-Identifier: EUPL-1.2
"""Makes the picture of the README from a running portal: `python docs/make_picture.py http://127.0.0.1:8000`.

Two pages beside each other, as a browser shows them: the city now, and a dataset.
"""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TARGET = Path(__file__).parent / "picture.png"
PAGES = ("/now?lang=en", "/datasets/trees?lang=en")
WIDE, HIGH = 1180, 1020
SHEET = (
    "<style>body{margin:0;padding:14px;background:#e9edf0;display:flex;gap:14px}"
    "img{width:690px;border-radius:6px;box-shadow:0 1px 5px #0004}</style>"
)


def seen(browser: Browser, address: str) -> str:
    """The top of a page as the source of an image."""
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.goto(address, wait_until="load", timeout=120_000)
    page.wait_for_timeout(12_000)  # maps draw themselves after the page
    shot = base64.b64encode(page.screenshot(timeout=120_000)).decode()
    page.close()
    return f"<img src='data:image/png;base64,{shot}'>"


def main(portal: str, *pages: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        parts = [seen(browser, portal.rstrip("/") + path) for path in pages or PAGES]
        sheet = browser.new_page(viewport={"width": 1422, "height": 624})
        sheet.set_content(SHEET + "".join(parts))
        sheet.wait_for_timeout(500)
        sheet.screenshot(path=TARGET, timeout=120_000)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
