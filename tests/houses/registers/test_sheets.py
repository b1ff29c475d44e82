# SPDX-License-Identifier: EUPL-1.2
"""Many entries from one spreadsheet, in the headings of several towns; and the register as a dataset."""

from __future__ import annotations

from typing import Any

import pytest
from tests.houses.registers.town import OPERATOR, Town

from stoa.commons.lake.values import Query
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import Refused
from stoa.houses.catalogue import door as catalogue
from stoa.houses.registers.actions.exporting import export_kind
from stoa.houses.registers.actions.importing import apply_import, read_import, take_sheet
from stoa.houses.registers.actions.publishing import retire_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry, EntryImport

pytestmark = pytest.mark.django_db
HEADINGS = (
    "Referentie;Naam;Type;Latitude;Longitude;Mobiel;Datastream;Doel;Thema 1;Thema 2;Verwerkt persoonsgegevens;"
    "Wettelijke grondslag;Privacyverklaring;Geldig tot;Organisatie;Owner kind;Exemption;Kleur"
)
ROWS = (
    "S-1;Teller;density;51,9607;7,6261;nee;Fietsers;Plannen;mobility;;nee;;;31.12.2099;Stad;city;none;rood",
    (
        "S-2;Camera;optical;51,9650;7,6300;nee;Voertuigen;Drukte|Telling;mobility;crowd;ja;Public task|consent;https://a.eu/p|https://a.eu/q"
        ";31.12.2099;Stad;city;none;blauw"
    ),
    "S-3;Luchtmeter;chemical;51,9700;7,6400;nee;Fijnstof;Lucht;air;;onbekend;;;;Stad;city;none;groen",
    "S-4;Raadsel;zeppelin;51,9800;7,6500;nee;Iets;Iets;air;;nee;;;31.12.2099;Stad;city;none;",
    ";Zonder nummer;density;51,9900;7,6600;nee;Iets;Iets;air;;nee;;;31.12.2099;Stad;city;none;",
    "S-1;Nog een teller;density;51,9607;7,6261;nee;Fietsers;Plannen;mobility;;nee;;;31.12.2099;Stad;city;none;",
)


def _sheet(*rows: str) -> bytes:
    return "\n".join([HEADINGS, *rows, ""]).encode()


def _sent(town: Town, content: bytes, who: str = "registrar") -> EntryImport:
    made = take_sheet(
        city=town.city, kind=SENSORS, department=town.parks, chunks=[content], name="s.csv", by=town.by(who)
    )
    read_import(city_id=town.city.pk, import_id=made.pk)
    made.refresh_from_db()
    return made


def test_a_sheet_is_reported_row_by_row_before_anything_changes_and_then_taken_over(town: Town) -> None:
    sheet = _sent(town, _sheet(*ROWS))
    assert sheet.problem is None
    outcomes = {row["row"]: row["outcome"] for row in sheet.report}
    assert outcomes == {1: "new", 2: "new", 3: "new", 4: "refused", 5: "refused", 6: "refused"}
    codes = {row["row"]: {problem["code"] for problem in row["problems"]} for row in sheet.report}
    assert codes == {
        1: set(),
        2: set(),
        3: {"registers.value_missing"},
        4: {"registers.value_unreadable"},
        5: {"registers.reference_missing"},
        6: {"registers.reference_twice"},
    }
    assert {one["heading"]: one["field"] for one in sheet.columns}["Kleur"] == ""
    assert not Entry.objects.exists()

    apply_import(found=sheet, by=town.by("registrar"), submit=True)
    states = dict(Entry.objects.values_list("reference", "state"))
    assert states == {"S-1": "review", "S-2": "review", "S-3": "draft"}
    camera = Entry.objects.get(reference="S-2").values
    assert (camera["place"], camera["themes"], camera["personal_data"]) == (
        [7.63, 51.965],
        ["mobility", "crowd"],
        "yes",
    )
    assert camera["goals"] == [
        {"goal": "Drukte", "legal_ground": "public_task", "privacy_declaration": "https://a.eu/p"},
        {"goal": "Telling", "legal_ground": "consent", "privacy_declaration": "https://a.eu/q"},
    ]
    assert Entry.objects.get(reference="S-3").values["personal_data"] == "unknown"
    with pytest.raises(Refused):
        apply_import(found=sheet, by=town.by("registrar"))


def test_a_second_upload_changes_what_it_names_and_nothing_else(town: Town) -> None:
    entry = town.published(reference="S-1", title="Teller", remark="Kept")
    town.published(reference="S-9", title="Not in the sheet")
    sheet = _sent(town, b"reference;measures\nS-1;Pedestrians\nS-9;How many bicycles pass.\n")
    assert [row["outcome"] for row in sheet.report] == ["changed", "same"]
    apply_import(found=sheet, by=town.by("registrar"))
    entry.refresh_from_db()
    assert (entry.values["measures"], entry.values["remark"], entry.state) == ("Pedestrians", "Kept", "draft")
    assert (entry.shown or {})["measures"] == "How many bicycles pass."
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("who", ["nobody", "reader", "colleague", "stranger"])
def test_nobody_else_sends_a_sheet_for_a_department(town: Town, who: str) -> None:
    with pytest.raises(Refused) as refused:
        take_sheet(
            city=town.city, kind=SENSORS, department=town.parks, chunks=[b"a"], name="s.csv", by=town.by(who)
        )
    assert refused.value.problem.code == "registers.right_missing"


def test_a_sheet_whose_headings_mean_nothing_is_refused(town: Town) -> None:
    sheet = _sent(town, b"alpha;beta\n1;2\n3;4\n")
    assert (sheet.state, sheet.problem["code"]) == ("refused", "registers.headings_unknown")


def _rows(town: Town) -> list[dict[str, Any]]:
    page = catalogue.rows(city=town.city, by=NOBODY, slug="register-sensors", query=Query())
    names = [spec.name for spec in page.columns]
    return [dict(zip(names, row[1:], strict=False)) for row in page.rows]


def test_the_register_is_an_open_dataset_whose_versions_change_only_with_its_content(town: Town) -> None:
    assert export_kind(city_id=town.city.pk, slug="sensors") is None
    first = town.published(
        reference="1", contact_name="Ida Keller", contact_email="ida@home.example", contact_phone="0251 12345",
        public_contact="sensors@town.example", remark="Secret", themes=["mobility", "crowd"],
    )  # fmt: skip
    town.published(reference="2", exemption="public_order", regions=["North", "East"], title="Watcher")
    town.draft(reference="3", title="Draft")
    assert export_kind(city_id=town.city.pk, slug="sensors") == 1
    card = catalogue.dataset(city=town.city, by=NOBODY, slug="register-sensors")
    assert (card.title["en"], card.access, card.rows, card.has_map) == ("Sensor register", "open", 2, True)
    assert card.department == "parks"
    rows = {row["title"]: row for row in _rows(town)}
    assert set(rows) == {"Counter at the harbour bridge", "Watcher"}
    counter, watcher = rows["Counter at the harbour bridge"], rows["Watcher"]
    assert (counter["code"], counter["in_use"], counter["themes"]) == (first.code, True, "mobility | crowd")
    assert (counter["longitude"], counter["public_contact"]) == (7.6261, "sensors@town.example")
    assert (watcher["longitude"], watcher["latitude"], watcher["regions"]) == (None, None, "North | East")
    everything = str(rows)
    for secret in ("Keller", "home.example", "12345", "Secret", "public_order"):
        assert secret not in everything
    assert export_kind(city_id=town.city.pk, slug="sensors") is None
    retire_entry(entry=first, kind=SENSORS, by=OPERATOR, reason="Gone")
    assert export_kind(city_id=town.city.pk, slug="sensors") == 2
    assert {row["title"]: row["in_use"] for row in _rows(town)} == {
        "Counter at the harbour bridge": False,
        "Watcher": True,
    }
