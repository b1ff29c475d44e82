# SPDX-License-Identifier: EUPL-1.2
"""Datasets of the offices that serve people: schools, clubs, waiting times, permits, events, population."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from stoa.ground.ids import slug
from stoa.site.simulation.names import PARKS, people
from stoa.site.simulation.place import gauss_krueger, lonlat
from stoa.site.simulation.rhythm import is_holiday, is_school_holiday
from stoa.site.simulation.world import Entry, World, both
from stoa.site.simulation.writing import Csv, Sheet, comma, day, write_csv, write_json, write_workbook

AGES = ("0-5", "6-17", "18-29", "30-49", "50-64", "65-79", "80+")
_SHARES = (0.055, 0.105, 0.145, 0.255, 0.215, 0.155, 0.07)


def homes(world: World) -> list[float]:
    """People per district, about 40,000 together, by the floor space of its blocks."""
    weight = {"old town": 2.0, "dense": 2.4, "houses": 1.0}
    room = [0.0] * len(world.town.districts)
    for block in world.town.blocks:
        room[block.district] += weight.get(block.use, 0.0) * block.shape.area
    whole = sum(room)
    return [40_300 * part / whole for part in room]


def population(world: World) -> Entry:
    """A workbook with a sheet a year; two heading rows and a sum at the foot."""
    random = world.chance("population")
    base = homes(world)
    tilt = [random.normal(0, 0.16, len(AGES)) for _ in base]
    sheets = []
    for year in range(world.today.year - 1, world.today.year - 6, -1):
        growth = 1 + 0.006 * (year - world.today.year + 1)
        rows: list[list[Any]] = []
        for number, district in enumerate(world.town.districts):
            share = np.array(_SHARES) * np.exp(tilt[number])
            share = share / share.sum()
            counts = [round(float(base[number] * growth * s * random.uniform(0.985, 1.015))) for s in share]
            rows.append([f"{district.number:02d}", district.name, *counts, sum(counts)])
        total = ["", "Stadt gesamt", *(sum(row[c] for row in rows) for c in range(2, len(AGES) + 3))]
        upper = ("Ortsteil", "Ortsteil", *["Alter in Jahren"] * len(AGES), "")
        title = f"Einwohner am Hauptwohnsitz nach Alter, 31.12.{year}"
        heading = ("Nr", "Name", *AGES, "Insgesamt")
        sheets.append(Sheet(str(year), rows, title=title, headings=(upper, heading), footer=(total,)))
    remarks = ("Quelle: Einwohnerregister (simuliert).", "Kleine Zahlen sind nicht gerundet.")
    sheets.append(Sheet("Erläuterungen", (), notes=remarks))
    write_workbook(world.file("statistik/Einwohner nach Alter.xlsx"), sheets)
    return {
        "slug": "population",
        "title": both("Einwohner nach Ortsteil und Alter", "Population by district and age"),
        "description": both(
            "Einwohner am Hauptwohnsitz in sieben Altersgruppen, je Ortsteil.",
            "Residents in seven age groups, by district.",
        ),
        "department": "statistics",
        "theme": "SOCI",
        "licence": "DL_DE_BY_2_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Bevölkerung", "Statistik"], "en": ["population", "statistics"]},
        "files": ["files/statistik/Einwohner nach Alter.xlsx"],
        "table": str(world.today.year - 1),
        "choices": {"header_rows": [3, 4], "footer_rows": 1},
    }


_SCHOOLS: Entry = {
    "slug": "schools",
    "title": both("Schulen", "Schools"),
    "description": both(
        "Schulen mit Schulform und Schülerzahl.",
        "Schools with kind and number of pupils.",
    ),
    "department": "schools",
    "theme": "EDUC",
    "licence": "DL_DE_BY_2_0",
    "frequency": "ANNUAL",
    "keywords": {"de": ["Schule", "Bildung"], "en": ["school", "education"]},
    "files": ["files/schule/Schulliste.xlsx"],
    "table": "Schulen",
    "choices": {
        "key": ["lfdnr"],
        "geometry": {"source": "xy", "x": "rechts", "y": "hoch", "crs": "EPSG:31467"},
    },
}


def schools(world: World) -> Entry:
    """Coordinates in the old national grid, not named; the heading says only Rechts and Hoch."""
    random = world.chance("schools")
    kinds = (
        "Grundschule",
        "Grundschule",
        "Grundschule",
        "Gesamtschule",
        "Gymnasium",
        "Realschule",
        "Förderschule",
    )
    blocks = [b for b in world.town.blocks if b.use == "school"]
    rows: list[list[Any]] = []
    for number, block in enumerate(blocks, start=1):
        at = block.shape.representative_point()
        east, north = gauss_krueger(at.x, at.y)
        kind = kinds[(number - 1) % len(kinds)]
        name = f"{kind} {world.town.districts[block.district].name}"
        pupils = int(random.integers(150, 380) * (2 if kind in ("Gesamtschule", "Gymnasium") else 1))
        rows.append([number, name, kind, pupils, random.choice(["ja", "nein"]), east, north])
    for row in rows:
        row[4] = str(row[4])
    heading = ("LfdNr", "Name der Schule", "Schulform", "Schülerzahl", "Barrierefrei", "Rechts", "Hoch")
    total = ["", "Summe", "", sum(row[3] for row in rows)]
    sheet = Sheet("Schulen", rows, title="Schulen im Stadtgebiet", headings=(heading,), footer=([], total))
    contacts = Sheet("Notizen", (), notes=("Liste wird jährlich im Oktober erneuert.",))
    write_workbook(world.file("schule/Schulliste.xlsx"), [sheet, contacts])
    return _SCHOOLS


def clubs(world: World) -> Entry:
    """Has names and e-mail addresses of contact persons: stays a draft until somebody decides about them."""
    random = world.chance("clubs")
    matters = ("Turnverein", "Gesangverein", "Kleingartenverein", "Schachclub", "Ruderclub", "Theatergruppe",
               "Heimatverein", "Imkerverein", "Schützenverein", "Fotoclub")  # fmt: skip
    rows = []
    for number, (first, last) in enumerate(people(world.seed, 74), start=1):
        place = world.town.districts[int(random.integers(len(world.town.districts)))].name
        name = f"{matters[number % len(matters)]} {place} {int(random.integers(1880, 2015))}"
        mail = f"{slug(first)}.{slug(last)}@verein-{number}.example"
        rows.append((number, name, place, int(random.integers(12, 800)), f"{first} {last}", mail))
    heading = ("Nr", "Verein", "Ortsteil", "Mitglieder", "Ansprechpartner", "E-Mail")
    write_csv(world.file("kultur/Vereinsliste.csv"), heading, rows, Csv(encoding="cp1252"))
    return {
        "slug": "clubs",
        "title": both("Vereine", "Clubs and associations"),
        "description": both(
            "Vereine mit Ortsteil und Mitgliederzahl. Die Liste nennt Personen und wartet auf"
            " eine Entscheidung.",
            "Clubs by district. The list names contact persons, so it waits for a decision.",
        ),
        "department": "schools",
        "theme": "EDUC",
        "licence": "CC_BY_4_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Vereine", "Ehrenamt"], "en": ["clubs", "volunteering"]},
        "files": ["files/kultur/Vereinsliste.csv"],
        "publish": False,
    }


def waiting_times(world: World) -> Entry:
    random = world.chance("waiting")
    rows, on = [], world.today - timedelta(days=365)
    while on < world.today:
        if on.weekday() < 5 and not is_holiday(on):
            rows += _office_day(random, on)
        on += timedelta(days=1)
    heading = ("Datum und Uhrzeit", "Wartende Personen", "Mittlere Wartezeit [min]", "Nächste Nummer")
    write_csv(world.file("buergerbuero/wartezeiten.csv"), heading, rows, Csv(separator=","))
    return {
        "slug": "waiting-times",
        "title": both("Wartezeiten im Bürgerbüro", "Waiting times at the citizens' office"),
        "description": both(
            "Wartende und mittlere Wartezeit, alle zehn Minuten während der Öffnungszeiten.",
            "People waiting and mean waiting time, every ten minutes during opening hours.",
        ),
        "department": "citizens",
        "theme": "GOVE",
        "licence": "CC0",
        "frequency": "DAILY",
        "keywords": {"de": ["Bürgerbüro", "Wartezeit"], "en": ["citizens' office", "waiting time"]},
        "files": ["files/buergerbuero/wartezeiten.csv"],
    }


def _office_day(random: np.random.Generator, on: date) -> list[tuple[Any, ...]]:
    """Queue of one day: arrivals by the hour, five desks or three, served in about nine minutes."""
    late = on.weekday() == 3
    rows, waiting, number = [], 0, 100
    desks = 3 if is_school_holiday(on) else 5
    rush = (1.3, 1.0, 0.8, 1.15, 0.9)[on.weekday()]
    for step in range(66 if late else 48):
        at = datetime.combine(on, datetime.min.time()) + timedelta(hours=8, minutes=10 * step)
        wave = (
            0.7 + 0.6 * np.exp(-(((at.hour - 9.5) / 1.6) ** 2)) + 0.4 * np.exp(-(((at.hour - 16) / 1.5) ** 2))
        )
        arrived = int(random.poisson(5.0 * rush * float(wave)))
        served = min(waiting + arrived, int(random.poisson(desks * 10 / 9)))
        waiting += arrived - served
        number += served
        if step > (60 if late else 42):
            waiting = max(0, waiting - 4)
        rows.append((day(on) + at.strftime(" %H:%M"), waiting, comma(waiting * 9 / desks, 1), f"A{number}"))
    return rows


def permits(world: World) -> Entry:
    random = world.chance("permits")
    kinds = ("Neubau Einfamilienhaus", "Neubau Mehrfamilienhaus", "Anbau", "Dachgeschossausbau",
        "Nutzungsänderung",
             "Garage/Carport", "Gewerbebau", "Abbruch")  # fmt: skip
    blocks = [b for b in world.town.blocks if b.use in ("houses", "dense", "industry")]
    rows = []
    for number in range(1, 461):
        filed = world.today - timedelta(days=int(random.integers(20, 1090)))
        granted = filed + timedelta(days=int(random.gamma(4, 26)))
        block = blocks[int(random.integers(len(blocks)))]
        lon, lat = lonlat(*block.shape.representative_point().coords[0])
        kind = str(random.choice(kinds, p=(0.2, 0.09, 0.17, 0.12, 0.14, 0.16, 0.06, 0.06)))
        homes_made = {
            "Neubau Einfamilienhaus": 1,
            "Neubau Mehrfamilienhaus": int(random.integers(4, 28)),
        }.get(kind, 0)
        done = day(granted) if granted < world.today else "offen"
        rows.append((f"BA-{filed.year}-{number:04d}", day(filed), done, kind, homes_made,
                     world.town.districts[block.district].name, lat, lon))  # fmt: skip
    rows.sort(key=lambda row: (row[1][6:], row[1][3:5], row[1][:2], row[0]))
    heading = ("Aktenzeichen", "Eingang", "Genehmigt am", "Vorhaben", "Wohnungen", "Ortsteil", "lat", "lon")
    write_csv(
        world.file("bauaufsicht/bauantraege.csv"), heading, rows, Csv(separator="\t", encoding="cp1252")
    )
    return {
        "slug": "building-permits",
        "title": both("Bauanträge und Genehmigungen", "Building permits"),
        "description": both(
            "Anträge der letzten drei Jahre mit Eingang, Genehmigung, Art und Zahl der Wohnungen.",
            "Applications of the last three years with dates, kind and number of homes.",
        ),
        "department": "building",
        "theme": "REGI",
        "licence": "DL_DE_BY_2_0",
        "frequency": "MONTHLY",
        "keywords": {"de": ["Bauen", "Wohnen"], "en": ["construction", "housing"]},
        "files": ["files/bauaufsicht/bauantraege.csv"],
        "choices": {"key": ["aktenzeichen"], "missing": ["", "offen"]},
    }


_EVENTS: Entry = {
    "slug": "events",
    "title": both("Veranstaltungen", "Events"),
    "description": both(
        "Veranstaltungen der nächsten Monate mit Ort, Beginn und Eintritt.",
        "Events of the coming months with place, start and admission.",
    ),
    "department": "schools",
    "theme": "EDUC",
    "licence": "CC0",
    "frequency": "WEEKLY",
    "keywords": {"de": ["Kultur", "Termine"], "en": ["culture", "calendar"]},
    "files": ["files/kultur/veranstaltungen.json"],
    "choices": {"key": ["id"]},
}


def events(world: World) -> Entry:
    random = world.chance("events")
    kinds = (
        "Wochenmarkt",
        "Konzert",
        "Lesung",
        "Ausstellung",
        "Flohmarkt",
        "Stadtführung",
        "Sportfest",
        "Theater",
    )
    places = (
        "Marktplatz",
        "Stadthalle",
        "Alte Mühle",
        "Hafenspeicher",
        *(name for name, kind, _ in PARKS[:6]),
    )
    items = []
    for number in range(1, 241):
        on = world.today + timedelta(days=int(random.integers(-20, 160)))
        kind, hour = str(random.choice(kinds)), int(random.integers(9, 21))
        away, turn = 700 * float(random.random()), float(random.uniform(0, 6.28))
        lon, lat = lonlat(away * float(np.cos(turn)), away * float(np.sin(turn)))
        place = str(random.choice(places))
        items.append({
            "id": f"E{number:04d}", "titel": f"{kind} {place}", "art": kind, "ort": place,
            "beginn": f"{on.isoformat()}T{hour:02d}:00:00", "dauer_min": int(random.choice([60, 90, 120,
            240])),
            "eintritt_euro": float(random.choice([0, 0, 0, 5, 8, 12.5])), "koordinaten": {"lon": lon,
            "lat": lat},
        })  # fmt: skip
    items.sort(key=lambda item: (str(item["beginn"]), str(item["id"])))
    write_json(world.file("kultur/veranstaltungen.json"), items)
    return _EVENTS
