# SPDX-License-Identifier: EUPL-1.2
"""Datasets of finance, waste and energy: tables by year and month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from stoa.site.simulation.world import Entry, World, both
from stoa.site.simulation.writing import Csv, Sheet, german, write_csv, write_workbook

_GROUPS = (
    ("0101", "Politische Gremien", 0.1, 1.3), ("0104", "Personal und Organisation", 0.4, 4.2),
    ("0108", "Informationstechnik", 0.2, 3.1), ("0201", "Ordnung und Gewerbe", 1.6, 3.0),
    ("0203", "Bürgerbüro", 0.9, 2.2), ("0207", "Feuerwehr", 0.5, 4.9), ("0301", "Grundschulen", 0.4, 5.6),
    ("0303", "Weiterführende Schulen", 0.8, 8.1), ("0401", "Kultur und Bücherei", 0.4, 2.9),
    ("0501", "Soziale Hilfen", 9.8, 14.6), ("0601", "Kindertagesbetreuung", 11.2, 21.4),
    ("0603", "Jugendarbeit", 0.6, 2.8), ("0801", "Sport und Bäder", 0.9, 3.7),
    ("0901", "Räumliche Planung", 0.2, 1.7),
    ("1001", "Bauaufsicht", 0.9, 1.5), ("1102", "Abfallwirtschaft", 5.1, 5.0),
    ("1201", "Straßen und Brücken", 2.1, 8.8),
    ("1301", "Grünflächen", 0.4, 3.6), ("1401", "Umweltschutz", 0.3, 1.2),
    ("1601", "Steuern und Zuweisungen", 71.5, 19.0),
)  # fmt: skip


def budget(world: World) -> Entry:
    """A workbook with results by product group: two heading rows, sums at the foot, a sheet with remarks."""
    random = world.chance("budget")
    years = list(range(world.today.year - 5, world.today.year))
    rows: list[list[Any]] = []
    for code, name, income, cost in _GROUPS:
        row: list[Any] = [code, name]
        for n, _ in enumerate(years):
            lift = 1.034**n
            row += [round(v * 1e6 * lift * float(random.uniform(0.95, 1.05)), 2) for v in (income, cost)]
        rows.append(row)
    total = ["", "Summe", *(round(sum(row[c] for row in rows), 2) for c in range(2, 2 + 2 * len(years)))]
    upper = ("Produktgruppe", "Produktgruppe", *(str(year) for year in years for _ in range(2)))
    heading = (
        "Nummer",
        "Bezeichnung",
        *(what for _ in years for what in ("Erträge [EUR]", "Aufwendungen [EUR]")),
    )
    sheet = Sheet("Ergebnisse", rows, title="Ergebnisrechnung nach Produktgruppen", headings=(upper, heading),
                  footer=([], total))  # fmt: skip
    notes = Sheet("Hinweise", (), notes=("Vorläufige Ergebnisse, nicht geprüft.", "Alle Beträge in Euro."))
    write_workbook(world.file("kaemmerei/Ergebnisrechnung.xlsx"), [sheet, notes])
    return {
        "slug": "budget-results",
        "title": both("Haushalt: Ergebnisse nach Produktgruppen", "Budget: results by product group"),
        "description": both(
            "Erträge und Aufwendungen der Stadt in fünf Jahren, je Produktgruppe.",
            "Income and expenses of the city over five years, by product group.",
        ),
        "department": "finance",
        "theme": "ECON",
        "licence": "DL_DE_BY_2_0",
        "frequency": "ANNUAL",
        "keywords": {"de": ["Haushalt", "Finanzen"], "en": ["budget", "finance"]},
        "files": ["files/kaemmerei/Ergebnisrechnung.xlsx"],
        "table": "Ergebnisse",
        "choices": {"header_rows": [3, 4]},
    }


def _months(world: World, count: int) -> list[tuple[int, int]]:
    """The last full months, oldest first."""
    last = world.today.year * 12 + world.today.month - 2
    return [(n // 12, n % 12 + 1) for n in range(last - count + 1, last + 1)]


def waste(world: World) -> Entry:
    random = world.chance("waste")
    kinds = (("Restabfall", 560, 0.04), ("Bioabfall", 410, 0.38), ("Papier", 265, 0.06),
        ("Leichtverpackungen", 118, 0.05),
             ("Altglas", 86, 0.08), ("Sperrmüll", 74, 0.2), ("Grünschnitt", 150, 0.8))  # fmt: skip
    rows = []
    for year, month in _months(world, 48):
        for kind, tonnes, swing in kinds:
            season = 1 + swing * float(np.sin(2 * np.pi * (month - 4) / 12))
            amount = tonnes * season * float(random.uniform(0.94, 1.06))
            rows.append((f"{month:02d}.{year}", kind, german(amount, 1)))
    heading = ("Monat", "Abfallart", "Menge [t]")
    after = ("Alle Angaben in Tonnen, gewogen bei Anlieferung",)
    write_csv(world.file("abfall/abfallmengen.csv"), heading, rows, Csv(encoding="cp1252", after=after))
    return {
        "slug": "waste-amounts",
        "title": both("Abfallmengen", "Amounts of waste"),
        "description": both(
            "Gesammelte Mengen nach Abfallart und Monat, in Tonnen.",
            "Amounts collected by kind of waste and month, in tonnes.",
        ),
        "department": "waste",
        "theme": "ENVI",
        "licence": "DL_DE_BY_2_0",
        "frequency": "MONTHLY",
        "keywords": {"de": ["Abfall", "Recycling"], "en": ["waste", "recycling"]},
        "files": ["files/abfall/abfallmengen.csv"],
        "choices": {"footer_rows": 1, "columns": {"Monat": {"kind": "date", "date_format": "%m.%Y"}}},
    }


def energy(world: World) -> Entry:
    random = world.chance("energy")
    houses = ("Rathaus", "Stadthalle", "Bücherei", "Hallenbad", "Feuerwache", "Bauhof", "Klärwerk",
        "Gymnasium",
              "Gesamtschule", "Grundschule Altstadt", "Grundschule Nordhang", "Kita Gartenfeld",
              "Sporthalle Westend",
              "Jugendzentrum")  # fmt: skip
    mean = world.weather.temperature_c
    by_month: dict[tuple[int, int], list[float]] = {}
    for n, h in enumerate(world.weather.hours):
        by_month.setdefault((h.year, h.month), []).append(float(mean[n]))
    rows = []
    for number, house in enumerate(houses):
        size = float(random.uniform(0.5, 2.2)) * (3.2 if house in ("Hallenbad", "Klärwerk") else 1.0)
        for year, month in _months(world, 23):
            cold = max(0.0, 15.0 - float(np.mean(by_month[year, month])))
            power = 9_800 * size * float(random.uniform(0.92, 1.08)) * (0.82 if month in (7, 8) else 1.0)
            heat = 7_400 * size * cold / 4 * float(random.uniform(0.93, 1.07)) + 900 * size
            gap = random.random() < 0.015
            rows.append((f"G{number + 1:02d}", house, f"01.{month:02d}.{year}",
                         "k. A." if gap else german(power, 0), german(heat, 0)))  # fmt: skip
    heading = ("Objekt", "Gebäude", "Monat", "Strom [kWh]", "Wärme [kWh]")
    write_csv(world.file("umwelt/energie_gebaeude.csv"), heading, rows, Csv(encoding="utf-8-sig"))
    return {
        "slug": "building-energy",
        "title": both("Energieverbrauch öffentlicher Gebäude", "Energy use of public buildings"),
        "description": both(
            "Strom und Wärme in 14 städtischen Gebäuden, Monat für Monat.",
            "Electricity and heat in 14 municipal buildings, month by month.",
        ),
        "department": "environment",
        "theme": "ENER",
        "licence": "CC_BY_4_0",
        "frequency": "MONTHLY",
        "keywords": {"de": ["Energie", "Klimaschutz"], "en": ["energy", "climate"]},
        "files": ["files/umwelt/energie_gebaeude.csv"],
        "choices": {"key": ["objekt", "monat"], "missing": ["", "k. A."]},
    }


def bathing_water(world: World) -> Entry:
    """Promised every month, last delivered five months ago: late."""
    random = world.chance("bathing")
    issued = world.today - timedelta(days=152)
    rows = []
    for n in range(30):
        on = issued - timedelta(days=14 * (29 - n) + 3)
        values = (int(random.gamma(2, 25)), int(random.gamma(2, 14)))
        warm = (
            13
            + 8 * float(np.sin(2 * np.pi * (on.timetuple().tm_yday - 110) / 365))
            + float(random.normal(0, 1))
        )
        rows.append((on.strftime("%d.%m.%y"), "Ziegelteich", "<15" if values[0] < 15 else values[0],
            values[1],
                     german(warm, 1)))  # fmt: skip
    heading = (
        "Probe vom",
        "Stelle",
        "E. coli [KBE/100ml]",
        "Enterokokken [KBE/100ml]",
        "Wassertemperatur [°C]",
    )
    write_csv(world.file("umwelt/badegewaesser.csv"), heading, rows, Csv(encoding="cp1252"))
    return {
        "slug": "bathing-water",
        "title": both("Badegewässer", "Bathing water"),
        "description": both(
            "Proben aus dem Ziegelteich mit Keimzahlen und Wassertemperatur.",
            "Samples from the pond Ziegelteich with counts of bacteria and water temperature.",
        ),
        "department": "environment",
        "theme": "HEAL",
        "licence": "DL_DE_ZERO_2_0",
        "frequency": "MONTHLY",
        "keywords": {"de": ["Baden", "Wasser", "Gesundheit"], "en": ["bathing", "water", "health"]},
        "versions": [{"files": ["files/umwelt/badegewaesser.csv"], "date": issued}],
    }
