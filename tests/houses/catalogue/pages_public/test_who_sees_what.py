# SPDX-License-Identifier: EUPL-1.2
"""Who may see which page: the owner, a colleague of another department, an outsider, somebody of another city."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]

DESCRIBING = {"dataset": "", "dataset-versions": "/versions", "dataset-quality": "/quality"}
ROWS = {
    "dataset-table": "/table",
    "dataset-row": "/rows/1",
    "dataset-row-report": "/rows/1/report",
    "dataset-map": "/map",
    "dataset-chart": "/chart",
    "dataset-downloads": "/downloads",
    "dataset-api": "/api",
    "dataset-download": "/download/csv",
    "dataset-tiles": "/tiles.json",
    "dataset-tile": "/tiles/1/8/133/84.mvt",
}
EVERYBODY = ("owner", "colleague", "outsider", "stranger")
FINE = {200, 204}


def _status(get: Get, slug: str, part: str, who: str) -> int:
    return int(get(f"/datasets/{slug}{part}", who).status_code)


@pytest.mark.parametrize("part", [*DESCRIBING.values(), *ROWS.values(), "/versions/2/changes"])
def test_everybody_sees_every_page_of_an_open_dataset(get: Get, part: str) -> None:
    assert {_status(get, "street-trees", part, who) for who in EVERYBODY} <= FINE


@pytest.mark.parametrize("part", DESCRIBING.values())
def test_everybody_may_know_that_entitled_data_exists(get: Get, part: str) -> None:
    assert {_status(get, "entitled-trees", part, who) for who in EVERYBODY} == {200}


@pytest.mark.parametrize("part", ROWS.values())
def test_entitled_rows_are_for_the_administration_of_this_city_only(get: Get, part: str) -> None:
    seen = {who: _status(get, "entitled-trees", part, who) for who in EVERYBODY}
    assert seen["owner"] in FINE
    assert seen["colleague"] in FINE
    assert (seen["outsider"], seen["stranger"]) == (404, 404)


@pytest.mark.parametrize("part", [*DESCRIBING.values(), *ROWS.values()])
def test_internal_data_does_not_exist_for_anybody_but_its_department(get: Get, part: str) -> None:
    seen = {who: _status(get, "internal-trees", part, who) for who in EVERYBODY}
    assert seen.pop("owner") in FINE
    assert set(seen.values()) == {404}


@pytest.mark.parametrize("part", [*DESCRIBING.values(), *ROWS.values()])
def test_a_draft_does_not_exist_for_anybody_but_its_department(get: Get, part: str) -> None:
    assert {_status(get, "draft-trees", part, who) for who in ("colleague", "outsider", "stranger")} == {404}


def test_the_owner_sees_the_page_of_a_draft_and_reads_that_it_is_not_public(get: Get) -> None:
    page = get("/datasets/draft-trees", "owner").content.decode()
    assert "Not public yet" in page
    assert "There is nothing to look at yet" in page


def test_a_draft_has_no_rows_to_look_at_even_for_its_owner(get: Get) -> None:
    assert {_status(get, "draft-trees", part, "owner") for part in ROWS.values()} == {404}


def test_what_does_not_exist_looks_like_what_is_hidden(get: Get) -> None:
    hidden, missing = get("/datasets/internal-trees"), get("/datasets/no-such-trees")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.decode().replace("internal-trees", "x") == missing.content.decode().replace(
        "no-such-trees", "x"
    )


def test_internal_and_draft_data_are_in_no_list_for_outsiders(get: Get) -> None:
    for path in ("/", "/datasets", "/departments/parks"):
        for who in ("outsider", "stranger", "colleague"):
            page = get(path, who).content.decode()
            assert "Internal trees" not in page
            assert "Draft trees" not in page


def test_the_search_counts_only_what_may_be_found(get: Get) -> None:
    assert "3 datasets" in get("/datasets").content.decode()
    assert "4 datasets" in get("/datasets", "owner").content.decode()


def test_suggestions_name_only_what_the_reader_may_find(get: Get) -> None:
    def suggested(who: str, words: str = "tre") -> list[str]:
        answer = get(f"/search/suggestions?q={words}", who)
        assert answer["Content-Type"] == "application/x-suggestions+json"
        text, titles, _notes, urls = answer.json()
        assert (text, len(titles)) == (words, len(urls))
        return list(titles)

    assert "Internal trees" in suggested("owner")
    for who in ("outsider", "stranger", "colleague"):
        assert "Street trees" in suggested(who)
        assert "Internal trees" not in suggested(who)
        assert suggested(who, "inxternal") == []
    assert "Draft trees" not in suggested("owner")
    assert suggested("outsider", "") == []


def test_closed_rows_say_why_and_whom_to_ask(get: Get) -> None:
    page = get("/datasets/entitled-trees").content.decode()
    assert "The rows are not open to you" in page
    assert "people of the administration" in page
    assert "parks@lake.example" in page
    assert "T-001" not in page


def test_data_of_one_city_is_not_found_in_another(town: Any) -> None:
    for who in EVERYBODY:
        assert town.client(who).get("/c/elsewhere-on-sea/datasets/street-trees").status_code == 404


def test_names_of_officers_are_for_colleagues_only(get: Get) -> None:
    assert "Test" not in get("/datasets/street-trees/versions").content.decode().split("<main")[1].replace(
        "Testing", ""
    )
    assert "Test" in get("/datasets/street-trees/versions", "colleague").content.decode()


def test_rows_that_were_not_read_are_told_by_reason_and_never_by_content(get: Get) -> None:
    page = get("/datasets/street-trees/quality").content.decode()
    assert "Column by column" in page
    assert "T-005" not in page
