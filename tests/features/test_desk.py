# SPDX-License-Identifier: EUPL-1.2
"""The desk in a real browser: a clerk sends a file and a steward publishes it, without a mouse; and axe looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect
from tests.commons.people.provider import known_to_portal, running
from tests.features.axe import assert_accessible, assert_no_sideways_scroll, keyboard_walk
from tests.houses.catalogue.cast import OPERATOR, TREES, Cast, deliver, draft, make_cast, published
from tests.houses.catalogue.town import take_down

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions.asking import ask_for_data
from stoa.houses.catalogue.actions.discussing import comment_on
from stoa.houses.catalogue.models import Dataset, Delivery
from stoa.houses.catalogue.terms import DeliveryState, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PageAt = Callable[..., Page]
BENCHES = "Nr;Standort;Länge [m];Aufgestellt\n" + "".join(
    f"{n};Weg {n % 7};{n % 4},5;{n % 28 + 1:02d}.03.2021\n" for n in range(1, 31)
)
PEOPLE = b"id;name;mail\n" + b"".join(
    f"{n};Anna Alt;anna{n}@post.example.org\n".encode() for n in range(1, 9)
)


class Desk:
    """A city at a port, its people, and files in every state."""

    def __init__(self, url: str, cast: Cast, pages: dict[str, tuple[str, str]]) -> None:
        self.url, self.cast, self.pages = url, cast, pages


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    with django_db_blocker.unblock():
        cast = make_cast()
        pages = _furnish(cast)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield Desk(f"http://127.0.0.1:{server.port}/c/here", cast, pages)
        server.terminate()
        connections.close_all()
        take_down(["here", "there"])


def _furnish(cast: Cast) -> dict[str, tuple[str, str]]:
    """One of everything: page to (person, address)."""
    with acting_in(cast.city):
        mona = invite_person(
            city=cast.city, email="mona@here.example", by=OPERATOR, name="Mona", password="long enough 1234"
        )
        give_role(city=cast.city, person=mona, role="manager", by=OPERATOR)
    trees = published(cast)
    held = deliver(cast, trees, TREES.replace(b"id;art;hoehe", b"id;art;umfang"))
    people = deliver(cast, draft(cast, title="People"), PEOPLE)
    refused = deliver(cast, draft(cast, title="Scan"), b"\x89PNG\r\n\x1a\n" + bytes(200), name="scan.csv")
    with acting_in(cast.city):
        comment = comment_on(dataset=trees, text="Where is the oak?", by=Principal()).pk
        wanted = ask_for_data(city=cast.city, title="Fountains", description="All of them", by=Principal()).pk
    return {
        "desk": ("ada", "/desk/"),
        "new": ("ada", "/desk/new"),
        "datasets": ("ada", "/desk/datasets"),
        "dataset": ("ada", "/desk/datasets/trees"),
        "describe": ("ada", "/desk/datasets/trees/describe"),
        "files": ("ada", "/desk/datasets/trees/files"),
        "versions": ("cleo", "/desk/datasets/trees/versions"),
        "history": ("ada", "/desk/datasets/trees/history"),
        "held": ("ada", f"/desk/deliveries/{held.pk}"),
        "personal": ("cleo", f"/desk/deliveries/{people.pk}"),
        "refused": ("ada", f"/desk/deliveries/{refused.pk}"),
        "review": ("cleo", "/desk/review"),
        "reports": ("ada", "/desk/reports"),
        "quality": ("cleo", "/desk/quality"),
        "contributions": ("cleo", "/desk/contributions"),
        "board": ("cleo", "/desk/board"),
        "policy": ("cleo", "/desk/policy"),
        "comment": ("cleo", f"/desk/comments/{comment}"),
        "request for data": ("cleo", f"/desk/requests/{wanted}"),
        "people": ("mona", "/desk/people"),
        "departments": ("mona", "/desk/departments"),
        "tokens": ("mona", "/desk/tokens"),
        "about the portal": ("mona", "/desk/about"),
        "password": ("ada", "/account/password/change/"),
        "second step": ("ada", "/account/2fa/"),
        "passkeys": ("ada", "/account/2fa/webauthn/"),
        "sign out": ("ada", "/account/logout/"),
    }


def _sign_in(page: Page, desk: Desk, who: str) -> Page:
    page.goto(f"{desk.url}/account/login/?next=/c/here/desk/")
    page.get_by_label("Email").fill(f"{who}@here.example")
    page.get_by_label("Password").fill("long enough 1234")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (320, "dark")])
def test_axe_finds_nothing_at_the_desk(page_at: PageAt, desk: Desk, width: int, scheme: str) -> None:
    opened: dict[str, Page] = {}
    for who, path in desk.pages.values():
        if who not in opened:
            opened[who] = _sign_in(page_at(width, scheme), desk, who)
        opened[who].goto(desk.url + path)
        assert_accessible(opened[who])
        assert_no_sideways_scroll(opened[who])


def test_mistakes_are_said_first_and_lead_to_their_field(page_at: PageAt, desk: Desk) -> None:
    page = _sign_in(page_at(800), desk, "ada")
    page.goto(f"{desk.url}/desk/new")
    page.get_by_label("Title (English)").fill("Kept as typed")
    page.get_by_role("button", name="Send and have it read").press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert_accessible(page)
    summary.get_by_role("link").first.press("Enter")
    expect(page.locator("input[type=file]")).to_be_focused()
    expect(page.get_by_label("Title (English)")).to_have_value("Kept as typed")


def test_every_stop_of_the_inspection_page_is_seen_and_named(page_at: PageAt, desk: Desk) -> None:
    who, path = desk.pages["held"]
    page = _sign_in(page_at(1400), desk, who)
    page.goto(desk.url + path)
    stops = keyboard_walk(page)
    assert any("Publish anyway" in stop for stop in stops)
    assert any("Read again with these choices" in stop for stop in stops)


def _job(desk: Desk, name: str) -> Delivery:
    """What the worker would do now for the newest file with this name.

    In a thread, as the worker in its process: what the test itself writes is never committed, and the server
    would not see it.
    """

    def work() -> Delivery:
        try:
            with acting_in(desk.cast.city):
                found = Delivery.objects.filter(name=name).latest("pk")
            job = jobs.publish_delivery if found.state == DeliveryState.PUBLISHING else jobs.read_delivery
            job(city_id=desk.cast.city.pk, delivery_id=found.pk)
            return found
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        return worker.submit(work).result()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_becomes_a_public_dataset_by_keyboard_alone(
    page_at: PageAt, desk: Desk, tmp_path: Path, *, javascript: bool
) -> None:
    file = tmp_path / f"benches_{'with' if javascript else 'without'}_script.csv"
    file.write_bytes(BENCHES.encode("cp1252"))
    page = _sign_in(page_at(1400, javascript=javascript), desk, "cleo")
    page.get_by_role("link", name="Bring in data").first.press("Enter")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Department that answers for it").select_option(label="Parks")
    page.get_by_role("button", name="Send and have it read").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The file is being read")
    found = _job(desk, file.name)
    if not javascript:
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("What was understood", timeout=20_000)

    page.get_by_role("link", name="Mend it on the page").first.press("Enter")
    page.get_by_label("Description (English)").fill("All benches of the parks.")
    page.get_by_role("button", name="Keep the description").press("Enter")
    page.get_by_role("link", name="Look at what was understood").press("Enter")
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The file is being published")
    _job(desk, file.name)
    if not javascript:
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file is published", timeout=20_000)
    page.get_by_role("link", name="See it as readers do").press("Enter")
    expect(page.get_by_text("All benches of the parks.").first).to_be_visible()
    with acting_in(desk.cast.city):
        assert Dataset.objects.get(pk=found.dataset_id).state == State.PUBLISHED


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_signs_in_with_the_account_of_the_town_hall(
    desk: Desk, page_at: PageAt, settings: Any, javascript: bool
) -> None:
    """From the sign-in page to the provider and back is one press: a browser follows no form to another house."""
    with running() as provider:
        provider.person = {"sub": "1", "email": "mona@here.example", "email_verified": True, "name": "Mona"}
        settings.SOCIALACCOUNT_PROVIDERS = known_to_portal(provider)
        page = page_at(javascript=javascript)
        page.goto(f"{desk.url}/account/login/?next=/c/here/desk/datasets")
        page.get_by_role("link", name="Here ID").click()
        expect(page).to_have_url(f"{desk.url}/desk/datasets")
        assert "/authorize" in provider.asked
