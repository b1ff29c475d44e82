# SPDX-License-Identifier: EUPL-1.2
"""A layer comes in whole, however a service cuts it; what is not whole does not come in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.houses.catalogue.harvest.portal import Answer, Portal, portal

from stoa.commons.fetching.door import Fetched, NotModified, Seen
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.fetching_layers import fetch_layer

ARCGIS = "/rest/services/Trees/FeatureServer/0/query?where=1%3D1&f=geojson"
WFS = "/ows?service=WFS&version=2.0.0&request=GetFeature&typeNames=trees"
OGC = "/collections/trees/items?f=json"
CAP = 4
"""Features that the services of these tests send at most."""


def feature(n: int) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [7.6 + n / 1000, 51.9]}
    return {"type": "Feature", "properties": {"n": n, "kind": "Lime"}, "geometry": point}


ALL = [feature(n) for n in range(10)]


def asked(path: str, name: str, otherwise: int) -> int:
    known = {
        key.lower(): int(value[0])
        for key, value in parse_qs(urlsplit(path).query).items()
        if value[0].isdigit()
    }
    return known.get(name.lower(), otherwise)


def cut(path: str, size: str, start: str) -> list[dict[str, Any]]:
    first = asked(path, start, 0)
    return ALL[first : first + min(asked(path, size, CAP), CAP)]


def silent_wfs(path: str) -> Answer:
    """As MapServer answers in GeoJSON: no count, no link, not a word that there is more."""
    return {"type": "FeatureCollection", "name": "trees", "features": cut(path, "count", "startIndex")}


def gml_wfs(path: str) -> Answer:
    """As MapServer answers in GML: it knows how many there are only when it is through."""
    some = [one["properties"]["n"] for one in cut(path, "count", "startIndex")]
    matched = "10" if 9 in some else "unknown"
    members = "".join(f"<wfs:member><t><n>{n}</n></t></wfs:member>" for n in some)
    return (
        f'<wfs:FeatureCollection xmlns:wfs="w" numberMatched="{matched}" numberReturned="{len(some)}">'
        f"<wfs:boundedBy/>{members}</wfs:FeatureCollection>"
    )


def silent_arcgis(path: str) -> Answer:
    """As Koop answers in GeoJSON."""
    return {"type": "FeatureCollection", "features": cut(path, "resultRecordCount", "resultOffset")}


def arcgis(path: str) -> Answer:
    """As ArcGIS Server answers in GeoJSON."""
    some = cut(path, "resultRecordCount", "resultOffset")
    more = bool(some) and some[-1] != ALL[-1]
    return {"type": "FeatureCollection", "features": some, "properties": {"exceededTransferLimit": more}}


def ogc(path: str) -> Answer:
    """As pygeoapi answers: a link to what follows without the format, and the time of day in it."""
    start = asked(path, "offset", 0)
    links = [
        {
            "rel": "next",
            "type": "application/geo+json",
            "href": f"/collections/trees/items?offset={start + CAP}",
        }
    ]
    return {
        "type": "FeatureCollection", "features": cut(path, "limit", "offset"), "numberMatched": 10,
        "timeStamp": f"{start}", "links": links if start + CAP < 10 else [],
    }  # fmt: skip


def bring(there: Portal, path: str, to: Path, previous: Seen | None = None) -> Fetched | NotModified | None:
    return fetch_layer(there.url + path, previous=previous, allowed_private_hosts=[there.host], to=to)


@pytest.mark.parametrize(
    ("answer", "path"),
    [(silent_wfs, f"{WFS}&outputFormat=geojson"), (silent_arcgis, ARCGIS), (arcgis, ARCGIS), (ogc, OGC)],
)
def test_every_page_comes_in_and_the_second_look_finds_nothing_new(
    answer: Callable[[str], Answer], path: str, tmp_path: Path
) -> None:
    with portal(answer) as there:
        got = bring(there, path, tmp_path)
        assert isinstance(got, Fetched)
        assert json.loads(got.path.read_bytes())["features"] == ALL
        assert isinstance(bring(there, path, tmp_path, got.seen), NotModified)
    assert [one.name for one in tmp_path.iterdir()] == []


def test_a_change_on_a_later_page_is_news(tmp_path: Path) -> None:
    changed = False

    def answer(path: str) -> Answer:
        page = ogc(path)
        assert isinstance(page, dict)
        if changed and "offset=8" in path:
            page["features"] = [feature(8), feature(99)]
        return page

    with portal(answer) as there:
        got = bring(there, OGC, tmp_path)
        assert isinstance(got, Fetched)
        changed = True
        assert isinstance(bring(there, OGC, tmp_path, got.seen), Fetched)


def test_pages_of_gml_come_in_as_one_document(tmp_path: Path) -> None:
    with portal(gml_wfs) as there:
        got = bring(there, WFS, tmp_path)
    assert isinstance(got, Fetched)
    assert [got.path.read_text().count(f"<n>{n}</n>") for n in range(10)] == [1] * 10
    assert got.path.read_text().count("</wfs:FeatureCollection>") == 1


def test_fewer_than_the_service_has_are_not_taken_for_all(tmp_path: Path) -> None:
    def answer(path: str) -> Answer:
        page = ogc(path)
        assert isinstance(page, dict)
        return page | {"links": []}

    with portal(answer) as there, pytest.raises(Refused) as refused:
        bring(there, OGC, tmp_path)
    assert refused.value.problem.code == "fetch.layer_incomplete"


def test_a_service_that_runs_in_a_circle_is_left(tmp_path: Path) -> None:
    def answer(_path: str) -> Answer:
        return ogc("?offset=0")

    with portal(answer) as there, pytest.raises(Refused) as refused:
        bring(there, OGC, tmp_path)
    assert refused.value.problem.code == "fetch.layer_repeats"


@pytest.mark.parametrize(("told", "comes"), [(10, True), (12, False), ("unknown", False)])
def test_a_service_that_cannot_begin_in_the_middle_is_asked_for_everything(
    told: int | str, comes: bool, tmp_path: Path
) -> None:
    def answer(path: str) -> Answer:
        if "startIndex" in path:
            return 400, {}, b"<ows:ExceptionReport>no primary key</ows:ExceptionReport>"
        features = ALL[:CAP] if "count" in path else ALL
        return {"type": "FeatureCollection", "features": features, "numberMatched": told}

    with portal(answer) as there:
        if comes:
            got = bring(there, f"{WFS}&outputFormat=json", tmp_path)
            assert isinstance(got, Fetched)
            assert json.loads(got.path.read_bytes())["features"] == ALL
        else:
            with pytest.raises(Refused):
                bring(there, f"{WFS}&outputFormat=json", tmp_path)


def test_an_old_arcgis_without_pages_gives_all_at_once_or_says_that_it_cut(tmp_path: Path) -> None:
    most = 10

    def answer(path: str) -> Answer:
        if "resultRecordCount" in path:
            return {"error": {"code": 400, "message": "Pagination is not supported."}}
        return {"type": "FeatureCollection", "features": ALL[:most], "exceededTransferLimit": most < 10}

    with portal(answer) as there:
        assert isinstance(bring(there, ARCGIS, tmp_path), Fetched)
        most = 6
        with pytest.raises(Refused):
            bring(there, ARCGIS, tmp_path)


def test_pages_that_are_too_large_are_asked_for_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stoa.houses.catalogue.actions import fetching_layers

    monkeypatch.setattr(
        fetching_layers, "PAGE", fetching_layers.PAGE.__class__(file_bytes=600, unpacked_bytes=600)
    )
    monkeypatch.setattr(fetching_layers, "SIZES", (1000, 2))

    def answer(path: str) -> Answer:
        return arcgis(path) if asked(path, "resultRecordCount", 0) <= CAP else json.dumps(ALL)

    with portal(answer) as there:
        got = bring(there, ARCGIS, tmp_path)
    assert isinstance(got, Fetched)
    assert json.loads(got.path.read_bytes())["features"] == ALL


def test_what_is_no_page_of_features_is_fetched_like_any_file(tmp_path: Path) -> None:
    with portal(lambda _path: "<html>for people</html>") as there:
        assert bring(there, OGC, tmp_path) is None
        assert bring(there, "/trees.geojson", tmp_path) is None
