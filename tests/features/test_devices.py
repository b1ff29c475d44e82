# SPDX-License-Identifier: EUPL-1.2
"""The device console in a real browser, on every width."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, build_town, take_down

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.models import Department
from stoa.houses.observations.actions import devices, feeds, silence
from stoa.houses.observations.door.devices import take_uplinks
from stoa.houses.observations.models import Device, Feed, Observation, Quarantined, Thing
from stoa.houses.observations.terms import Carrier, FeedKind, Way
from stoa.standards.lorawan.uplink import Gateway, Network, Radio, Uplink

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]
EUI = "24E124707C483636"


@dataclass
class Place:
    """The town at a port, with one device of each state."""

    url: str
    session: str
    device: str


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: object) -> Iterator[Place]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        town = build_town()
        with acting_in(town.city):
            uid = _furnish(town)
        client = Client()
        owner = town.people["owner"]
        assert owner
        client.force_login(owner)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        yield Place(f"http://127.0.0.1:{server.port}/c/{SLUG}", session, uid)
        server.terminate()
        connections.close_all()
        with acting_in(town.city):
            for rows in (Quarantined, Observation, Feed, Device, Thing):
                rows.objects.all().delete()
        take_down([SLUG, OTHER])


def _furnish(town: Town) -> str:
    city, now = town.city, datetime.now(UTC)
    parks = Department.objects.get(city=city, slug="parks")
    facts = {
        "city": city,
        "by": OPERATOR,
        "department": parks,
        "carrier": Carrier.LORAWAN,
        "expected_interval_s": 600,
    }
    room = devices.register_device(
        name="Room 7 of the school by the bridge", identifier=EUI, decoder="milesight_am308", **facts
    )
    for number, name in enumerate(("Gully at the underpass", "Noise at the square"), 1):
        devices.register_device(name=name, identifier=f"{number:016X}", decoder="decentlab_dl_lid", **facts)
    Device.objects.exclude(pk=room.pk).update(last_seen_at=now - timedelta(days=2))
    sent = "01755a 0367ceff 046864 050000 06cb05 077d2602 087d6400 09738827 0b7d0c00 0c7d1400 0e0101"
    radio = Radio(gateways=(Gateway("A", -90, 5),))
    uplinks = [
        Uplink(
            Network.CHIRPSTACK,
            EUI,
            "",
            "",
            85,
            bytes.fromhex(told),
            now - timedelta(minutes=m),
            m,
            radio=radio,
        )
        for m, told in ((12, sent), (2, sent), (1, "ee00"))
    ]
    take_uplinks(city=city, by=OPERATOR, uplinks=uplinks, way=Way.PUSH)
    silence.mark_silent(city.pk)
    for kind, title in ((FeedKind.GBFS, "Town bikes"), (FeedKind.GBFS, "Scooters")):
        feeds.set_up_feed(
            city=city,
            by=OPERATOR,
            department=parks,
            title=title,
            kind=kind,
            url="https://bikes.example/gbfs.json",
        )
    wrong = feeds._unreadable("it lists no feeds")
    Feed.objects.filter(title="Scooters").update(problem=wrong.to_json())
    return str(room.uid)


def _opened(page: Page, place: Place) -> Page:
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": place.session, "url": place.url}]
    )
    return page


def _look(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for them; then the checks of every page."""
    folder = os.environ.get("STOA_PICTURES")
    if folder and page.viewport_size:
        page.screenshot(
            path=Path(folder) / f"devices-{name}-{page.viewport_size['width']}.png", full_page=True
        )
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_axe_finds_nothing_in_the_console(page_at: PageAt, place: Place, width: int, scheme: str) -> None:
    page = _opened(page_at(width, scheme), place)
    at = f"{place.url}/desk/devices"
    for name, path in {
        "list": "/", "nothing": "/?q=zzz", "new": "/new", "device": f"/device/{place.device}", "decoders": "/decoders",
        "try": "/try?decoder=milesight_am308", "sheet": "/sheet", "feeds": "/feeds",
    }.items():  # fmt: skip
        page.goto(at + path)
        _look(page, name)


def test_an_officer_tries_a_decoder_and_finds_the_silent_device(page_at: PageAt, place: Place) -> None:
    page = _opened(page_at(1000), place)
    page.goto(f"{place.url}/desk/devices/try?decoder=milesight_am308")
    page.get_by_label("Payloads").fill("0367ceff\nzz!")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("table").first).to_contain_text("temperature")
    expect(page.get_by_text("This payload cannot be read")).to_be_visible()
    _look(page, "tried")
    page.goto(f"{place.url}/desk/devices/")
    page.get_by_text("Filter by state").click()
    page.get_by_role("link", name="silent").click()
    expect(page.get_by_role("table")).to_contain_text("Gully at the underpass")
    expect(page.get_by_role("table")).not_to_contain_text("Room 7")


def test_an_officer_registers_a_device_and_gets_its_key(page_at: PageAt, place: Place) -> None:
    page = _opened(page_at(1000), place)
    page.goto(f"{place.url}/desk/devices/new")
    page.get_by_role("button", name="Register it").click()
    expect(page.locator("[data-error-summary]").first).to_contain_text("Name")
    _look(page, "new-wrong")
    page.get_by_label("Name", exact=True).fill("Level at the mill")
    page.get_by_label("How its messages come").select_option("http")
    page.get_by_label("Recipe").fill('{"values": {"level": "level"}}')
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Level at the mill")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.get_by_text("This key is shown only once")).to_be_visible()
    _look(page, "key")
