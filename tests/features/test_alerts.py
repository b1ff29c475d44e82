# SPDX-License-Identifier: EUPL-1.2
"""Warnings for everybody and the desk of alerts, in a real browser: on a small phone, by ears, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.features.conftest import PageAt, Scheme
from tests.houses.catalogue.town import OPERATOR, SLUG

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import give_role, invite_person
from stoa.commons.people.models import Department
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.alerting import planning
from stoa.houses.observations.actions.alerting.routing import Route, set_routes
from stoa.houses.observations.actions.alerting.taking_links import sign
from stoa.houses.observations.models import Alert, AlertMessage, Rule, Thing
from stoa.houses.observations.terms import Channel, RuleKind, Severity

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TITLE = "Underpass at the harbour is under water"


@dataclass(frozen=True, slots=True)
class Standing:
    """The warning, its rule, the cookie of somebody who is signed in, and the link that was sent."""

    uid: str
    rule: str
    cookie: str
    link: str
    """As it stands in the message of who is on duty."""


def _build(city: City) -> Standing:
    facts: dict[str, Any] = {"city": city, "by": OPERATOR}
    now = timezone.now()
    with acting_in(city):
        parks = Department.objects.get(slug="parks")
        thing = setting_up.set_up_thing(department=parks, name="Gauge at Harbour Street", **facts)
        place = setting_up.set_up_location(
            name="Gate", location={"type": "Point", "coordinates": [7.62, 51.95]}, **facts
        )
        setting_up.place_thing(thing=thing, locations=[place], by=OPERATOR)
        series = setting_up.set_up_datastream(
            thing=thing, name="Water level", unit_symbol="m", by=OPERATOR,
            sensor=setting_up.set_up_sensor(name="Gauge", **facts),
            observed_property=setting_up.known_property(
                name="Water level", definition="https://example.org/w", **facts
            ),
        )  # fmt: skip
        said = {"title": TITLE, "kind": RuleKind.THRESHOLD, "severity": Severity.SEVERE, "is_public": True}
        rule = Rule.objects.create(
            city=city, department=parks, instruction={"en": "Take the bridge at Market Street."}, **said
        )
        set_routes(rule=rule, routes=[Route(Channel.SMS, "+492514920")], by=OPERATOR)
        alert = Alert.objects.create(
            city=city, rule=rule, datastream=series, severity=Severity.SEVERE, is_public=True,
            facts={"value": 1.87, "limit": 1.5}, began_at=now - timedelta(minutes=25), noticed_at=now,
        )  # fmt: skip
        pump = Rule.objects.create(
            city=city,
            department=parks,
            kind=RuleKind.THRESHOLD,
            severity=Severity.MINOR,
            title="Pump runs hot",
        )
        set_routes(rule=pump, routes=[Route(Channel.SMS, "+492514920")], by=OPERATOR)
        hot = Alert.objects.create(
            city=city, rule=pump, datastream=series, severity=Severity.MINOR, began_at=now, noticed_at=now
        )
        planning.plan(city.pk)
        link = f"/alerts/take/{sign(AlertMessage.objects.get(alert=hot))}"
        zoe = invite_person(
            city=city, email="zoe@lake.example", by=OPERATOR, name="Zoe", password="long enough 1234"
        )
        give_role(city=city, person=zoe, role="steward", by=OPERATOR)
    client = Client()
    client.force_login(zoe)
    return Standing(str(alert.uid), str(rule.uid), client.cookies[settings.SESSION_COOKIE_NAME].value, link)


@pytest.fixture(scope="module")
def standing(town_url: str, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock():
        city = City.objects.get(slug=SLUG)
        made = _build(city)
    yield made
    with django_db_blocker.unblock(), acting_in(city):
        Rule.objects.all().delete()
        Thing.objects.all().delete()


@pytest.mark.parametrize("page_of", ["/warnings/", "/warnings/{uid}", "/warnings/follow", "/now/"])
def test_everybody_reads_warnings_on_a_small_phone_without_scripts(
    town_url: str, standing: Standing, page_at: PageAt, page_of: str
) -> None:
    page = page_at(320, javascript=False)
    page.goto(town_url + page_of.format(uid=standing.uid))
    assert TITLE in page.inner_text("main")
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("page_of", ["/warnings/", "/warnings/{uid}"])
def test_ears_find_nothing_wrong_with_warnings(
    town_url: str, standing: Standing, page_at: PageAt, page_of: str
) -> None:
    page = page_at(360)
    page.goto(town_url + page_of.format(uid=standing.uid))
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (320, "dark")])
def test_ears_find_nothing_wrong_with_rules_files_and_groups(
    town_url: str, standing: Standing, page_at: PageAt, width: int, scheme: Scheme
) -> None:
    page = page_at(width, scheme)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": standing.cookie, "url": town_url}]
    )
    for path in (
        "rules/", f"rules/{standing.rule}/", f"rules/{standing.rule}/recipients", "rules/new", "now/",
        "series/files/", "series/groups/", "series/groups/new", "quarantine/",
    ):  # fmt: skip
        page.goto(f"{town_url}/desk/{path}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_the_menu_of_the_desk_is_folded_on_a_phone_only(
    town_url: str, standing: Standing, page_at: PageAt
) -> None:
    page = page_at(360)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": standing.cookie, "url": town_url}]
    )
    page.goto(f"{town_url}/desk/rules/")
    menu, link = page.locator(".desk-menu > summary"), page.locator(".desk-nav a[href$='/desk/alerts/']")
    expect(link).to_be_hidden()
    menu.press("Enter")
    expect(link).to_be_visible()
    menu.press("Enter")
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(menu).to_be_hidden()
    expect(link).to_be_visible()


def test_the_link_in_a_message_takes_it_over_in_a_browser_that_knows_nobody(
    town_url: str, standing: Standing, page_at: PageAt
) -> None:
    """A real browser, because only browsers say where a form comes from."""
    page = page_at(360)
    page.goto(town_url + standing.link)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="I see to it").click()
    assert "Nobody else is called." in page.inner_text("main")


def test_the_officer_takes_an_alert_over_on_a_phone(
    town_url: str, standing: Standing, page_at: PageAt
) -> None:
    page = page_at(360)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": standing.cookie, "url": town_url}]
    )
    page.goto(f"{town_url}/desk/alerts/")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("What you do about it").first.fill("Pumps are on")
    page.get_by_role("button", name="I see to it").first.click()
    assert "You see to it." in page.inner_text("main")
    assert "Pumps are on" in page.inner_text("main")
