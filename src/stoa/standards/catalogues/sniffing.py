# SPDX-License-Identifier: EUPL-1.2
"""Which kind of catalogue a file holds, by its name and its beginning; for folders, where nobody says it."""

from __future__ import annotations

import re

HEAD = 256 * 1024
"""Bytes of the beginning that are enough."""
_RDF_NAMES = (".ttl", ".rdf", ".nt", ".n3", ".jsonld")
_GEOGRAPHIC = re.compile(r'"type"\s*:\s*"(?:Feature|FeatureCollection|Topology)"')
_POD = re.compile(r'"dataset"\s*:\s*\[')
_DCAT = re.compile(r'"(?:@graph|@context|@id|@type)"\s*:')
_CKAN = re.compile(r'"(?:resources|num_resources|owner_org)"\s*:')
_NEXT_LINE = re.compile(r"\}[ \t]*\r?\n[ \t]*\{")


def kind_of(name: str, head: bytes) -> str:
    """The reader's name for a file, or "" for a file that holds data itself.

    >>> kind_of("a.json", b'{"conformsTo": "x", "dataset": [{'), kind_of("trees.csv", b"id;kind")
    ('data_json', '')
    """
    lower = name.lower()
    if lower.endswith(_RDF_NAMES):
        return "dcat"
    text = head[:HEAD].decode("utf-8", "replace")
    if lower.endswith(".xml"):
        return "dcat" if "<rdf:RDF" in text else ""
    if lower.endswith((".json", ".jsonl", ".ndjson")):
        return _of_json(text)
    return ""


def _of_json(text: str) -> str:
    if _POD.search(text):
        return "data_json"
    if _CKAN.search(text):
        listed = text.lstrip("\ufeff \t\r\n").startswith("[")
        return "ckan_lines" if _NEXT_LINE.search(text) and not listed else "ckan"
    if _DCAT.search(text) and not _GEOGRAPHIC.search(text):
        return "dcat"
    return ""
