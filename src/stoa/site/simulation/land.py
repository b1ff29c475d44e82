# SPDX-License-Identifier: EUPL-1.2
"""Datasets of the survey office: districts, streets, buildings, green spaces, water."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from stoa.site.simulation.buildings import place_buildings
from stoa.site.simulation.names import RIVER
from stoa.site.simulation.place import degrees, utm
from stoa.site.simulation.world import Entry, World, both
from stoa.site.simulation.writing import write_geojson, write_layer

_KINDS = {
    "park": "Park", "cemetery": "Friedhof", "meadow": "Wiese", "allotments": "Kleingärten", "forest": "Wald",
}  # fmt: skip


def districts(world: World) -> Entry:
    rows = [
        (
            utm(d.shape).buffer(0),
            {"NR": f"{d.number:02d}", "NAME": d.name, "FLAECHE_HA": round(d.shape.area / 1e4, 1)},
        )
        for d in world.town.districts
    ]
    write_layer(world.file("vermessung/ortsteile.gpkg"), "ortsteile", rows)
    return {
        "slug": "districts",
        "title": both("Ortsteile", "City districts"),
        "description": both(
            "Die Grenzen der Ortsteile, wie sie in der Statistik und in der Planung verwendet werden.",
            "The boundaries of the districts, as used in statistics and planning.",
        ),
        "department": "survey",
        "theme": "REGI",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "IRREG",
        "keywords": {"de": ["Grenzen", "Ortsteile", "Gebietsgliederung"], "en": ["boundaries", "districts"]},
        "files": ["files/vermessung/ortsteile.gpkg"],
        "choices": {"key": ["nr"]},
    }


def streets(world: World) -> Entry:
    random = world.chance("street facts")
    rows = []
    for number, road in enumerate(world.town.streets, start=1):
        zone = random.choice([30, 30, 30, 50, 20])
        rows.append((
            utm(road.line),
            {
                "STR_SCHL": f"{number:05d}",
                "STR_NAME": road.name,
                "KLASSE": ("", "Hauptstraße", "Altstadtring", "Gemeindestraße")[road.rank],
                "TEMPO": 50 if road.rank == 1 else int(zone),
                "BELAG": str(random.choice(["Asphalt", "Asphalt", "Asphalt", "Pflaster", "Beton"])),
                "LAENGE_M": round(road.line.length, 1),
            },
        ))  # fmt: skip
    write_layer(world.file("tiefbau/strassen.zip"), "strassen", rows)
    return {
        "slug": "streets",
        "title": both("Straßenverzeichnis", "Streets"),
        "description": both(
            "Alle öffentlichen Straßen mit Schlüssel, Name, Klasse, Belag und zulässiger Geschwindigkeit.",
            "All public streets with key, name, class, surface and speed limit.",
        ),
        "department": "roads",
        "theme": "TRAN",
        "licence": "DL_DE_BY_2_0",
        "frequency": "QUARTERLY",
        "keywords": {"de": ["Straßen", "Verkehr"], "en": ["streets", "road network"]},
        "files": ["files/tiefbau/strassen.zip"],
        "choices": {"key": ["str_schl"]},
    }


def buildings(world: World) -> Entry:
    rows = [
        (
            utm(b.shape),
            {
                "gebaeude_id": f"G{number:06d}",
                "nutzung": b.purpose,
                "geschosse": b.floors,
                "baujahr": b.year,
                "grundflaeche_m2": round(b.shape.area, 1),
                "ortsteil": world.town.districts[b.district].name,
            },
        )
        for number, b in enumerate(place_buildings(world.seed, world.town), start=1)
    ]
    write_layer(world.file("vermessung/gebaeude.gpkg"), "gebaeude", rows)
    return {
        "slug": "buildings",
        "title": both("Gebäude", "Buildings"),
        "description": both(
            "Grundrisse aller Gebäude mit Nutzung, Geschosszahl und ungefährem Baujahr.",
            "Footprints of all buildings with use, number of floors and approximate year of construction.",
        ),
        "department": "survey",
        "theme": "REGI",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "ANNUAL_2",
        "keywords": {"de": ["Gebäude", "Kataster"], "en": ["buildings", "footprints"]},
        "files": ["files/vermessung/gebaeude.gpkg"],
        "choices": {"key": ["gebaeude_id"]},
    }


def green(world: World) -> Entry:
    parks = [(p.shape, p.name, p.kind) for p in world.town.parks]
    parks += [(b.shape, "", "meadow") for b in world.town.blocks if b.use == "green"]
    rows = [
        (
            degrees(shape),
            {
                "id": number,
                "name": name or f"Grünanlage {number}",
                "art": _KINDS[kind],
                "flaeche_ha": round(shape.area / 1e4, 2),
                "pflegestufe": {
                    "park": "A",
                    "cemetery": "A",
                    "meadow": "C",
                    "allotments": "D",
                    "forest": "D",
                }[kind],
            },
        )
        for number, (shape, name, kind) in enumerate(parks, start=1)
    ]
    write_geojson(world.file("gruen/gruenflaechen.geojson"), rows)
    return {
        "slug": "green-spaces",
        "title": both("Parks, Wälder und Grünflächen", "Parks, woods and green spaces"),
        "description": both(
            "Öffentliche Grünflächen mit Art, Größe und Pflegestufe.",
            "Public green spaces with kind, size and level of upkeep.",
        ),
        "department": "parks",
        "theme": "ENVI",
        "licence": "CC_BY_4_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Park", "Grünfläche", "Erholung"], "en": ["parks", "green space", "recreation"]},
        "files": ["files/gruen/gruenflaechen.geojson"],
        "choices": {"key": ["id"]},
    }


def water(world: World) -> Entry:
    ground = world.town.ground
    shape = ground.water.intersection(ground.boundary)
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    rows = [
        (degrees(part), {"name": RIVER, "art": "Fluss", "flaeche_ha": round(part.area / 1e4, 2)})
        for part in parts
    ]
    write_geojson(world.file("umwelt/gewaesser.geojson"), rows)
    return {
        "slug": "water",
        "title": both("Gewässer", "Rivers and basins"),
        "description": both(
            "Die Wasserfläche der Velle im Stadtgebiet mit dem alten Hafenbecken.",
            "The surface of the river Velle within the city, with the old harbour basin.",
        ),
        "department": "environment",
        "theme": "ENVI",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "IRREG",
        "keywords": {"de": ["Fluss", "Gewässer"], "en": ["river", "water"]},
        "files": ["files/umwelt/gewaesser.geojson"],
    }


def heat_network(world: World) -> Entry:
    """District heating under the main roads of the inner town: given out on request only."""
    random = world.chance("heat")
    rows: list[tuple[BaseGeometry, dict[str, Any]]] = []
    for road in world.town.streets:
        if road.rank <= 2 or (
            road.line.centroid.distance(shapely.Point(0, 0)) < 900 and random.random() < 0.4
        ):
            for part in shapely.get_parts(road.line.intersection(shapely.Point(0, 0).buffer(1500))):
                if part.length > 40:
                    width = 250 if road.rank == 1 else 100
                    year = int(random.integers(1974, 2021))
                    facts = {"strang": f"FW-{len(rows) + 1:03d}", "nennweite_mm": width, "baujahr": year}
                    rows.append((utm(part), facts))
    write_layer(world.file("werke/fernwaerme.gpkg"), "fernwaerme", rows)
    return {
        "slug": "district-heating",
        "title": both("Fernwärmenetz", "District heating network"),
        "description": both(
            "Verlauf der Fernwärmeleitungen. Aus Gründen der Sicherheit nur auf Anfrage.",
            "Course of the district heating pipes. On request only, for reasons of security.",
        ),
        "department": "utilities",
        "theme": "ENER",
        "licence": "OP_DATPRO",
        "frequency": "ANNUAL",
        "access": "on_request",
        "keywords": {"de": ["Fernwärme", "Energie"], "en": ["district heating", "energy"]},
        "files": ["files/werke/fernwaerme.gpkg"],
        "choices": {"key": ["strang"]},
    }
