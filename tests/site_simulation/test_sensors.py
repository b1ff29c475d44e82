# SPDX-License-Identifier: EUPL-1.2
"""The invented town's sensor register goes through the same door as a registrar's, and nothing in it is real."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from shapely.geometry import LineString
from tests.houses.registers.town import OPERATOR

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import set_up_city, set_up_department
from stoa.commons.roles.values import NOBODY
from stoa.houses.registers import door
from stoa.site.loading_registers import load_registers
from stoa.site.simulation.sensors import sensors
from stoa.site.simulation.world import World

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("town")
    streets = [SimpleNamespace(line=LineString([(0, 100 * n), (800, 100 * n + 40)])) for n in range(40)]
    town: Any = SimpleNamespace(streets=streets)  # a whole town takes seconds to grow
    weather: Any = None
    sensors(World(7, TODAY, made, town, weather))
    return made


@pytest.mark.django_db
def test_every_sensor_is_taken_and_all_but_the_drafts_are_shown(folder: Path) -> None:
    told = json.loads((folder / "registers" / "sensors.json").read_text())
    city = set_up_city(
        slug="made-up", by=OPERATOR, name={"en": "Made up"}, languages=["en"], is_simulated=True
    )
    with acting_in(city):
        for department in {one["department"] for one in told}:
            set_up_department(city=city, slug=department, name={"en": department}, by=OPERATOR)
    assert load_registers(city, folder) == (len(told), [])
    assert load_registers(city, folder) == (len(told), [])
    with acting_in(city):
        found = door.entries(city=city, by=NOBODY, kind="sensors")
        assert 25 <= found.total == sum(one["publish"] for one in told) < len(told)
        tied = door.entries_for(
            city=city,
            things=[
                "urn:ngsi-ld:Thing:am-wall",
                "urn:ngsi-ld:Thing:parkhaus-altstadt",
                "urn:ngsi-ld:Thing:dexx01-ring",
                "nobody-knows",
            ],
        )
    assert {thing: [one.title for one in entries] for thing, entries in tied.items()} == {
        "urn:ngsi-ld:Thing:am-wall": ["Radzählstelle Am Wall"],
        "urn:ngsi-ld:Thing:parkhaus-altstadt": ["Belegung Parkhaus Altstadt"],
        "urn:ngsi-ld:Thing:dexx01-ring": ["Luftmessstation Ring"],
    }
    shown = {card.title: card.values for card in found.entries}
    assert "place" not in shown["Videoschutz Bahnhofsvorplatz"]
    assert "Erfundene Person" not in str(shown)


def test_nothing_in_it_leads_to_a_real_address(folder: Path) -> None:
    text = (folder / "registers" / "sensors.json").read_text()
    for address in text.split("https://")[1:]:
        assert address.split("/")[0].rstrip('",').endswith(".example")
    assert text.count("@") == text.count(".example") - text.count("https://")
