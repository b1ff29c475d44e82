# SPDX-License-Identifier: EUPL-1.2
"""Real catalogues, several invalid as published: what comes of them, held against what others found in them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.real import conftest as real

from stoa.standards.catalogues.reading import read
from stoa.standards.catalogues.values import Next, RemoteDataset, Total, Unreadable

FOLDER = real.real.DATA / "09_catalogues"
HERE = "https://x.example/catalogue"


def datasets_of(kind: str, name: str, url: str = HERE) -> tuple[list[RemoteDataset], list[str]]:
    items = list(read(kind, (FOLDER / name).read_bytes(), url))
    told = [str(item.why) for item in items if isinstance(item, Unreadable)]
    return [item for item in items if isinstance(item, RemoteDataset)], told


def expected(path: Path) -> set[tuple[str, ...]]:
    """Title, owner, page, address and kind of every file with an address, as Open Data Scotland expects them."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["AssetURL"]]
    return {
        (" ".join(row["Title"].split()), row["Owner"], row["PageURL"], row["AssetURL"], row["FileType"])
        for row in rows
    }


@pytest.mark.parametrize(
    ("city", "datasets", "files", "lost"), [("glasgow", 68, 253, 3), ("north_ayrshire", 126, 582, 0)]
)
def test_every_dataset_and_file_of_a_real_hub_is_found(
    city: str, datasets: int, files: int, lost: int
) -> None:
    found, told = datasets_of("dcat", f"{city}_dcat.json")
    assert (len(found), told) == (datasets, [])
    got = {
        (one.title[""], one.publisher, one.landing_page, file.url, file.title)
        for one in found
        for file in one.files
    }
    assert len(got) == files
    assert got == expected(FOLDER / f"{city}_dcat_expected.csv")
    assert len([note for one in found for note in one.notes]) == lost
    assert all("<" not in one.description.get("", "") or "</" not in one.description[""] for one in found)


def test_when_a_dataset_of_a_real_hub_came_out_is_what_others_read_too() -> None:
    found, _told = datasets_of("dcat", "glasgow_dcat.json")
    with (FOLDER / "glasgow_dcat_expected.csv").open(encoding="utf-8", newline="") as lines:
        dates = {row["PageURL"]: row["DateUpdated"][:19] for row in csv.DictReader(lines)}
    for one in found:
        assert one.issued is not None
        assert one.issued.strftime("%Y-%m-%dT%H:%M:%S") == dates[one.landing_page]


def test_a_real_answer_of_ckan_is_read_whole() -> None:
    url = "https://data.town.example/api/3/action/package_search?rows=10&start=0"
    items = list(read("ckan", (FOLDER / "birmingham_ckan_package_search.json").read_bytes(), url))
    found = [item for item in items if isinstance(item, RemoteDataset)]
    assert (len(found), sum(len(one.files) for one in found)) == (10, 54)
    assert Total(38) in items
    assert [item.url for item in items if isinstance(item, Next)] == [url.replace("start=0", "start=10")]
    assert {one.publisher for one in found} == {"Birmingham City Council"}
    assert not any("@" in one.contact and "." in one.contact.partition("@")[0] for one in found)


def test_a_real_turtle_catalogue_without_a_full_stop_is_read_all_the_same() -> None:
    found, told = datasets_of("dcat", "smartflanders_catalog.ttl")
    titles = sorted(one.title[""] for one in found)
    assert titles[:2] == ["Parking Availability in Ghent", "Parking Availability in Kortrijk"]
    assert len(titles) == 4
    assert all(one.files[0].is_download for one in found)
    assert "line 7" in told[0]
    assert len(told) == 1


def test_a_real_record_of_a_national_portal_keeps_place_licence_and_sizes() -> None:
    (one,), told = datasets_of("dcat", "ckanext-dcat_dataset_gov_de.rdf")
    assert (one.id, told) == ("c1be4007-d811-48fb-8818-2cb358b06a63", [])
    assert one.box == (11.9936, 54.0486, 12.3045, 54.2466)
    assert one.themes == ("http://publications.europa.eu/resource/authority/data-theme/ECON",)
    assert {file.licence for file in one.files} == {"http://dcat-ap.de/def/licenses/cc-zero"}
    assert {file.bytes for file in one.files if file.format == "GEOJSON"} == {147253}
    assert len(one.files) == 9


@pytest.mark.parametrize(
    ("kind", "name", "id_", "files"),
    [
        ("dcat", "ckanext-dcat_dataset.rdf", "9df8df51-63db-37a8-e044-0003ba9b0d98", 1),
        ("dcat", "ckanext-dcat_catalog_pod.jsonld", "widgets-0001", 4),
        ("data_json", "ckanext-dcat_catalog_pod.jsonld", "widgets-0001", 4),
        ("ckan", "ckanext-dcat_full_ckan_dataset_legacy.json", "756d6426-d52d-492a-a263-599ad1caa123", 1),
    ],
)
def test_the_examples_of_other_harvesters_are_read(kind: str, name: str, id_: str, files: int) -> None:
    (one,), told = datasets_of(kind, name)
    assert (one.id, len(one.files), told) == (id_, files, [])
