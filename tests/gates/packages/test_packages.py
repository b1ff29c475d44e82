# SPDX-License-Identifier: EUPL-1.2
"""Tools read a dataset from its package; search engines read it from its page; closed rows stay closed."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from frictionless import Package
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph
from tests.houses.catalogue.town import OPERATOR, SLUG, Town

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import door
from stoa.standards import schemaorg

pytestmark = pytest.mark.django_db


def fetched(town: Town, address: str) -> bytes:
    response = town.client("outsider").get(address.removeprefix("http://testserver"))
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


@pytest.mark.parametrize(("slug", "rows"), [("street-trees", 60), ("bicycle-counts", 56)])
def test_frictionless_reads_every_row_by_the_schema_of_the_package(
    town: Town, slug: str, rows: int, tmp_path: Path
) -> None:
    told = town.get(f"/datasets/{slug}/datapackage.json").json()
    table = told["resources"][0]
    (tmp_path / "table.csv").write_bytes(fetched(town, table["path"]))
    alone = Package.from_descriptor(
        {**told, "resources": [{**table, "path": "table.csv"}]}, basepath=str(tmp_path)
    )
    report = alone.validate()
    assert report.valid, report.flatten(["message"])
    assert len(alone.resources[0].read_rows()) == rows
    assert len({one["name"] for one in told["resources"]}) == len(told["resources"])


def test_every_file_of_a_package_is_where_it_says(town: Town) -> None:
    told = town.get("/datasets/bicycle-counts/datapackage.json").json()
    assert {one["format"] for one in told["resources"]} == {"csv", "xlsx", "json", "jsonl", "parquet"}
    assert all(fetched(town, one["path"]) for one in told["resources"])


def test_croissant_names_the_stored_file_by_its_checksum_and_columns_that_are_in_it(town: Town) -> None:
    told = town.get("/datasets/street-trees/croissant.json").json()
    (file,) = told["distribution"]
    content = fetched(town, file["contentUrl"])
    assert (file["@type"], file["contentSize"]) == ("cr:FileObject", f"{len(content)} B")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    (records,) = told["recordSet"]
    columns = {one["source"]["extract"]["column"] for one in records["field"]}
    assert columns <= set(pq.read_schema(io.BytesIO(content)).names)
    assert {one["dataType"] for one in records["field"]} == {"sc:Text", "sc:Date", "sc:Float"}
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert (
        len(Graph().parse(data=json.dumps(told | {"@context": dict(told["@context"])}), format="json-ld"))
        > 30
    )


@pytest.mark.parametrize("name", ["datapackage.json", "croissant.json"])
@pytest.mark.parametrize("slug", ["internal-trees", "draft-trees", "entitled-trees", "none"])
def test_rows_that_are_not_open_have_no_package_for_outsiders(town: Town, name: str, slug: str) -> None:
    for who in ("outsider", "stranger"):
        assert town.get(f"/datasets/{slug}/{name}", who).status_code == 404


def test_colleagues_get_the_package_of_entitled_rows(town: Town) -> None:
    assert town.get("/datasets/entitled-trees/datapackage.json", "colleague").status_code == 200


def test_a_package_that_did_not_change_is_not_sent_twice(town: Town) -> None:
    path = f"/c/{SLUG}/datasets/street-trees/datapackage.json"
    first = town.client("outsider").get(path)
    again = town.client("outsider").get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def _in_page(town: Town, slug: str) -> dict[str, Any]:
    page = town.get(f"/datasets/{slug}").content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    body: dict[str, Any] = json.loads(found)
    return body


def test_the_page_of_a_dataset_says_what_it_is_to_search_engines(town: Town) -> None:
    told = _in_page(town, "street-trees")
    assert (told["@type"], told["name"], told["isAccessibleForFree"]) == ("Dataset", "Street trees", True)
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert {one["encodingFormat"] for one in told["distribution"]} >= {"text/csv", "application/geo+json"}
    assert {one["name"] for one in told["variableMeasured"]} >= {"Kind", "Planted on"}


def test_the_page_offers_no_downloads_of_closed_rows_to_search_engines(town: Town) -> None:
    told = _in_page(town, "entitled-trees")
    assert told["isAccessibleForFree"] is False
    assert "distribution" not in told


def test_words_that_look_like_the_end_of_the_script_stay_words(town: Town) -> None:
    evil = "</script><script>alert(1)</script><!-- &amp;"
    with acting_in(town.city):
        door.describe(city=town.city, by=OPERATOR, slug="bicycle-counts", description={"en": evil})
    assert _in_page(town, "bicycle-counts")["description"] == evil


def test_the_page_links_every_other_form_of_itself(town: Town) -> None:
    page = town.get("/datasets/street-trees").content.decode()
    links = dict(re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)"', page))
    assert links.keys() >= {
        "text/turtle",
        "application/rdf+xml",
        "application/ld+json",
        "application/atom+xml",
    }
    assert all(town.client("outsider").get(place).status_code == 200 for place in links.values())


@given(st.text())
def test_json_in_a_page_never_ends_its_element_and_says_the_same(text: str) -> None:
    written = schemaorg.in_page({"a": text})
    assert not set("<>&") & set(written)
    assert json.loads(written) == {"a": text}
