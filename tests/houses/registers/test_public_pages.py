# SPDX-License-Identifier: EUPL-1.2
"""What everybody finds in the registers, and what nobody outside does."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.houses.registers.town import OPERATOR, SLUG, Town, raw

from stoa.houses.registers.actions.keeping import change_entry
from stoa.houses.registers.actions.publishing import publish_entry, retire_entry
from stoa.houses.registers.kinds.sensors import SENSORS

pytestmark = pytest.mark.django_db


def test_the_page_of_all_registers_says_how_many_entries_there_are(town: Town) -> None:
    town.published()
    town.draft(reference="C-2")
    text = town.get("/registers/").content.decode()
    assert "Sensors" in text
    assert "1 entry" in text


def test_an_empty_register_says_so(town: Town) -> None:
    town.draft()
    assert "Nothing has been published here yet" in town.get("/registers/sensors/").content.decode()


def test_the_list_is_narrowed_by_words_and_filters(town: Town) -> None:
    town.published(title="Air station east", reference="A", type="chemical", themes=["air", "climate"])
    town.published(title="Bicycle counter", reference="B")
    assert "Air station" in town.get("/registers/sensors/").content.decode()
    by_word = town.get("/registers/sensors/?q=counter").content.decode()
    assert "Bicycle counter" in by_word
    assert "Air station" not in by_word
    by_theme = town.get("/registers/sensors/?themes=climate").content.decode()
    assert "Air station" in by_theme
    assert "Bicycle counter" not in by_theme
    nothing = town.get("/registers/sensors/?themes=water&type=chemical").content.decode()
    assert "Nothing was found" in nothing


@pytest.mark.parametrize(
    "odd", ["?themes=%00", "?page=99999999999", "?q=%00%27;--", "?view=x&type=%F0%9F%98%80", "?page=0"]
)
def test_odd_questions_are_answered(town: Town, odd: str) -> None:
    town.published()
    assert town.get(f"/registers/sensors/{odd}").status_code == 200


def test_a_list_of_many_costs_as_few_queries_as_one_of_few(town: Town) -> None:
    counted = []
    for start in (0, 20):
        for n in range(start, start + 3 if start == 0 else start + 10):
            town.published(reference=f"R-{n}", title=f"Sensor {n}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            town.get("/registers/sensors/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_record_says_what_is_public_and_nothing_else(town: Town) -> None:
    entry = town.published(
        remark="Ask Ida", contact_email="ida@home.example", contact_name="Ida K", contact_phone="0251 1234"
    )
    text = town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert "How many bicycles pass." in text
    assert "Plan wider cycle paths" in text
    for secret in ("Ida", "1234</", "home.example"):
        assert secret not in text


def test_the_place_of_an_exempt_sensor_is_nowhere(town: Town) -> None:
    entry = town.published(exemption="public_order", regions=["North"])
    for path in (
        f"/registers/sensors/{entry.code}",
        "/registers/sensors/places.geojson",
        f"/registers/sensors/{entry.code}/sign",
        "/registers/sensors/?view=map",
    ):
        text = town.get(path).content.decode()
        assert "7.626" not in text
        assert "51.96" not in text
    assert "not shown to everybody" in town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert town.get(f"/registers/sensors/at/{entry.pk}").status_code == 404


def test_no_personal_data_and_not_known_yet_are_two_answers(town: Town) -> None:
    for n, answer in enumerate(("yes", "no", "unknown")):
        ground = {"legal_ground": "public_task", "privacy_declaration": "https://town.example/privacy"}
        town.published(
            reference=str(n),
            title=f"Sensor {answer}",
            personal_data=answer,
            goals=[{"goal": "Safety", **ground}],
        )
    for answer in ("yes", "no", "unknown"):
        text = town.get(f"/registers/sensors/?personal_data={answer}").content.decode()
        assert [one for one in ("yes", "no", "unknown") if f"Sensor {one}" in text] == [answer]


def test_the_history_shows_what_changed(town: Town) -> None:
    entry = town.published()
    entry = change_entry(entry=entry, kind=SENSORS, raw=raw(measures="How many people pass."), by=OPERATOR)
    text = town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert "How many people pass." not in text
    publish_entry(entry=entry, kind=SENSORS, by=OPERATOR, note="Now also people on foot")
    text = town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert "Now also people on foot" in text
    assert "<del>How many bicycles pass.</del>" in text


def test_entries_at_the_same_place_are_one_point_that_leads_to_a_list(town: Town) -> None:
    first = town.published(reference="1", title="Counter")
    town.published(reference="2", title="Camera", personal_data="unknown", place=[7.626101, 51.960699])
    alone = town.published(reference="3", title="Elsewhere", place=[7.7, 51.9])
    features = town.get("/registers/sensors/places.geojson").json()["features"]
    assert [(f["properties"]["entries"], f["properties"]["class"]) for f in features] == [
        (2, "unknown"),
        (1, "no"),
    ]
    card = town.get(f"/registers/sensors/at/{first.pk}.json").json()
    assert card["title"] == "2 entries at this place"
    assert {title for _kind, title in card["rows"]} == {"Counter", "Camera"}
    listed = town.get(f"/registers/sensors/at/{first.pk}").content.decode()
    assert "Counter" in listed
    assert "Camera" in listed
    assert town.get(f"/registers/sensors/at/{alone.pk}")["Location"].endswith(
        f"/registers/sensors/{alone.code}"
    )


def test_a_sign_leads_to_the_entry(town: Town) -> None:
    entry = town.published()
    short = town.get(f"/r/{entry.code.upper()}")
    assert (short.status_code, short["Location"]) == (302, f"/c/{SLUG}/registers/sensors/{entry.code}")
    assert f"/r/{entry.code}" in town.get(f"/registers/sensors/{entry.code}/sign").content.decode()
    drawn = town.get(f"/registers/sensors/{entry.code}/sign.svg")
    assert drawn["Content-Type"].startswith("image/svg+xml")
    assert b"<script" not in drawn.content


def test_what_has_ended_leaves_the_list_but_not_the_register(town: Town) -> None:
    entry = retire_entry(
        entry=town.published(), kind=SENSORS, by=OPERATOR, reason="The bridge was pulled down"
    )
    assert entry.title not in town.get("/registers/sensors/").content.decode()
    assert entry.title in town.get("/registers/sensors/?ended=1").content.decode()
    text = town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert "No longer in use" in text
    assert "The bridge was pulled down" in text
    assert not town.get("/registers/sensors/places.geojson").json()["features"]


@pytest.mark.parametrize(
    "path", ["/registers/none/", "/registers/sensors/zzzzzzz", "/r/zzzzzzz", "/registers/sensors/at/1"]
)
def test_what_is_not_there_is_not_found(town: Town, path: str) -> None:
    assert town.get(path).status_code == 404


def test_a_draft_is_found_by_nobody_outside(town: Town) -> None:
    entry = town.draft()
    for who in ("nobody", "stranger", "reader", "registrar"):
        assert town.get(f"/registers/sensors/{entry.code}", who).status_code == 404
        assert town.get(f"/r/{entry.code}", who).status_code == 404
        assert town.get(f"/registers/sensors/{entry.code}/sign.svg", who).status_code == 404
