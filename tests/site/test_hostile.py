# SPDX-License-Identifier: EUPL-1.2
"""What somebody with bad intentions tries on the whole portal, and what he gets."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from tests.houses.catalogue.town import OTHER, SLUG, Town, build_town, take_down

from stoa.commons.people.models import Person
from stoa.site import front_spool
from stoa.site.front_headers import UPLOAD_MOST, body_most
from stoa.site.front_spool import MEMORY_MOST

EVIL = '<img src=x onerror="alert(1)">'
CITY = f"/c/{SLUG}"


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with django_db_blocker.unblock():
        made = build_town()
    yield made
    with django_db_blocker.unblock():
        take_down([SLUG, OTHER])


@pytest.fixture
def town(standing: Town, db: None) -> Iterator[Town]:
    cache.clear()
    yield standing
    cache.clear()


def sign_in(email: str, password: str, address: str = "198.51.100.7", **more: str) -> Any:
    client = Client(REMOTE_ADDR=address, **more)
    return client.post(f"{CITY}/account/login/", {"login": email, "password": password})


@pytest.fixture
def victim(town: Town) -> Person:
    person = Person.objects.get(email="owner@lake.example")
    person.set_password("correct-horse-battery")
    person.save()
    return person


def test_guessing_a_password_ends_soon_however_the_address_is_written(victim: Person) -> None:
    spellings = [
        "".join(c.upper() if (n >> k) & 1 else c for k, c in enumerate("owner")) + "@lake.example"
        for n in range(32)
    ]
    for n, spelling in enumerate(spellings):
        cache.clear()  # the limits of one process alone do not hold: several processes serve
        sign_in(spelling, f"wrong-guess-{n}")
    cache.clear()
    assert sign_in("owner@lake.example", "correct-horse-battery").status_code != 302


def test_a_lock_hits_only_the_account_that_was_guessed_at(town: Town, victim: Person) -> None:
    for n in range(12):
        cache.clear()
        sign_in("colleague@lake.example", f"wrong-guess-{n}")
    cache.clear()
    assert sign_in("owner@lake.example", "correct-horse-battery").status_code == 302


def test_a_caller_cannot_get_round_the_lock_by_naming_other_addresses(victim: Person) -> None:
    for n in range(12):
        cache.clear()
        sign_in(
            victim.email, f"wrong-{n}", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}", HTTP_X_REAL_IP=f"1.2.3.{n}"
        )
    cache.clear()
    assert sign_in(victim.email, "correct-horse-battery").status_code != 302


def test_signing_in_gives_a_new_session(victim: Person) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post(f"{CITY}/account/login/", {"login": victim.email, "password": "correct-horse-battery"})
    assert client.cookies["sessionid"].value != "a" * 32
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(victim: Person, target: str) -> None:
    said = {"login": victim.email, "password": "correct-horse-battery", "next": target}
    answer = Client().post(f"{CITY}/account/login/", said)
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_a_letter_about_a_password_leads_to_the_portal_and_not_where_a_caller_says(
    victim: Person, settings: Any
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"public_url": "https://data.lake.example"})
    Client(HTTP_HOST="evil.example").post(f"{CITY}/account/password/reset/", {"email": victim.email})
    assert len(mail.outbox) == 1
    assert "evil.example" not in mail.outbox[0].body + mail.outbox[0].subject
    assert f"https://data.lake.example{CITY}/account/password/reset/key/" in mail.outbox[0].body


PAGES = ["/", "/datasets", "/datasets/street-trees", "/datasets/street-trees/table", "/account/login/"]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_may_be_framed_or_run_foreign_script(town: Town, page: str) -> None:
    answer = town.get(page)
    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    rules = dict(rule.strip().split(" ", 1) for rule in answer["Content-Security-Policy"].split(";"))
    assert rules["script-src"] == rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/datasets?q={}",
        "/datasets?theme={}&department={}&order={}&page={}",
        "/datasets/street-trees/table?q={}&sort={}&f.kind.is={}&columns={}",
        "/datasets/street-trees/table?f.{}.is=1",
        "/datasets/street-trees/chart?by={}&measure={}&of={}&split={}&bucket={}&kind={}",
        "/datasets/street-trees/map?by={}",
        "/datasets/street-trees?version={}&on={}&lang={}",
        "/datasets/street-trees/versions/1/changes?from={}&column={}",
        "/departments?x={}",
        "/account/login/?next={}",
    ],
)
@pytest.mark.parametrize(
    "text",
    ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%27%3E%3Cb%20evil", "%00", "%ff", "A" * 5000, "'%20OR%201=1--"],
)
def test_what_stands_in_an_address_is_never_markup_and_never_a_defect(
    town: Town, path: str, text: str
) -> None:
    answer = town.get(path.replace("{}", text))
    assert answer.status_code < 500
    assert b"<script>alert(1)" not in answer.content
    assert b"<b evil" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/datasets/street%00trees",
        "/c/%00/",
        "/departments/%00",
        "/reports/%00",
        "/static/%00",
        "/datasets/x/download/%00",
        "/static/..%2f..%2fsettings.py",
        "/datasets/street-trees/tiles/1/99999999999999999999/0/0.mvt",
        "/datasets/street-trees/rows/99999999999999999999999",
        "/datasets/street-trees/versions/99999999999999999999999/changes",
    ],
)
def test_an_impossible_address_is_a_page_that_is_not_there(town: Town, path: str) -> None:
    assert town.get(path).status_code in {400, 404}


@pytest.mark.parametrize(
    "page",
    [
        "/desk/",
        "/desk/new",
        "/desk/datasets",
        "/desk/datasets/street-trees",
        "/desk/datasets/street-trees/history",
        "/desk/review",
        "/desk/reports",
        "/desk/people",
        "/desk/departments",
        "/desk/tokens",
        "/desk/datasets/draft-trees",
    ],
)
def test_the_desk_is_closed_to_strangers_and_to_officers_of_another_city(town: Town, page: str) -> None:
    assert town.get(page).status_code in {302, 403, 404}
    assert town.get(page, "stranger").status_code in {403, 404}


def test_numbers_in_addresses_open_nothing_of_others(town: Town) -> None:
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue.models import Delivery

    with acting_in(town.city):
        numbers = list(
            Delivery.objects.filter(dataset__department__slug="parks").values_list("pk", flat=True)
        )
    assert numbers
    for number in numbers:
        for rest in ("", "/state"):
            assert town.get(f"/desk/deliveries/{number}{rest}", "owner").status_code == 200
            assert town.get(f"/desk/deliveries/{number}{rest}", "colleague").status_code in {403, 404}
            assert town.get(f"/desk/deliveries/{number}{rest}", "stranger").status_code in {403, 404}
            own_city = town.client("stranger").get(f"/c/{OTHER}/desk/deliveries/{number}{rest}")
            assert own_city.status_code == 404
        for deed in ("read", "publish", "review", "release", "discard"):
            answer = town.client("colleague").post(f"{CITY}/desk/deliveries/{number}/{deed}")
            assert answer.status_code in {403, 404}


def test_titles_descriptions_and_notes_are_text_on_every_page(town: Town) -> None:
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue.models import Dataset, Version

    with acting_in(town.city):
        Dataset.objects.filter(slug="street-trees").update(
            title={"en": EVIL}, description={"en": f"{EVIL} [x](javascript:alert(1))"}, source_note=EVIL,
            spatial=EVIL, keywords=[EVIL],
        )  # fmt: skip
        Version.objects.filter(dataset__slug="street-trees").update(note=EVIL)
    paths = [
        "",
        "/table",
        "/map",
        "/chart",
        "/downloads",
        "/versions",
        "/versions/2/changes",
        "/quality",
        "/api",
        "/rows/1",
    ]
    for path in ["/", "/datasets", "/departments/parks", *(f"/datasets/street-trees{p}" for p in paths)]:
        answer = town.get(path)
        assert answer.status_code == 200, path
        assert b"<img src=x" not in answer.content, path
        assert b'href="javascript:' not in answer.content, path
    for path in ["", "/history", "/describe", "/versions", "/files"]:
        answer = town.get(f"/desk/datasets/street-trees{path}", "owner")
        assert answer.status_code == 200, path
        assert b"<img src=x" not in answer.content, path


@pytest.mark.parametrize(("who", "status"), [("owner", 204), ("colleague", 204), ("outsider", 403)])
def test_only_who_is_known_may_send_a_large_body(town: Town, who: str, status: int) -> None:
    assert town.get("/-/may-send", who).status_code == status


def test_figures_for_the_operator_tell_nothing_about_data_or_people(town: Town) -> None:
    told = Client().get("/-/metrics").content.decode()
    assert not any(
        word in told for word in (SLUG, OTHER, "@", "trees", "password", "secret", "/home", "/tmp")
    )


@pytest.mark.parametrize(
    ("path", "is_large"),
    [
        ("/desk/new", True),
        ("/api/v1/datasets/x/files", True),
        (f"{CITY}/desk/new", True),
        (f"{CITY}/api/v1/datasets/x/files", True),
        ("/api/3/action/resource_create", True),
        (f"{CITY}/api/action/resource_update", True),
        ("/api/3/action/package_create", False),
        ("/api/3/action/resource_create/more", False),
        ("/datasets/desk/", False),
        ("/x/desk/", False),
        ("/account/login/desk/", False),
        ("/c/../desk/", False),
        ("/c/a/b/desk/", False),
    ],
)
def test_large_bodies_are_taken_only_where_files_are(path: str, is_large: bool) -> None:
    assert (body_most(path) == UPLOAD_MOST) is is_large


def test_many_uploads_at_once_cannot_promise_the_same_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each alone would fit; together they would fill the disk under the database."""
    each = 2 * MEMORY_MOST
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(free=front_spool.KEEP_FREE + 2 * each + 10)
    )
    free_again = asyncio.Event()

    async def slow() -> dict[str, Any]:
        await free_again.wait()
        return {"type": "http.disconnect"}

    async def run() -> list[int]:
        asked = [asyncio.create_task(front_spool.gather_body(slow, each, tmp_path)) for _ in range(5)]
        await asyncio.sleep(0)
        free_again.set()
        ended = await asyncio.gather(*asked, return_exceptions=True)
        ended += await asyncio.gather(front_spool.gather_body(slow, each, tmp_path), return_exceptions=True)
        return [refused.status for refused in ended if isinstance(refused, front_spool.BodyRefused)]

    assert sorted(asyncio.run(run())[:5]) == [0, 0, 507, 507, 507]
    assert asyncio.run(run())[5] == 0
