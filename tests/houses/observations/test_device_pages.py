# SPDX-License-Identifier: EUPL-1.2
"""The device console: who may open it, registering by form and by spreadsheet, trying decoders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import devices
from stoa.houses.observations.door.devices import take_uplinks
from stoa.houses.observations.models import CityDecoder, Device
from stoa.houses.observations.terms import Access, Carrier, Way
from stoa.standards.lorawan.uplink import Network, Uplink

pytestmark = pytest.mark.django_db
EUI = "24E124707C483636"
HOME = "/c/here/desk/devices/"


@pytest.fixture
def town() -> Town:
    return make_town()


def browser(town: Town, who: str) -> Client:
    client = Client()
    person = getattr(town.cast, who, None)
    if person:
        client.force_login(person)
    return client


def registered(town: Town) -> Device:
    cast = town.cast
    with acting_in(cast.city):
        device = devices.register_device(
            city=cast.city, by=cast.principal("ada"), name="Room 7", carrier=Carrier.LORAWAN, identifier=EUI,
            decoder="milesight_am103l", thing=town.thing, expected_interval_s=600,
        )  # fmt: skip
        at = datetime.now(UTC) - timedelta(minutes=3)
        sent = [
            Uplink(Network.CHIRPSTACK, EUI, "", "", 85, bytes.fromhex("01750a 03679cff 046850"), at, 1),
            Uplink(Network.CHIRPSTACK, EUI, "", "", 85, bytes.fromhex("ee"), at, 2),
        ]
        take_uplinks(city=cast.city, by=cast.principal("ada"), uplinks=sent, way=Way.PUSH)
        return Device.objects.get(pk=device.pk)


def test_the_owner_sees_how_her_devices_are_and_others_see_none(town: Town) -> None:
    device = registered(town)
    page = browser(town, "ada").get(HOME).content.decode()
    assert "Room 7" in page
    assert "with a weak battery" in page
    assert "Room 7" not in browser(town, "ben").get(HOME).content.decode()
    assert browser(town, "egon").get(HOME).status_code == 403
    assert browser(town, "dora").get(HOME).status_code == 302
    for who, status in (("ada", 200), ("ben", 404), ("egon", 403), ("dora", 302)):
        assert browser(town, who).get(f"{HOME}device/{device.uid}").status_code == status


@pytest.mark.parametrize(
    ("asked", "is_there"), [("?q=room", True), ("?q=24:e1", True), ("?q=nothing", False), ("?state=weak", True),
                            ("?state=silent", False), ("?state=wrong&from=9x", True)]
)  # fmt: skip
def test_the_list_is_narrowed_by_name_address_and_state(town: Town, asked: str, is_there: bool) -> None:
    registered(town)
    assert ("Room 7" in browser(town, "ada").get(HOME + asked).content.decode()) is is_there


def test_the_page_of_a_device_shows_its_values_its_messages_and_what_was_put_aside(town: Town) -> None:
    device = registered(town)
    page = browser(town, "ada").get(f"{HOME}device/{device.uid}").content.decode()
    for words in (
        "Room 7: Air temperature",
        "01 75 0a 03 67 9c ff",
        "observations.payload_undecodable",
        "push/lorawan",
    ):
        assert words in page


FORM = {
    "name": "Gauge", "carrier": "http", "identifier": "", "decoder": "", "recipe": '{"values": {"level": "m.level"}}',
    "expected_minutes": "15", "lon": "7.6", "lat": "51.9", "is_active": "on",
}  # fmt: skip


def test_the_owner_registers_a_device_that_sends_json_and_gets_its_key_once(town: Town) -> None:
    client = browser(town, "ada")
    form = FORM | {"department": str(town.cast.parks.pk)}
    made = client.post(f"{HOME}new", form)
    assert made.status_code == 302
    with acting_in(town.cast.city):
        device = Device.objects.get(name="Gauge")
        assert (device.thing.access, device.thing.place["coordinates"]) == (Access.INTERNAL, [7.6, 51.9])
        assert device.expected_interval_s == 900
    key = client.post(f"{HOME}device/{device.uid}/key")
    assert "stoadev_" in key.content.decode()
    assert "stoadev_" not in client.get(f"{HOME}device/{device.uid}").content.decode()
    changed = client.post(f"{HOME}device/{device.uid}", {**form, "name": "Gauge 2"})
    assert changed.status_code == 302
    assert client.post(f"{HOME}device/{device.uid}/remove").status_code == 302
    with acting_in(town.cast.city):
        assert not Device.objects.exists()


@pytest.mark.parametrize(
    "change", [{"recipe": "{"}, {"recipe": "[]"}, {"recipe": '{"values": 1}'}, {"name": ""},
               {"carrier": "lorawan", "identifier": "zz"}]
)  # fmt: skip
def test_what_is_wrong_in_the_form_is_said_beside_its_field(town: Town, change: dict[str, str]) -> None:
    form = FORM | {"department": str(town.cast.parks.pk)} | change
    answer = browser(town, "ada").post(f"{HOME}new", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    with acting_in(town.cast.city):
        assert not Device.objects.exists()


def test_nobody_else_may_make_a_key_or_remove_a_device(town: Town) -> None:
    device = registered(town)
    for who, status in (("ben", 404), ("egon", 403), ("dora", 302)):
        for deed in ("key", "remove"):
            assert browser(town, who).post(f"{HOME}device/{device.uid}/{deed}").status_code == status
    with acting_in(town.cast.city):
        assert Device.objects.get().key_digest == ""


def test_a_decoder_is_tried_against_pasted_payloads_without_storing_anything(town: Town) -> None:
    asked = {"decoder": "milesight_am103l", "port": "85", "payloads": "0175 32\nAXUy\nzz!\n0175"}
    page = browser(town, "ada").post(f"{HOME}try", asked)
    outcomes = page.context["outcomes"]
    assert [
        one.table.rows[0].cells[1] if one.table and one.table.rows else one.wrong or one.unread
        for one in outcomes
    ] == [
        "50",
        "50",
        "the payload is not base64",
        "01 75",
    ]
    with acting_in(town.cast.city):
        assert not Device.objects.exists()


OWN = """id = "own"
version = 1
maker = "A"
model = "B"
title = "Our own"
source = "us"
[values]
x = { unit = "1", property = "x" }
[[messages]]
fields = [{ name = "x", type = "u8" }]
[[vectors]]
port = 1
payload = "07"
records = [{ x = 7 }]
"""


def test_the_city_keeps_a_decoder_of_its_own_and_a_wrong_one_is_refused_in_words(town: Town) -> None:
    client = browser(town, "ada")
    wrong = client.post(f"{HOME}try", {"definition": OWN.replace("x = 7", "x = 8"), "keep": "1"})
    assert wrong.status_code == 422
    assert "observations.decoder_wrong" in wrong.content.decode()
    assert client.post(f"{HOME}try", {"definition": OWN, "keep": "1"}).status_code == 302
    with acting_in(town.cast.city):
        assert CityDecoder.objects.get().identifier == "own"
    assert "Our own" in client.get(f"{HOME}decoders").content.decode()


SHEET = (
    "Bezeichnung;DevEUI;Modell;Längengrad;Breitengrad;Intervall\n"
    "Schule Nord;24-E1-24-70-7C-48-36-01;AM103L;7,61;51,95;10\n"
    "Schule Süd;24E124707C483602;milesight_am308;;;\n"
    "Kaputt;123;AM103L;;;\n"
    ";24E124707C483603;AM103L;;;\n"
)


def test_many_devices_come_from_one_spreadsheet_and_each_row_stands_by_itself(town: Town) -> None:
    client = browser(town, "ada")
    form = {"department": str(town.cast.parks.pk), "file": SimpleUploadedFile("geraete.csv", SHEET.encode())}
    page = client.post(f"{HOME}sheet", form)
    assert page.status_code == 200
    assert page.context["sum"] == "2 of 4 devices are registered"
    with acting_in(town.cast.city):
        north, south = Device.objects.order_by("identifier")
        assert (north.name, north.identifier, north.decoder, north.expected_interval_s) == (
            *("Schule Nord", "24E124707C483601", "milesight_am103l", 600),
        )
        assert north.thing.place["coordinates"] == [7.61, 51.95]
        assert south.decoder == "milesight_am308"


def test_a_place_or_an_interval_that_cannot_be_is_refused_and_not_left_out(town: Town) -> None:
    rows = ["Schule Ost;24E124707C483611;510,3;51,9;10", "Schule West;24E124707C483612;7,6;51,9;oft"]
    sheet = "\n".join(["Name;DevEUI;Longitude;Latitude;Minutes", *rows])
    form = {"department": str(town.cast.parks.pk), "file": SimpleUploadedFile("geraete.csv", sheet.encode())}
    page = browser(town, "ada").post(f"{HOME}sheet", form)
    assert page.context["sum"] == "0 of 2 devices are registered"
    assert "“510.3” is no number" in page.content.decode()
    assert "“oft” is no number" in page.content.decode()
    with acting_in(town.cast.city):
        assert not Device.objects.exists()


def test_a_file_that_is_no_list_of_devices_is_refused_whole(town: Town) -> None:
    form = {"department": str(town.cast.parks.pk), "file": SimpleUploadedFile("x.csv", b"a;b\n1;2\n3;4\n")}
    page = browser(town, "ada").post(f"{HOME}sheet", form)
    assert page.status_code == 422
    assert "observations.sheet_columns" in page.content.decode()
