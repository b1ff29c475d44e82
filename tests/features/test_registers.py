# SPDX-License-Identifier: EUPL-1.2
"""The registers in a real browser: for everybody, at the desk, on every width."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect
from tests.features.axe import assert_accessible, assert_no_sideways_scroll, keyboard_walk
from tests.houses.registers.town import (
    OPERATOR,
    OTHER,
    SLUG,
    Town,
    build_town,
    forget_entries,
    raw,
    take_down_town,
)

from stoa.commons.cities.acting import acting_in
from stoa.houses.registers.actions.keeping import change_entry, comment
from stoa.houses.registers.actions.publishing import publish_entry, retire_entry, submit_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import EntryImport

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]


@dataclass
class Place:
    """The town at a port; addresses by name of the page."""

    url: str
    town: Town
    public: dict[str, str]
    desk: dict[str, str]


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    with django_db_blocker.unblock():
        town = build_town()
        with acting_in(town.city):
            for name in ("reviewer", "registrar", "steward"):
                person = town.people[name]
                assert person is not None
                person.set_password("long enough 1234")
                person.save()
            public, desk = _furnish(town)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield Place(f"http://127.0.0.1:{server.port}/c/{SLUG}", town, public, desk)
        server.terminate()
        connections.close_all()
        with acting_in(town.city):
            EntryImport.objects.all().delete()
        forget_entries(town.city)
        take_down_town([SLUG, OTHER])


def _furnish(town: Town) -> tuple[dict[str, str], dict[str, str]]:
    """One of everything."""
    ground = {"legal_ground": "public_task", "privacy_declaration": "https://town.example/privacy"}
    counter = town.published(
        website="https://town.example/counters", starts_on="2026-01-01", things=["counter-harbour"]
    )
    camera = town.published(
        reference="C-2", title="Camera in front of the station", type="optical", personal_data="yes",
        themes=["safety", "crowd"], goals=[{"goal": "See crowds early", **ground}, {"goal": "Clear up theft", **ground}],
        measures="Pictures, kept for 24 hours.", retention_months=0, place=[7.6261, 51.9607],
    )  # fmt: skip
    camera = change_entry(
        entry=camera, kind=SENSORS, raw={**camera.values, "project": "Safe station"}, by=OPERATOR
    )
    camera = publish_entry(entry=camera, kind=SENSORS, by=OPERATOR, note="Now part of a project")
    town.published(
        reference="C-3", title="Watcher", exemption="public_order", regions=["North"], personal_data="unknown"
    )
    town.published(
        reference="C-4", title="Bus 12", mobile="yes", place=None, regions=["North", "East"], type="climate"
    )
    gone = retire_entry(
        entry=town.published(reference="C-5", title="Old counter"),
        kind=SENSORS,
        by=OPERATOR,
        reason="Replaced",
    )
    waiting = submit_entry(
        entry=town.draft(reference="C-6", title="Water level"), kind=SENSORS, by=town.by("registrar")
    )
    comment(entry=waiting, text="Is the place right?", by=town.by("reviewer"))
    lacking = town.draft(reference="C-7", title="Noise meter", ends_on=None, personal_data="yes")
    sheet = _sheet(town)
    page = "/registers/sensors"
    public = {
        "registers": "/registers/",
        "list": f"{page}/",
        "list, narrowed": f"{page}/?type=optical&q=station",
        "nothing found": f"{page}/?q=zzzz",
        "map": f"{page}/?view=map",
        "record": f"{page}/{camera.code}",
        "record that ended": f"{page}/{gone.code}",
        "sign": f"{page}/{camera.code}/sign",
        "one place": f"{page}/at/{counter.pk}",
    }
    at = "/desk/registers/sensors"
    desk = {
        "queue": "/desk/registers/",
        "register": f"{at}/",
        "new": f"{at}/new",
        "waiting": f"{at}/{waiting.code}",
        "lacking": f"{at}/{lacking.code}",
        "ended": f"{at}/{gone.code}",
        "sheets": f"{at}/sheets",
        "sheet": f"{at}/sheets/{sheet.pk}",
    }
    return public, desk


def _sheet(town: Town) -> EntryImport:
    from stoa.commons.files.actions import keep_file

    stored = keep_file(city_id=town.city.pk, chunks=[b"x"], most_bytes=10)
    problem = {
        "code": "registers.value_missing", "field": "ends_on", "why": {"text": ""}, "do": {"text": "Fill it in."},
        "what": {"text": "“%(field)s” is missing.", "facts": {"field": {"text": "In place until"}}},
    }  # fmt: skip
    line = {"reference": "C-1", "title": "Counter", "code": "", "problems": []}
    report = [
        {**line, "row": 1, "outcome": "new"},
        {**line, "row": 2, "outcome": "refused", "problems": [problem]},
    ]
    columns = [
        {"heading": "Referenz", "field": "reference", "column": ""},
        {"heading": "Farbe", "field": "", "column": ""},
    ]
    return EntryImport.objects.create(
        city=town.city, kind="sensors", department=town.parks, file=stored, name="sensoren.xlsx", state="read",
        report=report, columns=columns,
    )  # fmt: skip


def _sign_in(page: Page, place: Place, who: str) -> Page:
    page.goto(f"{place.url}/account/login/?next=/c/{SLUG}/desk/registers/")
    page.get_by_label("Email").fill(f"{who}@{SLUG}.example")
    page.get_by_label("Password").fill("long enough 1234")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Registers")
    return page


def _look(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for them."""
    folder = os.environ.get("STOA_PICTURES")
    if folder and page.viewport_size:
        width = page.viewport_size["width"]
        page.screenshot(
            path=Path(folder) / f"{name.replace(' ', '-').replace(',', '')}-{width}.png", full_page=True
        )


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_axe_finds_nothing_on_the_public_pages(
    page_at: PageAt, place: Place, width: int, scheme: str
) -> None:
    page = page_at(width, scheme)
    for name, path in place.public.items():
        page.goto(place.url + path, wait_until="load")
        _look(page, name)
        assert_accessible(page)
        assert_no_sideways_scroll(page)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_axe_finds_nothing_at_the_desk(page_at: PageAt, place: Place, width: int, scheme: str) -> None:
    page = _sign_in(page_at(width, scheme), place, "reviewer")
    for name, path in place.desk.items():
        page.goto(place.url + path)
        _look(page, f"desk {name}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_axe_finds_nothing_where_registers_are_declared(
    page_at: PageAt, place: Place, width: int, scheme: str
) -> None:
    page = _sign_in(page_at(width, scheme), place, "steward")
    for name in ("kinds/", "kinds/sensors/", "sensors/settings"):
        page.goto(f"{place.url}/desk/registers/{name}")
        _look(page, f"declare {name.strip('/').replace('/', ' ')}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_a_passer_by_finds_the_sensor_without_javascript(page_at: PageAt, place: Place) -> None:
    page = page_at(360, javascript=False)
    page.goto(f"{place.url}/registers/")
    page.get_by_role("link", name="Sensors", exact=True).last.click()
    page.get_by_role("searchbox", name="What are you looking for?").last.fill("station")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Camera in front of the station").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Camera in front of the station")
    expect(page.get_by_role("table", name="Goals")).to_contain_text("Clear up theft")
    assert "Sign to print" in keyboard_walk(page)


def test_a_registrar_enters_a_sensor_and_is_told_what_is_missing(page_at: PageAt, place: Place) -> None:
    page = _sign_in(page_at(1000), place, "registrar")
    page.goto(f"{place.url}/desk/registers/sensors/new")
    page.get_by_role("button", name="Keep the draft").click()
    summary = page.locator("[data-error-summary]").first
    expect(summary).to_contain_text("Name")
    page.get_by_label("Name", exact=True).fill("Gully sensor")
    page.get_by_label("In place until").fill("2099-01-31")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gully sensor")
    expect(page.locator(".notice")).to_contain_text(["The draft is kept", "What it measures"])


def test_the_map_leads_to_the_list_of_a_place(page_at: PageAt, place: Place) -> None:
    page = page_at(1000)
    page.goto(f"{place.url}/registers/sensors/?view=map", wait_until="load")
    page.wait_for_selector(".maplibregl-canvas")
    page.wait_for_selector("figure[data-ready]", timeout=20_000)
    page.locator("canvas.map-canvas").focus()
    page.keyboard.press("Enter")
    card = page.locator(".map-card")
    expect(card).to_contain_text("2 entries at this place")
    card.get_by_role("link", name="All about this entry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 entries at this place")


def test_raw_is_whole() -> None:
    """The town's usual sensor may be published as it is: what the tests take away is what they are about."""
    from stoa.houses.registers.rules.checking import objections
    from stoa.houses.registers.rules.reading import read_values

    values, problems = read_values(SENSORS, raw())
    assert (problems, objections(SENSORS, values)) == ([], [])
