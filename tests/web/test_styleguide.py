# SPDX-License-Identifier: EUPL-1.2
"""The style guide in a browser: every part, every state, every scheme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.features.axe import assert_accessible, assert_no_sideways_scroll, keyboard_walk

pytestmark = pytest.mark.browser
Visit = Callable[[Page, str], Page]


def map_is_drawn(page: Page) -> None:
    """The map loads when it comes near the screen; then it takes a while."""
    page.locator("[data-map]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-map][data-ready]", timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
@pytest.mark.parametrize("width", [320, 1400])
def test_axe_finds_nothing_in_any_scheme_and_width(
    page_at: Callable[..., Page], visit: Visit, width: int, scheme: str
) -> None:
    page = visit(page_at(width, scheme), "/styleguide")
    page.wait_for_selector(".chart-plot svg")
    assert_accessible(page)


@pytest.mark.parametrize("width", [320, 360, 800, 1400])
def test_nothing_scrolls_sideways(page_at: Callable[..., Page], visit: Visit, width: int) -> None:
    page = visit(page_at(width), "/styleguide")
    page.wait_for_selector(".chart-plot svg")
    assert_no_sideways_scroll(page)


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page_at: Callable[..., Page], visit: Visit
) -> None:
    page = visit(page_at(1000), "/styleguide")
    map_is_drawn(page)
    stops = keyboard_walk(page)
    assert stops[0] == "Skip to the content"
    for wanted in ("Closer", "Save and go on", "Next", "Columns"):
        assert wanted in stops


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 502, 503])
def test_error_pages_are_accessible(page_at: Callable[..., Page], visit: Visit, status: int) -> None:
    page = visit(page_at(360, "dark"), f"/styleguide/errors/{status}")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_without_javascript_every_figure_is_still_there(page_at: Callable[..., Page], visit: Visit) -> None:
    page = visit(page_at(800, javascript=False), "/styleguide")
    assert page.locator("figure.chart details[open] table").count() == 3
    assert page.get_by_text("The map needs JavaScript").is_visible()


def test_a_chart_draws_one_line_per_series_named_at_its_end(
    page_at: Callable[..., Page], visit: Visit
) -> None:
    page = visit(page_at(1000), "/styleguide")
    plot = page.locator("#chart-1 .chart-plot svg")
    plot.wait_for()
    assert plot.locator("path.stroke").count() == 3
    assert plot.locator(".series-name").all_text_contents() == ["Promenade", "Wolbecker Straße", "Kanalweg"]


def test_a_bar_chart_writes_each_figure_beside_its_bar(page_at: Callable[..., Page], visit: Visit) -> None:
    page = visit(page_at(1000), "/styleguide")
    page.locator("#chart-2 svg").wait_for()
    assert page.locator("#chart-2 svg .value").first.text_content() == "4,120"
    widths = [float(bar.get_attribute("width") or 0) for bar in page.locator("#chart-2 rect.fill").all()]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] / widths[0] == pytest.approx(640 / 4120, rel=0.01)


def test_enter_on_the_map_opens_the_card_and_escape_closes_it(
    page_at: Callable[..., Page], visit: Visit
) -> None:
    page = visit(page_at(1000), "/styleguide")
    map_is_drawn(page)
    page.locator(".map-canvas").focus()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator(".map-card:not([hidden])").wait_for()
    assert page.locator(".map-card dt").all_inner_texts() == ["Spaces"]
    assert (page.locator(".map-card .to-row").get_attribute("href") or "").startswith("#row-")
    assert_accessible(page)
    page.keyboard.press("Escape")
    assert page.locator(".map-card").is_hidden()


def test_columns_can_be_put_away(page_at: Callable[..., Page], visit: Visit) -> None:
    page = visit(page_at(1000), "/styleguide")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Kind", exact=True).uncheck()
    assert page.locator("#table-1 td.long").first.is_hidden()
    page.keyboard.press("Escape")
    assert page.locator(".column-menu .menu").is_hidden()
