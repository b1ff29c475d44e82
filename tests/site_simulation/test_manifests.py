# SPDX-License-Identifier: EUPL-1.2
"""The descriptions of real cities hold, and their files are where they say."""

from __future__ import annotations

from pathlib import Path

import pytest

import stoa
from stoa.commons.cityfolder.parsing import parse_city, read_city_folder

MANIFESTS = Path(stoa.__file__).parent / "site" / "manifests"
DATA = Path(__file__).parents[3] / "shared" / "data"
LEAST = {"muenster": 25, "trafford": 8}


@pytest.mark.parametrize("slug", LEAST)
def test_a_manifest_describes_its_city(slug: str) -> None:
    folder = parse_city((MANIFESTS / slug / "city.toml").read_text(encoding="utf-8"))
    assert folder.city.slug == slug
    assert len(folder.datasets) >= LEAST[slug]
    for dataset in folder.datasets:
        assert set(dataset.title) == set(dataset.description) == set(folder.city.languages)
        assert dataset.source, "facts are carried over with their source"
    used = {dataset.department for dataset in folder.datasets}
    above = {department.parent for department in folder.departments}
    assert {department.slug for department in folder.departments} <= used | above


@pytest.mark.real
@pytest.mark.parametrize("slug", LEAST)
def test_every_file_of_a_manifest_is_there(slug: str) -> None:
    if not DATA.is_dir():
        pytest.skip("the shared real files are not on this machine")
    folder = read_city_folder(MANIFESTS / slug, DATA)
    assert all(version.paths for dataset in folder.datasets for version in dataset.versions)


def test_a_licence_is_claimed_only_where_it_is_stated() -> None:
    for slug in LEAST:
        for dataset in parse_city((MANIFESTS / slug / "city.toml").read_text(encoding="utf-8")).datasets:
            is_stated = "stated there" in dataset.source or "stated for the parking data" in dataset.source
            assert (dataset.licence != "OP_DATPRO") == is_stated, dataset.slug
