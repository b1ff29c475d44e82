# SPDX-License-Identifier: EUPL-1.2
"""Writing packages, files and departments by CKAN's actions, with the rights of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gates.ckan.benches import NEW, send, source
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG, trees

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import Dataset

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
