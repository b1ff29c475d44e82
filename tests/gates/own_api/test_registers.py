# SPDX-License-Identifier: EUPL-1.2
"""The registers by program: what everybody may see, in our shape and in those of two other registers."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from tests.houses.registers.conftest import built, town
from tests.houses.registers.town import OPERATOR, Town

from stoa.houses.registers.actions.publishing import retire_entry
from stoa.houses.registers.kinds.sensors import SENSORS

pytestmark = pytest.mark.django_db
__all__ = ["built", "town"]  # fixtures of the registers' own tests
GROUND = {"legal_ground": "public_task", "privacy_declaration": "https://town.example/privacy"}


def _get(town: Town, path: str, who: str = "nobody") -> Any:
    return town.get(f"/api/v1/registers{path}", who)


def test_a_program_learns_which_registers_and_fields_there_are(town: Town) -> None:
    town.published()
    [found] = _get(town, "").json()
    assert (found["slug"], found["title"], found["entries"], found["dataset"]) == (
        "sensors",
        "Sensors",
        1,
        "register-sensors",
    )
    fields = {field["name"]: field for field in _get(town, "/sensors").json()["fields"]}
    assert fields["personal_data"]["type"] == "truth"
    assert fields["type"]["terms"]["density"] == "Density"
    assert {column["name"] for column in fields["goals"]["columns"]} == {
        "goal",
        "legal_ground",
        "privacy_declaration",
    }
    assert not {"contact_name", "contact_email", "contact_phone", "exemption", "remark"} & set(fields)


def test_a_program_finds_entries_by_words_and_codes_and_pages_through_them(town: Town) -> None:
    for n in range(5):
        town.published(reference=str(n), title=f"Sensor {n}", type="sound" if n == 3 else "density")
    page = _get(town, "/sensors/entries?size=2&page=2").json()
    assert (page["total"], page["pages"], [one["title"] for one in page["entries"]]) == (
        5,
        3,
        ["Sensor 2", "Sensor 3"],
    )
    assert [one["title"] for one in _get(town, "/sensors/entries?type=sound").json()["entries"]] == [
        "Sensor 3"
    ]
    assert _get(town, "/sensors/entries?q=sensor+4").json()["total"] == 1
    assert _get(town, "/sensors/entries?type=zeppelin").json()["total"] == 0
    assert _get(town, "/sensors/entries?size=5000").status_code == 422


def test_a_program_reads_an_entry_without_what_is_internal_whoever_asks(town: Town) -> None:
    entry = town.published(
        remark="Secret", contact_name="Ida Keller", contact_email="i@h.example", contact_phone="0251 123456"
    )
    for who in ("nobody", "registrar", "steward"):
        answer = _get(town, f"/sensors/entries/{entry.code}", who)
        assert answer.json()["values"]["measures"] == "How many bicycles pass."
        for secret in ("Secret", "Keller", "h.example", "123456", "exemption"):
            assert secret not in answer.content.decode()


def test_drafts_and_unknown_things_are_not_found_by_anybody(town: Town) -> None:
    draft = town.draft()
    for who in ("nobody", "registrar", "steward"):
        for path in (
            f"/sensors/entries/{draft.code}",
            "/nothing",
            "/sensors/formats/xml",
            "/nothing/entries",
        ):
            assert _get(town, path, who).status_code == 404
        assert _get(town, "/sensors/entries", who).json()["total"] == 0


def test_the_register_in_the_shape_of_devices(town: Town) -> None:
    town.published(
        personal_data="yes", goals=[{"goal": "Count", **GROUND}], themes=["mobility", "parking", "air", "noise"],
        public_contact="sensors@town.example", contact_name="Ida Keller",
    )  # fmt: skip
    town.published(
        reference="2", title="Bus", mobile="yes", place=None, regions=["North"], personal_data="unknown"
    )
    gone = town.published(reference="3", title="Gone")
    retire_entry(entry=gone, kind=SENSORS, by=OPERATOR, reason="Gone")
    devices = {one["application"]: one for one in _get(town, "/sensors/formats/iot-devices").json()}
    assert set(devices) == {"Counter at the harbour bridge", "Bus"}
    counter, bus = devices["Counter at the harbour bridge"], devices["Bus"]
    assert counter["location"] == {"latitude": 51.9607, "longitude": 7.6261}
    assert counter["contains_pi_data"] is True
    assert counter["observation_goals"] == [{"observation_goal": "Count", **GROUND}]
    assert counter["owner"] == {
        "organisation": "Town of Sensors",
        "email": "sensors@town.example",
        "website": None,
    }
    assert counter["themes"] == ["Mobility", "Mobility: car", "Environment"]
    assert (bus["location"], bus["regions"], bus["contains_pi_data"]) == (None, ["North"], None)
    assert "Keller" not in str(devices)


def test_the_register_as_a_table_of_seventeen_columns(town: Town) -> None:
    town.published(
        type="flow", title="=HYPERLINK(1)", goals=[{"goal": "One"}, {"goal": "Two"}], personal_data="no"
    )
    town.published(
        reference="2", exemption="public_order", title="Watcher", personal_data="unknown", regions=["N"]
    )
    answer = _get(town, "/sensors/formats/wecity")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    first, second = rows
    assert len(first) == 17
    assert (first["naam"], first["type"], first["doel"]) == ("'=HYPERLINK(1)", "liquid", "One; Two")
    assert (first["latitude"], first["verwerkt persoonsgegevens"], first["mobiele sensor"]) == (
        "51.9607",
        "nee",
        "nee",
    )
    assert (second["latitude"], second["verwerkt persoonsgegevens"]) == ("", "")
