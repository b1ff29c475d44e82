# SPDX-License-Identifier: EUPL-1.2
"""The sensor register of the invented town: what measures in its streets, written as `registers/sensors.json`.

The ids of the things that an entry is tied to are the short names of the counters, car parks and stations whose
measurements the town has as datasets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from stoa.ground.ids import slug
from stoa.site.simulation.place import lonlat
from stoa.site.simulation.series import BIKE_SITES, CAR_PARKS
from stoa.site.simulation.world import World, along
from stoa.site.simulation.writing import write_json

_CITY = "Stadt Ulmenfurt"
_PRIVACY = "https://www.ulmenfurt.example/datenschutz/"


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor as the town tells of it; everything else follows from the usual."""

    title: str
    type: str
    measures: str
    themes: tuple[str, ...]
    goals: tuple[str, ...]
    department: str
    said: dict[str, Any] = field(default_factory=dict)
    """What is not the usual; `None` takes the usual away."""
    is_published: bool = True


def _thing(name: str) -> str:
    """The id of the live thing of this name, as its replay makes it."""
    return f"urn:ngsi-ld:Thing:{slug(name)}"


def _counted() -> list[Sensor]:
    bikes = [
        Sensor(
            f"Radzählstelle {name}",
            "density",
            "Wie viele Fahrräder je Stunde und Richtung vorbeifahren.",
            ("mobility",),
            ("Radwege nach Bedarf ausbauen",),
            "roads",
            {"things": [_thing(name)], "dataset": "bicycle-counts", "reference": f"RAD-{number}"},
        )
        for number, name, _busiest, _leisure in BIKE_SITES
    ]
    parking = [
        Sensor(
            f"Belegung {name}",
            "presence",
            "Wie viele Plätze frei sind.",
            ("parking",),
            ("Suchverkehr vermeiden",),
            "roads",
            {"things": [_thing(name)], "dataset": "car-park-occupancy", "reference": f"PARK-{number}"},
        )
        for number, name, _places, _commuters in CAR_PARKS
    ]
    air = [
        Sensor(
            f"Luftmessstation {station.split(' ', 1)[1]}",
            "chemical",
            "Stickstoffdioxid, Feinstaub und Ozon, jede Stunde.",
            ("air",),
            ("Grenzwerte überwachen",),
            "environment",
            {
                "things": [_thing(station)],
                "dataset": "air-quality",
                "reference": f"LUFT-{station.split(' ', maxsplit=1)[0]}",
            },
        )
        for station in ("DEXX01 Ring", "DEXX02 Stadtpark")
    ]
    return [*bikes, *parking, *air]


_PERSONAL = {"personal_data": "yes", "ground": "public_task", "dpia": f"{_PRIVACY}folgenabschaetzung"}
_OTHERS = (
    Sensor(
        "Wetterstation Nordhang",
        "climate",
        "Temperatur, Regen und Wind.",
        ("climate",),
        ("Klima der Stadt beobachten",),
        "environment",
        {"things": ["nordhang"], "dataset": "weather", "reference": "KLIMA-1"},
    ),
    Sensor(
        "Pegel Velle",
        "flow",
        "Wasserstand und Abfluss der Velle.",
        ("water",),
        ("Vor Hochwasser warnen",),
        "environment",
        {"things": ["pegel-ulmenfurt-velle"], "dataset": "river-level", "reference": "PEGEL-1"},
    ),
    Sensor(
        "Wasserstand Unterführung Bahnhof",
        "flow",
        "Ob Wasser in der Unterführung steht.",
        ("water", "safety"),
        ("Unterführung rechtzeitig sperren",),
        "roads",
        {"reference": "UNTER-1"},
    ),
    Sensor(
        "Wasserstand Unterführung Ring Ost",
        "flow",
        "Ob Wasser in der Unterführung steht.",
        ("water", "safety"),
        ("Unterführung rechtzeitig sperren",),
        "roads",
        {"reference": "UNTER-2"},
    ),
    *(
        Sensor(
            f"Füllstand Glascontainer {place}",
            "pressure",
            "Wie voll der Container ist.",
            ("waste",),
            ("Touren nach Bedarf fahren",),
            "waste",
            {"reference": f"GLAS-{n}", "supplier": "Voll & Leer Sensorik GmbH"},
        )
        for n, place in enumerate(("Hafen", "Markt", "Klinik"), start=1)
    ),
    *(
        Sensor(
            f"Bodenfeuchte Jungbaum {n}",
            "climate",
            "Wie feucht der Boden an den Wurzeln ist.",
            ("green",),
            ("Junge Bäume nach Bedarf gießen",),
            "parks",
            {"reference": f"BAUM-{n}"},
        )
        for n in range(1, 4)
    ),
    Sensor(
        "Lärmmessung Altstadt",
        "sound",
        "Wie laut es ist; es wird nichts aufgenommen.",
        ("noise",),
        ("Ruhezeiten überprüfen",),
        "environment",
        {"reference": "LAERM-1"},
    ),
    Sensor(
        "Besucherzählung Marktplatz",
        "optical",
        "Wie viele Menschen auf dem Platz sind; Bilder verlassen das Gerät nicht.",
        ("crowd", "safety"),
        ("Gedränge früh erkennen", "Märkte und Feste planen"),
        "citizens",
        {"reference": "BILD-1", "retention_months": 0, "operator": "Platzblick GmbH", **_PERSONAL},
    ),
    Sensor(
        "Verkehrskamera Ring Ost",
        "optical",
        "Wie viele Fahrzeuge welcher Art abbiegen.",
        ("mobility",),
        ("Ampeln besser schalten",),
        "roads",
        {"reference": "BILD-2", "retention_months": 1, **_PERSONAL},
    ),
    Sensor(
        "Straßenbefahrung",
        "optical",
        "Zustand der Fahrbahn; Kennzeichen und Gesichter werden unkenntlich gemacht.",
        ("buildings",),
        ("Schäden finden, bevor sie groß sind",),
        "roads",
        {
            "reference": "MOBIL-1",
            "mobile": "yes",
            "regions": ["Gesamtes Stadtgebiet"],
            "retention_months": 3,
            **_PERSONAL,
        },
    ),
    Sensor(
        "Luftmessung im Linienbus 12",
        "chemical",
        "Feinstaub entlang der Linie.",
        ("air",),
        ("Belastete Straßen finden",),
        "environment",
        {"reference": "MOBIL-2", "mobile": "yes", "regions": ["Altstadt", "Hafen", "Nordhang"]},
    ),
    Sensor(
        "Schranke am Einkaufszentrum",
        "optical",
        "Kennzeichen beim Ein- und Ausfahren.",
        ("parking",),
        ("Parkdauer abrechnen",),
        "citizens",
        {
            "reference": "FREMD-1",
            "owner_kind": "company",
            "organisation": "Kauf am Ring GmbH & Co. KG",
            "personal_data": "yes",
            "ground": "legitimate_interest",
            "retention_months": 1,
            "website": "https://www.kauf-am-ring.example/",
            "contact_name": "Erfundene Person",
            "contact_email": "parken@kauf-am-ring.example",
            "contact_phone": "+49 0000 1234",
        },
    ),
    Sensor(
        "Frequenzmessung Bahnhofstraße",
        "presence",
        "Wie viele Menschen vorbeigehen.",
        ("crowd",),
        ("Umsätze der Läden einschätzen",),
        "citizens",
        {
            "reference": "FREMD-2",
            "owner_kind": "company",
            "organisation": "Schaufenster Analytik UG",
            "personal_data": "unknown",
            "contact_name": "Erfundene Person",
            "contact_email": "hallo@schaufenster.example",
            "contact_phone": "+49 0000 5678",
        },
    ),
    Sensor(
        "Private Wetterstation",
        "temperature",
        "Temperatur im Garten.",
        ("climate",),
        ("Aus Neugier",),
        "environment",
        {
            "reference": "PRIVAT-1",
            "owner_kind": "private",
            "organisation": None,
            "exemption": "private_person",
            "regions": ["Nordhang"],
            "contact_name": "Erfundene Person",
            "contact_email": "privat@person.example",
            "contact_phone": "+49 0000 9012",
        },
    ),
    Sensor(
        "Videoschutz Bahnhofsvorplatz",
        "optical",
        "Bilder des Platzes.",
        ("safety",),
        ("Straftaten verhindern",),
        "citizens",
        {
            "reference": "ORDNUNG-1",
            "owner_kind": "public_body",
            "organisation": "Landespolizei",
            "exemption": "public_order",
            "regions": ["Bahnhofsviertel"],
            "retention_months": 1,
            "contact_name": "Erfundene Person",
            "contact_email": "wache@polizei.example",
            "contact_phone": "+49 0000 3456",
            **_PERSONAL,
        },
    ),
    Sensor(
        "Helligkeit Straßenlaternen Hafen",
        "electricity",
        "Stromverbrauch der Laternen.",
        ("energy",),
        ("Strom sparen",),
        "utilities",
        {"reference": "LICHT-1"},
        is_published=False,
    ),
    Sensor(
        "Zählung Fußgängerzone",
        "density",
        "Wie viele Menschen vorbeigehen.",
        ("crowd",),
        ("Innenstadt beleben",),
        "statistics",
        {"reference": "FUSS-1", "ends_on": None},
        is_published=False,
    ),
)


def sensors(world: World) -> None:
    """Write the entries with their departments, in the form in which `load_city` takes them."""
    random = world.chance("sensors")
    entries = [_entry(world, random, sensor) for sensor in (*_counted(), *_OTHERS)]
    write_json(world.folder / "registers" / "sensors.json", entries)


def _entry(world: World, random: np.random.Generator, sensor: Sensor) -> dict[str, Any]:
    said = dict(sensor.said)
    ground = said.pop("ground", "")
    place = _place(world, random)
    started = world.today - timedelta(days=int(random.integers(60, 1500)))
    usual: dict[str, Any] = {
        "title": sensor.title,
        "type": sensor.type,
        "measures": sensor.measures,
        "themes": [*sensor.themes],
        "mobile": "no",
        "place": place,
        "exemption": "none",
        "owner_kind": "city",
        "organisation": _CITY,
        "public_contact": f"{sensor.department}@ulmenfurt.example",
        "personal_data": "no",
        "goals": [_goal(goal, ground) for goal in sensor.goals],
        "starts_on": started.isoformat(),
        "ends_on": _ends_on(world.today, started).isoformat(),
    }
    if said.get("mobile") == "yes":
        usual.pop("place")
    if said.get("owner_kind", "city") != "city":
        usual.pop("public_contact")
    values = {name: value for name, value in (usual | said).items() if value is not None}
    return {"department": sensor.department, "publish": sensor.is_published, "values": values}


def _goal(goal: str, ground: str) -> dict[str, str]:
    if not ground:
        return {"goal": goal}
    return {"goal": goal, "legal_ground": ground, "privacy_declaration": f"{_PRIVACY}{slug(goal)}"}


def _ends_on(today: date, started: date) -> date:
    """Licences run for four years, and for four more when they are over."""
    ends = started + timedelta(days=4 * 365)
    return ends if ends > today + timedelta(days=40) else ends + timedelta(days=4 * 365)


def _place(world: World, random: np.random.Generator) -> list[float]:
    road = world.town.streets[int(random.integers(0, min(120, len(world.town.streets))))]
    x, y = along(road.line, float(random.uniform(0.1, 0.9)) * road.line.length, 4.0)
    return [*lonlat(x, y)]
