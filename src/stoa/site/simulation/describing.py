# SPDX-License-Identifier: EUPL-1.2
"""Writes `city.toml`: only what the format of city folders needs of TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from stoa.site.simulation.names import TOWN
from stoa.site.simulation.world import Entry, both

_DEPARTMENTS: tuple[tuple[str, str, str, str], ...] = (
    ("mayor", "Büro der Bürgermeisterin", "Mayor's office", ""),
    ("statistics", "Statistikstelle", "Statistics", "mayor"),
    ("finance", "Kämmerei", "Finance", ""),
    ("works", "Bau und Umwelt", "Works and environment", ""),
    ("survey", "Vermessung und Kataster", "Survey and land register", "works"),
    ("roads", "Tiefbau und Verkehr", "Roads and traffic", "works"),
    ("parks", "Grünflächen", "Parks and trees", "works"),
    ("environment", "Umwelt und Klima", "Environment and climate", "works"),
    ("building", "Bauaufsicht", "Building control", "works"),
    ("citizens", "Bürgerdienste und Ordnung", "Citizens' services and order", ""),
    ("schools", "Schule, Kultur und Sport", "Schools, culture and sport", ""),
    ("utilities", "Stadtwerke", "Municipal utilities", ""),
    ("waste", "Abfallwirtschaft", "Waste management", "utilities"),
)


def describe(
    entries: Sequence[Entry], area: tuple[float, float, float, float], live: Sequence[Entry] = ()
) -> str:
    """The whole `city.toml` of the simulated city."""
    city = {
        "slug": "ulmenfurt",
        "name": TOWN,
        "lead": both(
            "Eine simulierte Stadt: Straßen, Menschen und Zahlen sind erfunden.",
            "A simulated city: its streets, people and figures are invented.",
        ),
        "languages": ["de", "en"],
        "zone": "Europe/Berlin",
        "area": [round(edge, 4) for edge in area],
        "country": "XX",
        "accent": "#0b5c5a",
        "is_simulated": True,
    }
    parts = [
        "# A simulated city, made by a program. No place, person or figure in it is real.",
        _table("[city]", city),
    ]
    for slug, de, en, parent in _DEPARTMENTS:
        fields: dict[str, Any] = {"slug": slug, "name": both(de, en), "email": f"{slug}@ulmenfurt.example"}
        parts.append(_table("[[departments]]", fields | ({"parent": parent} if parent else {})))
    parts += [_dataset(entry) for entry in entries]
    parts += [_table("[[live]]", entry) for entry in live]
    return "\n\n".join(parts) + "\n"


def _dataset(entry: Entry) -> str:
    versions = entry.get("versions", ())
    fields = {key: value for key, value in entry.items() if key != "versions"}
    fields.setdefault("source", "Simulation")
    tables = [_table("[[datasets]]", fields), *(_table("[[datasets.versions]]", v) for v in versions)]
    return "\n".join(tables)


def _table(header: str, fields: Mapping[str, Any]) -> str:
    return "\n".join([header, *(f"{key} = {_value(value)}" for key, value in fields.items())])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return repr(value)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)
