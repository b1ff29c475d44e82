# SPDX-License-Identifier: EUPL-1.2
"""What a page and a browser get of the base map, and what they get where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory
from tests.commons.basemap import town

from stoa.commons.basemap import door
from stoa.ground.geometry import Tile
from stoa.site.cli import main
from stoa.web.pages import basemap_tile
from stoa.web.parts import MapLayer

MIDDLE = Tile.at(town.MIDDLE, 14)


@pytest.fixture
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.STOA_HOME, settings.STOA_CACHE = tmp_path / "home", tmp_path / "home" / "cache"
    monkeypatch.setenv("STOA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STOA_BASEMAP", raising=False)
    return tmp_path / "home"


def asked(tile: Tile = MIDDLE, **headers: str) -> Any:
    request = RequestFactory().get("/basemap/", headers=headers)
    return basemap_tile(request, tile.z, tile.x, tile.y)


def page() -> str:
    return Template("{% load web %}{% map m %}").render(Context({"m": MapLayer(title="Trees")}))


def test_without_a_base_map_there_is_no_tile_and_the_ground_is_plain(home: Path) -> None:
    with pytest.raises(Http404):
        asked()
    assert "data-ground" not in page()
    assert "OpenStreetMap" not in page()


def test_the_command_builds_and_every_map_shows_it_and_says_whose_it_is(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["basemap", str(town.extract(tmp_path, town.STREET, town.PARK))]) == 0
    assert "road" in capsys.readouterr().out
    found = door.about(door.place_in(home, home / "cache"))
    assert found is not None
    assert f'data-ground="/basemap/{{z}}/{{x}}/{{y}}.mvt?v={found.mark}"' in page()
    assert "© OpenStreetMap contributors" in page()
    assert asked().content


def test_a_tile_may_be_kept_for_a_week_and_read_by_everybody(home: Path, tmp_path: Path) -> None:
    main(["basemap", str(town.extract(tmp_path, town.STREET))])
    response = asked()
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Cache-Control"] == "public, max-age=604800"


def test_the_front_gets_the_place_of_the_file(home: Path, tmp_path: Path) -> None:
    main(["basemap", str(town.extract(tmp_path, town.STREET))])
    whole = asked().content
    response = asked(**{"X-Stoa-Front": "1"})
    assert not response.content
    file = Path(response["X-Stoa-File"])
    assert file.is_relative_to(home / "cache")
    assert file.read_bytes() == whole


@pytest.mark.parametrize("tile", [(15, 0, 0), (3, 8, 0), (99, 0, 0)])
def test_a_tile_that_is_not_there_is_not_found(home: Path, tmp_path: Path, tile: tuple[int, ...]) -> None:
    main(["basemap", str(town.extract(tmp_path, town.STREET))])
    with pytest.raises(Http404):
        basemap_tile(RequestFactory().get("/"), *tile)


def test_where_nothing_lies_the_answer_has_no_content(home: Path, tmp_path: Path) -> None:
    main(["basemap", str(town.extract(tmp_path, town.STREET))])
    assert asked(Tile(14, 0, 0)).status_code == 204


def test_the_setting_names_an_extract_that_is_built_when_it_changed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STOA_BASEMAP", str(town.extract(tmp_path, town.STREET)))
    place = door.place_in(home, home / "cache")
    assert main(["basemap"]) == 0
    first = door.about(place)
    assert main(["basemap"]) == 0
    assert "already" in capsys.readouterr().out
    assert door.about(place) == first
    monkeypatch.setenv("STOA_BASEMAP", str(town.extract(tmp_path, town.PARK, name="newer.osm")))
    assert main(["basemap"]) == 0
    assert door.about(place) != first


def test_a_refusal_is_said_in_words_and_with_its_code(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["basemap"]) == 2
    assert "basemap.none_named" in capsys.readouterr().err
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    assert main(["basemap", str(tmp_path / "a.pdf")]) == 2
    said = capsys.readouterr().err
    assert "basemap.not_an_extract" in said
    assert "is no extract of OpenStreetMap" in said
