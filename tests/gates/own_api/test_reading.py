# SPDX-License-Identifier: EUPL-1.2
"""What programs read, page by page, and what is not there for whom."""

from __future__ import annotations

from typing import Any

import pytest
from tests.houses.catalogue.town import OTHER, SLUG

TREES = "/datasets/street-trees"
NOT_OURS = ("outsider", "revoked", "stranger")


def slugs(answer: Any) -> set[str]:
    return {d["slug"] for d in answer.json()["datasets"]}


def everything(api: Any, limit: int, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = ""
    for _page in range(100):
        page = api.get(f"{TREES}/rows", limit=limit, after=after, **asked).json()
        rows += page["rows"]
        after = page["next_after"]
        if not after:
            return rows
    raise AssertionError("paging does not end")


def test_a_search_shows_everybody_what_is_public_and_the_department_what_is_its_own(api: Any) -> None:
    assert slugs(api.get("/datasets")) == {"street-trees", "bicycle-counts", "entitled-trees"}
    assert slugs(api.get("/datasets", "colleague")) == slugs(api.get("/datasets"))
    assert slugs(api.get("/datasets", "owner")) == slugs(api.get("/datasets")) | {"internal-trees"}
    assert slugs(api.get("/datasets", "steward")) == slugs(api.get("/datasets", "owner"))


def test_a_search_finds_by_words_and_department(api: Any) -> None:
    assert slugs(api.get("/datasets", q="bicycle")) == {"bicycle-counts"}
    assert slugs(api.get("/datasets", department="traffic")) == {"bicycle-counts"}
    assert slugs(api.get("/datasets", department="nowhere")) == set()


def hidden_from(who: str) -> int:
    """The status for what somebody may not know of: an unknown key is told that it is one, whatever it asks for."""
    return 401 if who in {"stranger", "revoked"} else 404


@pytest.mark.parametrize("who", [*NOT_OURS, "reader", "colleague"])
@pytest.mark.parametrize("slug", ["internal-trees", "draft-trees"])
@pytest.mark.parametrize(
    "rest", ["", "/versions", "/rows", "/groups?by=kind", "/changes?from=1&to=1", "/rows?version=1"]
)
def test_internal_datasets_and_drafts_do_not_exist_for_others(
    api: Any, who: str, slug: str, rest: str
) -> None:
    answer = api.get(f"/datasets/{slug}{rest}", who)
    assert answer.status_code == hidden_from(who)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert slug not in answer.content.decode()


@pytest.mark.parametrize("rest", ["/versions", "/rows", "/groups?by=kind", "/changes?from=1&to=1"])
def test_rows_for_the_administration_are_for_the_administration(api: Any, rest: str) -> None:
    assert api.get("/datasets/entitled-trees", "outsider").status_code == 200
    for who in NOT_OURS:
        assert api.get(f"/datasets/entitled-trees{rest}", who).status_code == hidden_from(who)
    for who in ("owner", "colleague", "steward", "reader"):
        assert api.get(f"/datasets/entitled-trees{rest}", who).status_code == 200


def test_the_owner_reads_what_is_internal(api: Any) -> None:
    assert api.get("/datasets/internal-trees/rows", "owner").json()["total"] == 60
    assert api.get("/datasets/draft-trees", "owner").json()["state"] == "draft"


def test_the_key_of_another_city_opens_nothing_and_its_own_city_has_none_of_ours(api: Any) -> None:
    assert api.get("/datasets/street-trees", "stranger", city=OTHER).status_code == 404
    assert slugs(api.get("/datasets", "stranger", city=OTHER)) == set()
    assert api.get("/datasets", city="no-such-city").status_code == 404


@pytest.mark.parametrize("who", ["revoked", "stranger"])
@pytest.mark.parametrize("path", ["/datasets", "/departments", "/datasets/street-trees/rows"])
def test_a_key_that_is_none_here_is_said_to_be_none_even_where_everybody_may_read(
    api: Any, who: str, path: str
) -> None:
    answer = api.get(path, who)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["title"] == "This key is unknown here, or it was revoked."


@pytest.mark.parametrize("limit", [1, 7, 60, 1000])
def test_paging_to_the_end_gives_every_row_once(api: Any, limit: int) -> None:
    if limit == 1:  # one at a time over a filtered part, all pages otherwise
        rows = everything(api, 1, **{"f.kind.is": "Oak"})
        assert len(rows) == len({r["tree_number"] for r in rows}) == 20
        return
    rows = everything(api, limit)
    assert [r["tree_number"] for r in rows] == [f"T-{n:03}" for n in range(1, 62) if n != 7]


@pytest.mark.parametrize("sort", ["height_m", "-height_m", "kind", "-planted_on"])
def test_paging_in_an_order_with_ties_and_gaps_loses_nothing(api: Any, sort: str) -> None:
    whole = everything(api, 1000, sort=sort)
    assert everything(api, 7, sort=sort) == whole
    assert len({row["_row"] for row in whole}) == 60


def test_filters_mean_what_they_say(api: Any) -> None:
    rows = everything(api, 1000)
    tall = everything(api, 1000, **{"f.height_m.gte": "10", "f.kind.in": ["Oak", "Lime"]})
    assert tall == [r for r in rows if (r["height_m"] or 0) >= 10 and r["kind"] in {"Oak", "Lime"}]
    assert [r["tree_number"] for r in everything(api, 10, **{"f.height_m.empty": "1"})] == ["T-005"]
    assert {r["kind"] for r in everything(api, 100, **{"f.kind.not": "Oak"})} == {"Lime", "Maple"}


def test_only_the_columns_asked_for_come(api: Any) -> None:
    row = api.get(f"{TREES}/rows", columns=["kind", "height_m"], limit=1).json()["rows"][0]
    assert set(row) == {"_row", "kind", "height_m"}


def test_an_earlier_version_can_be_read_by_number(api: Any) -> None:
    numbers = lambda **asked: {r["tree_number"] for r in everything(api, 1000, **asked)}  # noqa: E731
    assert numbers(version=1) - numbers(version=2) == {"T-007"}
    assert numbers(version=2) - numbers(version=1) == {"T-061"}
    assert numbers() == numbers(version=2)
    assert api.get(f"{TREES}/rows", version=3).status_code == 404


def test_a_day_shows_what_was_shown_on_it(api: Any) -> None:
    day = api.get(f"{TREES}/versions").json()[0]["made_at"][:10]
    assert api.get(f"{TREES}/rows", on=day).json() == api.get(f"{TREES}/rows").json()
    assert api.get(f"{TREES}/rows", on="2001-01-01").status_code == 404


def test_a_day_that_is_none_is_explained(api: Any) -> None:
    answer = api.get(f"{TREES}/rows", on="tomorrow")
    assert answer.status_code == 422
    assert [p["code"] for p in answer.json()["problems"]] == ["api.day_unreadable"]


def test_versions_come_newest_first(api: Any) -> None:
    assert [v["number"] for v in api.get(f"{TREES}/versions").json()] == [2, 1]


def test_groups_count_all_rows(api: Any) -> None:
    rows = everything(api, 1000)
    found = {g["group"]: g["value"] for g in api.get(f"{TREES}/groups", by="kind").json()["groups"]}
    assert found == {kind: sum(r["kind"] == kind for r in rows) for kind in ("Lime", "Oak", "Maple")}


def test_groups_by_a_column_that_is_not_there_are_refused(api: Any) -> None:
    answer = api.get(f"{TREES}/groups", by='kind"; drop table x; --')
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"].count(".") == 1


def test_changes_name_each_row(api: Any) -> None:
    found = api.get(f"{TREES}/changes", **{"from": 1, "to": 2}).json()
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 1)
    assert found["changed_by_column"] == {"height_m": 1}
    assert api.get(f"{TREES}/changes", **{"from": 1, "to": 9}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"f.colour.is": "red"}, "catalogue.column_unknown"),
        ({"f.kind.resembles": "Oak"}, "catalogue.comparison_unknown"),
        ({"sort": "colour"}, "catalogue.column_unknown"),
        ({"columns": "colour"}, "catalogue.column_unknown"),
        ({"limit": "0"}, "api.value_wrong"),
        ({"limit": "1001"}, "api.value_wrong"),
        ({"version": "x"}, "api.value_wrong"),
    ],
)
def test_what_cannot_be_understood_is_said_with_a_stable_code(
    api: Any, asked: dict[str, str], code: str
) -> None:
    answer = api.get(f"{TREES}/rows", **asked)
    body = answer.json()
    assert (answer.status_code, body["status"]) == (422, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) == {"type", "status", "title", "problems"}
    assert [p["code"] for p in body["problems"]] == [code]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/datasets", 9),
        (TREES, 5),
        (f"{TREES}/versions", 5),
        (f"{TREES}/rows", 6),
        (f"{TREES}/groups?by=kind", 6),
        ("/departments", 4),
    ],
)
def test_reading_asks_the_database_little(
    api: Any, django_assert_max_num_queries: Any, path: str, most: int
) -> None:
    with django_assert_max_num_queries(
        most + 8
    ):  # 8: city, transaction, savepoint, `app.city` there and back
        assert api.get(path).status_code == 200


def test_the_openapi_document_is_there_for_every_city(api: Any) -> None:
    document = api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert any(path.endswith("/datasets/{slug}/rows") for path in document["paths"])
    assert SLUG not in str(document["components"])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x" * 41, "\0"])
def test_days_at_the_ends_of_time_are_no_defect(api: Any, day: str) -> None:
    assert api.get(f"{TREES}/rows", on=day).status_code in {200, 404, 422}


def test_a_day_ends_when_it_ends_in_the_city(api: Any) -> None:
    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue.models import Version

    with acting_in(api.town.city):
        versions = Version.objects.filter(dataset__slug="street-trees")
        versions.filter(number=1).update(made_at="2026-01-01T00:00:00Z")
        versions.filter(number=2).update(made_at="2026-05-31T22:30:00Z")  # half past midnight in Berlin
    before = {r["tree_number"] for r in everything(api, 1000, on="2026-05-31")}
    after = {r["tree_number"] for r in everything(api, 1000, on="2026-06-01")}
    assert ("T-007" in before, "T-007" in after) == (True, False)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "A" * 30_000])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/datasets", "q"),
        ("/datasets", "theme"),
        ("/datasets", "place"),
        ("/datasets", "department"),
        ("/datasets", "order"),
        (f"{TREES}/rows", "q"),
        (f"{TREES}/rows", "sort"),
        (f"{TREES}/rows", "after"),
        (f"{TREES}/rows", "columns"),
        (f"{TREES}/rows", "f.kind.is"),
        (f"{TREES}/rows", "f.kind.has"),
        (f"{TREES}/rows", "f.height_m.gte"),
        (f"{TREES}/rows", "f.planted_on.lt"),
        (f"{TREES}/groups", "by"),
        (f"{TREES}/groups", "split"),
        (f"{TREES}/groups", "of"),
    ],
)
def test_a_text_that_is_none_is_no_defect(api: Any, path: str, name: str, text: str) -> None:
    asked = {name: text.encode("utf-8", "surrogatepass")}
    more = {"by": "kind"} if path.endswith("groups") and name != "by" else {}
    assert api.get(path, **more, **asked).status_code in {200, 422}


@pytest.mark.parametrize("slug", ["%00", "a%00b", "..%2f..", "%ff", "a" * 3000])
def test_an_impossible_short_name_is_not_there(api: Any, slug: str) -> None:
    for rest in ("", "/rows", "/versions"):
        assert api.get(f"/datasets/{slug}{rest}").status_code == 404


def test_a_forged_place_to_page_on_from_is_refused(api: Any) -> None:
    for forged in ("x", "e30=", "eyJhIjoxfQ==", "1;drop", "[1,2]"):
        answer = api.get(f"{TREES}/rows", after=forged)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["code"]
