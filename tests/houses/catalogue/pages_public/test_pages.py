# SPDX-License-Identifier: EUPL-1.2
"""What the pages say and how they take wrong questions."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.houses.catalogue.town import SLUG, Town

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.public import counted

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
TREES = "/datasets/street-trees"
OAKS = "?f.kind.is=Oak"
PARTS = (
    "",
    "/table",
    "/rows/1",
    "/rows/1/report",
    "/map",
    "/chart",
    "/downloads",
    "/versions",
    "/versions/2/changes",
    "/quality",
    "/api",
)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize(
    "path", ["/", "/datasets", "/departments", "/departments/parks", *(TREES + part for part in PARTS)]
)
def test_every_page_has_one_heading_a_lead_and_a_title(get: Get, path: str) -> None:
    page = text(get(path))
    assert page.count("<h1") == 1
    assert re.search(r'<p class="lead">\s*\S', page)
    assert "Stoa-on-Lake" in page.split("</title>")[0]


@pytest.mark.parametrize("path", [TREES + part for part in PARTS])
def test_every_page_of_a_dataset_says_where_it_comes_from(get: Get, path: str) -> None:
    page = text(get(path))
    assert "Source: Parks. Version 2 of" in page
    assert 'aria-label="You are here"' in page


_AROUND = ("SAVEPOINT", "RELEASE", "select set_config", "select nullif(current_setting")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 10), ("/datasets?q=tree", 7), (TREES, 8), (TREES + "/table", 8), (TREES + "/chart", 8)],
)
def test_pages_ask_the_database_little(
    get: Get, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    """Savepoints and the city acted in are the frame of every request and not counted."""
    with django_assert_max_num_queries(100) as asked:
        assert get(path).status_code == 200
    own = [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(_AROUND)]
    assert len(own) <= most, own


def test_the_table_filters_sorts_and_keeps_what_was_asked_in_every_link(get: Get) -> None:
    page = text(get(TREES + "/table?f.height_m.gte=1&f.kind.not=Lime&sort=-height_m&size=20"))
    rows = re.findall(r">(T-\d{3})</a>", page)
    assert rows[0] == "T-059"
    assert "1 to 20 of 37" in page
    after = re.search(r'rel="next" href="([^"]+)"', page)
    assert after
    assert "f.kind.not=Lime" in after[1]
    assert "sort=-height_m" in after[1]
    assert "/download/csv?f.height_m.gte=1&amp;f.kind.not=Lime&amp;sort=-height_m" in page


def test_following_next_and_previous_leads_back_to_the_same_rows(get: Get) -> None:
    first = text(get(TREES + "/table?size=20"))
    second = text(get(_link(first, "next")))
    assert "21 to 40 of 60" in second
    back = text(get(_link(second, "prev")))
    assert re.findall(r">(T-\d{3})</a>", back) == re.findall(r">(T-\d{3})</a>", first)


def _link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="/c/stoa-on-lake([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("question", "code", "typed"),
    [
        ("f.height_m.gte=tall", "lake.filter_value_unreadable", 'value="tall"'),
        ("f.gone.is=1", "catalogue.column_unknown", ""),
        ("f.kind.almost=1", "catalogue.comparison_unknown", ""),
        ("sort=gone", "catalogue.column_unknown", ""),
        ("after=rubbish", "lake.token_unreadable", ""),
        ("f.planted_on.gte=yesterday&q=oak", "lake.filter_value_unreadable", 'value="oak"'),
    ],
)
def test_wrong_questions_to_the_table_are_answered_with_what_was_typed(
    get: Get, question: str, code: str, typed: str
) -> None:
    answer = get(f"{TREES}/table?{question}")
    assert answer.status_code == 422
    assert code in text(answer)
    assert typed in text(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/chart?by=gone",
        "/chart?by=kind&measure=sum&of=kind",
        "/map?by=gone",
        "/download/csv?f.gone.is=1",
        "/download/csv?f.height_m.gte=tall",
        "?version=one",
        "?on=yesterday",
        "?on=9999-12-31",
        "/downloads?sort=gone",
    ],
)
def test_wrong_parameters_are_never_our_fault(get: Get, path: str) -> None:
    assert get(TREES + path).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "?version=9",
        "?on=2001-01-01",
        "/rows/99999",
        "/rows/0",
        "/download/exe",
        "/versions/1/changes",
        "/versions/2/changes?from=8",
        "/tiles/1/99/0/0.mvt",
        "/tiles/9/1/0/0.mvt",
        "/tiles/1/1/5/5.mvt",
        "/tiles/1/1/0/0.mvt?by=gone",
    ],
)
def test_what_is_not_there_is_not_found(get: Get, path: str) -> None:
    assert get(TREES + path).status_code == 404


def test_an_earlier_version_is_shown_with_a_note_and_carried_along(get: Get) -> None:
    page = text(get(TREES + "/table?version=1&f.height_m.is=2.25"))
    assert "This is version 1, as it was on" in page
    assert "T-009" in page
    assert "version=1" in page.split("Parts of this dataset")[1].split("</nav>")[0]
    assert "T-009" not in text(get(TREES + "/table?f.height_m.is=2.25"))


def test_changes_say_what_changed_was_added_and_removed(get: Get) -> None:
    page = text(get(TREES + "/versions/2/changes"))
    for words in ("T-007", "T-061", "T-009", "− removed", "+ added", "≠ changed"):
        assert words in page
    assert re.search(r"<del>2.25</del>.*<ins>3.25</ins>", page, re.DOTALL)


def test_a_row_shows_all_its_values_and_leads_back_to_its_owner(get: Get) -> None:
    page = text(get(TREES + "/rows/5"))
    assert "T-005" in page
    assert "not stated" in page
    assert "/datasets/street-trees/rows/5/report" in page


def test_the_card_of_a_place_is_short_json(get: Get) -> None:
    card = json.loads(get(TREES + "/rows/9?as=card").content)
    assert card["title"] == "T-010"
    assert ["Kind", "Oak"] in card["rows"]


def test_the_places_of_a_row_hold_itself_and_its_neighbours(get: Get) -> None:
    places = json.loads(get(TREES + "/rows/9?as=geojson").content)["features"]
    assert [f["properties"]["_row"] for f in places if f["properties"]["which"] == "this"] == [9]
    assert any(f["properties"]["which"] == "other" for f in places)


def test_the_first_chart_of_counts_is_a_line_over_time(get: Get) -> None:
    page = text(get("/datasets/bicycle-counts/chart"))
    assert 'data-chart="line"' in page
    assert "Sum of Bicycles by Day, each day: most for 28 Mar 2026, with 560" in page


def test_the_figures_of_a_chart_can_be_taken_away(get: Get) -> None:
    answer = get("/datasets/bicycle-counts/chart?by=station&measure=sum&of=bicycles&format=csv")
    rows = list(csv.reader(io.StringIO(text(answer))))
    assert sorted(rows[1:]) == [["North", "4060"], ["South", "4060"]]
    assert "bicycle-counts-v1-chart.csv" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "fmt", ["csv", "csv-excel", "json", "jsonl", "geojson", "gpkg", "parquet", "xlsx", "dictionary"]
)
def test_every_format_comes_with_its_name_and_content(get: Get, fmt: str) -> None:
    answer = get(f"{TREES}/download/{fmt}")
    assert answer.status_code == 200
    assert re.search(r'filename="street-trees-v2\.\w+', answer["Content-Disposition"])
    assert len(body(answer)) > 500


def test_the_front_door_gets_the_place_of_the_file_and_no_content(get: Get) -> None:
    answer = get(TREES + "/download/csv", "outsider", **{"x-stoa-front": "1"})
    assert answer.content == b""
    with open(answer["X-Stoa-File"], encoding="utf-8") as file:  # noqa: PTH123 - the header holds a text
        assert file.readline().startswith("tree_number,kind")
    assert answer["ETag"]


def test_a_filtered_download_holds_only_what_was_seen(get: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(body(get(TREES + "/download/csv?f.kind.is=Oak")).decode())))
    assert len(rows) == 20
    assert {row["kind"] for row in rows} == {"Oak"}


def test_a_table_without_places_offers_no_map_formats(get: Get) -> None:
    page = text(get("/datasets/bicycle-counts/downloads"))
    assert "GeoPackage" not in page
    assert get("/datasets/bicycle-counts/map").status_code == 404
    assert get("/datasets/bicycle-counts/download/geojson").status_code == 422


def test_tiles_of_open_data_may_be_kept_by_everybody_others_by_the_reader_only(get: Get) -> None:
    tile = "/tiles/{}/8/133/84.mvt"
    assert get(TREES + tile.format(2))["Cache-Control"].startswith("public")
    assert get("/datasets/entitled-trees" + tile.format(1), "owner")["Cache-Control"].startswith("private")


def test_tilejson_names_tiles_that_answer(get: Get) -> None:
    document = json.loads(get(TREES + "/tiles.json").content)
    assert document["tiles"][0].endswith("/datasets/street-trees/tiles/2/{z}/{x}/{y}.mvt")
    path = document["tiles"][0].split("/c/stoa-on-lake")[1].format(z=0, x=0, y=0)
    assert len(get(path).content) > 20


def test_the_search_finds_by_word_narrows_by_filter_and_keeps_both(get: Get) -> None:
    page = text(get("/datasets?q=trees&access=open"))
    assert "Street trees" in page
    assert "Entitled trees" not in page
    assert 'value="trees"' in page
    assert "Take off" in page


def test_nothing_found_is_a_page_with_a_way_on(get: Get) -> None:
    answer = get("/datasets?q=zzzzqqqq")
    assert answer.status_code == 200
    assert "Nothing was found" in text(answer)


def test_who_finds_nothing_can_ask_for_it_with_the_words_filled_in(get: Get) -> None:
    page = get("/datasets?q=zzzz+%22qqqq").content.decode()
    link = re.search(r'href="([^"]*)"[^>]*>Ask for this data<', page)
    assert link is not None
    form = get(html.unescape(link[1]).partition(f"/c/{SLUG}")[2])
    assert form.status_code == 200
    assert 'value="zzzz &quot;qqqq"' in form.content.decode()


def test_a_source_that_ends_with_a_full_stop_gets_no_second_one(get: Get, town: Town) -> None:
    with acting_in(town.city):
        Dataset.objects.filter(slug="street-trees").update(source_note="Works of the town. ")
    assert "Source: Works of the town. Version 2 of" in text(get("/datasets/street-trees"))


@pytest.mark.parametrize(
    "question",
    [
        "page=99999",
        "page=-1",
        "page=x",
        "department=abc",
        "freshness=never",
        "order=up",
        "q=%00%27%22",
        "q=%E6%97%A5%E6%9C%AC",
    ],
)
def test_odd_searches_are_still_answered(get: Get, question: str) -> None:
    assert get(f"/datasets?{question}").status_code == 200


def test_a_department_shows_its_data_its_contact_and_those_below(get: Get) -> None:
    page = text(get("/departments/parks"))
    for words in ("Street trees", "parks@lake.example", "Gardens"):
        assert words in page


def test_without_a_city_the_front_page_lists_the_cities(town: Any) -> None:
    page = text(town.client("outsider").get("/"))
    assert "/c/stoa-on-lake/" in page
    assert "/c/elsewhere-on-sea/" in page


def test_pages_speak_german_labels_to_german_readers(get: Get) -> None:
    assert "Stoa am See" in text(get("/?lang=de"))


def test_a_download_counts_the_rows_that_were_handed_out(
    get: Get, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[int] = []
    monkeypatch.setattr(counted, "note_use", lambda **said: noted.append(said["rows"]))
    path = "/datasets/street-trees/download/csv"
    sent = [len(body(get(f"{path}{asked}")).splitlines()) - 1 for asked in (OAKS, "")]
    assert 0 < sent[0] < sent[1]
    assert noted == sent
    town.client("outsider").head(f"/c/{SLUG}{path}{OAKS}")
    assert noted == sent, "a question for the head of a file hands out nothing"
