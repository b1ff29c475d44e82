# SPDX-License-Identifier: EUPL-1.2
"""Datasets of what happens in the streets: reports of problems, accidents, buses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point

from stoa.site.simulation.furniture import lines_of
from stoa.site.simulation.place import EAST, NORTH, degrees, lonlat, utm
from stoa.site.simulation.rhythm import working_share
from stoa.site.simulation.world import Entry, World, along, both
from stoa.site.simulation.writing import Csv, comma, write_csv, write_geojson, write_layer

_PROBLEMS = (
    ("Wilder Müll", 0.27, 4.0), ("Straßenschaden", 0.2, 16.0), ("Straßenbeleuchtung", 0.14, 8.0),
    ("Grünfläche/Baum", 0.12, 14.0), ("Graffiti", 0.08, 21.0), ("Verkehrszeichen", 0.07, 9.0),
    ("Spielplatz", 0.06, 6.0), ("Schrottfahrrad", 0.06, 30.0),
)  # fmt: skip
"""Kind, share, mean days until it is done."""


_REPORTS: Entry = {
    "slug": "problem-reports",
    "title": both("Mängelmelder", "Reported problems"),
    "description": both(
        "Gemeldete Mängel im öffentlichen Raum mit Kategorie, Ort und Tag der Erledigung; ohne Angaben zu"
        " Personen.",
        "Problems reported in public space with category, place and day done; no data on people.",
    ),
    "department": "citizens",
    "theme": "GOVE",
    "licence": "CC0",
    "frequency": "DAILY",
    "keywords": {"de": ["Mängel", "Meldungen"], "en": ["311", "problem reports"]},
    "files": ["files/ordnung/maengelmelder.csv"],
    "choices": {"key": ["meldung"]},
}


def reports(world: World) -> Entry:
    random = world.chance("reports")
    lines = [line for line in lines_of(world) if line[2].centroid.distance(Point(0, 0)) < 4800]
    weight = np.array([line.length / (500 + line.centroid.distance(Point(0, 0))) for _, _, line in lines])
    rows: list[list[Any]] = []
    for on in world.weather.days:
        season = 1 + 0.25 * np.sin(2 * np.pi * (on.timetuple().tm_yday - 90) / 365)
        for _ in range(int(random.poisson(8.2 * working_share(on) * season))):
            _, _, line = lines[int(random.choice(len(lines), p=weight / weight.sum()))]
            x, y = along(line, float(random.random()) * line.length, float(random.normal(0, 4)))
            rows.append(_report(random, world, datetime.combine(on, datetime.min.time()), (x, y)))
    for number, row in enumerate(rows, start=1):
        row[0] = f"M{number:06d}"
    heading = (
        "Meldung",
        "gemeldet am",
        "erledigt am",
        "Kategorie",
        "Status",
        "Weg",
        "Ortsteil",
        "Breite",
        "Länge",
    )
    write_csv(world.file("ordnung/maengelmelder.csv"), heading, rows, Csv(encoding="utf-8-sig"))
    return _REPORTS


def _report(random: np.random.Generator, world: World, on: datetime, at: tuple[float, float]) -> list[Any]:
    kind = int(random.choice(len(_PROBLEMS), p=[p[1] for p in _PROBLEMS]))
    name, _, mean = _PROBLEMS[kind]
    begun = on + timedelta(minutes=int(np.clip(random.normal(13.5, 3.5), 6, 22) * 60))
    done = begun + timedelta(hours=float(random.gamma(1.4, mean / 1.4)) * 24)
    open_ = done >= datetime.combine(world.today, datetime.min.time()) or random.random() < 0.02
    lon, lat = lonlat(*at)
    way = random.choice(["App", "App", "Webseite", "Telefon", "Bürgerbüro"])
    status = "erledigt" if not open_ else random.choice(["offen", "in Bearbeitung"])
    finished = "" if open_ else done.strftime("%d.%m.%Y %H:%M")
    place = world.town.district_at(*at).name
    return [
        "",
        begun.strftime("%d.%m.%Y %H:%M"),
        finished,
        name,
        status,
        way,
        place,
        comma(lat, 5),
        comma(lon, 5),
    ]


_ACCIDENTS: Entry = {
    "slug": "accidents",
    "title": both("Unfälle mit Personenschaden", "Road accidents with injuries"),
    "description": both(
        "Unfallorte aus drei Jahren mit Stunde, Kategorie und Art der Beteiligten.",
        "Places of accidents of three years with hour, category and kind of road users.",
    ),
    "department": "roads",
    "theme": "JUST",
    "licence": "DL_DE_BY_2_0",
    "frequency": "ANNUAL",
    "keywords": {"de": ["Unfall", "Verkehrssicherheit"], "en": ["accident", "road safety"]},
    "files": ["files/verkehr/unfaelle.csv"],
    "choices": {
        "key": ["id"],
        "geometry": {"source": "xy", "x": "linrefx", "y": "linrefy", "crs": "EPSG:25832"},
    },
}


def accidents(world: World) -> Entry:
    """Coordinates as the police gives them: UTM with decimal comma, and an outlier where they are 0."""
    random = world.chance("accidents")
    main = [line for line in lines_of(world) if line[1] == 1 or line[2].centroid.distance(Point(0, 0)) < 1800]
    weight = np.array([line.length * (4 if rank == 1 else 0.6) for _, rank, line in main])
    hours = np.array([1, 1, 1, 1, 1, 2, 4, 9, 7, 5, 5, 6, 7, 7, 7, 9, 11, 11, 8, 6, 4, 3, 2, 1.0])
    rows = []
    first = world.today.year - 3
    for number in range(1, 861):
        _, _, line = main[int(random.choice(len(main), p=weight / weight.sum()))]
        at = min(float(random.random()) * line.length, 4500.0)
        x, y = along(line, at, float(random.normal(0, 3)))
        lost = random.random() < 0.006
        rows.append((
            number, first + int(random.integers(0, 3)), int(random.integers(1, 13)),
            int(random.choice(24, p=hours / hours.sum())), int(random.integers(1, 8)),
            int(random.choice([1, 2, 3], p=[0.01, 0.15, 0.84])), int(random.integers(1, 8)),
            int(random.random() < 0.42), int(random.random() < 0.78), int(random.random() < 0.12),
            comma(0.0 if lost else x + EAST, 3), comma(0.0 if lost else y + NORTH, 3),
        ))  # fmt: skip
    heading = ("ID", "UJAHR", "UMONAT", "USTUNDE", "UWOCHENTAG", "UKATEGORIE", "UTYP1", "IstRad", "IstPKW",
        "IstFuss",
               "LINREFX", "LINREFY")  # fmt: skip
    write_csv(world.file("verkehr/unfaelle.csv"), heading, rows, Csv())
    return _ACCIDENTS


def _routes(world: World) -> list[tuple[str, str, LineString]]:
    """Bus lines: pairs of main roads joined at the market."""
    roads = [road for road in world.town.streets if road.rank == 1 and road.name != "Ring"]
    arms = []
    for road in roads:
        part = max(shapely.get_parts(road.line), key=lambda line: line.length)
        points = shapely.get_coordinates(part)
        if np.hypot(*points[0]) > np.hypot(*points[-1]):
            points = points[::-1]
        away = min(part.length, 4600.0)
        arms.append((road.name, shapely.ops.substring(LineString(points), 0, away)))
    routes = []
    half = (len(arms) + 1) // 2
    for number in range(half):
        first, second = arms[number], arms[(number + half) % len(arms)]
        points = [*shapely.get_coordinates(first[1])[::-1], *shapely.get_coordinates(second[1])[1:]]
        routes.append((f"{number + 1}", f"{first[0]} - Markt - {second[0]}", LineString(points)))
    ring = next(road.line for road in world.town.streets if road.name == "Ring")
    routes.append((f"{half + 1}", "Ringlinie", max(shapely.get_parts(ring), key=lambda line: line.length)))
    return routes


def bus_lines(world: World) -> Entry:
    rows = [
        (utm(line), {"LINIE": number, "WEG": name, "LAENGE_KM": round(line.length / 1000, 2), "TAKT_MIN": 15})
        for number, name, line in _routes(world)
    ]
    write_layer(world.file("werke/buslinien.zip"), "buslinien", rows)
    return {
        "slug": "bus-lines",
        "title": both("Buslinien", "Bus lines"),
        "description": both(
            "Linienwege der Stadtbusse mit Länge und Takt.",
            "Routes of the city buses with length and interval.",
        ),
        "department": "utilities",
        "theme": "TRAN",
        "licence": "CC_BY_4_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Bus", "Nahverkehr"], "en": ["bus", "public transport"]},
        "files": ["files/werke/buslinien.zip"],
        "choices": {"key": ["linie"]},
    }


_BUS_STOPS: Entry = {
    "slug": "bus-stops",
    "title": both("Bushaltestellen", "Bus stops"),
    "description": both(
        "Haltestellen der Stadtbusse mit Linien, Wetterschutz und Barrierefreiheit.",
        "Stops of the city buses with lines, shelter and step-free access.",
    ),
    "department": "utilities",
    "theme": "TRAN",
    "licence": "CC_BY_4_0",
    "frequency": "ANNUAL",
    "keywords": {
        "de": ["Bus", "Haltestelle", "Barrierefreiheit"],
        "en": ["bus", "stops", "accessibility"],
    },
    "files": ["files/werke/haltestellen.geojson"],
    "choices": {"key": ["id"]},
}


def bus_stops(world: World) -> Entry:
    random = world.chance("bus stops")
    names = [(line, name) for name, _, line in lines_of(world) if line.centroid.distance(Point(0, 0)) < 4900]
    tree = shapely.STRtree([line for line, _ in names])
    stops: dict[str, dict[str, Any]] = {}
    shapes: dict[str, Any] = {}
    for number, _, line in _routes(world):
        for at in np.arange(190.0, line.length, 410.0):
            x, y = along(line, float(at), -5.0)
            near = tree.query_nearest(Point(x, y).buffer(60), all_matches=True)
            pool = sorted({names[i][1] for i in near} - set(stops)) or [f"Haltepunkt {len(stops) + 1}"]
            name = "Markt" if np.hypot(x, y) < 180 else pool[0]
            if name in stops:
                stops[name]["linien"] += (
                    f", {number}" if number not in stops[name]["linien"].split(", ") else ""
                )
                continue
            free = bool(random.random() < 0.63)
            facts = {"id": f"H{len(stops) + 1:03d}", "name": name, "linien": number, "barrierefrei": free}
            stops[name] = facts | {
                "wetterschutz": str(random.choice(["Wartehalle", "Überdachung", "keiner"]))
            }
            shapes[name] = degrees(Point(x, y))
    write_geojson(world.file("werke/haltestellen.geojson"), [(shapes[name], stops[name]) for name in stops])
    return _BUS_STOPS
