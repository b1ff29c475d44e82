# SPDX-License-Identifier: EUPL-1.2
"""'This row is wrong': from a row to its owner, and the page that tells the answer."""

from __future__ import annotations

from typing import Any

import pytest

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import RowReport

pytestmark = pytest.mark.django_db
FORM = "/c/stoa-on-lake/datasets/street-trees/rows/3/report"


def _post(town: Any, **said: str) -> Any:
    return town.client("outsider").post(FORM, said)


def _reports(town: Any) -> list[RowReport]:
    with acting_in(town.city):
        return list(RowReport.objects.all())


def test_a_report_is_kept_with_the_row_and_has_a_page_of_its_own(town: Any) -> None:
    answer = _post(town, message="The tree is an oak.", column="kind", email="me@example.org")
    assert answer.status_code == 302
    page = town.client("outsider").get(answer["Location"]).content.decode()
    assert "Your report has arrived" in page
    assert "me@example.org" not in page
    assert "The tree is an oak." not in page
    (report,) = _reports(town)
    assert (report.row, report.column, report.values["tree_number"]) == (3, "kind", "T-003")


def test_an_empty_message_is_asked_for_again_and_what_was_typed_is_kept(town: Any) -> None:
    answer = _post(town, message=" ", email="not an address", column="kind")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="not an address"' in page
    assert '<option value="kind" selected>' in page
    assert _reports(town) == []


def test_a_program_that_fills_in_everything_is_thanked_and_ignored(town: Any) -> None:
    assert _post(town, message="Buy now", website="https://spam.example").status_code == 302
    assert _reports(town) == []


def test_rows_that_may_not_be_seen_cannot_be_reported(town: Any) -> None:
    for slug in ("entitled-trees", "internal-trees", "draft-trees"):
        path = FORM.replace("street-trees", slug)
        assert town.client("outsider").post(path, {"message": "wrong"}).status_code == 404
    assert _reports(town) == []


def test_a_report_is_not_found_in_another_city_or_by_guessing(town: Any) -> None:
    place = _post(town, message="Wrong kind")["Location"]
    assert town.client("outsider").get(place.replace("stoa-on-lake", "elsewhere-on-sea")).status_code == 404
    assert (
        town.client("outsider")
        .get("/c/stoa-on-lake/reports/00000000-0000-4000-8000-000000000000")
        .status_code
        == 404
    )
