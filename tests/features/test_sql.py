# SPDX-License-Identifier: EUPL-1.2
"""Asking in SQL in a real browser: without a mouse, without JavaScript, on every width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.houses.catalogue.town import OPERATOR, SLUG

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]

PAGES = {
    "empty": "/sql",
    "figures": "/sql?query=" + quote("SELECT kind, count(*) AS n FROM street_trees GROUP BY kind"),
    "places": "/sql?query=" + quote("SELECT * FROM street_trees LIMIT 5"),
    "nothing found": "/sql?query=" + quote("SELECT * FROM street_trees WHERE false"),
    "mistake": "/sql?query=" + quote("SELECT nothing FROM street_trees"),
}


STORY = """## What grows here

Most trees are **limes**, as the city's register says.

```chart dataset=street-trees by=kind
Limes, oaks and maples share the streets
```

```map dataset=street-trees by=kind
```

```table dataset=street-trees rows=3
```

```chart dataset=nowhere
```
"""


@pytest.fixture(scope="module")
def story_url(town_url: str, django_db_blocker: Any) -> str:
    """A published story of the town; it goes with the town."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.people.models import Department
    from stoa.houses.catalogue.actions.telling_stories import begin_story, publish_story

    with django_db_blocker.unblock():
        city = City.objects.get(slug=SLUG)
        with acting_in(city):
            parks = Department.objects.get(city=city, slug="parks")
            story = begin_story(city=city, department=parks, title="Our trees", by=OPERATOR, text=STORY)
            publish_story(story=story, by=OPERATOR)
    return f"{town_url}/stories"


@pytest.mark.parametrize("path", ["", "/our-trees", "/our-trees/embed"])
def test_axe_finds_nothing_in_stories(page_at: PageAt, story_url: str, path: str) -> None:
    for width, look in ((1400, "light"), (320, "dark")):
        page = page_at(width, look)
        page.goto(story_url + path, wait_until="load")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_story_draws_its_figures_and_says_what_it_cannot(page_at: PageAt, story_url: str) -> None:
    page = page_at(1000)
    page.goto(f"{story_url}/our-trees", wait_until="load")
    expect(page.locator(".chart-plot svg").first).to_be_visible()
    expect(page.locator(".map[data-ready]")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("cannot be shown here")


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
    page.wait_for_url(lambda url: "ticket" not in url)


def test_the_places_of_an_answer_stand_on_a_map(page_at: PageAt, town_url: str) -> None:
    page = page_at(1000)
    page.goto(town_url + PAGES["places"], wait_until="load")
    expect(page.locator(".map[data-ready]")).to_have_count(1)
