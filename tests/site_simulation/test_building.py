# SPDX-License-Identifier: EUPL-1.2
"""The simulated city is a city folder like any other, and the same one every time."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pyogrio
import pytest
from python_calamine import CalamineWorkbook
from tests.sharing import once

from stoa.commons.cityfolder.parsing import parse_city, read_city_folder
from stoa.commons.cityfolder.values import CityFolder
from stoa.site.simulation import build
from stoa.standards.vocabularies import FREQUENCIES

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "simulated-city", lambda folder: build(folder, today=TODAY))


@pytest.fixture(scope="module")
def city(built: Path) -> CityFolder:
    return read_city_folder(built)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_number_and_day_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assert hashes(build(tmp_path, today=TODAY)) == hashes(built)


def test_another_number_gives_other_bytes(built: Path, tmp_path: Path) -> None:
    other = hashes(build(tmp_path, seed=11, today=TODAY))
    first = hashes(built)
    assert other.keys() == first.keys()
    same = {name for name in first if other[name] == first[name]}
    assert same <= {"city.toml"}
    assert len(parse_city((tmp_path / "city.toml").read_text(encoding="utf-8")).datasets) >= 20


def test_it_is_marked_as_simulated(city: CityFolder) -> None:
    assert city.city.is_simulated
    assert all(dataset.source == "Simulation" for dataset in city.datasets)


def test_every_file_is_named_by_a_dataset(built: Path, city: CityFolder) -> None:
    named = {path for dataset in city.datasets for version in dataset.versions for path in version.paths}
    written = {path.resolve() for path in (built / "files").rglob("*") if path.is_file()}
    assert {path.resolve() for path in named} == written


def test_it_is_as_large_as_a_small_town_needs(built: Path, city: CityFolder) -> None:
    assert len(city.datasets) >= 20
    assert sum(path.stat().st_size for path in built.rglob("*")) < 40_000_000


def test_everything_is_told_in_both_languages(city: CityFolder) -> None:
    for dataset in city.datasets:
        assert set(dataset.title) == set(dataset.description) == set(dataset.keywords) == {"de", "en"}


def test_one_dataset_changes_and_one_is_late(city: CityFolder) -> None:
    by_slug = {dataset.slug: dataset for dataset in city.datasets}
    before, after = (
        {tuple(line.split(";")) for line in v.paths[0].read_text(encoding="utf-8-sig").splitlines()[1:]}
        for v in by_slug["recycling-containers"].versions
    )
    keys_before, keys_after = {row[0] for row in before}, {row[0] for row in after}
    assert keys_before - keys_after, "some are gone"
    assert keys_after - keys_before, "some are new"
    moved = {row[0] for row in before - after} & {row[0] for row in after - before}
    assert moved, "some have changed"
    late = by_slug["bathing-water"]
    issued, period = late.versions[-1].issued_on, FREQUENCIES[late.frequency].period
    assert issued is not None
    assert period is not None
    assert TODAY - issued > period + timedelta(days=30)


def test_personal_data_wait_at_the_door(city: CityFolder) -> None:
    (clubs,) = [dataset for dataset in city.datasets if not dataset.publish]
    text = clubs.versions[0].paths[0].read_text(encoding="cp1252")
    assert text.count("@") == len(text.splitlines()) - 1
    assert clubs.release == ""


def test_nobody_outside_can_be_written_to(built: Path) -> None:
    for path in [*built.rglob("*.csv"), built / "city.toml"]:
        raw = path.read_bytes()
        for address in raw.split(b"@")[1:]:
            assert address[:60].split(b"\r")[0].split(b'"')[0].endswith(b".example")


def test_one_is_given_on_request_only(city: CityFolder) -> None:
    assert [d.slug for d in city.datasets if d.access != "open"] == ["district-heating"]


def _opened(path: Path, folder: Path) -> Path:
    """A map file as a program opens it; the parts of a zipped one are taken out first."""
    if path.suffix != ".zip":
        return path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return next(folder.rglob(f"{path.stem}*.shp"), None) or next(folder.rglob("*.shp"))


def test_map_files_open_in_their_coordinate_system(city: CityFolder, tmp_path: Path) -> None:
    by_slug = {dataset.slug: dataset.versions[0].paths[0] for dataset in city.datasets}
    for slug in ("districts", "buildings", "streets", "bus-lines", "district-heating"):
        info = pyogrio.read_info(_opened(by_slug[slug], tmp_path / slug))
        assert info["crs"] == "EPSG:25832", slug
        assert info["features"] > 0
    with zipfile.ZipFile(by_slug["streets"]) as archive:
        assert {Path(name).suffix for name in archive.namelist()} >= {".shp", ".dbf", ".shx", ".prj"}


def test_the_population_is_that_of_a_town_of_forty_thousand(city: CityFolder) -> None:
    (path,) = [d.versions[0].paths[0] for d in city.datasets if d.slug == "population"]
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    last = rows[-1]
    assert last[1] == "Stadt gesamt"
    assert 38_000 < last[-1] < 42_500
    assert last[-1] == sum(row[-1] for row in rows if str(row[0]).isdigit())


def test_bicycles_follow_the_week(city: CityFolder) -> None:
    (path,) = [d.versions[0].paths[0] for d in city.datasets if d.slug == "bicycle-counts"]
    morning: dict[bool, list[int]] = {True: [], False: []}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        time, number, _, count = line.split(";")
        if number == "Z3" and time.endswith("07:00") and count:
            day = date(int(time[6:10]), int(time[3:5]), int(time[:2]))
            morning[day.weekday() < 5].append(int(count))
    working, free = (sum(part) / len(part) for part in (morning[True], morning[False]))
    assert working > 3 * free
