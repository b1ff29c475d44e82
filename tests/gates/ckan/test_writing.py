# SPDX-License-Identifier: EUPL-1.2
"""Writing by CKAN's actions: packages, files, rows; every change is a version, with the rights of the catalogue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG, trees

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import Dataset

NEW = {
    "name": "park_benches",
    "title": "Park benches",
    "notes": "Where one may rest.",
    "owner_org": "parks",
    "license_id": "cc-by",
    "tags": [{"name": "benches"}],
    "groups": [{"name": "regi"}],
    "maintainer_email": "benches@lake.example",
    "extras": [{"key": "frequency", "value": "MONTHLY"}, {"key": "mood", "value": "calm"}],
}
BENCHES = [{"no": 1, "wood": "Oak", "set_on": "2025-03-01"}, {"no": 2, "wood": "Ash", "set_on": "2025-04-01"}]
FIELDS = [{"id": "no", "type": "int"}, {"id": "wood", "type": "text"}, {"id": "set_on", "type": "date"}]


def send(portal: Portal, action: str, who: str, content: bytes, name: str = "trees.csv", **asked: str) -> Any:
    return Client(headers=portal.headers(who)).post(
        f"/c/{SLUG}/api/action/{action}", {**asked, "upload": SimpleUploadedFile(name, content)}
    )


def made(portal: Portal, who: str = "steward", **more: Any) -> dict[str, Any]:
    """A package with a table of benches, published because a steward makes it."""
    package = portal.ask("package_create", who, **NEW | more)
    result: dict[str, Any] = portal.ask(
        "datastore_create", who, resource={"package_id": package["id"]}, fields=FIELDS, records=BENCHES, primary_key="no",
    )  # fmt: skip
    return result


def rows(portal: Portal, resource: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = portal.ask("datastore_search", resource_id=resource, **asked)["records"]
    return found


# -- packages


def test_a_new_package_is_a_draft_that_says_what_was_told(portal: Portal) -> None:
    found = portal.ask("package_create", "owner", **NEW)
    assert (found["name"], found["title"], found["state"]) == ("park_benches", "Park benches", "draft")
    assert (found["license_id"], found["maintainer_email"]) == ("CC-BY-4.0", "benches@lake.example")
    assert [one["name"] for one in found["groups"]] == ["regi"]
    assert found["organization"]["name"] == "parks"
    extras = {one["key"]: one["value"] for one in found["extras"]}
    assert extras["frequency"].endswith("/MONTHLY")
    assert "mood" not in extras
    assert portal.error("package_show", id="park_benches")[0] == 404
    with acting_in(portal.town.city):
        line = AuditLine.objects.filter(thing_id="park_benches").latest("pk")
    assert (line.verb, line.by_name) == ("dataset.drafted", "token: parks")


def test_everything_that_is_wrong_is_told_by_field_at_once(portal: Portal) -> None:
    status, error = portal.error(
        "package_create", "owner", name="A B", license_id="mine", tags=[{"name": ""}], maintainer_email="x", url="ftp:x",
    )  # fmt: skip
    assert (status, error["__type"]) == (409, "Validation Error")
    assert set(error) - {"__type"} == {"name", "owner_org", "license_id", "tags", "maintainer_email", "url"}
    assert portal.error("package_create", "owner")[1]["name"] == ["Missing value"]
    taken = portal.error("package_create", "owner", **NEW | {"name": "street-trees"})
    assert taken[1]["name"] == ["That URL is already in use."]


@pytest.mark.parametrize("who", ["outsider", "stranger", "colleague"])
def test_only_the_department_may_write(portal: Portal, who: str) -> None:
    whole = portal.ask("package_show", id="street-trees")
    table = whole["resources"][0]["id"]
    for action, asked in {
        "package_create": NEW,
        "package_update": whole,
        "package_patch": {"id": "street-trees", "title": "Mine"},
        "package_delete": {"id": "street-trees"},
        "resource_create": {"package_id": "street-trees", "url": "https://x.example/a.csv"},
        "resource_update": {"id": table, "url": "https://x.example/a.csv"},
        "resource_delete": {"id": table},
        "datastore_create": {"resource_id": table, "records": [{"kind": "Oak"}]},
        "datastore_upsert": {"resource_id": table, "records": [{"kind": "Oak"}], "method": "insert"},
        "datastore_delete": {"resource_id": table, "filters": {"kind": "Oak"}},
        "organization_create": {"name": "mine"},
        "group_create": {"name": "mine"},
    }.items():
        status, error = portal.error(action, who, **asked)
        assert (action, status, error["__type"]) == (action, 403, "Authorization Error")
    assert portal.ask("package_show", id="street-trees") == whole


def test_a_cookie_is_not_enough_to_write(portal: Portal) -> None:
    answer = portal.town.client("owner").post(
        f"/c/{SLUG}/api/action/package_patch",
        {"id": "street-trees", "title": "x"},
        content_type="application/json",
    )
    assert answer.status_code == 403


def test_update_says_everything_anew_and_patch_only_what_is_told(portal: Portal) -> None:
    before = portal.ask("package_show", id="street-trees")
    assert portal.ask("package_update", "owner", **before) == before
    patched = portal.ask("package_patch", "owner", id=before["id"], tags=[{"name": "wood"}])
    assert [one["name"] for one in patched["tags"]] == ["wood"]
    assert patched["notes"] == before["notes"]
    emptied = portal.error("package_update", "owner", id=before["id"], title="Trees")
    assert emptied[0] == 409  # a published dataset must not lose its description
    told = portal.ask("package_update", "owner", id=before["id"], title="Trees", notes="All.")
    assert (told["title"], told["tags"], told["license_id"]) == ("Trees", [], "CC-BY-4.0")


def test_what_may_not_change_is_told(portal: Portal) -> None:
    assert "name" in portal.error("package_patch", "owner", id="street-trees", name="other")[1]
    assert "owner_org" in portal.error("package_patch", "owner", id="street-trees", owner_org="nowhere")[1]


def test_an_officer_moves_a_dataset_within_the_departments_that_they_work_for(portal: Portal) -> None:
    moved = portal.ask("package_patch", "owner", id="street-trees", owner_org="gardens")
    assert moved["organization"]["name"] == "gardens"
    assert portal.ask("package_show", id="street-trees")["organization"]["name"] == "gardens"


@pytest.mark.parametrize("who", ["owner", "colleague", "manager", "stranger", "outsider"])
def test_a_dataset_goes_to_another_department_only_with_rights_in_both(portal: Portal, who: str) -> None:
    status, _error = portal.error("package_patch", who, id="street-trees", owner_org="traffic")
    assert status == 403
    assert portal.ask("package_show", id="street-trees")["organization"]["name"] == "parks"


def test_deleting_a_draft_removes_it_and_deleting_what_was_public_retires_it(portal: Portal) -> None:
    draft = portal.ask("package_create", "owner", **NEW)
    portal.ask("package_delete", "owner", id=draft["id"])
    assert portal.error("package_show", "owner", id=draft["id"])[0] == 404
    with acting_in(portal.town.city):
        assert not Dataset.objects.filter(slug="park_benches").exists()
    assert portal.error("package_delete", "owner", id="street-trees")[0] == 403
    portal.ask("package_delete", "steward", id="street-trees")
    assert "street-trees" not in portal.ask("package_list")
    assert portal.ask("package_show", id="street-trees")["state"] == "deleted"


def test_an_address_becomes_the_source_of_the_dataset(portal: Portal) -> None:
    resources = [
        {"url": "https://files.example/benches.pdf", "format": "PDF"},
        {"url": "https://files.example/benches.json", "format": "JSON"},
        {"url": "https://files.example/benches.csv", "format": "CSV"},
    ]
    portal.ask("package_create", "owner", **NEW | {"resources": resources})
    assert source(portal) == "https://files.example/benches.csv"
    portal.ask(
        "resource_create",
        "owner",
        package_id="park_benches",
        url="https://files.example/2.xlsx",
        format="XLSX",
    )
    assert source(portal) == "https://files.example/2.xlsx"


def source(portal: Portal) -> str:
    with acting_in(portal.town.city):
        return Dataset.objects.get(slug="park_benches").source.place


# -- files


def test_a_file_becomes_the_next_version(portal: Portal) -> None:
    resource = portal.ask("package_show", id="street-trees")["resources"][0]
    answer = send(portal, "resource_update", "owner", trees(), id=resource["id"])
    assert answer.status_code == 200, answer.content
    assert answer.json()["result"]["id"] == resource["id"]
    found = portal.ask("package_show", id="street-trees")
    assert found["version"] == "3"
    assert (
        portal.ask("datastore_search", resource_id=resource["id"], filters={"tree_number": "T-007"})["total"]
        == 1
    )


def test_a_file_for_a_draft_is_public_if_a_steward_sends_it_and_waits_otherwise(portal: Portal) -> None:
    portal.ask("package_create", "owner", **NEW)
    waiting = send(portal, "resource_create", "owner", trees(), package_id="park_benches").json()["result"]
    assert (waiting["state"], waiting["datastore_active"]) == ("draft", False)
    assert portal.error("package_show", id="park_benches")[0] == 404
    public = send(portal, "resource_create", "steward", trees(), package_id="park_benches").json()["result"]
    assert (public["id"], public["datastore_active"]) == (waiting["id"], True)
    assert portal.ask("datastore_search", resource_id=public["id"])["total"] == 60


def test_a_file_that_cannot_be_read_is_refused_in_words(portal: Portal) -> None:
    resource = portal.ask("package_show", id="street-trees")["resources"][0]
    answer = send(portal, "resource_update", "owner", b"%PDF-1.7 \x00\x01", "a.pdf", id=resource["id"])
    assert answer.status_code == 409
    assert portal.ask("package_show", id="street-trees")["version"] == "2"


def test_one_format_cannot_be_deleted_alone(portal: Portal) -> None:
    resource = portal.ask("package_show", id="street-trees")["resources"][0]
    assert portal.error("resource_delete", "owner", id=resource["id"])[0] == 409


# -- rows


def test_rows_told_one_by_one_are_a_published_table_with_types(portal: Portal) -> None:
    found = made(portal)
    assert found["primary_key"] == ["no"]
    searched = portal.ask("datastore_search", resource_id=found["resource_id"])
    assert searched["records"] == [{"_id": n, **row} for n, row in enumerate(BENCHES, start=1)]
    assert [field["type"] for field in searched["fields"]] == ["int", "int8", "text", "date"]
    assert portal.ask("package_show", id="park_benches")["version"] == "1"


def test_upsert_update_and_insert_do_what_they_say_and_each_is_a_version(portal: Portal) -> None:
    table = made(portal)["resource_id"]
    portal.ask(
        "datastore_upsert", "owner", resource_id=table,
        records=[{"no": 2, "wood": "Elm"}, {"no": 3, "wood": "Fir", "set_on": None}, {"no": 3, "wood": "Yew"}],
    )  # fmt: skip
    assert [(row["no"], row["wood"], row["set_on"]) for row in rows(portal, table)] == [
        (1, "Oak", "2025-03-01"),
        (2, "Elm", "2025-04-01"),
        (3, "Yew", None),
    ]
    portal.ask(
        "datastore_upsert",
        "owner",
        resource_id=table,
        method="update",
        records=[{"no": 1, "set_on": "2025-05-05"}],
    )
    assert rows(portal, table, filters={"no": 1})[0]["set_on"] == "2025-05-05"
    portal.ask(
        "datastore_upsert", "owner", resource_id=table, method="insert", records=[{"no": 4, "wood": "Box"}]
    )
    assert len(rows(portal, table)) == 4
    assert portal.ask("package_show", id="park_benches")["version"] == "4"
    with acting_in(portal.town.city):
        assert AuditLine.objects.filter(thing_id="park_benches", verb="dataset.published").count() == 4


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"method": "insert", "records": [{"no": 1, "wood": "Oak"}]}, "records"),
    ({"method": "update", "records": [{"no": 9, "wood": "Oak"}]}, "records"),
    ({"records": [{"wood": "Oak"}]}, "key"),
    ({"records": [{"no": 1, "colour": "red"}]}, "records"),
    ({"records": [{"no": "one"}]}, "no"),
    ({"records": [{"no": 1, "set_on": "soon"}]}, "set_on"),
    ({"records": [{"no": 2**70}]}, "no"),
    ({"records": "x"}, "records"),
    ({"method": "merge", "records": []}, "method"),
]


def test_rows_that_do_not_fit_change_nothing(portal: Portal) -> None:
    table = made(portal)["resource_id"]
    for asked, field in UNFIT:
        status, error = portal.error("datastore_upsert", "owner", resource_id=table, **asked)
        assert (asked, status, error["__type"], list(error)[1:]) == (asked, 409, "Validation Error", [field])
    assert len(rows(portal, table)) == 2
    assert portal.ask("package_show", id="park_benches")["version"] == "1"


def test_rows_are_taken_out_by_filters_and_never_all(portal: Portal) -> None:
    table = made(portal)["resource_id"]
    portal.ask("datastore_delete", "owner", resource_id=table, filters={"wood": "Oak"})
    assert [row["no"] for row in rows(portal, table)] == [2]
    assert portal.error("datastore_delete", "owner", resource_id=table)[0] == 409
    assert portal.error("datastore_delete", "owner", resource_id=table, filters={"no": {"gt": 0}})[0] == 409
    assert [row["no"] for row in rows(portal, table)] == [2]


def test_more_columns_may_come_and_fields_may_be_told_before_rows(portal: Portal) -> None:
    package = portal.ask("package_create", "steward", **NEW)
    resource = portal.ask("resource_create", "steward", package_id=package["id"], name="t", url="")
    portal.ask("datastore_create", "steward", resource_id=resource["id"], fields=FIELDS, primary_key=["no"])
    assert portal.error("datastore_search", "steward", resource_id=resource["id"])[0] == 404
    portal.ask("datastore_upsert", "steward", resource_id=resource["id"], records=BENCHES)
    portal.ask(
        "datastore_create", "steward", resource_id=resource["id"], fields=[{"id": "Höhe [m]", "type": "float"}],
        records=[{"no": 1, "Höhe [m]": 0.45}],
    )  # fmt: skip
    found = rows(portal, resource["id"])
    assert [row["hoehe_m"] for row in found] == [0.45, None]
    assert found[0]["wood"] == "Oak"


def test_kinds_are_guessed_where_no_type_is_told(portal: Portal) -> None:
    portal.ask("package_create", "steward", **NEW)
    found = portal.ask(
        "datastore_create", "steward", resource={"package_id": "park_benches"},
        records=[{"a": 1, "b": 1.5, "c": True, "d": "2025-01-02", "e": "x", "f": {"k": [1]}}] * 3,
    )  # fmt: skip
    types = {field["id"]: field["type"] for field in found["fields"]}
    assert types == {
        "_id": "int",
        "a": "int8",
        "b": "float8",
        "c": "bool",
        "d": "date",
        "e": "text",
        "f": "text",
    } or (types == {"a": "int8", "b": "float8", "c": "bool", "d": "date", "e": "text", "f": "text"})


def test_rows_of_a_messy_file_can_be_changed_and_its_next_file_still_fits(portal: Portal) -> None:
    table = portal.ask("package_show", id="street-trees")["resources"][0]["id"]
    portal.ask("datastore_upsert", "owner", resource_id=table, method="insert",
               records=[{"Tree number": "T-100", "kind": "Elm", "longitude": 7.65, "latitude": 51.95}])  # fmt: skip
    found = rows(portal, table, filters={"kind": "Elm"})
    assert (len(found), found[0]["tree_number"], found[0]["planted_on"]) == (1, "T-100", None)
    package = portal.ask("package_show", id="street-trees")
    assert "GeoJSON" in [one["format"] for one in package["resources"]]
    answer = send(portal, "resource_update", "owner", trees(later=True), id=table)
    assert answer.status_code == 200, answer.content
    assert portal.ask("datastore_search", resource_id=table)["total"] == 60


def test_places_of_a_map_file_stay_when_rows_change(portal: Portal) -> None:
    places = [
        {"type": "Feature", "properties": {"no": n, "wood": "Oak"}, "geometry": {"type": "Polygon", "coordinates": [
            [[7.6, 51.9], [7.61 + n / 100, 51.9], [7.6, 51.91], [7.6, 51.9]]]}}
        for n in range(1, 6)
    ]  # fmt: skip
    portal.ask("package_create", "steward", **NEW)
    file = json.dumps({"type": "FeatureCollection", "features": places}).encode()
    resource = send(
        portal, "resource_create", "steward", file, "places.geojson", package_id="park_benches"
    ).json()["result"]
    portal.ask("datastore_delete", "owner", resource_id=resource["id"], filters={"no": 2})
    portal.ask(
        "datastore_upsert",
        "owner",
        resource_id=resource["id"],
        method="insert",
        records=[{"no": 9, "wood": "Ash"}],
    )
    path = f"/c/{SLUG}/datasets/park_benches/download/geojson"
    features = json.loads(Client().get(path).getvalue())["features"]
    shown = {one["properties"]["no"]: one["geometry"] for one in features}
    assert {no: bool(place) for no, place in shown.items()} == {1: True, 3: True, 4: True, 5: True, 9: False}
    assert shown[5]["coordinates"][0][1] == [7.66, 51.9]


def test_personal_data_in_rows_is_not_published(portal: Portal) -> None:
    portal.ask("package_create", "steward", **NEW)
    people = [{"name": f"bench {n}", "mail": f"somebody{n}@home.example"} for n in range(20)]
    status, error = portal.error(
        "datastore_create", "steward", resource={"package_id": "park_benches"}, records=people
    )
    assert status == 409
    assert "mail" in error["columns"][0]
    assert portal.error("package_show", id="park_benches")[0] == 404


def test_a_dry_run_changes_nothing(portal: Portal) -> None:
    table = made(portal)["resource_id"]
    portal.ask(
        "datastore_upsert", "owner", resource_id=table, records=[{"no": 1, "wood": "Elm"}], dry_run=True
    )
    assert rows(portal, table)[0]["wood"] == "Oak"


# -- departments and themes


def test_departments_are_made_by_whoever_manages_the_portal_and_themes_by_nobody(portal: Portal) -> None:
    assert portal.error("organization_create", "owner", name="forests", title="Forests")[0] == 403
    for action in ("group_create", "group_update", "group_patch", "group_delete", "dataset_purge"):
        status, error = portal.error(action, "steward", id="envi", name="envi")
        assert (status, error["__type"]) == (403, "Authorization Error")


def test_the_manager_puts_a_department_below_another_as_the_hierarchy_of_ckan_does(portal: Portal) -> None:
    portal.ask("organization_create", "manager", name="forests", title="Forests", groups=[{"name": "parks"}])
    assert portal.ask("organization_show", id="forests")["groups"][0]["name"] == "parks"
    portal.ask("organization_patch", "manager", id="parks", groups=[{"name": "traffic"}])
    assert portal.ask("organization_show", id="parks")["groups"][0]["name"] == "traffic"
    assert portal.ask("organization_show", id="forests")["groups"][0]["name"] == "parks"
    portal.ask("organization_update", "manager", id="parks", title="Green")
    assert portal.ask("organization_show", id="parks")["groups"][0]["name"] == "traffic", (
        "not told, not changed"
    )
    portal.ask("organization_update", "manager", id="parks", title="Green", groups=[])
    assert portal.ask("organization_show", id="parks")["groups"] == []


@pytest.mark.parametrize("groups", [[{"name": "gardens"}], [{"name": "parks"}]])
def test_a_department_cannot_stand_below_itself(portal: Portal, groups: list[dict[str, str]]) -> None:
    status, error = portal.error("organization_patch", "manager", id="parks", groups=groups)
    assert (status, "parent" in error or "groups" in error) == (409, True)
    assert portal.ask("organization_show", id="gardens")["groups"][0]["name"] == "parks"


def test_only_one_that_exists_can_be_above(portal: Portal) -> None:
    for groups in ([{"name": "nowhere"}], [{"name": "parks"}, {"name": "traffic"}], [{}], "parks"):
        status, _ = portal.error("organization_patch", "manager", id="gardens", groups=groups)
        assert status == 409
    assert portal.error("organization_patch", "owner", id="gardens", groups=[])[0] == 403


# -- hostile writing

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5), max_size=2)
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    asked=st.dictionaries(
        st.sampled_from([*NEW, "private", "tag_string", "url", "resources", "notes_translated", "organization"]),
        VALUES | st.dictionaries(st.sampled_from(["name", "key", "value", "url", "de"]), VALUES, max_size=3)
        | st.lists(st.dictionaries(st.sampled_from(["name", "key", "value", "url"]), VALUES, max_size=3), max_size=2),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_a_package_says_there_is_an_answer_or_a_named_fault(portal: Portal, asked: Any) -> None:
    answer = portal.answer("package_patch", "owner", **{**asked, "id": "street-trees"})
    assert answer.status_code in {200, 400, 403, 404, 409}, answer.content
    created = portal.answer("package_create", "owner", **asked)
    assert created.status_code in {200, 400, 403, 409}, created.content
