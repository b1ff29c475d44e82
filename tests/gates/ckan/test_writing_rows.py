# SPDX-License-Identifier: EUPL-1.2
"""Writing rows by CKAN's actions: told one by one, changed and taken out; every change is a version."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from tests.gates.ckan.benches import BENCHES, FIELDS, NEW, made, rows, send
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG, trees

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in


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
