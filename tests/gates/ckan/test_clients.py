# SPDX-License-Identifier: EUPL-1.2
"""CKAN's own client, as library and on the command line, and frictionless, against a running portal."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, SearchQueryError, ValidationError
from tests.features.town_server import town_url
from tests.gates.ckan.conftest import keys_of
from tests.houses.catalogue.town import SLUG, Town, trees

from stoa.commons.cities.models import City

__all__ = ["town_url"]
pytestmark = pytest.mark.django_db
NEW = {
    "name": "park-benches",
    "title": "Benches",
    "notes": "To rest.",
    "owner_org": "parks",
    "license_id": "cc-by",
}


@pytest.fixture(scope="module")
def keys(town_url: str, django_db_blocker: Any) -> dict[str, str]:
    with django_db_blocker.unblock():
        return keys_of(Town(City.objects.get(slug=SLUG), {}))


@pytest.fixture
def anybody(town_url: str) -> Iterator[RemoteCKAN]:
    with RemoteCKAN(town_url) as client:
        yield client


@pytest.fixture
def steward(town_url: str, keys: dict[str, str]) -> Iterator[RemoteCKAN]:
    with RemoteCKAN(town_url, apikey=keys["steward"]) as client:
        yield client


def run(town_url: str, *words: str, key: str = "", given: str = "") -> list[Any]:
    """What the command line client prints, each line as JSON."""
    command = [sys.executable, "-m", "ckanapi.cli.main", *words, "--remote", town_url]
    command += ["--apikey", key] if key else []
    # Its workers are started by the name of the command, which stands beside the interpreter.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [sys.executable, "-c", "from ckanapi.cli.main import main; import sys; sys.exit(main())", *command[3:]],
        input=given, capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def test_the_library_reads_the_catalogue_and_rows(anybody: RemoteCKAN) -> None:
    assert anybody.action.package_list() == ["bicycle-counts", "entitled-trees", "street-trees"]
    found = anybody.action.package_search(
        q="trees", fq="organization:parks", facet=True, **{"facet.field": ["tags"]}
    )
    assert (found["count"], found["facets"]) == (2, {"tags": {"trees": 1}})
    package = anybody.action.package_show(id="street-trees")
    table = next(one for one in package["resources"] if one["datastore_active"])
    asked = {"filters": {"kind": "Oak"}, "sort": "height_m desc nulls last", "limit": 3}
    rows = anybody.action.datastore_search(resource_id=table["id"], **asked)
    assert [row["kind"] for row in rows["records"]] == ["Oak"] * 3
    total = anybody.action.datastore_search_sql(sql=f'SELECT count(*) AS n FROM "{table["id"]}"')
    assert total["records"] == [{"n": 60}]


def test_the_library_reads_by_addresses_too(town_url: str) -> None:
    with RemoteCKAN(town_url, get_only=True) as client:
        assert client.action.package_show(id="street-trees")["name"] == "street-trees"


def test_every_class_of_error_comes_out_as_itself(anybody: RemoteCKAN, steward: RemoteCKAN) -> None:
    with pytest.raises(NotFound):
        anybody.action.package_show(id="no-such-trees")
    with pytest.raises(NotAuthorized):
        anybody.action.package_create(**NEW)
    with pytest.raises(SearchQueryError):
        anybody.action.package_search(q="title:(")
    with pytest.raises(ValidationError) as wrong:
        steward.action.package_create(name="x")
    assert {"name", "owner_org"} <= set(wrong.value.error_dict)
    with pytest.raises(CKANAPIError):
        anybody.action.no_such_action()


def test_the_library_makes_fills_changes_and_ends_a_dataset(steward: RemoteCKAN, anybody: RemoteCKAN) -> None:
    package = steward.action.package_create(**NEW)
    file = io.BytesIO(trees())
    file.name = "trees.csv"
    resource = steward.action.resource_create(package_id=package["id"], name="Trees", upload=file)
    assert resource["datastore_active"] is True
    assert anybody.action.datastore_search(resource_id=resource["id"], limit=0)["total"] == 60
    steward.action.datastore_upsert(
        resource_id=resource["id"],
        method="insert",
        records=[{"tree_number": "T-900", "kind": "Elm"}],
        force=True,
    )
    assert anybody.action.datastore_search(resource_id=resource["id"], filters={"kind": "Elm"})["total"] == 1
    steward.action.datastore_delete(resource_id=resource["id"], filters={"kind": "Elm"}, force=True)
    steward.action.package_patch(id=package["id"], title="Benches")
    moved = steward.action.package_patch(id=package["id"], owner_org="traffic")
    assert anybody.action.package_show(id=package["id"])["organization"]["name"] == "traffic"
    back = steward.action.package_update(**(moved | {"owner_org": package["owner_org"]}))
    assert back["organization"]["name"] == "parks"
    assert anybody.action.package_search(fq="name:park-benches organization:parks")["count"] == 1
    shown = anybody.action.package_show(id=package["id"])
    assert (shown["title"], shown["version"]) == ("Benches", "3")
    steward.action.package_delete(id=package["id"])
    assert package["name"] not in anybody.action.package_list()


def test_the_command_line_dumps_changes_and_loads_datasets(
    town_url: str, keys: dict[str, str], tmp_path: Path
) -> None:
    dumped = run(town_url, "dump", "datasets", "--all", "-q", "-p", "1")
    assert sorted(one["name"] for one in dumped) == ["bicycle-counts", "entitled-trees", "street-trees"]
    one = next(one for one in dumped if one["name"] == "street-trees")
    unchanged, file = dict(one), tmp_path / "datasets.jsonl"
    fresh = {**one, "id": None, "name": "loaded-trees", "resources": []}
    file.write_text(
        "".join(json.dumps(line) + "\n" for line in ({**one, "title": "Trees in streets"}, fresh))
    )
    run(town_url, "load", "datasets", "-I", str(file), "-q", "-p", "1", key=keys["steward"])
    assert run(town_url, "action", "package_show", "id=street-trees", "-j")[0]["title"] == "Trees in streets"
    loaded = run(town_url, "action", "package_show", "id=loaded-trees", "-j", key=keys["steward"])[0]
    assert (loaded["state"], loaded["license_id"], loaded["groups"]) == (
        "draft",
        one["license_id"],
        one["groups"],
    )
    file.write_text(json.dumps(unchanged) + "\n")
    run(town_url, "load", "datasets", "-I", str(file), "-q", "-p", "1", key=keys["steward"])
    again = run(town_url, "dump", "datasets", "street-trees", "-q", "-p", "1")[0]
    assert {**again, "metadata_modified": ""} == {**unchanged, "metadata_modified": ""}
    run(town_url, "delete", "datasets", "loaded-trees", "-q", "-p", "1", key=keys["steward"])


def test_the_command_line_searches_and_lists_organisations(town_url: str) -> None:
    found = run(town_url, "search", "datasets", "q=bicycle")
    assert [one["name"] for one in found] == ["bicycle-counts"]
    listed = run(town_url, "dump", "organizations", "--all", "-q", "-p", "1")
    assert [one["name"] for one in listed] == ["gardens", "parks", "traffic"]
    groups = run(town_url, "dump", "groups", "envi", "-q", "-p", "1")
    assert groups[0]["package_count"] == 3


def test_of_changes_at_once_none_is_lost(town_url: str, keys: dict[str, str]) -> None:
    """Each is done whole or told to come again; what was told to be done is there."""

    def add(n: int) -> bool:
        with RemoteCKAN(town_url, apikey=keys["steward"]) as client:
            row = {"day": f"2027-01-0{n}", "station": "At once", "bicycles": n}
            try:
                client.action.datastore_upsert(resource_id="bicycle-counts", method="insert", records=[row])
            except ValidationError as told:
                assert "publishing this dataset at this moment" in str(told)  # noqa: PT017 - any other is a defect
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        done = [n for n, is_done in zip(range(1, 5), pool.map(add, range(1, 5)), strict=True) if is_done]
    with RemoteCKAN(town_url, apikey=keys["steward"]) as client:
        found = client.action.datastore_search(resource_id="bicycle-counts", filters={"station": "At once"})
        assert sorted(row["bicycles"] for row in found["records"]) == done
        client.action.datastore_delete(resource_id="bicycle-counts", filters={"station": "At once"})
    assert done


def test_frictionless_reads_a_package_with_rows_and_types(town_url: str) -> None:
    pytest.importorskip(
        "frictionless_ckan_mapper", reason="frictionless reads CKAN with the extra [ckan] only"
    )
    from frictionless import Catalog, Package
    from frictionless.portals import CkanControl

    package = Package(control=CkanControl(baseurl=town_url, dataset="bicycle-counts"))
    assert (package.title, package.licenses[0]["name"]) == ("Bicycle counts", "CC-BY-4.0")
    table = next(one for one in package.resources if one.format == "csv")
    rows = table.read_rows()
    assert (len(rows), rows[0]["station"], rows[0]["bicycles"]) == (56, "North", 10)
    catalogue = Catalog(control=CkanControl(baseurl=town_url))
    assert "street-trees" in [one.name for one in catalogue.datasets]


def test_a_dump_is_read_by_a_plain_reader_of_csv(anybody: RemoteCKAN, town_url: str) -> None:
    import requests

    table = anybody.action.package_show(id="bicycle-counts")["resources"][0]["id"]
    text = requests.get(f"{town_url}/datastore/dump/{table}", timeout=60).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (len(rows), rows[0]) == (
        56,
        {"_id": "1", "day": "2026-03-01", "station": "North", "bicycles": "10"},
    )
