# SPDX-License-Identifier: EUPL-1.2
"""Every address that this install has, for everybody, on data of every access level.

The addresses come from Django itself: whoever adds a page, a gate, a download or a feed is tested without a word,
and an address whose parameters nobody here can fill in fails. What counts is what stands in the answer: a name or a
row of a dataset that this person may not know of is a leak, wherever it stands and whatever the status is.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.gates.addresses import DEEDS, ROUTES, addresses, asked_of, gaps_of, is_one_of
from tests.gates.level_town import CLOSED, KNOWS, LEVELS, SEES_ROWS, Standing, forget, make_standing
from tests.houses.catalogue.town import OTHER, SLUG, build_town

from stoa.commons.sandbox.pace import Pace
from stoa.gates.ckan.calls import ACTIONS
from stoa.gates.own_api import api as own_api
from stoa.houses.catalogue.pages.public import sql as sql_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_places() -> None:
    """The town stands longer than a test, so its lake is the one of the whole run."""


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk asks more in a second than a caller may in an hour; a refused question would prove nothing."""
    monkeypatch.setattr(sql_page, "_pace", Pace(burst=100_000))
    monkeypatch.setattr(own_api, "federation_pace", Pace(burst=100_000))


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock():
        made = make_standing(build_town())
    yield made
    with django_db_blocker.unblock():
        forget(made)


@pytest.fixture
def standing(built: Standing, db: None) -> Standing:
    return built


# --- what stands in an answer ---

_TEXT = re.compile(r"text/|json|xml|javascript|html|turtle|csv|yaml|ld\+|urlencoded")


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _leaks(who: str, url: str, answer: Any, level: str = "") -> list[str]:
    """Names and rows in an answer that this person may not see; a file that cannot be read here counts as rows."""
    media_type = answer.headers.get("Content-Type", "")
    if answer.status_code == 200 and not _TEXT.search(media_type):
        may = not level or level in SEES_ROWS[who]
        return [] if may else [f"{who} gets {url} ({media_type})"]
    text = _body(answer).decode("utf-8", "replace")
    found = [
        f"{who} reads of {one} in {url}"
        for one in LEVELS
        if not KNOWS[who][one] and f"Namemark-{one}" in text
    ]
    return found + [
        f"{who} reads rows of {one} in {url}"
        for one in LEVELS
        if one not in SEES_ROWS[who] and f"Rowmark-{one}" in text
    ]


@dataclass(frozen=True)
class Asked:
    """A question to an address: which route it fills in, and for a dataset of which level; none where it has no gap."""

    route: str
    level: str
    url: str


def _questions(standing: Standing, levels: tuple[str, ...]) -> Iterator[Asked]:
    """Every address for every level; one that is the same for several levels once, for the first of them."""
    for route in ROUTES:
        if route.startswith(("api/3/action/<", "api/action/<")):
            continue
        met: set[str] = set()
        for level in levels if gaps_of(route) else ("",):
            filled = standing.filled[level or "open"] | {
                "uid": [standing.reuse],
                "request": [standing.request],
            }
            urls = [url for path in addresses(route, filled) for url in asked_of(route, path)]
            yield from (Asked(route, level, url) for url in urls if url not in met)
            met.update(urls)


def _walk(
    standing: Standing,
    who: str,
    look: Callable[[Asked, Any], None],
    *,
    city: str = SLUG,
    levels: tuple[str, ...] = LEVELS,
) -> None:
    """Open every address as one person: those of a dataset for every level, the others once."""
    client = standing.client(who)
    client.raise_request_exception = False
    for asked in _questions(standing, levels):
        look(asked, client.get(f"/c/{city}{asked.url}"))


# --- the tests ---


@pytest.mark.parametrize("who", ["nobody", "stranger", "grantee", "colleague"])
def test_nobody_reads_what_is_not_for_them_at_any_address(standing: Standing, who: str) -> None:
    leaks: list[str] = []
    broken: list[str] = []

    def look(asked: Asked, answer: Any) -> None:
        leaks.extend(_leaks(who, asked.url, answer, asked.level))
        if answer.status_code >= 500 and answer.status_code != 503:
            broken.append(f"{asked.url}: {answer.status_code}")

    _walk(standing, who, look, levels=LEVELS if who == "nobody" else CLOSED)
    assert leaks == []
    assert broken == []


def test_the_owner_gets_an_answer_at_every_address_so_the_walk_is_no_walk_past_closed_doors(
    standing: Standing,
) -> None:
    seen: dict[str, set[str]] = {"names": set(), "rows": set()}
    best: dict[str, int] = {}

    def look(asked: Asked, answer: Any) -> None:
        text = _body(answer).decode("utf-8", "replace")
        assert answer.status_code < 500 or "busy" in text, asked.url
        best[asked.route] = min(best.get(asked.route, 999), answer.status_code)
        for kind, mark in (("names", "Namemark"), ("rows", "Rowmark")):
            found = {one for one in LEVELS if f"{mark}-{one}" in text}
            seen[kind] |= found if answer.status_code == 200 else set()

    _walk(standing, "owner", look)
    assert seen == {"names": set(LEVELS), "rows": set(LEVELS)}
    closed = {
        route: status for route, status in best.items() if status >= 400 and not is_one_of(route, DEEDS)
    }
    # The steward's own pages, and writing addresses that no look may enter; `api/v1/` has no page of its own.
    # Histories are not shown without a time, and of other brokers there is none. No dataset here is a kept question;
    # SQL wants a statement, and whose rows it may name is tested with its page.
    assert {route: status for route, status in closed.items() if status not in {403, 405}} == {
        "api/v1/": 404,
        "ngsi-ld/v1/temporal/entities": 400,
        "ngsi-ld/v1/temporal/entities/": 400,
        "ngsi-ld/v1/csourceRegistrations/<path:registration>": 404,
        "ngsi-ld/v1/csourceSubscriptions/<path:registration>": 404,
        "desk/datasets/<slug:slug>/question": 404,
        "sql.<slug:fmt>": 404,
    }


@pytest.mark.parametrize(
    ("who", "level", "may"),
    [
        (who, level, level in SEES_ROWS[who])
        for who in ("nobody", "stranger", "grantee", "colleague")
        for level in LEVELS
    ],
)
def test_whoever_may_see_rows_does_see_them(standing: Standing, who: str, level: str, may: bool) -> None:
    slug = standing.filled[level]["slug"][0]
    client = standing.client(who)
    for path in (
        f"/datasets/{slug}/table",
        f"/datasets/{slug}/download/csv",
        f"/api/v1/datasets/{slug}/rows",
    ):
        answer = client.get(f"/c/{SLUG}{path}")
        is_seen = answer.status_code == 200 and f"Rowmark-{level}" in _body(answer).decode()
        assert is_seen is may, path


def test_no_address_of_another_city_tells_anything_of_this_one(standing: Standing) -> None:
    leaks: list[str] = []

    def look(asked: Asked, answer: Any) -> None:
        text = _body(answer).decode("utf-8", "replace")
        leaks.extend([asked.url] * ("Namemark-" in text or "Rowmark-" in text))

    # Whoever may see most of a level in the city where it lies; the stranger is an officer of the other one.
    for who, level in (("owner", "internal"), ("stranger", "open"), ("grantee", "on_request")):
        _walk(standing, who, look, city=OTHER, levels=(level,))
    assert leaks == []


def _resources(standing: Standing, level: str) -> list[str]:
    """The ids that CKAN's gate gives the files of a dataset, as its owner reads them; the first and the table."""
    slug = standing.filled[level]["slug"][0]
    told = standing.client("owner").get(f"/c/{SLUG}/api/3/action/package_show?id={slug}").json()
    ids = [one["id"] for one in told["result"]["resources"]] if told["success"] else []
    return ids[:2]


@pytest.mark.parametrize("who", ["nobody", "stranger", "grantee", "colleague"])
def test_no_action_of_ckan_tells_more_than_the_pages(standing: Standing, who: str) -> None:
    client = standing.client(who)
    leaks: list[str] = []
    reading = [name for name, action in ACTIONS.items() if action.is_reading]
    for level in LEVELS if who == "nobody" else CLOSED:
        resources = _resources(standing, level)
        said = [
            f"id={standing.filled[level]['slug'][0]}&resource_id={one}&q=mark" for one in resources or ["x"]
        ]
        said += [f"id={one}&resource_id={one}&limit=100&include_private=true" for one in resources]
        urls = [f"/api/3/action/{name}?{asked}" for name in reading for asked in said]
        urls += [f"/api/3/action/datastore_search_sql?sql=SELECT * FROM %22{one}%22" for one in resources]
        urls += [f"/datastore/dump/{one}" for one in resources]
        for url in urls:
            leaks += _leaks(who, url, client.get(f"/c/{SLUG}{url}"), level)
    assert leaks == []


def test_ckan_does_tell_the_owner_so_that_the_questions_are_the_right_ones(standing: Standing) -> None:
    owner = standing.client("owner")
    slug = standing.filled["internal"]["slug"][0]
    assert "Namemark-internal" in owner.get(f"/c/{SLUG}/api/3/action/package_show?id={slug}").content.decode()
    searched = [
        owner.get(f"/c/{SLUG}/api/3/action/datastore_search?resource_id={one}").content.decode()
        for one in _resources(standing, "internal")
    ]
    assert any("Rowmark-internal" in text for text in searched)


def test_an_address_that_nobody_here_can_fill_in_is_found_out(standing: Standing) -> None:
    filled = standing.filled["open"]
    with pytest.raises(AssertionError, match="new address"):
        addresses("brand-new/<str:gate_key>", filled)
    assert uuid.UUID(standing.reuse)
