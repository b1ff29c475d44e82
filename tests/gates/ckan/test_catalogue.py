# SPDX-License-Identifier: EUPL-1.2
"""The catalogue by CKAN's actions: what is in packages, who sees which, how they are found."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG

PUBLIC = ["bicycle-counts", "entitled-trees", "street-trees"]


def names(found: dict[str, Any]) -> list[str]:
    return sorted(one["name"] for one in found["results"])


# -- the envelope


def test_a_get_and_a_post_give_the_same_answer_in_an_envelope_with_help(portal: Portal) -> None:
    by_get = portal.get("package_list")
    assert by_get.json() == {
        "help": f"http://testserver/c/{SLUG}/api/3/action/help_show?name=package_list",
        "success": True,
        "result": PUBLIC,
    }
    assert portal.answer("package_list").json() == by_get.json()
    assert by_get["Content-Type"] == "application/json;charset=utf-8"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "JSON Error"),
        (b"[1]", "not a dictionary"),
        (b'{"q": "\\u0000"}', "no text"),
        (b'{"q": "\\ud800"}', "no text"),
        (b'{"q": ' + b"[" * 100_000, "JSON Error"),
        (b'{"rows": NaN}', "JSON Error"),
        (b"\xff\xfe", "JSON Error"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_as_a_bare_text(portal: Portal, body: bytes, words: str) -> None:
    answer = Client().post(f"/c/{SLUG}/api/3/action/package_search", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json().startswith("Bad request - ")
    assert words in answer.json()


def test_an_action_that_nobody_knows_is_told_as_a_bare_text(portal: Portal) -> None:
    answer = portal.answer("package_explode")
    assert answer.status_code == 400
    assert answer.json() == "Bad request - Action name not known: package_explode"


def test_a_writing_action_cannot_be_called_by_an_address(portal: Portal) -> None:
    assert portal.get("package_create", "owner", name="x").status_code == 400


def test_json_in_a_form_is_read_as_curl_sends_it(portal: Portal) -> None:
    for body in ('{"id": "street-trees"}', "%7B%22id%22%3A%20%22street-trees%22%7D", "id=street-trees"):
        answer = Client().post(
            f"/c/{SLUG}/api/3/action/package_show", body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.json()["result"]["name"] == "street-trees"


def test_a_script_tag_of_another_site_gets_only_what_everybody_may_see(portal: Portal) -> None:
    answer = portal.get("package_search", "owner", callback="show.it", include_private="true")
    assert answer["Content-Type"].startswith("application/javascript")
    body = answer.content.decode()
    assert body.startswith("/**/show.it({")
    assert "internal-trees" not in body
    assert portal.get("package_list", callback="alert(1);x").status_code == 400


def test_the_version_and_every_help_can_be_asked(portal: Portal) -> None:
    assert Client().get(f"/c/{SLUG}/api/3").json() == {"version": 3}
    assert "name or its id" in portal.ask("help_show", name="package_show")
    assert portal.error("help_show", name="nothing")[0] == 404
    assert portal.ask("site_read") is True
    assert portal.ask("status_show")["site_title"] == "Stoa-on-Lake"


# -- packages


def test_a_package_says_what_harvesters_read(portal: Portal) -> None:
    found = portal.ask("package_show", id="street-trees")
    assert found["title"] == "Street trees"
    assert found["notes"] == "Every tree.\n\nMore about it."
    assert (found["license_id"], found["isopen"], found["state"]) == ("CC-BY-4.0", True, "active")
    assert found["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["organization"]["name"] == "parks"
    assert found["owner_org"] == found["organization"]["id"]
    assert [group["name"] for group in found["groups"]] == ["envi"]
    assert [tag["name"] for tag in found["tags"]] == ["trees"]
    assert found["maintainer_email"] == "parks@lake.example"
    assert "+" not in found["metadata_modified"]
    assert len(found["metadata_modified"].rpartition(".")[2]) == 6
    extras = {one["key"]: one["value"] for one in found["extras"]}
    assert extras["uri"] == f"http://testserver/c/{SLUG}/datasets/street-trees"
    assert json.loads(extras["spatial"])["type"] == "Polygon"
    assert extras["access_rights"].endswith("/PUBLIC")


def test_id_and_name_may_be_exchanged_and_ids_stay(portal: Portal) -> None:
    by_name = portal.ask("package_show", id="street-trees")
    assert portal.ask("package_show", id=by_name["id"]) == by_name
    assert UUID(by_name["id"]).version == 4


def test_every_resource_can_be_asked_by_its_id_and_downloaded(portal: Portal) -> None:
    found = portal.ask("package_show", id="street-trees")
    formats = [one["format"] for one in found["resources"]]
    assert formats == ["CSV", "XLSX", "GeoJSON", "GPKG", "JSON", "JSONL", "Parquet"]
    assert [one["format"] for one in found["resources"] if one["datastore_active"]] == ["CSV"]
    assert len({one["id"] for one in found["resources"]}) == len(formats)
    for one in found["resources"]:
        assert portal.ask("resource_show", id=one["id"]) == one
    csv = Client().get(found["resources"][0]["url"].removeprefix("http://testserver"))
    assert csv.status_code == 200


def test_a_table_without_places_has_no_map_formats(portal: Portal) -> None:
    found = portal.ask("package_show", id="bicycle-counts")
    assert "GeoJSON" not in [one["format"] for one in found["resources"]]


def test_what_nobody_may_know_of_looks_as_if_it_were_not_there(portal: Portal) -> None:
    for who in ("outsider", "colleague", "stranger"):
        for name in ("internal-trees", "draft-trees", "no-such-trees"):
            assert portal.error("package_show", who, id=name) == (
                404,
                {"__type": "Not Found Error", "message": f"Not found: {name}"},
            )
    assert portal.ask("package_show", "owner", id="internal-trees")["private"] is True
    assert portal.ask("package_show", "owner", id="draft-trees")["state"] == "draft"


def test_resources_of_rows_that_are_not_open_are_shown_to_those_who_may_read_them(portal: Portal) -> None:
    assert portal.ask("package_show", id="entitled-trees")["resources"] == []
    inside = portal.ask("package_show", "colleague", id="entitled-trees")["resources"]
    assert inside
    assert portal.ask("resource_show", "colleague", id=inside[0]["id"]) == inside[0]
    assert portal.error("resource_show", id=inside[0]["id"])[0] == 404


@pytest.mark.parametrize("told", ["", None, "x", 5, ["a"], {"a": 1}, "0" * 32, "../../etc"])
def test_a_wrong_id_of_a_resource_is_an_answer_not_a_fault(portal: Portal, told: Any) -> None:
    assert portal.error("resource_show", id=told)[0] in {404, 409}


def test_a_key_works_alone_as_bearer_and_in_the_old_header(portal: Portal) -> None:
    key = portal.keys["owner"]
    for headers in ({"authorization": key}, {"authorization": f"Bearer {key}"}, {"x-ckan-api-key": key}):
        answer = Client(headers=headers).get(f"/c/{SLUG}/api/3/action/package_show?id=internal-trees")
        assert answer.status_code == 200
    for headers in (
        {"authorization": "stoa_wrong"},
        {"authorization": "Basic abc"},
        {"authorization": "abc"},
    ):
        answer = Client(headers=headers).get(f"/c/{SLUG}/api/3/action/package_show?id=internal-trees")
        assert answer.status_code == 404


def test_all_packages_come_whole_page_by_page(portal: Portal) -> None:
    first = portal.ask("current_package_list_with_resources", limit=2)
    rest = portal.ask("current_package_list_with_resources", limit=2, page=2)
    assert sorted(one["name"] for one in [*first, *rest]) == PUBLIC
    assert first[0] == portal.ask("package_show", id=first[0]["name"])


def test_versions_are_activities_without_names_of_people(portal: Portal) -> None:
    found = portal.ask("package_activity_list", id="street-trees")
    assert [one["activity_type"] for one in found] == ["changed package", "new package"]
    assert {one["user_id"] for one in found} == {None}
    assert portal.error("package_activity_list", id="entitled-trees")[0] == 404


# -- search


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, PUBLIC),
        ({"q": "*:*"}, PUBLIC),
        ({"q": "trees"}, ["entitled-trees", "street-trees"]),
        ({"q": "tree"}, ["entitled-trees", "street-trees"]),
        ({"q": "title:bicycle"}, ["bicycle-counts"]),
        ({"q": "notes:day"}, ["bicycle-counts"]),
        ({"q": '"every tree"'}, ["street-trees"]),
        ({"q": "trees -street"}, ["entitled-trees"]),
        ({"q": "bicycle OR street"}, ["bicycle-counts", "street-trees"]),
        ({"q": "street AND (trees OR bicycle)"}, ["street-trees"]),
        ({"q": "no:such"}, []),
        ({"fq": "organization:traffic"}, ["bicycle-counts"]),
        ({"fq": "-organization:traffic"}, ["entitled-trees", "street-trees"]),
        ({"fq": 'tags:"trees"'}, ["street-trees"]),
        ({"fq": "tags:tre*"}, ["street-trees"]),
        ({"fq": "tags:(trees OR bikes)"}, ["street-trees"]),
        ({"fq": "res_format:GeoJSON"}, ["entitled-trees", "street-trees"]),
        ({"fq": "res_format:CSV"}, PUBLIC),
        ({"fq": "res_format:DOC"}, []),
        ({"fq": "license_id:CC-BY-4.0"}, PUBLIC),
        ({"fq": "license_id:cc-zero"}, []),
        ({"fq": "groups:envi"}, PUBLIC),
        ({"fq": "name:street*"}, ["street-trees"]),
        ({"fq": "+dataset_type:dataset +organization:parks"}, ["entitled-trees", "street-trees"]),
        ({"fq_list": ["organization:parks", "name:street-trees"]}, ["street-trees"]),
        ({"fq": "metadata_modified:[NOW-1DAY TO *]"}, PUBLIC),
        ({"fq": "metadata_modified:[* TO 2000-01-01T00:00:00Z]"}, []),
        ({"fq": "state:active"}, PUBLIC),
        ({"fq": "state:deleted"}, []),
    ],
)  # fmt: skip
def test_searching_finds_what_solr_would(portal: Portal, asked: dict[str, Any], expected: list[str]) -> None:
    found = portal.ask("package_search", **asked)
    assert names(found) == expected
    assert found["count"] == len(expected)


def test_private_and_drafts_are_found_by_those_who_may_when_they_ask(portal: Portal) -> None:
    assert names(portal.ask("package_search", "owner")) == PUBLIC
    asked = {"include_private": True, "include_drafts": True}
    assert names(portal.ask("package_search", "owner", **asked)) == sorted(
        [*PUBLIC, "internal-trees", "draft-trees"]
    )
    for who in ("outsider", "colleague", "stranger"):
        assert names(portal.ask("package_search", who, **asked)) == PUBLIC


def test_names_of_private_ones_and_drafts_are_listed_only_when_asked_for(portal: Portal) -> None:
    assert portal.ask("package_list", "owner") == PUBLIC
    whole = portal.ask("package_list", "owner", include_private=True, include_drafts=True)
    assert whole == sorted([*PUBLIC, "internal-trees", "draft-trees"])
    assert portal.ask("package_list", include_private=True, include_drafts=True) == PUBLIC
    assert portal.ask("package_list", limit=1, offset=1) == ["entitled-trees"]


def test_only_some_fields_of_packages_can_be_asked_for(portal: Portal) -> None:
    found = portal.ask("package_search", q="bicycle", fl=["name", "title"])
    assert found["results"] == [{"name": "bicycle-counts", "title": "Bicycle counts"}]


def test_facets_count_what_was_found(portal: Portal) -> None:
    answer = portal.get(
        "package_search",
        **{"facet.field": '["organization","tags","res_format","groups","license_id","x"]', "rows": "0"},
    )
    found = answer.json()["result"]
    assert found["results"] == []
    assert found["facets"]["organization"] == {"parks": 2, "traffic": 1}
    assert found["facets"]["tags"] == {"trees": 1}
    assert found["facets"]["res_format"]["GeoJSON"] == 2
    assert found["facets"]["x"] == {}
    assert found["search_facets"]["organization"]["items"][0] == {
        "name": "parks",
        "display_name": "Parks",
        "count": 2,
    }
    few = portal.ask("package_search", **{"facet.field": ["organization"], "facet.mincount": 2})
    assert few["facets"] == {"organization": {"parks": 2}}
    one = portal.ask("package_search", **{"facet.field": ["organization"], "facet.limit": 1})
    assert one["facets"] == {"organization": {"parks": 2}}


def test_rows_start_and_sort_page_through_all(portal: Portal) -> None:
    seen = []
    for start in range(4):
        found = portal.ask("package_search", sort="title asc", rows=1, start=start)
        assert found["count"] == 3
        seen += [one["name"] for one in found["results"]]
    assert seen == PUBLIC
    down = portal.ask("package_search", sort="name desc", rows=10)
    assert [one["name"] for one in down["results"]] == PUBLIC[::-1]


@pytest.mark.parametrize(
    "asked",
    [{"q": "title:("}, {"fq": 'tags:"open'}, {"fq": "name:[a TO"}, {"sort": "nothing asc"},
     {"sort": "name sideways"}, {"q": "title:x" + " AND title:x" * 200}, {"fq": "metadata_modified:[x TO y]"},
     {"q": "a:" + "(" * 50}],
)  # fmt: skip
def test_a_search_that_cannot_be_understood_is_a_search_query_error(portal: Portal, asked: Any) -> None:
    status, error = portal.error("package_search", **asked)
    assert (status, error["__type"]) == (400, "Search Query Error")


def test_words_that_people_type_are_never_an_error(portal: Portal) -> None:
    for text in ("(", '"', "trees)", "AND", "a OR", "-", "!!!", "[x", "trees (", "'; drop table x --"):
        portal.ask("package_search", q=text)


@pytest.mark.parametrize(
    "asked", [{"rows": "x"}, {"rows": -1}, {"start": "1.5"}, {"q": {"a": 1}}, {"rows": 1e999}]
)
def test_a_wrong_parameter_is_named(portal: Portal, asked: Any) -> None:
    if asked.get("rows") == 1e999:
        asked = {"rows": "Infinity"}
    status, error = portal.error("package_search", **asked)
    assert (status, error["__type"]) == (409, "Validation Error")
    assert set(error) - {"__type"} == set(asked)


# -- organisations, groups, tags


def test_departments_are_organisations(portal: Portal) -> None:
    assert portal.ask("organization_list") == ["gardens", "parks", "traffic"]
    whole = portal.ask("organization_list", all_fields=True, sort="package_count desc")
    assert (whole[0]["name"], whole[0]["package_count"]) == ("parks", 2)
    shown = portal.ask("organization_show", id="parks", include_datasets=True)
    assert portal.ask("organization_show", id=shown["id"])["title"] == "Parks"
    assert sorted(one["name"] for one in shown["packages"]) == ["entitled-trees", "street-trees"]
    assert portal.ask("organization_show", id="gardens")["groups"][0]["name"] == "parks"
    assert portal.error("organization_show", id="nobody")[0] == 404
    assert [one["name"] for one in portal.ask("organization_autocomplete", q="traf")] == ["traffic"]


def test_departments_to_fill_are_those_of_the_key(portal: Portal) -> None:
    listed = portal.ask("organization_list_for_user", "owner")
    assert {one["name"] for one in listed} == {"parks", "gardens"}
    assert portal.ask("organization_list_for_user") == []
    assert portal.ask("organization_list_for_user", "stranger") == []


def test_themes_are_groups_and_keywords_are_tags(portal: Portal) -> None:
    assert "envi" in portal.ask("group_list")
    assert portal.ask("group_show", id="envi")["package_count"] == 3
    assert len(portal.ask("group_package_show", id="envi", limit=2)) == 2
    assert portal.ask("tag_list") == ["trees"]
    assert portal.ask("tag_show", id="trees", include_datasets=True)["packages"][0]["name"] == "street-trees"
    assert portal.ask("tag_autocomplete", query="tr") == ["trees"]
    assert portal.ask("tag_search", query="tr")["count"] == 1
    assert portal.error("tag_show", id="nothing")[0] == 404
    assert portal.error("group_show", id="nothing")[0] == 404


def test_licences_have_the_ids_that_packages_have(portal: Portal) -> None:
    listed = {one["id"]: one for one in portal.ask("license_list")}
    assert listed["CC-BY-4.0"]["is_okd_compliant"] is True
    assert "notspecified" in listed


def test_resources_are_searched_by_name_and_format(portal: Portal) -> None:
    found = portal.ask("resource_search", query=["name:street", "format:csv"])
    assert [one["format"] for one in found["results"]] == ["CSV"]
    assert portal.error("resource_search", query="x")[0] == 400
    assert portal.error("resource_search")[0] == 409


def test_package_autocomplete_finds_beginnings_of_words(portal: Portal) -> None:
    assert [one["name"] for one in portal.ask("package_autocomplete", q="bicy")] == ["bicycle-counts"]


def test_ckans_address_of_a_dataset_leads_to_its_page(portal: Portal) -> None:
    answer = Client().get(f"/c/{SLUG}/dataset/street-trees")
    assert (answer.status_code, answer["Location"]) == (302, f"/c/{SLUG}/datasets/street-trees")
