# SPDX-License-Identifier: EUPL-1.2
"""Datasets that sensors fill: bicycles, car parks, air, weather, the river."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from stoa.site.simulation.chance import Floats
from stoa.site.simulation.place import lonlat
from stoa.site.simulation.rhythm import is_holiday, working_share
from stoa.site.simulation.world import Entry, World, along, both
from stoa.site.simulation.writing import Csv, Sheet, comma, write_csv, write_json, write_workbook

BIKE_SITES = (
    ("Z1", "Am Wall", 210.0, 0.5), ("Z2", "Velleuferweg", 95.0, 0.9), ("Z3", "Bahnhofstraße", 165.0, 0.25),
    ("Z4", "Ring Ost", 120.0, 0.35), ("Z5", "Landstraße", 48.0, 0.6),
)  # fmt: skip
"""Number, name, busiest hour, share of leisure traffic."""

CAR_PARKS = (
    ("P1", "Parkhaus Altstadt", 420, 0.0), ("P2", "Parkhaus Bahnhof", 310, 0.5),
    ("P3", "Tiefgarage Markt", 185, 0.0),
    ("P4", "Parkplatz Hafen", 240, 0.2), ("P5", "Parkplatz Klinik", 260, 0.9), ("P6", "P+R Nord", 150, 1.0),
)  # fmt: skip
"""Number, name, places, share of commuters."""


def _commute(hour: Floats) -> Floats:
    result: Floats = (
        np.exp(-(((hour - 7.6) / 1.15) ** 2))
        + 0.85 * np.exp(-(((hour - 16.9) / 1.7) ** 2))
        + 0.16 * ((hour > 6) & (hour < 22))
    )
    return result


def _leisure(hour: Floats) -> Floats:
    result: Floats = np.exp(-(((hour - 15.2) / 3.6) ** 2)) * ((hour > 6) & (hour < 23))
    return result


_BIKES: Entry = {
    "slug": "bicycle-counts",
    "title": both("Radzählstellen", "Bicycle counters"),
    "description": both(
        "Stündliche Zählungen des Radverkehrs an fünf Stellen über zwei Jahre. Ring Ost war"
        " zwölf Tage lang gestört.",
        "Hourly counts of bicycles at five places over two years. Ring Ost was out of order for twelve days.",
    ),
    "department": "roads",
    "theme": "TRAN",
    "licence": "DL_DE_BY_2_0",
    "frequency": "DAILY",
    "keywords": {"de": ["Radverkehr", "Zählung", "Sensor"], "en": ["cycling", "counts", "sensor"]},
    "files": ["files/verkehr/radzaehlung.csv"],
    "choices": {"columns": {"Anzahl Räder": {"unit": "1/h"}}},
}


def bikes(world: World) -> Entry:
    random, weather = world.chance("bikes"), world.weather
    hour = np.array([h.hour + 0.5 for h in weather.hours])
    share = {day: working_share(day) for day in weather.days}
    free = np.array([is_holiday(h.date()) or h.weekday() >= 5 for h in weather.hours])
    bustle = np.array([share[h.date()] for h in weather.hours])
    mild = np.clip(0.35 + 0.038 * weather.temperature_c, 0.15, 1.15)
    dry = np.exp(-0.35 * np.minimum(weather.rain_mm, 5))
    counts = []
    for _, _, busiest, leisure in BIKE_SITES:
        work = (1 - leisure) * np.where(free, 0.25 * _leisure(hour), _commute(hour)) * bustle
        play = leisure * _leisure(hour) * np.where(free, 1.5, 0.7) * (0.5 + 0.5 * weather.sun) * mild
        expected = busiest * (work + play) * mild * dry + 0.4
        counts.append(random.poisson(expected * random.gamma(40, 1 / 40, expected.size)))
    broken = {(3, day) for day in weather.days[300:312]}
    rows = [
        (
            h.strftime("%d.%m.%Y %H:%M"),
            number,
            name,
            "" if (site, h.date()) in broken else int(counts[site][n]),
        )
        for n, h in enumerate(weather.hours)
        for site, (number, name, _, _) in enumerate(BIKE_SITES)
    ]
    heading = ("Zeitpunkt", "Zählstelle", "Name", "Anzahl Räder")
    write_csv(world.file("verkehr/radzaehlung.csv"), heading, rows)
    return _BIKES | {"period": [weather.days[0], weather.days[-1]]}


def car_park_places(world: World) -> dict[str, tuple[float, float]]:
    """Longitude and latitude by name."""
    random, spots, found = world.chance("car parks"), world.town.streets, {}
    for _, name, _, share in CAR_PARKS:
        road = spots[int(random.integers(8, min(90, len(spots))))] if share else spots[len(spots) // 2]
        found[name] = lonlat(*along(road.line, 0.4 * road.line.length, 20.0))
    return found


def car_parks(world: World) -> Entry:
    rows = []
    for (number, name, places, _), (lon, lat) in zip(CAR_PARKS, car_park_places(world).values(), strict=True):
        kind = name.split(" ")[0]
        fee = {"Parkplatz": 1.0, "P+R": 0.0}.get(kind, 1.8)
        rows.append({"id": number, "name": name, "art": kind, "plaetze": places, "euro_je_stunde": fee,
                     "position": {"lat": lat, "lon": lon}})  # fmt: skip
    write_json(
        world.file("verkehr/parkhaeuser.json"), {"stand": world.today.isoformat(), "parkhaeuser": rows}
    )
    return {
        "slug": "car-parks",
        "title": both("Parkhäuser und Parkplätze", "Car parks"),
        "description": both(
            "Lage, Art, Zahl der Plätze und Gebühr der städtischen Parkhäuser.",
            "Position, kind, number of places and fee of the municipal car parks.",
        ),
        "department": "roads",
        "theme": "TRAN",
        "licence": "DL_DE_BY_2_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Parken"], "en": ["parking"]},
        "files": ["files/verkehr/parkhaeuser.json"],
        "choices": {"key": ["id"]},
    }


_OCCUPANCY: Entry = {
    "slug": "car-park-occupancy",
    "title": both("Freie Parkplätze", "Free parking spaces"),
    "description": both(
        "Freie Plätze in sechs Parkhäusern, halbstündlich. `zu` heißt geschlossen, `k.S.` kein Signal.",
        "Free spaces in six car parks, every half hour. `zu` means closed, `k.S.` no signal.",
    ),
    "department": "roads",
    "theme": "TRAN",
    "licence": "DL_DE_BY_2_0",
    "frequency": "DAILY",
    "keywords": {"de": ["Parken", "Belegung"], "en": ["parking", "occupancy"]},
    "combine": True,
    "files": ["files/verkehr/parken/*.csv"],
    "choices": {
        "skip_rows": [2],
        "missing": ["", "zu", "k.S.", *(f"({places})" for _, _, places, _ in CAR_PARKS)],
    },
}


def occupancy(world: World) -> Entry:
    """A file a month, half an hour a row, capacities in brackets below the heading."""
    random = world.chance("occupancy")
    first = world.today - timedelta(days=92)
    times = [datetime.combine(first, datetime.min.time()) + timedelta(minutes=30 * n) for n in range(92 * 48)]
    hour = np.array([t.hour + t.minute / 60 for t in times])
    bustle = np.array([working_share(t.date()) for t in times])
    market = np.array([1.35 if t.weekday() == 5 else 1.0 if t.weekday() < 5 else 0.35 for t in times])
    free = []
    for _, _, places, commuters in CAR_PARKS:
        work = np.clip((np.tanh((hour - 7.6) * 1.4) - np.tanh((hour - 16.8) * 1.2)) / 2, 0, 1) * bustle**2
        shop = np.exp(-(((hour - 13.6) / 3.4) ** 2)) * market
        level = 0.06 + 0.8 * commuters * work + (1 - commuters) * 0.72 * shop
        level = np.clip(level + 0.04 * _drift(random, len(times)), 0.01, 1.0)
        free.append(np.round(places * (1 - level)).astype(int))
    months = sorted({(t.year, t.month) for t in times})
    names = []
    for year, month in months:
        rows: list[list[object]] = [["", *(f"({places})" for _, _, places, _ in CAR_PARKS)]]
        for n, t in enumerate(times):
            if (t.year, t.month) == (year, month):
                rows.append([t.strftime("%d.%m.%Y %H:%M"), *(_free(random, part[n]) for part in free)])
        names.append(f"verkehr/parken/{year}-{month:02d}.csv")
        heading = ("Datum und Uhrzeit", *(name for _, name, _, _ in CAR_PARKS))
        write_csv(world.file(names[-1]), heading, rows, Csv(separator=","))
    return _OCCUPANCY


def _free(random: np.random.Generator, value: int) -> str:
    chance = random.random()
    return "k.S." if chance < 0.004 else "zu" if chance < 0.006 else str(value)


def _drift(random: np.random.Generator, count: int) -> Floats:
    steps = random.normal(0, 0.3, count)
    result: Floats = np.convolve(steps, np.exp(-np.arange(24) / 6), "same")
    return result


def air(world: World) -> Entry:
    random, weather = world.chance("air"), world.weather
    start = len(weather.hours) - 365 * 24
    rows = []
    for station, traffic in (("DEXX01 Ring", 1.0), ("DEXX02 Stadtpark", 0.35)):
        drift = _drift(random, len(weather.hours))
        for n in range(start, len(weather.hours)):
            h = weather.hours[n]
            rush = float(_commute(np.array([h.hour + 0.5]))[0]) * working_share(h.date())
            still = 1.6 / (0.6 + weather.wind_ms[n] / 3)
            no2 = max(1.0, (7 + 26 * traffic * rush) * still * (1 + 0.2 * drift[n]))
            heating = max(0.0, 10 - weather.temperature_c[n]) * 0.45
            pm10 = max(
                2.0, (8 + 7 * traffic * rush + heating) * still * float(np.exp(-0.2 * weather.rain_mm[n]))
            )
            ozone = max(1.0, 28 + 62 * weather.sun[n] + 1.1 * weather.temperature_c[n] - 0.5 * no2)
            values = [no2, pm10, pm10 * 0.62, ozone]
            gap = random.random() < 0.007
            rows.append(
                (station, h.strftime("%Y-%m-%d %H:%M"), *("-" if gap else comma(v, 1) for v in values))
            )
    heading = ("Station", "Zeit", "NO2 [µg/m³]", "PM10 [µg/m³]", "PM2,5 [µg/m³]", "O3 [µg/m³]")
    after = ('"Quelle: Messnetz der Stadt Ulmenfurt, vorläufige Werte; ohne Gewähr"',)
    write_csv(
        world.file("umwelt/luft.csv"), heading, rows, Csv(encoding="utf-8-sig", newline="\n", after=after)
    )
    return {
        "slug": "air-quality",
        "title": both("Luftqualität", "Air quality"),
        "description": both(
            "Stundenwerte von Stickstoffdioxid, Feinstaub und Ozon an zwei Stationen.",
            "Hourly values of nitrogen dioxide, particles and ozone at two stations.",
        ),
        "department": "environment",
        "theme": "ENVI",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "HOURLY",
        "keywords": {"de": ["Luft", "Feinstaub", "Sensor"], "en": ["air", "particles", "sensor"]},
        "files": ["files/umwelt/luft.csv"],
    }


_CLIMATE: Entry = {
    "slug": "weather",
    "title": both("Wetter, Tageswerte", "Weather, daily values"),
    "description": both(
        "Temperatur, Niederschlag und Wind der Wetterstation am Nordhang, Tag für Tag.",
        "Temperature, rain and wind at the station Nordhang, day by day.",
    ),
    "department": "environment",
    "theme": "ENVI",
    "licence": "CC0",
    "frequency": "DAILY",
    "keywords": {"de": ["Wetter", "Klima"], "en": ["weather", "climate"]},
    "files": ["files/umwelt/Wetter Tageswerte.xlsx"],
    "table": "Tageswerte",
    "choices": {"header_rows": [3, 4], "footer_rows": 2},
}


def climate(world: World) -> Entry:
    """A workbook: title over everything, two heading rows, means at the foot, a second sheet with remarks."""
    weather = world.weather
    by_day: dict[object, list[int]] = {}
    for n, h in enumerate(weather.hours):
        by_day.setdefault(h.date(), []).append(n)
    rows = []
    for on in weather.days:
        at = by_day[on]
        t, rain, wind = weather.temperature_c[at], weather.rain_mm[at], weather.wind_ms[at]
        values = [float(v) for v in (t.mean(), t.min(), t.max(), rain.sum(), wind.mean(), wind.max() * 1.7)]
        rows.append([datetime.combine(on, datetime.min.time()), *(round(v, 1) for v in values)])
    mean = ["Mittel", *(round(float(np.mean([row[c] for row in rows])), 1) for c in range(1, 7))]
    sheet = Sheet(
        "Tageswerte",
        rows,
        title="Wetterstation Ulmenfurt-Nordhang",
        headings=(
            ("", "Temperatur", "Temperatur", "Temperatur", "Niederschlag", "Wind", "Wind"),
            ("Tag", "Mittel [°C]", "Min [°C]", "Max [°C]", "Summe [mm]", "Mittel [m/s]", "Spitze [m/s]"),
        ),
        footer=([], mean),
    )
    notes = Sheet("Hinweise", (), notes=("Die Station wurde im Frühjahr geeicht.", "Werte sind simuliert."))
    write_workbook(world.file("umwelt/Wetter Tageswerte.xlsx"), [sheet, notes])
    return _CLIMATE | {"period": [weather.days[0], weather.days[-1]]}


def river_level(world: World) -> Entry:
    """UTF-16 with tabs: what the old gauge's program writes."""
    weather, random = world.weather, world.chance("river level")
    level, rows = 96.0, []
    for n, h in enumerate(weather.hours):
        upstream = weather.rain_mm[max(0, n - 14)]
        level += 2.1 * upstream - 0.006 * (level - 88) + float(random.normal(0, 0.12))
        rows.append(
            (h.strftime("%d.%m.%Y"), h.strftime("%H:%M"), comma(level, 1), comma(0.0016 * level**2, 2))
        )
    heading = ("Datum", "Uhrzeit", "Wasserstand [cm]", "Abfluss [m³/s]")
    before = ("Pegel Ulmenfurt / Velle",)
    write_csv(
        world.file("umwelt/Pegel.txt"), heading, rows, Csv(encoding="utf-16", separator="\t", before=before)
    )
    return {
        "slug": "river-level",
        "title": both("Pegel der Velle", "Level of the river Velle"),
        "description": both(
            "Stündlicher Wasserstand und Abfluss am Pegel Ulmenfurt.",
            "Hourly level and discharge at the gauge of Ulmenfurt.",
        ),
        "department": "environment",
        "theme": "ENVI",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "HOURLY",
        "keywords": {"de": ["Pegel", "Hochwasser"], "en": ["river level", "flood"]},
        "files": ["files/umwelt/Pegel.txt"],
    }
