# SPDX-License-Identifier: EUPL-1.2
"""Every public page in a real browser: for everybody, on every width, without a mouse, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]

PAGES = {
    "home": "/",
    "search": "/datasets",
    "search with nothing found": "/datasets?q=zzzzzz",
    "search with a filter": "/datasets?theme=ENVI&q=tree",
    "dataset": "/datasets/street-trees",
    "dataset whose rows may not be seen": "/datasets/entitled-trees",
    "table": "/datasets/street-trees/table",
    "filtered and sorted table": "/datasets/street-trees/table?f.kind.is=Oak&sort=-height_m",
    "table with a wrong question": "/datasets/street-trees/table?f.height_m.gt=tall",
    "row": "/datasets/street-trees/rows/3",
    "report": "/datasets/street-trees/rows/3/report",
    "map": "/datasets/street-trees/map",
    "chart": "/datasets/bicycle-counts/chart",
    "downloads": "/datasets/street-trees/downloads",
    "versions": "/datasets/street-trees/versions",
    "changes": "/datasets/street-trees/versions/2/changes",
    "quality": "/datasets/street-trees/quality",
    "for programs": "/datasets/street-trees/api",
    "earlier version": "/datasets/street-trees/table?version=1",
    "departments": "/departments",
    "department": "/departments/parks",
    "not found": "/datasets/there-is-no-such-thing",
    "sign in": "/account/login/",
    "OGC API": "/ogc/?f=html",
    "OGC API, conformance": "/ogc/conformance?f=html",
    "OGC API, operations": "/ogc/api?f=html",
    "OGC API, a collection": "/ogc/collections/street-trees?f=html",
    "OGC API, features": "/ogc/collections/street-trees/items?f=html",
    "OGC API, records": "/ogc/collections/catalogue.records/items?f=html",
}


def _open(page_at: PageAt, town: str, path: str, *how: Any, **more: Any) -> Page:
    page = page_at(*how, **more)
    page.goto(town + path, wait_until="load")
    return page


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing_on_a_wide_screen(page_at: PageAt, town_url: str, path: str) -> None:
    assert_accessible(_open(page_at, town_url, path, 1400))


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing_on_the_narrowest_screen_in_the_dark(
    page_at: PageAt, town_url: str, path: str
) -> None:
    page = _open(page_at, town_url, path, 320, "dark")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_what_the_portal_tells_of_itself_is_for_everybody_too(page_at: PageAt, town_url: str) -> None:
    page = page_at(320, "dark")
    for name in ("sources", "accessibility", "privacy", "developers"):
        page.goto(f"{town_url}/about/{name}", wait_until="load")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


@pytest.mark.parametrize("name", ["home", "dataset", "table", "chart", "changes", "quality"])
def test_pages_work_in_forced_colours(page_at: PageAt, town_url: str, name: str) -> None:
    assert_accessible(_open(page_at, town_url, PAGES[name], 800, "forced"))


def test_a_resident_finds_a_tree_without_javascript(page_at: PageAt, town_url: str) -> None:
    page = _open(page_at, town_url, "/", 360, javascript=False)
    page.get_by_role("searchbox").first.fill("street tree")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Street trees").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Street trees")
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("table").first).to_contain_text("T-001")


def test_a_resident_reports_a_wrong_row_by_keyboard_alone(page_at: PageAt, town_url: str) -> None:
    page = _open(page_at, town_url, "/datasets/street-trees/rows/3/report", 800)
    page.get_by_role("textbox").first.focus()
    field = page.locator("textarea").first
    field.focus()
    page.keyboard.type("This tree was felled last winter.")
    for _step in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button[type=submit]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/**")
    expect(page.locator("main")).not_to_contain_text("felled last winter")


def test_the_map_shows_places_and_a_row_can_be_opened_from_it(page_at: PageAt, town_url: str) -> None:
    page = page_at(1000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{town_url}/datasets/street-trees/map", wait_until="load")
    page.wait_for_selector(".maplibregl-canvas")
    page.wait_for_timeout(1500)
    assert [url for url in asked if ".mvt" in url]
    assert all(url.startswith(("http://127.0.0.1", "blob:", "data:")) for url in asked)


def test_a_reader_changes_the_language_and_it_stays(page_at: PageAt, town_url: str) -> None:
    page = _open(page_at, town_url, "/", 800)
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.goto(f"{town_url}/datasets")
    expect(page.locator("html")).to_have_attribute("lang", "de")
