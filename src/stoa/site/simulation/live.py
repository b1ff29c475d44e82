# SPDX-License-Identifier: EUPL-1.2
"""Which of the town's datasets are played as live sensors, and where these stand."""

from __future__ import annotations

from stoa.site.simulation.place import lonlat
from stoa.site.simulation.series import BIKE_SITES, CAR_PARKS, car_park_places
from stoa.site.simulation.world import Entry, World, along

AIR_STATIONS = ("DEXX01 Ring", "DEXX02 Stadtpark")
GAUGE = "Pegel Ulmenfurt"


def entries(world: World) -> list[Entry]:
    """The `[[live]]` parts of the town's `city.toml`."""
    return [_bikes(world), _occupancy(world), _air(world), _river(world)]


def _spots(world: World, name: str, things: tuple[str, ...]) -> dict[str, list[float]]:
    """Places beside streets, always the same for one town."""
    random, streets, found = world.chance(name), world.town.streets, {}
    for thing in things:
        road = streets[int(random.integers(0, min(60, len(streets))))]
        lon, lat = lonlat(*along(road.line, 0.5 * road.line.length, 6.0))
        found[thing] = [round(lon, 6), round(lat, 6)]
    return found


def _bikes(world: World) -> Entry:
    return {
        "name": "bicycle-counters",
        "department": "roads",
        "dataset": "bicycle-counts",
        "time": "zeitpunkt",
        "thing": "name",
        "sensor": "Induktionsschleife",
        "places": _spots(world, "bike sites", tuple(name for _, name, _, _ in BIKE_SITES)),
        "values": [
            {
                "column": "anzahl_raeder",
                "property": "Fahrräder je Stunde",
                "definition": "https://smartdatamodels.org/dataModel.Transportation/intensity",
                "result_type": "count",
                "unit_symbol": "Räder/h",
                "unit_code": "/h",
            }
        ],
    }


def _occupancy(world: World) -> Entry:
    columns = dict(zip(
        (name for _, name, _, _ in CAR_PARKS),
        ("parkhaus_altstadt", "parkhaus_bahnhof", "tiefgarage_markt", "parkplatz_hafen", "parkplatz_klinik", "p_r_nord"),
        strict=True,
    ))  # fmt: skip
    return {
        "name": "car-parks",
        "department": "roads",
        "dataset": "car-park-occupancy",
        "time": "datum_und_uhrzeit",
        "sensor": "Parkleitsystem",
        "places": {
            name: [round(lon, 6), round(lat, 6)] for name, (lon, lat) in car_park_places(world).items()
        },
        "values": [
            {
                "column": column,
                "thing": name,
                "property": "Freie Parkplätze",
                "definition": "https://smartdatamodels.org/dataModel.Parking/availableSpotNumber",
                "result_type": "count",
                "unit_code": "1",
            }
            for name, column in columns.items()
        ],
    }


def _air(world: World) -> Entry:
    pollutant = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant"
    measured = (
        ("no2_ug_m3", "Stickstoffdioxid (NO₂)", 8), ("pm10_ug_m3", "Feinstaub (PM₁₀)", 5),
        ("pm2_5_ug_m3", "Feinstaub (PM₂,₅)", 6001), ("o3_ug_m3", "Ozon (O₃)", 7),
    )  # fmt: skip
    return {
        "name": "air-stations",
        "department": "environment",
        "dataset": "air-quality",
        "time": "zeit",
        "thing": "station",
        "sensor": "Luftmessstation",
        "places": _spots(world, "air stations", AIR_STATIONS),
        "values": [
            {
                "column": column,
                "property": name,
                "definition": f"{pollutant}/{code}",
                "unit_symbol": "µg/m³",
                "unit_code": "ug/m3",
            }
            for column, name, code in measured
        ],
    }


def _river(world: World) -> Entry:
    return {
        "name": "river-gauge",
        "department": "environment",
        "dataset": "river-level",
        "time": ["datum", "uhrzeit"],
        "sensor": "Drucksonde",
        "places": {GAUGE: next(iter(_spots(world, "gauge", (GAUGE,)).values()))},
        "values": [
            {
                "column": "wasserstand_cm",
                "thing": GAUGE,
                "property": "Wasserstand",
                "definition": "http://vocab.nerc.ac.uk/standard_name/water_surface_height_above_reference_datum/",
                "unit_symbol": "cm",
                "unit_code": "cm",
            }
        ],
    }
