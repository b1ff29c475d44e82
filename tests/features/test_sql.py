# SPDX-License-Identifier: EUPL-1.2
"""Asking in SQL in a real browser: without a mouse, without JavaScript, on every width."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]

PAGES = {
    "empty": "/sql",
    "figures": "/sql?query=" + quote("SELECT kind, count(*) AS n FROM street_trees GROUP BY kind"),
    "places": "/sql?query=" + quote("SELECT * FROM street_trees LIMIT 5"),
    "nothing found": "/sql?query=" + quote("SELECT * FROM street_trees WHERE false"),
    "mistake": "/sql?query=" + quote("SELECT nothing FROM street_trees"),
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing_on_any_width(page_at: PageAt, town_url: str, path: str) -> None:
    for width, look in ((1400, "light"), (320, "dark")):
        page = page_at(width, look)
        page.goto(town_url + path, wait_until="load")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_question_is_asked_and_answered_without_javascript(page_at: PageAt, town_url: str) -> None:
    page = page_at(360, javascript=False)
    page.goto(f"{town_url}/sql")
    page.get_by_label("Your question").fill("SELECT max(height_m) AS tallest FROM street_trees")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("table").last).to_contain_text("15")


def test_names_are_put_into_the_question_by_keyboard(page_at: PageAt, town_url: str) -> None:
    page = page_at(1000)
    page.goto(f"{town_url}/sql", wait_until="load")
    field = page.get_by_label("Your question")
    field.focus()
    page.keyboard.type("SELECT count(*) AS n FROM street")
    offered = page.get_by_role("group", name="Names that fit").get_by_role("button", name="street_trees")
    offered.press("Enter")
    expect(field).to_have_value("SELECT count(*) AS n FROM street_trees ")
    page.keyboard.type("WHERE heig")
    page.get_by_role("group", name="Names that fit").get_by_role("button", name="height_m").press("Enter")
    page.keyboard.type("> 10")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="The answer", exact=True)).to_be_visible()
    assert "ticket" not in page.url


def test_the_places_of_an_answer_stand_on_a_map(page_at: PageAt, town_url: str) -> None:
    page = page_at(1000)
    page.goto(town_url + PAGES["places"], wait_until="load")
    expect(page.locator(".map[data-ready]")).to_have_count(1)
