# SPDX-License-Identifier: EUPL-1.2
"""The two city folders: every dataset's files are read as its manifest says."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import make_real_table as real
import pytest

from stoa.commons.cityfolder.files import packed
from stoa.commons.cityfolder.parsing import read_city_folder
from stoa.commons.cityfolder.values import CityFolder, FolderDataset
from stoa.commons.reading.door import Order
from stoa.commons.reading.inspecting import inspect_here
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem

MANIFESTS = real.ROOT / "src" / "stoa" / "site" / "manifests"
Reading = Callable[[Path], Inspection | Problem]
EXPECTED: dict[str, int] = json.loads(
    (Path(__file__).parent / "expected_datasets.json").read_text(encoding="utf-8")
)


def slugs() -> list[tuple[str, str]]:
    """Every dataset of both manifests, read without its files so that there is something to skip."""
    return [
        (city, dataset["slug"])
        for city in ("muenster", "trafford")
        for dataset in tomllib.loads((MANIFESTS / city / "city.toml").read_text(encoding="utf-8"))["datasets"]
    ]


@cache
def folder(city: str) -> CityFolder:
    return read_city_folder(MANIFESTS / city, real.DATA)


def inspected(city: CityFolder, dataset: FolderDataset, number: int, work: Path) -> Inspection:
    """One version, read with what the manifest decides and what the city knows of itself."""
    (work / "read").mkdir(parents=True)
    version = dataset.versions[number]
    path = packed(version, dataset.slug, work) if dataset.combine else version.paths[0]
    choices: dict[str, Any] = dict(dataset.choices) | ({"table": dataset.table} if dataset.table else {})
    return inspect_here(
        Order(
            path,
            path.name,
            work / "read",
            choices=choices,
            zone=city.city.zone,
            languages=city.city.languages,
            area=city.city.area,
        ),
        lambda _step, _share: None,
    )


@pytest.mark.parametrize(("city", "slug"), slugs())
def test_a_dataset_of_a_city_is_read_as_its_manifest_says(city: str, slug: str, tmp_path: Path) -> None:
    whole = folder(city)
    dataset = next(one for one in whole.datasets if one.slug == slug)
    found = inspected(whole, dataset, 0, tmp_path / "first")
    assert found.rows == EXPECTED[f"{city}/{slug}"]
    assert not found.drift
    decided = dataset.choices.get("columns", {})
    for column in found.recipe.columns:
        for name, value in decided.get(column.source, {}).items():
            assert getattr(column, name) == value
    assert set(decided) <= {column.source for column in found.recipe.columns}
    # What looks personal is dropped or released by the manifest, or the dataset is not open.
    kept = {column.name for column in found.recipe.kept}
    personal = set(found.personal) & kept
    assert not personal or dataset.release or dataset.access != "open", personal
    # With the decisions of the manifest hardly a cell is lost (five clock times of 2010 are dates in the source).
    assert sum(column.unreadable for column in found.columns) <= 5


def combined() -> list[str]:
    manifest = tomllib.loads((MANIFESTS / "muenster" / "city.toml").read_text(encoding="utf-8"))
    return [
        one["slug"] for one in manifest["datasets"] if one.get("combine") and one["files"][0].endswith("csv")
    ]


@pytest.mark.parametrize("slug", combined())
def test_many_files_as_one_table_are_the_sum_of_the_single_ones(slug: str, reading: Reading) -> None:
    dataset = next(one for one in folder("muenster").datasets if one.slug == slug)
    single = [reading(path) for path in dataset.versions[0].paths]
    assert len(single) > 1
    assert sum(one.rows for one in single if isinstance(one, Inspection)) == EXPECTED[f"muenster/{slug}"]


def test_the_expectations_and_the_manifests_name_the_same_datasets() -> None:
    assert set(EXPECTED) == {f"{city}/{slug}" for city, slug in slugs()}


def test_the_cities_hold_as_many_datasets_as_they_promise() -> None:
    cities = [city for city, _slug in slugs()]
    assert cities.count("muenster") >= 25
    assert cities.count("trafford") >= 6
