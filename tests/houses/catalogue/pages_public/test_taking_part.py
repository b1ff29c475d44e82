# SPDX-License-Identifier: EUPL-1.2
"""The forms that anybody may send: what a person sends arrives, what a program sends does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.core import signing

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import (
    AccessRequest,
    Comment,
    DataRequest,
    Follow,
    OpenDataPolicy,
    Reuse,
    UsageDay,
)
from stoa.web import open_form

pytestmark = pytest.mark.django_db
HERE = "/c/stoa-on-lake"
TREES = f"{HERE}/datasets/street-trees"
FORMS: dict[str, tuple[str, dict[str, str], type[Any]]] = {
    "re-use": (
        f"{HERE}/reuses/new",
        {
            "title": "Finder",
            "kind": "application",
            "url": "https://x.example",
            "datasets": "street-trees, nothing",
        },
        Reuse,
    ),
    "request": (
        f"{HERE}/requests/new",
        {"title": "Fountains", "description": "Where they are."},
        DataRequest,
    ),
    "comment": (f"{TREES}/discussion", {"text": "Is the oak still there?"}, Comment),
    "follow": (f"{TREES}/follow", {"email": "kim@example.org"}, Follow),
    "access": (
        f"{HERE}/datasets/entitled-trees/access",
        {
            "name": "Kim",
            "email": "kim@example.org",
            "purpose": "A study",
            "wanted_until_on": "2027-01-31",
            "is_agreed": "on",
        },
        AccessRequest,
    ),
}


@pytest.fixture(autouse=True)
def at_one_time() -> Any:
    with time_machine.travel("2026-11-20T10:00:00+00:00", tick=False) as clock:
        yield clock


def _shown(seconds_ago: float) -> str:
    with time_machine.travel(
        1795168800 - seconds_ago, tick=False
    ):  # that many seconds before the test's time
        return open_form.stamp()


def _count(town: Any, model: type[Any]) -> int:
    with acting_in(town.city):
        return int(model.objects.count())


@pytest.mark.parametrize("name", FORMS)
def test_what_a_person_sends_arrives_and_its_page_says_so(town: Any, name: str) -> None:
    url, said, model = FORMS[name]
    client = town.client("outsider")
    page = client.get(url)
    assert page.status_code == 200
    assert re.search(r'name="shown" value="shown:[^"]+"', page.content.decode())
    answer = client.post(url, said | {"shown": _shown(30), "website": ""})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert _count(town, model) == 1
    assert "kim" not in answer["Location"].lower()
    after = client.get(answer["Location"])
    assert after.status_code == 200
    assert "kim@example.org" not in after.content.decode()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "trap",
    [{"website": "https://spam.example"}, {"shown": ""}, {"shown": "forged"}, {"shown": "quick"}],
    ids=str,
)
def test_a_program_is_thanked_and_nothing_is_kept(town: Any, name: str, trap: dict[str, str]) -> None:
    url, said, model = FORMS[name]
    trapped = {"shown": _shown(1)} if trap.get("shown") == "quick" else trap
    answer = town.client("outsider").post(url, said | {"shown": _shown(30)} | trapped)
    assert answer.status_code == 302
    assert _count(town, model) == 0


@pytest.mark.parametrize("name", FORMS)
def test_a_page_that_was_open_for_days_asks_to_send_again_and_keeps_what_was_typed(
    town: Any, name: str
) -> None:
    url, said, model = FORMS[name]
    answer = town.client("outsider").post(url, said | {"shown": _shown(2 * 86400)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "open for very long" in page
    assert next(iter(said.values())) in page
    assert _count(town, model) == 0
    fresh = re.search(r'name="shown" value="([^"]+)"', page)
    assert fresh
    signing.TimestampSigner(salt="catalogue.open_form").unsign(fresh[1], max_age=1)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_missing_is_asked_for(town: Any, name: str) -> None:
    url, _said, model = FORMS[name]
    answer = town.client("outsider").post(url, {"shown": _shown(30)})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert _count(town, model) == 0


def test_forms_of_hidden_datasets_are_not_there(town: Any) -> None:
    for slug in ("internal-trees", "draft-trees"):
        for part in ("access", "discussion", "follow", "use"):
            for who in ("outsider", "stranger", "colleague"):
                assert town.client(who).get(f"{HERE}/datasets/{slug}/{part}").status_code == 404, (
                    slug,
                    part,
                    who,
                )
    assert town.client("outsider").get(f"{TREES}/access").status_code == 404, "what is open needs no asking"


def test_figures_of_use_are_for_those_who_keep_data_unless_the_city_shows_them(town: Any) -> None:
    with acting_in(town.city):
        UsageDay.objects.create(
            city=town.city,
            dataset_id=_trees(town),
            day="2026-11-20",
            gate="portal",
            kind="download",
            program=False,
            uses=500,
            rows=30_000,
        )
    for path in ("/value", "/datasets/street-trees/use"):
        statuses = {
            who: town.client(who).get(f"{HERE}{path}").status_code
            for who in ("outsider", "stranger", "owner")
        }
        assert statuses == {"outsider": 404, "stranger": 404, "owner": 200}
    assert town.client("colleague").get(f"{HERE}/datasets/street-trees/use").status_code == 404
    with acting_in(town.city):
        OpenDataPolicy.objects.create(city=town.city, is_value_public=True, platform_cents=100_000)
    page = town.client("outsider").get(f"{HERE}/datasets/street-trees/use?days=90").content.decode()
    assert "500" in page
    assert "30,000" in page
    assert "7.5" in page, "500 downloads / 50 * 45 minutes are 7.5 hours"
    whole = town.client("outsider").get(f"{HERE}/value?days=365")
    assert whole.status_code == 200
    assert "Street trees" in whole.content.decode()
    assert "Internal trees" not in whole.content.decode()


def _trees(town: Any) -> int:
    from stoa.houses.catalogue.models import Dataset

    return int(Dataset.objects.get(city=town.city, slug="street-trees").pk)
