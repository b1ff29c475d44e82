# SPDX-License-Identifier: EUPL-1.2
"""Catalogue and layers of the real MapServer (Debian: cgi-mapserver), where it is installed: WFS 2.0 and OGC API."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.houses.catalogue.harvest.portal import Answer, Portal, portal

from stoa.commons.fetching.door import Fetched
from stoa.houses.catalogue.actions.fetching_layers import fetch_layer
from stoa.standards.catalogues.reading import first_address, read
from stoa.standards.catalogues.values import Next, RemoteDataset

PROGRAM = Path("/usr/lib/cgi-bin/mapserv")
pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="MapServer is not installed: apt-get install cgi-mapserver"
)
TREES = [
    {"type": "Feature", "properties": {"nr": n, "kind": f"Linde {n}"},
     "geometry": {"type": "Point", "coordinates": [7.5 + n / 100, 51.9]}} for n in range(7)
]  # fmt: skip
MAP = """MAP NAME "town" EXTENT 7 51 8 52 PROJECTION "init=epsg:4326" END
OUTPUTFORMAT NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/json; subtype=geojson"
 FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE" END
WEB METADATA "ows_title" "Town" "ows_onlineresource" "{url}/wfs?" "oga_onlineresource" "{url}/ogc" "ows_enable_request" "*"
 "ows_srs" "EPSG:4326 EPSG:25832" "wfs_getfeature_formatlist" "{formats}" "wfs_maxfeatures" "3" "oga_max_limit" "3" END END
LAYER NAME "trees" TYPE POINT STATUS ON CONNECTIONTYPE OGR CONNECTION "{file}" DATA "trees" TEMPLATE "x.html"
 PROJECTION "init=epsg:4326" END
 METADATA "ows_title" "Trees" "gml_include_items" "all" "gml_featureid" "nr" END END END
"""


class MapServer:
    """The program, asked as a web server asks it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.there = folder, Portal(lambda _path: None)
        (folder / "trees.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": TREES}))

    def set_up(self, formats: str) -> None:
        text = MAP.format(url=self.there.url, formats=formats, file=self.folder / "trees.geojson")
        (self.folder / "town.map").write_text(text)
        (self.folder / "server.conf").write_text(f'CONFIG MAPS town "{self.folder}/town.map" END END')

    def answer(self, path: str) -> Answer:
        place, _, query = path.partition("?")
        asked = {"PATH_INFO": place.replace("/ogc", "/town/ogcapi")} if place.startswith("/ogc") else {}
        if not asked:
            asked = {"MS_MAPFILE": str(self.folder / "town.map")}
        cgi = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1",
               "SERVER_PORT": str(self.there.port), "MAPSERVER_CONFIG_FILE": str(self.folder / "server.conf")}  # fmt: skip
        out = subprocess.run([PROGRAM], env=cgi | asked, capture_output=True, check=False).stdout
        return out.partition(b"\r\n\r\n")[2]

    def datasets(self, kind: str, path: str) -> list[RemoteDataset]:
        """As a run walks: from the address that a person gives to the last page."""
        found, queue = [], [first_address(kind, self.there.url + path)]
        while queue:
            url = queue.pop(0)
            body = self.there.respond(url.removeprefix(self.there.url))[2]
            for item in read(kind, body, url):
                if isinstance(item, Next):
                    queue.append(item.url)
                elif isinstance(item, RemoteDataset):
                    found.append(item)
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MapServer]:
    made = MapServer(tmp_path)
    with portal(made.answer) as made.there:
        yield made


@pytest.mark.parametrize(("kind", "path"), [("wfs", "/wfs"), ("ogc_features", "/ogc")])
def test_all_features_of_a_layer_come_in_though_it_sends_three_at_once(
    server: MapServer, tmp_path: Path, kind: str, path: str
) -> None:
    server.set_up("gml,geojson")
    (dataset,) = server.datasets(kind, path)
    assert dataset.title == {"": "Trees"}
    file = next(one for one in dataset.files if one.is_download and one.format == "GEOJSON")
    (tmp_path / "to").mkdir()
    got = fetch_layer(file.url, previous=None, allowed_private_hosts=[server.there.host], to=tmp_path / "to")
    assert isinstance(got, Fetched)
    features = json.loads(got.path.read_bytes())["features"]
    assert [(int(one["properties"]["nr"]), one["properties"]["kind"]) for one in features] == [
        (n, f"Linde {n}") for n in range(7)
    ]
    assert [one["geometry"]["coordinates"] for one in features] == [
        pytest.approx(one["geometry"]["coordinates"])
        for one in TREES  # type: ignore[index]
    ]


def test_a_service_that_speaks_gml_only_comes_in_whole_too(server: MapServer, tmp_path: Path) -> None:
    server.set_up("gml")
    (dataset,) = server.datasets("wfs", "/wfs")
    (file,) = [one for one in dataset.files if one.is_download]
    (tmp_path / "to").mkdir()
    got = fetch_layer(file.url, previous=None, allowed_private_hosts=[server.there.host], to=tmp_path / "to")
    assert isinstance(got, Fetched)
    text = got.path.read_text()
    assert [text.count(f">Linde {n}<") for n in range(7)] == [1] * 7
    assert "numberReturned" not in text
