# SPDX-License-Identifier: EUPL-1.2
"""The four programs that people have, against real datasets of a real city: CKAN's client, frictionless, OWSLib, GDAL.

The smaller datasets of the city's manifest are loaded once, by the same way as an operator's `stoa demo --from`; what
each program reads is held against the rows that the manifest is known to give.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.request import urlopen

import make_real_table as real
import pyogrio
import pytest
from tests.real.test_manifests import EXPECTED, MANIFESTS
from tests.standards.dcat.shapes import needs_shapes, violations

SMALL = (
    "city-boroughs", "city-quarters", "playgrounds", "charging-points", "schools", "table-tennis",
    "park-and-ride", "drinking-water", "bike-and-ride",
)  # fmt: skip
AREAS, POINTS = "city-boroughs", "charging-points"
pytestmark = [pytest.mark.real, pytest.mark.django_db]


@pytest.fixture(scope="module")
def city_url(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Where the city answers, on a real port."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connections
    from django.test.testcases import LiveServerThread
    from tests.houses.catalogue.town import take_down

    from stoa.commons.cityfolder.parsing import read_city_folder
    from stoa.site import loading

    whole = read_city_folder(MANIFESTS / "muenster", real.DATA)
    chosen = [replace(one, versions=one.versions[-1:]) for one in whole.datasets if one.slug in SMALL]
    with django_db_blocker.unblock():
        city = loading._set_up(whole)
        told = [(one.slug, loading._load(city, one)) for one in chosen]
        assert [slug for slug, (_versions, _rows, problem) in told if problem] == []
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        yield f"http://127.0.0.1:{server.port}/c/{city.slug}"
        server.terminate()
        connections.close_all()
        take_down([city.slug])


def rows_of(slug: str) -> int:
    return EXPECTED[f"muenster/{slug}"]


def test_the_client_of_ckan_reads_every_package_and_table(city_url: str) -> None:
    from ckanapi import RemoteCKAN

    with RemoteCKAN(city_url) as client:
        assert sorted(client.action.package_list()) == sorted(SMALL)
        found = client.action.package_search(q="", rows=50)
        assert found["count"] == len(SMALL)
        for package in found["results"]:
            [table] = [one for one in package["resources"] if one["datastore_active"]]
            answer = client.action.datastore_search(resource_id=table["id"], limit=2)
            assert answer["total"] == rows_of(package["name"])


def test_frictionless_reads_a_package_and_finds_nothing_wrong_with_its_table(city_url: str) -> None:
    program = (
        "import sys, json, frictionless as f\n"
        "package = f.Package(sys.argv[1])\n"
        "table = next(r for r in package.resources if (r.format or '') == 'csv')\n"
        "report = table.validate()\n"
        "print(json.dumps([report.valid, len(table.read_rows()), report.flatten(['code', 'note'])[:5]]))\n"
    )
    address = f"{city_url}/datasets/{POINTS}/datapackage.json"
    done = subprocess.run(
        [sys.executable, "-c", program, address], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert json.loads(done.stdout.splitlines()[-1]) == [True, rows_of(POINTS), []]


def test_owslib_counts_the_features_and_records_that_there_are(city_url: str) -> None:
    from owslib.ogcapi.features import Features
    from owslib.ogcapi.records import Records

    client = Features(f"{city_url}/ogc/")
    assert set(client.feature_collections()) == set(SMALL)
    for slug in SMALL:
        assert client.collection_items(slug, limit=1)["numberMatched"] == rows_of(slug)
    records = Records(f"{city_url}/ogc/")
    [catalogue] = records.records()
    listed = records.collection_items(catalogue, limit=50)["features"]
    assert {one["id"] for one in listed} == set(SMALL)


GDAL = """
import json, sys, pyogrio.raw
_meta, _fids, places, columns = pyogrio.raw.read(sys.argv[1], layer=sys.argv[2], PAGE_SIZE="100")
print(json.dumps([bytes(place).hex() if place else None for place in places]))
"""


@pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this GDAL has no OAPIF driver")
@pytest.mark.parametrize("slug", [AREAS, POINTS])
def test_gdal_reads_the_shapes_that_the_download_has(city_url: str, slug: str) -> None:
    import shapely

    command = [sys.executable, "-c", GDAL, f"OAPIF:{city_url}/ogc", slug]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    places = json.loads(done.stdout.splitlines()[-1])
    with urlopen(f"{city_url}/datasets/{slug}/download/geojson") as answer:
        told = [one["geometry"] for one in json.load(answer)["features"]]
    assert len(places) == len(told) == rows_of(slug)
    assert [place is None for place in places] == [place is None for place in told]
    for place, shape in zip(places, told, strict=True):
        if place is not None:
            ours, theirs = shapely.from_geojson(json.dumps(shape)), shapely.from_wkb(bytes.fromhex(place))
            assert ours.geom_type == theirs.geom_type
            assert ours.hausdorff_distance(theirs) < 1e-6, "a millionth of a degree is a hand's width"


@needs_shapes
def test_the_catalogue_of_what_was_loaded_breaks_no_rule_of_dcat_ap(city_url: str) -> None:
    from rdflib import RDF, Graph
    from rdflib.namespace import DCAT

    with urlopen(f"{city_url}/catalog.ttl") as answer:
        graph = Graph().parse(data=answer.read(), format="turtle")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(SMALL)
    assert not violations(graph)
