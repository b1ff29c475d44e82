# SPDX-License-Identifier: EUPL-1.2
"""Catalogues of strangers are read in a child process: what comes back is the same, and no document breaks us."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stoa.commons.reading.catalogues import LIMITS, read_apart
from stoa.standards.catalogues.reading import read
from stoa.standards.catalogues.values import CatalogueUnreadable, RemoteDataset

HERE = "https://x.example/catalogue"
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://x.example/d/1> a dcat:Dataset ; dct:title "Bäume"@de, "Trees"@en ; dct:description "Alle 🌳"@de ;
  dct:issued "2024-02-29"^^xsd:date ; dct:modified "not a day" ; dcat:keyword "a", "b" ;
  dct:temporal [ dcat:startDate "2020-01-01"^^xsd:date ] ;
  dct:spatial [ dcat:bbox "POLYGON((7 51,8 51,8 52,7 52,7 51))" ] ;
  dcat:distribution [ dcat:accessURL <https://x.example/f.csv> ; dcat:downloadURL <https://x.example/f.csv> ] .
<https://x.example/d/2> a dcat:Dataset .
<https://x.example/catalogue> hydra:next <https://x.example/catalogue?page=2> ; hydra:totalItems 7 .
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page"
    file.write_text(TURTLE, encoding="utf-8")
    return file


def test_what_comes_back_is_what_the_reader_reads_value_by_value(page: Path) -> None:
    apart = list(read_apart("dcat", page, HERE))
    assert apart == list(read("dcat", page.read_bytes(), HERE))
    [found] = [one for one in apart if isinstance(one, RemoteDataset)]
    assert found.title == {"de": "Bäume", "en": "Trees"}
    assert found.box is not None
    assert found.files[0].is_download


def test_a_document_of_which_nothing_can_be_read_says_so_in_the_same_words(tmp_path: Path) -> None:
    file = tmp_path / "page"
    file.write_bytes(b"no rdf {")
    told = []
    for way in (
        lambda: list(read_apart("dcat", file, HERE)),
        lambda: list(read("dcat", file.read_bytes(), HERE)),
    ):
        with pytest.raises(CatalogueUnreadable) as caught:
            way()
        told.append(caught.value.why)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "limits",
    [replace(LIMITS, memory_bytes=60 * 1024 * 1024), replace(LIMITS, seconds=0)],
    ids=["memory", "time"],
)
def test_a_document_that_breaks_its_reader_is_a_sentence_and_nothing_more(page: Path, limits) -> None:
    named = (f'<https://x.example/d/{n}> a dcat:Dataset ; dct:title "{n}" .' for n in range(20_000))
    page.write_text(TURTLE + "\n".join(named), encoding="utf-8")
    with pytest.raises(CatalogueUnreadable, match="broke the program"):
        list(read_apart("dcat", page, HERE, limits))


def test_whoever_stops_reading_leaves_no_child_behind(page: Path) -> None:
    items = read_apart("dcat", page, HERE)
    next(items)
    items.close()  # waits for the child's end: a test that hangs here has failed


def test_json_is_read_here_since_a_process_would_cost_more(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "page"
    file.write_bytes(b'{"success": true, "result": {"count": 0, "results": []}}')
    monkeypatch.setattr("subprocess.Popen", None)
    assert list(read_apart("ckan", file, HERE)) == list(read("ckan", file.read_bytes(), HERE))
