# SPDX-License-Identifier: EUPL-1.2
"""The pages by which people take part, in a real browser: for everybody, on every width, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.houses.catalogue.town import OPERATOR, SLUG

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.actions import asking, discussing, following, granting, reuses, voting
from stoa.houses.catalogue.actions.policies import set_policy
from stoa.houses.catalogue.models import AccessGrant, Dataset, Follow, RequestVote, UsageDay
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.terms import RequestState, ReuseKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]
RESIDENT = Principal()


@pytest.fixture(scope="module")
def pages(town_url: str, django_db_blocker: Any) -> dict[str, str]:
    """One of everything in the town: what the page is, and where."""
    with django_db_blocker.unblock():
        city = City.objects.get(slug=SLUG)
        with acting_in(city):
            made = _furnish(city)
    return {name: town_url + path for name, path in made.items()}


def _furnish(city: City) -> dict[str, str]:
    set_policy(city=city, by=OPERATOR, is_value_public=True)
    trees, closed = Dataset.objects.get(slug="street-trees"), Dataset.objects.get(slug="entitled-trees")
    for n in range(20):
        day = timezone.now().date() - timedelta(days=n)
        UsageDay.objects.create(
            city=city,
            dataset=trees,
            day=day,
            gate="portal",
            kind="page",
            program=bool(n % 2),
            uses=n + 1,
            rows=n,
        )
    reuse = reuses.register_reuse(
        city=city,
        title="Tree finder",
        kind=ReuseKind.APPLICATION,
        url="https://x.example",
        datasets=[trees],
        by=RESIDENT,
    )
    reuses.decide_reuse(reuse=reuse, is_shown=True, by=OPERATOR)
    said = discussing.comment_on(dataset=trees, text="Is the oak still there?", by=RESIDENT)
    discussing.decide_comment(comment=said, is_shown=True, answer="Yes, it is.", by=OPERATOR)
    wanted = [
        asking.ask_for_data(city=city, title=f"Data {n}", description="All of it.", by=RESIDENT)
        for n in range(3)
    ]
    for one in wanted[:2]:
        asking.show_request(found=one, by=OPERATOR)
    asking.answer_request(
        found=wanted[1], state=RequestState.PARTLY, reason="Half of it.", by=OPERATOR, dataset=trees
    )
    wanted[0].refresh_from_db()
    voting.vote_for(found=wanted[0], by=RESIDENT, email="kim@example.org")
    following.follow_dataset(dataset=trees, email="kim@example.org", language="en", by=RESIDENT)
    until = today_in(city) + timedelta(days=9)
    asked = granting.ask_for_access(
        dataset=closed, name="Kim", organisation="", email="kim@example.org", purpose="A study",
        wanted_until_on=until, agreement="I agree.", by=RESIDENT,
    )  # fmt: skip
    granting.grant_access(found=asked, until_on=until, reason="For science", by=OPERATOR)
    return {
        "re-uses": "/reuses",
        "a new re-use": "/reuses/new?dataset=street-trees",
        "a re-use": f"/reuses/{reuse.uid}",
        "requests": "/requests",
        "a new request": "/requests/new",
        "an open request": f"/requests/{wanted[0].uid}",
        "an answered request": f"/requests/{wanted[1].uid}",
        "a waiting request": f"/requests/{wanted[2].uid}",
        "a vote": f"/requests/votes/{RequestVote.objects.get().uid}",
        "discussion": "/datasets/street-trees/discussion",
        "nothing said yet": "/datasets/bicycle-counts/discussion",
        "follow": "/datasets/street-trees/follow",
        "follow sent": "/datasets/street-trees/follow?sent=1",
        "confirm": f"/follow/{Follow.objects.get().uid}",
        "ask for access": "/datasets/entitled-trees/access",
        "decision on access": f"/access/{asked.uid}",
        "a key": f"/access/key/{AccessGrant.objects.get().uid}",
        "use": "/datasets/street-trees/use",
        "use of nothing": "/datasets/bicycle-counts/use",
        "value": "/value?days=90",
        "dataset": "/datasets/street-trees",
    }


NAMES = (
    "re-uses", "a new re-use", "a re-use", "requests", "a new request", "an open request", "an answered request",
    "a waiting request", "a vote", "discussion", "nothing said yet", "follow", "follow sent", "confirm",
    "ask for access", "decision on access", "a key", "use", "use of nothing", "value", "dataset",
)  # fmt: skip


def test_every_page_is_walked(pages: dict[str, str]) -> None:
    assert set(pages) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_wide_or_narrow(page_at: PageAt, pages: dict[str, str], name: str) -> None:
    for width, scheme in ((1400, "light"), (320, "dark")):
        page = page_at(width, scheme)
        answer = page.goto(pages[name], wait_until="load")
        assert answer is not None
        assert answer.status == 200
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_form_with_mistakes_is_usable_too(page_at: PageAt, pages: dict[str, str]) -> None:
    page = page_at(360, javascript=False)
    page.goto(pages["a new request"], wait_until="load")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text("This field is required")
    assert page.locator("[aria-invalid=true]").count() >= 2
