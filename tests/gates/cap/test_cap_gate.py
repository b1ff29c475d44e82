# SPDX-License-Identifier: EUPL-1.2
"""Warnings for programs: the feed, one message, what it becomes from day to day, and who sees an exercise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from lxml import etree
from tests.houses.observations.alerting.scene import NOON, Scene, make_scene

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.models import Alert
from stoa.houses.observations.terms import Access, AlertState
from stoa.standards.cap.reading import read
from stoa.standards.cap.values import Alert as Message
from stoa.standards.cap.values import MsgType, ResponseType, Severity, Status

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    made = make_scene(is_public=True)
    with acting_in(made.town.cast.city), time_machine.travel(NOON, tick=False):
        yield made


def message(scene: Scene, alert: Alert, who: str = "", **after: float) -> Message:
    with time_machine.travel(NOON + timedelta(**after), tick=False):
        answer = scene.client(who).get(f"/c/here/warnings/{alert.uid}.cap")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/cap+xml; charset=utf-8"
    return read(answer.content)


def test_a_warning_is_a_message_in_every_language_of_the_city(scene: Scene) -> None:
    alert = scene.alert()
    told = message(scene, alert)
    assert (told.status, told.msg_type, told.identifier) == (Status.ACTUAL, MsgType.ALERT, f"{alert.uid}.0")
    assert told.sender == "here@testserver"
    assert told.sent == NOON
    english, german = told.infos
    assert (english.language, english.event) == ("en", "Flooded underpass")
    assert (german.event, german.instruction) == ("Überflutete Unterführung", "Nehmen Sie die Brücke.")
    assert english.severity is Severity.SEVERE
    assert english.sender_name == "Here, Parks"
    assert english.web == f"http://testserver/c/here/warnings/{alert.uid}"
    (area,) = english.areas
    assert area.description == "Station"
    assert area.circles[0].centre == (51.96, 7.62)


def test_areas_turn_from_longitude_first_to_latitude_first(scene: Scene) -> None:
    ring = [[7.6, 51.9], [7.7, 51.9], [7.7, 52.0], [7.6, 51.9]]
    scene.rule.area = {"type": "MultiPolygon", "coordinates": [[ring], [ring]]}
    scene.rule.save()
    (area,) = message(scene, scene.alert()).infos[0].areas
    assert area.polygons == (((51.9, 7.6), (51.9, 7.7), (52.0, 7.7), (51.9, 7.6)),) * 2


def test_an_area_has_the_words_of_the_rule_and_its_metres_around_a_place(scene: Scene) -> None:
    scene.rule.area_name = {"en": "Underpass and the streets around it", "de": "Unterführung und Umgebung"}
    scene.rule.area_radius_m = 250
    scene.rule.save()
    alert = scene.alert()
    english, german = (info.areas[0] for info in message(scene, alert).infos)
    assert english.description == "Underpass and the streets around it"
    assert german.description == "Unterführung und Umgebung"
    assert [(one.centre, one.radius_km) for one in english.circles] == [((51.96, 7.62), 0.25)]
    client = scene.client()
    drawn = client.get(f"/c/here/warnings/{alert.uid}/area.geojson").json()["features"][0]
    assert drawn["geometry"]["type"] == "MultiPolygon"
    assert drawn["properties"]["where"] == "Underpass and the streets around it"
    for page in ("/c/here/warnings/", f"/c/here/warnings/{alert.uid}", "/c/here/now/"):
        assert "Underpass and the streets around it" in client.get(page).content.decode(), page


def test_a_warning_that_lasts_is_renewed_every_day_and_cancelled_at_its_end(scene: Scene) -> None:
    alert = scene.alert()
    first, second = message(scene, alert, hours=23), message(scene, alert, hours=25)
    assert first == message(scene, alert)
    assert second.msg_type is MsgType.UPDATE
    assert [one.identifier for one in second.references] == [first.identifier]
    assert second.references[0].sent == first.sent
    assert first.infos[0].expires == second.sent
    Alert.objects.update(state=AlertState.ENDED, ended_at=NOON + timedelta(hours=30))
    last = message(scene, alert, hours=40)
    assert last.msg_type is MsgType.CANCEL
    assert last == message(scene, alert, days=9)
    assert [one.identifier for one in last.references] == [first.identifier, second.identifier]
    assert last.infos[0].response_types == (ResponseType.ALL_CLEAR,)


def test_an_exercise_is_one_for_the_administration_and_nothing_for_others(scene: Scene) -> None:
    drill = scene.alert(is_drill=True, is_public=False)
    for who in ("", "ben", "egon"):
        assert scene.client(who).get(f"/c/here/warnings/{drill.uid}.cap").status_code == 404
    told = message(scene, drill, "ada")
    assert told.status is Status.EXERCISE
    assert told.infos[0].headline.startswith("EXERCISE")
    assert str(drill.uid) not in scene.client("ada").get("/c/here/warnings.atom").content.decode()


def test_the_feed_names_every_message_newest_first(scene: Scene) -> None:
    old = scene.alert(
        state=AlertState.ENDED, noticed_at=NOON - timedelta(days=3), ended_at=NOON - timedelta(days=2)
    )
    new = scene.alert()
    scene.alert(is_public=False, is_drill=True)
    answer = scene.client().get("/c/here/warnings.atom")
    feed = etree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entries] == [f"urn:uuid:{new.uid}", f"urn:uuid:{old.uid}"]
    links = {link.get("type"): link.get("href") for link in entries[0].findall(f"{ATOM}link")}
    assert links["application/cap+xml"] == f"http://testserver/c/here/warnings/{new.uid}.cap"
    assert entries[1].findtext(f"{ATOM}title") == "Over: Flooded underpass"


def test_who_asks_again_is_told_that_nothing_changed(scene: Scene) -> None:
    alert, client = scene.alert(), scene.client()
    for page in ("/c/here/warnings.atom", f"/c/here/warnings/{alert.uid}.cap"):
        tag = client.get(page).headers["ETag"]
        assert client.get(page, headers={"if-none-match": tag}).status_code == 304
    Alert.objects.update(state=AlertState.ENDED, ended_at=NOON)
    assert client.get(page, headers={"if-none-match": tag}).status_code == 200


def test_a_feed_of_no_warnings_is_a_feed(scene: Scene) -> None:
    feed = etree.fromstring(scene.client().get("/c/here/warnings.atom").content)
    assert not feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}updated")


def test_another_city_and_inside_alerts_are_not_there(scene: Scene) -> None:
    alert, inside = scene.alert(), scene.alert(is_public=False, datastream=None)
    assert scene.client().get(f"/c/there/warnings/{alert.uid}.cap").status_code == 404
    assert scene.client("ada").get(f"/c/here/warnings/{inside.uid}.cap").status_code == 404


def test_a_place_that_is_not_public_is_the_whole_city(scene: Scene) -> None:
    scene.town.thing.access = Access.INTERNAL
    scene.town.thing.save()
    (area,) = message(scene, scene.alert()).infos[0].areas
    assert (area.description, area.polygons, area.circles) == ("Here", (), ())


@pytest.mark.parametrize("event", [{"en": " "}, {"en": "", "de": "\n"}, {}])
def test_a_warning_of_blank_words_is_told_by_the_title_of_its_rule(
    scene: Scene, event: dict[str, str]
) -> None:
    scene.rule.event = event
    scene.rule.save()
    scene.town.thing.name = " "
    scene.town.thing.save()
    told = message(scene, scene.alert())
    assert {one.event for one in told.infos} == {"Underpass under water"}
    assert {one.areas[0].description for one in told.infos} == {"Here", "Hier"}


def test_a_warning_at_the_edge_of_the_world_stays_in_it(scene: Scene) -> None:
    scene.rule.area = {"type": "LineString", "coordinates": [[179.9999, 89.9999], [180, 90]]}
    scene.rule.save()
    ((ring,),) = (one.areas[0].polygons for one in message(scene, scene.alert()).infos[:1])
    assert max(ring) == (90, 180)
