# SPDX-License-Identifier: EUPL-1.2
"""A city folder is read whole; whatever is wrong with it is told with field and line."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from stoa.commons.cityfolder.files import packed
from stoa.commons.cityfolder.parsing import parse_city, read_city_folder
from stoa.ground.geometry import Box
from stoa.ground.problems import Refused

CITY = """\
[city]
slug = "nirgend"
name = { de = "Nirgend", en = "Nowhere" }
languages = ["de", "en"]
zone = "Europe/Berlin"
area = [7.0, 51.0, 8.0, 52.0]
country = "XX"
accent = "#1a5276"
is_simulated = true

[[departments]]
slug = "parks"
name = "Grünamt"
parent = "works"

[[departments]]
slug = "works"
name = { de = "Bauamt", en = "Works" }
email = "works@nirgend.example"
"""
DATASET = """
[[datasets]]
slug = "trees"
title = { de = "Bäume", en = "Trees" }
description = "Alle Straßenbäume."
department = "parks"
theme = "ENVI"
licence = "CC0"
frequency = "ANNUAL"
files = ["trees.csv"]
keywords = { de = ["Baum", "Grün"] }
period = [2024-01-01, 2025-12-31]
contact = { name = "Grünamt", email = "parks@nirgend.example" }
choices = { header_rows = [2], columns = { Datum = { kind = "date" } }, geometry = { crs = "EPSG:31467" } }
"""


def refused(text: str) -> tuple[str, str]:
    """Code and sentence of the first problem."""
    with pytest.raises(Refused) as caught:
        parse_city(text)
    return caught.value.problem.code, str(caught.value.problem.what)


def changed(old: str, new: str) -> str:
    whole = CITY + DATASET
    assert whole.count(old) == 1
    return whole.replace(old, new)


def test_a_whole_description_is_read() -> None:
    folder = parse_city(CITY + DATASET)
    assert folder.city.name == {"de": "Nirgend", "en": "Nowhere"}
    assert folder.city.area == Box(7.0, 51.0, 8.0, 52.0)
    assert folder.city.is_simulated
    (trees,) = folder.datasets
    assert trees.title["en"] == "Trees"
    assert trees.description == {"de": "Alle Straßenbäume."}, "a plain text is in the first language"
    assert trees.keywords == {"de": ("Baum", "Grün")}
    assert trees.period == (date(2024, 1, 1), date(2025, 12, 31))
    assert trees.choices["columns"] == {"Datum": {"kind": "date"}}
    assert (trees.access, trees.publish, trees.combine, trees.release) == ("open", True, False, "")
    assert [version.files for version in trees.versions] == [("trees.csv",)]


def test_parents_come_before_their_children() -> None:
    assert [d.slug for d in parse_city(CITY).departments] == ["works", "parks"]


def test_a_circle_of_departments_is_told() -> None:
    code, _ = refused(CITY.replace('email = "works@nirgend.example"', 'parent = "parks"'))
    assert code == "cityfolder.parent_unknown"


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ('theme = "ENVI"', 'theme = "TREES"', "value_unknown", "datasets 'trees', theme (line 26)"),
        ('licence = "CC0"', 'license = "CC0"', "field_unknown", "datasets 'trees', license (line 27)"),
        ('frequency = "ANNUAL"', 'frequency = "yearly"', "value_unknown", "frequency (line 28)"),
        ('department = "parks"', 'department = "park"', "department_unknown", "department (line 25)"),
        ('slug = "trees"', 'slug = "Trees and bushes"', "slug_malformed", "slug (line 22)"),
        ('zone = "Europe/Berlin"', 'zone = "Berlin"', "zone_unknown", "zone (line 5)"),
        ("area = [7.0, 51.0, 8.0, 52.0]", "area = [51.0, 7.0, 8.0, 52.0]", "area_malformed", "area (line 6)"),
        ('accent = "#1a5276"', 'accent = "blue"', "accent_malformed", "accent (line 8)"),
        ("is_simulated = true", 'is_simulated = "yes"', "field_not_boolean", "is_simulated (line 9)"),
        ('files = ["trees.csv"]', 'files = "trees.csv"', "field_not_list", "files (line 29)"),
        ("[2024-01-01, 2025-12-31]", "[2025-12-31, 2024-01-01]", "period_malformed", "period (line 31)"),
        ("header_rows = [2]", "headers = [2]", "choice_unknown", "choices.headers"),
        ('kind = "date"', 'kind = "day"', "value_unknown", "choices.columns.Datum.kind"),
        ('{ de = "Bäume", en = "Trees" }', '{ fr = "Arbres" }', "language_unknown", "title (line 23)"),
        ('email = "parks@nirgend.example"', 'email = "parks"', "email_malformed", "contact (line 32)"),
    ],
)
def test_a_slip_is_told_with_field_and_line(old: str, new: str, code: str, told: str) -> None:
    found, sentence = refused(changed(old, new))
    assert found == f"cityfolder.{code}"
    assert told in sentence


def test_everything_wrong_is_told_at_once() -> None:
    text = changed('theme = "ENVI"', 'theme = "X"').replace('zone = "Europe/Berlin"', 'zone = "X"')
    with pytest.raises(Refused) as caught:
        parse_city(text)
    assert [p.code for p in caught.value.problems] == ["cityfolder.zone_unknown", "cityfolder.value_unknown"]


def test_broken_toml_is_told_with_its_line() -> None:
    code, sentence = refused(CITY + "files = = 1")
    assert code == "cityfolder.description_unreadable"
    assert "line 20" in sentence


def test_deeply_nested_toml_is_refused() -> None:
    assert refused("a = " + "[" * 100_000)[0] == "cityfolder.description_unreadable"


def test_a_slug_may_not_be_used_twice() -> None:
    assert refused(CITY + DATASET + DATASET)[0] == "cityfolder.slug_taken"


VERSIONS = """
[[datasets.versions]]
files = ["2017.csv"]
date = 2017-05-01
note = "Erster Stand"
[[datasets.versions]]
files = ["2024.csv"]
date = 2024-11-28
"""


def test_successive_versions_are_read_in_order() -> None:
    folder = parse_city(CITY + DATASET.replace('files = ["trees.csv"]\n', "") + VERSIONS)
    versions = folder.datasets[0].versions
    assert [(v.files, v.issued_on, v.note) for v in versions] == [
        (("2017.csv",), date(2017, 5, 1), "Erster Stand"),
        (("2024.csv",), date(2024, 11, 28), ""),
    ]


def test_versions_must_not_go_back_in_time() -> None:
    without = DATASET.replace('files = ["trees.csv"]\n', "")
    text = CITY + without + VERSIONS.replace("2017-05-01", "2025-05-01")
    assert refused(text)[0] == "cityfolder.versions_out_of_order"


def test_files_beside_versions_are_doubtful() -> None:
    assert refused(CITY + DATASET + VERSIONS)[0] == "cityfolder.files_twice"


def folder_with(tmp_path: Path, files: str, *, combine: bool = False, names: tuple[str, ...] = ()) -> Path:
    extra = "combine = true\n" if combine else ""
    text = changed('files = ["trees.csv"]\n', f"files = {files}\n{extra}")
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_a_pattern_finds_its_files_by_name(tmp_path: Path) -> None:
    names = ("days/2.csv", "days/1.csv", "days/1.txt")
    folder = read_city_folder(folder_with(tmp_path, '["days/*.csv"]', combine=True, names=names))
    assert [p.name for p in folder.datasets[0].versions[0].paths] == ["1.csv", "2.csv"]


def test_the_data_may_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "trees.csv").write_text("a\n1\n", encoding="utf-8")
    folder = read_city_folder(folder_with(tmp_path / "here", '["trees.csv"]'), tmp_path / "there")
    assert folder.datasets[0].versions[0].paths[0].read_text(encoding="utf-8") == "a\n1\n"


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\\\secret.csv"])
def test_a_path_may_not_leave_the_data_root(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    (tmp_path / "city").mkdir()
    with pytest.raises(Refused) as caught:
        read_city_folder(folder_with(tmp_path / "city", f'["{path}"]'))
    assert caught.value.problem.code == "cityfolder.file_out_of_bounds"


@pytest.mark.parametrize("pattern", ["link.csv", "*.csv"])
def test_a_link_may_not_leave_the_data_root(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Refused) as caught:
        read_city_folder(folder_with(tmp_path / "city", f'["{pattern}"]'))
    assert caught.value.problem.code == "cityfolder.file_out_of_bounds"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"'trees': there is no file 'gone\.csv'"):
        read_city_folder(folder_with(tmp_path, '["gone.csv"]'))


def test_several_files_must_be_meant_as_one(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_city_folder(folder_with(tmp_path, '["1.csv", "2.csv"]', names=("1.csv", "2.csv")))
    assert caught.value.problem.code == "cityfolder.files_not_combined"


def test_a_folder_without_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_city_folder(tmp_path)
    assert caught.value.problem.code == "cityfolder.description_missing"


def test_a_description_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_bytes("name = 'Münster'".encode("cp1252"))
    with pytest.raises(Refused) as caught:
        read_city_folder(tmp_path)
    assert caught.value.problem.code == "cityfolder.description_unreadable"


def test_files_that_belong_together_are_packed_the_same_way_every_time(tmp_path: Path) -> None:
    names = ("a/x.csv", "b/x.csv", "b/y.csv")
    folder = read_city_folder(folder_with(tmp_path, '["*/*.csv"]', combine=True, names=names))
    version = folder.datasets[0].versions[0]
    first = packed(version, "trees", tmp_path).read_bytes()
    again = packed(version, "trees", tmp_path)
    assert again.read_bytes() == first
    with zipfile.ZipFile(again) as archive:
        assert archive.namelist() == ["a/x.csv", "b/x.csv", "y.csv"]
        assert archive.read("b/x.csv") == b"b/x.csv"
