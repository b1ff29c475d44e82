# SPDX-License-Identifier: EUPL-1.2
"""Datasets of things that stand in the streets: trees, playgrounds, containers, chargers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from stoa.site.simulation.chance import stream
from stoa.site.simulation.ground import sample
from stoa.site.simulation.place import EAST, NORTH, lonlat
from stoa.site.simulation.world import Entry, World, along, both
from stoa.site.simulation.writing import Csv, comma, day, german, write_csv

_SPECIES = (
    ("Winterlinde", "Tilia cordata"), ("Spitzahorn", "Acer platanoides"), ("Stieleiche", "Quercus robur"),
    ("Platane", "Platanus x hispanica"), ("Rosskastanie", "Aesculus hippocastanum"),
    ("Sandbirke", "Betula pendula"),
    ("Hainbuche", "Carpinus betulus"), ("Feldahorn", "Acer campestre"), ("Mehlbeere", "Sorbus aria"),
    ("Ginkgo", "Ginkgo biloba"), ("Vogelkirsche", "Prunus avium"), ("Esche", "Fraxinus excelsior"),
)  # fmt: skip


def lines_of(world: World) -> list[tuple[str, int, LineString]]:
    """Every piece of street with name and rank."""
    return [
        (road.name, road.rank, part)
        for road in world.town.streets
        for part in shapely.get_parts(road.line)
        if part.length > 30
    ]


_TREES: Entry = {
    "slug": "trees",
    "title": both("Baumkataster", "Tree register"),
    "description": both(
        "Straßen- und Parkbäume mit Art, Pflanzjahr, Maßen und Datum der letzten Kontrolle.",
        "Street and park trees with species, year of planting, size and day of the last inspection.",
    ),
    "department": "parks",
    "theme": "ENVI",
    "licence": "CC_BY_4_0",
    "frequency": "QUARTERLY",
    "keywords": {"de": ["Bäume", "Stadtgrün"], "en": ["trees", "urban green"]},
    "files": ["files/gruen/Baumkataster Export.csv"],
}


def trees(world: World) -> Entry:
    random = world.chance("trees")
    rows: list[list[Any]] = []
    for name, rank, line in lines_of(world):
        x, y = line.centroid.x, line.centroid.y
        share = {1: 0.9, 2: 0.8, 3: 0.34}[rank]
        if random.random() > share or np.hypot(x, y) < 150:
            continue
        kind = int(random.integers(len(_SPECIES)))
        old = int(random.integers(1930, 2020))
        side, gap = 4.2 + 1.5 * (rank == 1), float(random.uniform(11, 17))
        last = min(line.length, 5200.0)
        for at in np.arange(gap / 2, last, gap):
            for way in (side, -side):
                tx, ty = along(line, float(at), way)
                if random.random() < 0.72 and np.hypot(tx, ty) < 5000 and _is_in_town(world, tx, ty):
                    rows.append(_tree(random, (len(rows) + 1, name), kind=kind, old=old, at=(tx, ty)))
    rows += _park_trees(world, random, len(rows))
    manner = Csv(
        encoding="cp1252",
        before=("Baumkataster der Stadt Ulmenfurt", f"Stand: {day(world.today)};;;", ""),
        after=(f"Anzahl Bäume: {german(len(rows), 0)}", "Quelle: Grünflächenamt"),
        heading_again=len(rows) // 2,
    )
    heading = (
        "Baum-Nr.", "Straße/Anlage", "Art deutsch", "Art botanisch", "Pflanzjahr", "Stammumfang [cm]",
        "Höhe [m]",
        "Kronendurchmesser [m]", "Vitalität", "letzte Kontrolle", "Rechtswert", "Hochwert",
    )  # fmt: skip
    write_csv(world.file("gruen/Baumkataster Export.csv"), heading, rows, manner)
    return _TREES


def _is_in_town(world: World, x: float, y: float) -> bool:
    return sample(world.town.ground.built, x, y) > -0.12


def _tree(
    random: np.random.Generator, name: tuple[int, str], *, kind: int, old: int, at: tuple[float, float]
) -> list[Any]:
    """One row of the register; `name` is its number and its street or park."""
    if random.random() < 0.13:
        kind = int(random.integers(len(_SPECIES)))
        old = int(random.integers(max(1930, old), 2025))
    age = 2026 - old
    girth = max(12.0, age * random.uniform(1.3, 2.2))
    height = min(31.0, 3 + 2.6 * np.sqrt(age) * random.uniform(0.7, 1.1))
    checked = date(2024, 1, 1) + timedelta(days=int(random.integers(0, 700)))
    german_name, botanical = _SPECIES[kind]
    return [
        f"{name[0]:05d}", name[1], german_name, botanical, old if random.random() > 0.06 else "unbekannt",
        round(float(girth)), comma(float(height), 1), comma(float(height * random.uniform(0.3, 0.6)), 1),
        random.choice(["gut", "gut", "gut", "mäßig", "schlecht", "-"]),
        day(checked) if random.random() > 0.03 else "",
        comma(at[0] + EAST, 2), comma(at[1] + NORTH, 2),
    ]  # fmt: skip


def _park_trees(world: World, random: np.random.Generator, start: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for park in world.town.parks:
        if park.kind not in ("park", "cemetery"):
            continue
        west, south, east, north = park.shape.bounds
        for _ in range(int(park.shape.area / 420)):
            x, y = float(random.uniform(west, east)), float(random.uniform(south, north))
            if park.shape.contains(Point(x, y)):
                kind, old = int(random.integers(len(_SPECIES))), int(random.integers(1890, 2015))
                rows.append(_tree(random, (start + len(rows) + 1, park.name), kind=kind, old=old, at=(x, y)))
    return rows


_PLAYGROUNDS: Entry = {
    "slug": "playgrounds",
    "title": both("Spielplätze", "Playgrounds"),
    "description": both(
        "Öffentliche Spielplätze mit Größe, Geräten und Altersgruppe.",
        "Public playgrounds with size, equipment and age group.",
    ),
    "department": "parks",
    "theme": "SOCI",
    "licence": "CC_BY_4_0",
    "frequency": "ANNUAL",
    "keywords": {"de": ["Kinder", "Spielplatz"], "en": ["children", "playground"]},
    "files": ["files/gruen/spielplaetze.csv"],
    "choices": {"key": ["id"]},
}


def playgrounds(world: World) -> Entry:
    """The column headed Latitude holds the longitude: somebody exchanged the two."""
    random = world.chance("playgrounds")
    rows = []
    homes = [b for b in world.town.blocks if b.use in ("houses", "dense", "green")]
    picked = sorted(random.choice(len(homes), size=46, replace=False))
    spots = [(homes[i].shape.representative_point(), homes[i].district) for i in picked]
    spots += [
        (
            p.shape.representative_point(),
            world.town.district_at(*p.shape.representative_point().coords[0]).number - 1,
        )
        for p in world.town.parks
        if p.kind == "park"
    ]
    things = ("Rutsche", "Schaukel", "Klettergerüst", "Sandkasten", "Wippe", "Seilbahn", "Karussell")
    for number, (spot, district) in enumerate(spots, start=1):
        lon, lat = lonlat(spot.x, spot.y)
        some = ", ".join(
            str(t) for t in random.choice(things, size=int(random.integers(2, 6)), replace=False)
        )
        rows.append((
            number, f"Spielplatz {world.town.districts[district].name} {number}", int(random.integers(250,
            3900)),
            some, random.choice(["ja", "nein"]), random.choice(["0-6", "6-12", "0-12", "12+"]), comma(lon, 6),
            comma(lat, 6),
        ))  # fmt: skip
    heading = (
        "ID",
        "Name",
        "Größe in m²",
        "Geräte",
        "Ballspielplatz",
        "Altersgruppe",
        "Latitude",
        "Longitude",
    )
    write_csv(world.file("gruen/spielplaetze.csv"), heading, rows, Csv(encoding="cp1252"))
    return _PLAYGROUNDS


def containers(world: World) -> Entry:
    """Two states of the list: some stands moved, some new, some gone."""
    random = world.chance("containers")
    lines = lines_of(world)
    picked = random.choice(len(lines), size=92, replace=False)
    before = [_stand(random, n, lines[i]) for n, i in enumerate(picked[:84], start=1)]
    after = [row for row in (_changed(random, row) for row in before) if row]
    after += [_stand(random, n, lines[i]) for n, i in enumerate(picked[84:], start=85)]
    heading = ("Standplatz", "Straße", "Lage", "Anzahl Glas", "Altkleider", "Länge", "Breite")
    versions = []
    for rows, on, note in (
        (before, world.today - timedelta(days=210), "Stand vor der Neuordnung"),
        (after, world.today - timedelta(days=12), "Neuordnung der Standplätze"),
    ):
        name = f"abfall/Containerstandorte_{on.isoformat()}.csv"
        write_csv(world.file(name), heading, rows, Csv(encoding="utf-8-sig"))
        versions.append({"files": [f"files/{name}"], "date": on, "note": note})
    return {
        "slug": "recycling-containers",
        "title": both("Containerstandorte", "Recycling containers"),
        "description": both(
            "Standplätze der Glas- und Altkleidercontainer.",
            "Where the containers for glass and used clothes stand.",
        ),
        "department": "waste",
        "theme": "ENVI",
        "licence": "DL_DE_BY_2_0",
        "frequency": "QUARTERLY",
        "keywords": {"de": ["Abfall", "Altglas", "Recycling"], "en": ["waste", "glass", "recycling"]},
        "choices": {"key": ["standplatz"]},
        "versions": versions,
    }


def _changed(random: np.random.Generator, row: list[Any]) -> list[Any]:
    """The row after the change of places: mostly the same; moved, or with one more; empty if it is gone."""
    chance = random.random()
    if chance < 0.06:
        return []
    if chance < 0.16:
        lon, lat = (float(value.replace(",", ".")) for value in row[5:7])
        moved = comma(lon + random.normal(0, 0.0006), 6), comma(lat + random.normal(0, 0.0004), 6)
        return [*row[:5], *moved]
    return [*row[:3], int(row[3]) + 1, *row[4:]] if chance < 0.24 else row


def _stand(random: np.random.Generator, number: int, street: tuple[str, int, LineString]) -> list[Any]:
    name, _, line = street
    x, y = along(line, float(random.uniform(0.2, 0.8)) * line.length, 6.0)
    lon, lat = lonlat(x, y)
    where = random.choice(["Ecke", "gegenüber Nr. 12", "Parkplatz", "am Spielplatz", "vor Nr. 5", ""])
    clothes = random.choice(["ja", "nein"])
    return [f"C{number:03d}", name, where, int(random.integers(1, 5)), clothes, comma(lon, 6), comma(lat, 6)]


def chargers(world: World) -> Entry:
    random = stream(world.seed, "chargers")
    lines = [line for line in lines_of(world) if line[2].centroid.distance(Point(0, 0)) < 2300]
    rows = []
    for number, i in enumerate(sorted(random.choice(len(lines), size=58, replace=False)), start=1):
        name, _, line = lines[i]
        x, y = along(line, 0.5 * line.length, 7.0)
        lon, lat = lonlat(x, y)
        power = float(random.choice([11, 22, 22, 22, 50, 150, 300]))
        begun = date(2017, 3, 1) + timedelta(days=int(random.integers(0, 3400)))
        rows.append((
            f"LS-{number:03d}", random.choice(["Stadtwerke Ulmenfurt", "Stromhof eG", "Ladenetz Velle"]),
            name,
            int(random.integers(1, 120)), comma(lat, 6), comma(lon, 6), day(min(begun, world.today)),
            comma(power, 1),
            "Schnellladeeinrichtung" if power >= 50 else "Normalladeeinrichtung", int(random.choice([2, 2, 2,
            4, 6])),
        ))  # fmt: skip
    heading = (
        "Nummer", "Betreiber", "Straße", "Hausnummer", "Breitengrad", "Längengrad", "Inbetriebnahmedatum",
        "Nennleistung [kW]", "Art", "Anzahl Ladepunkte",
    )  # fmt: skip
    before = ("Ladesäulen im Stadtgebiet", f"abgerufen am {day(world.today)}", "")
    write_csv(world.file("werke/ladesaeulen.csv"), heading, rows, Csv(encoding="utf-8-sig", before=before))
    return {
        "slug": "charging-points",
        "title": both("Ladesäulen für Elektrofahrzeuge", "Charging points for electric vehicles"),
        "description": both(
            "Öffentliche Ladesäulen mit Betreiber, Leistung und Tag der Inbetriebnahme.",
            "Public charging points with operator, power and day of commissioning.",
        ),
        "department": "utilities",
        "theme": "ENER",
        "licence": "CC_BY_4_0",
        "frequency": "MONTHLY",
        "keywords": {"de": ["Elektromobilität", "Laden"], "en": ["electric vehicles", "charging"]},
        "files": ["files/werke/ladesaeulen.csv"],
        "choices": {"key": ["nummer"]},
    }
