# SPDX-License-Identifier: EUPL-1.2
"""The catalogue as records."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gates.ogc.conftest import TREES, Ogc, link
from tests.houses.catalogue.town import OTHER

ITEMS = "/collections/catalogue.records/items"


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["features"]]


def test_every_dataset_that_may_be_known_is_a_record(ogc: Ogc) -> None:
    assert ids(ogc.get(ITEMS)) == [TREES, "bicycle-counts", "entitled-trees"]
    assert ids(ogc.get(ITEMS, "owner")) == [TREES, "bicycle-counts", "entitled-trees", "internal-trees"]
    assert ids(ogc.get(ITEMS, "stranger")) == [TREES, "bicycle-counts", "entitled-trees"]
    assert ids(ogc.get(ITEMS, city=OTHER)) == []
    assert ogc.get(f"{ITEMS}/internal-trees").status_code == 404
    assert ogc.get(f"{ITEMS}/draft-trees", "owner").status_code == 404


def test_a_record_says_what_the_dataset_is(ogc: Ogc) -> None:
    body = ogc.get(f"{ITEMS}/{TREES}").json()
    told = body["properties"]
    assert (told["type"], told["title"], told["license"]) == ("dataset", "Street trees", "CC-BY-4.0")
    assert told["keywords"] == ["trees"]
    assert told["contacts"][0]["emails"] == [{"value": "parks@lake.example"}]
    assert body["geometry"]["type"] == "Polygon"
    assert body["time"] is None
    assert ogc.get(link(body, "item")).json()["numberMatched"] == 60
    assert ogc.get(link(body, "collection")).json()["itemType"] == "record"
    assert ogc.get(f"{ITEMS}/bicycle-counts").json()["geometry"] is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "bicycle"}, ["bicycle-counts"]),
        ({"q": "bicycle,entitled"}, ["bicycle-counts", "entitled-trees"]),
        ({"q": "trees bicycle"}, []),
        ({"ids": f"{TREES},nothing"}, [TREES]),
        ({"type": "dataset"}, [TREES, "bicycle-counts", "entitled-trees"]),
        ({"type": "service"}, []),
        ({"bbox": "7,51,8,52"}, [TREES, "bicycle-counts", "entitled-trees"]),
        ({"bbox": "10,51,11,52"}, ["bicycle-counts"]),
        ({"bbox": "170,51,8,52"}, [TREES, "bicycle-counts", "entitled-trees"]),
        ({"datetime": "2020-01-01/.."}, [TREES, "bicycle-counts", "entitled-trees"]),
    ],
)
def test_records_are_found_by_words_place_and_time(
    ogc: Ogc, asked: dict[str, str], expected: list[str]
) -> None:
    answer = ogc.get(ITEMS, **asked)
    assert ids(answer) == expected
    assert answer.json()["numberMatched"] == len(expected)


def test_records_come_in_pages(ogc: Ogc) -> None:
    first = ogc.get(ITEMS, limit=2)
    assert first.json()["numberMatched"] == 3
    assert ids(first) + ids(ogc.get(link(first.json(), "next"))) == [
        TREES,
        "bicycle-counts",
        "entitled-trees",
    ]


def test_wrong_questions_are_refused(ogc: Ogc) -> None:
    for asked in (
        {"nonsense": "1"},
        {"limit": "0"},
        {"bbox": "1"},
        {"datetime": "x"},
        {"after": "x"},
        {"kind": "Oak"},
    ):
        assert ogc.get(ITEMS, **asked).status_code == 400, asked
    assert ogc.get(f"{ITEMS}/{TREES}", nonsense="1").status_code == 400


def test_people_see_pages(ogc: Ogc) -> None:
    for path in (
        ITEMS,
        f"{ITEMS}/{TREES}",
        "/collections/catalogue.records",
        "/collections",
        "/",
        "/api",
        "/conformance",
    ):
        answer = ogc.get(path, f="html")
        assert answer.status_code == 200, path
        assert b"<h1" in answer.content


def test_asking_costs_few_queries(ogc: Ogc, django_assert_max_num_queries: Any) -> None:
    ogc.get(ITEMS)
    with django_assert_max_num_queries(12):
        ogc.get(ITEMS, q="trees", limit=1)
