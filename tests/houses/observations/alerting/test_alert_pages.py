# SPDX-License-Identifier: EUPL-1.2
"""The desk of alerts, the link in a message, who is told, and what everybody may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.houses.observations.alerting.scene import NOON, Scene, make_scene

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions.alerting import planning, sending
from stoa.houses.observations.actions.alerting.routing import Route
from stoa.houses.observations.models import Alert, AlertRoute, Rule
from stoa.houses.observations.terms import Access, AlertState, Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    made = make_scene(is_public=True)
    with acting_in(made.town.cast.city):
        yield made


@pytest.fixture
def alert(scene: Scene) -> Alert:
    now = timezone.now()
    return scene.alert(began_at=now - timedelta(minutes=9), noticed_at=now - timedelta(minutes=4))


# --- the desk ---


def test_the_officer_sees_value_limit_and_who_was_told_and_takes_it_over(scene: Scene, alert: Alert) -> None:
    scene.tell(Route(Channel.EMAIL, "duty@here.example"))
    planning.plan(scene.rule.city_id)
    sending.send_due(scene.rule.city_id, "email")
    ada = scene.client("ada")
    text = ada.get("/c/here/desk/alerts/").content.decode()
    for words in (
        "Underpass under water",
        "1.87 m",
        "1.5 m",
        "duty@here.example",
        "told just now",
        "Nobody has taken",
    ):
        assert words in text, words
    answer = ada.post(f"/c/here/desk/alerts/{alert.uid}/acknowledge", {"note": "Pumps are on"}, follow=True)
    assert "You see to it." in answer.content.decode()
    text = ada.get("/c/here/desk/alerts/").content.decode()
    assert "Ada has seen to it since" in text
    assert "Pumps are on" in text


def test_ending_by_hand_needs_a_reason(scene: Scene, alert: Alert) -> None:
    ada = scene.client("ada")
    answer = ada.post(f"/c/here/desk/alerts/{alert.uid}/end", {"reason": "  "})
    assert answer.status_code == 422
    assert "The reason is missing." in answer.content.decode()
    ada.post(f"/c/here/desk/alerts/{alert.uid}/end", {"reason": "Sensor fell over"})
    alert.refresh_from_db()
    assert (alert.state, alert.note) == (AlertState.ENDED, "Sensor fell over")
    assert ada.post(f"/c/here/desk/alerts/{alert.uid}/end", {"reason": "again"}).status_code == 422


def test_others_see_and_answer_nothing(scene: Scene, alert: Alert) -> None:
    assert scene.client().get("/c/here/desk/alerts/").status_code == 302
    assert scene.client("egon").get("/c/here/desk/alerts/").status_code == 403
    assert "Underpass" not in scene.client("ben").get("/c/here/desk/alerts/").content.decode()
    assert scene.client("ben").post(f"/c/here/desk/alerts/{alert.uid}/acknowledge").status_code == 404
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN


def test_an_empty_desk_says_so(scene: Scene) -> None:
    assert "Nothing is open" in scene.client("ada").get("/c/here/desk/alerts/").content.decode()


# --- the link ---


def link_to(scene: Scene) -> str:
    scene.tell(Route(Channel.EMAIL, "duty@here.example"))
    planning.plan(scene.rule.city_id)
    sending.send_due(scene.rule.city_id, "email")
    found = re.search(r"/c/here/alerts/take/\S+", str(mail.outbox[-1].body))
    assert found
    return found.group()


def test_the_link_of_somebody_who_left_the_city_is_gone(scene: Scene, alert: Alert) -> None:
    scene.tell(Route(Channel.EMAIL, person=scene.town.cast.ben))
    planning.plan(scene.rule.city_id)
    sending.send_due(scene.rule.city_id, "email")
    found = re.search(r"/c/here/alerts/take/\S+", str(mail.outbox[-1].body))
    assert found
    assert scene.client().get(found[0]).status_code == 200
    scene.town.cast.ben.memberships.all().delete()
    assert scene.client().get(found[0]).status_code == 404
    assert scene.client().post(found[0]).status_code == 404
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN


def test_looking_at_the_link_does_nothing_and_the_button_takes_it_over(scene: Scene, alert: Alert) -> None:
    link, nobody = link_to(scene), scene.client()
    page = nobody.get(link)
    assert "I see to it" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    assert "It is taken over" in nobody.post(link, {"note": "Going"}).content.decode()
    alert.refresh_from_db()
    assert alert.acknowledged_by == ""
    assert "Somebody who got a message has seen to it" in nobody.get(link).content.decode()
    assert "duty@" not in alert.acknowledged_by


def test_a_link_that_is_forged_old_or_of_another_city_opens_nothing(scene: Scene, alert: Alert) -> None:
    link, nobody = link_to(scene), scene.client()
    number, _dash, signature = link.rpartition("/")[2].partition("-")
    for wrong in (f"{int(number, 16) + 1:x}-{signature}", f"{number}-{signature[:-1]}", "zz-", number, "-"):
        assert nobody.get(f"/c/here/alerts/take/{wrong}").status_code == 404, wrong
    assert nobody.get(link.replace("/c/here/", "/c/there/")).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        assert nobody.get(link).status_code == 404


# --- recipients ---


def test_an_officer_chooses_who_is_told(scene: Scene) -> None:
    ada, page = scene.client("ada"), f"/c/here/desk/rules/{scene.rule.uid}/recipients"
    assert "Nobody is told yet" in ada.get(page).content.decode()
    said = {
        "who": "",
        "channel": "sms",
        "address": "+49 251 4920",
        "after_minutes": "15",
        "wakes_from": "severe",
    }
    assert ada.post(page, said).status_code == 302
    person = f"person-{scene.town.cast.ben.pk}"
    assert ada.post(page, said | {"who": person, "after_minutes": "0"}).status_code == 302
    text = ada.get(page).content.decode()
    for words in ("… 920", "after 15 minutes", "Ben", "at once"):
        assert words in text, words
    assert "+492514920" not in text
    wrong = ada.post(page, said | {"address": "4920"})
    assert wrong.status_code == 422
    assert "Write the number with its country" in wrong.content.decode()
    first = AlertRoute.objects.order_by("pk")[0]
    ada.post(page, {"remove": str(first.pk)})
    assert AlertRoute.objects.get().person == scene.town.cast.ben


def test_nobody_else_sees_or_changes_who_is_told(scene: Scene) -> None:
    page = f"/c/here/desk/rules/{scene.rule.uid}/recipients"
    assert scene.client("ben").get(page).status_code == 404
    assert scene.client("egon").post(page, {"remove": "1"}).status_code == 403


# --- everybody ---


def test_everybody_reads_the_warning_in_words_with_place_and_what_to_do(scene: Scene, alert: Alert) -> None:
    nobody = scene.client()
    for page in ("/c/here/warnings/", f"/c/here/warnings/{alert.uid}", "/c/here/now/", "/c/here/"):
        assert "Flooded underpass" in nobody.get(page).content.decode(), page
    text = nobody.get("/c/here/warnings/").content.decode()
    assert "Take the bridge." in text
    assert "Station" in text
    area = nobody.get("/c/here/warnings/area.geojson").json()
    assert area["features"][0]["geometry"] == {"type": "Point", "coordinates": [7.62, 51.96]}
    for page in (f"/c/here/things/{scene.town.thing.uid}/", f"/c/here/series/{scene.town.series.uid}/"):
        assert "1 alert is open here" in nobody.get(page).content.decode()


def test_the_worst_warning_comes_first_and_other_pages_name_three(scene: Scene) -> None:
    for n, severity in enumerate(("minor", "extreme", "moderate", "minor", "severe")):
        rule = Rule.objects.create(
            city=scene.rule.city, department=scene.rule.department, kind=scene.rule.kind, title=severity
        )
        scene.alert(rule=rule, severity=severity, noticed_at=timezone.now() - timedelta(hours=n))
    page = scene.client().get("/c/here/warnings/")
    assert [one.alert.severity for one in page.context["running"]] == [
        *("extreme", "severe", "moderate", "minor", "minor"),
    ]
    text = scene.client().get("/c/here/now/").content.decode()
    assert "5 warnings are in force" in text
    assert text.count("/c/here/warnings/") - text.count('/c/here/warnings/"') == 3


def test_a_warning_in_another_language_than_the_page_says_so_to_ears(scene: Scene, alert: Alert) -> None:
    scene.rule.event = {"de": "Überflutete Unterführung"}
    scene.rule.save(update_fields=["event"])
    for page, mark in (("", '<h3 lang="de">'), (str(alert.uid), '<h1 lang="de">')):
        assert mark in scene.client().get(f"/c/here/warnings/{page}").content.decode()


def test_what_is_over_stands_below_for_thirty_days(scene: Scene, alert: Alert) -> None:
    now = timezone.now()
    Alert.objects.update(state=AlertState.ENDED, ended_at=now - timedelta(days=29))
    text = scene.client().get("/c/here/warnings/").content.decode()
    assert "No warning is in force" in text
    assert "Flooded underpass" in text
    Alert.objects.update(ended_at=now - timedelta(days=31))
    assert "Flooded underpass" not in scene.client().get("/c/here/warnings/").content.decode()
    assert "It is over" in scene.client().get(f"/c/here/warnings/{alert.uid}").content.decode()


def test_an_exercise_is_shown_to_the_administration_only(scene: Scene) -> None:
    drill = scene.alert(is_drill=True, is_public=False, noticed_at=timezone.now())
    nobody, page = scene.client(), f"/c/here/warnings/{drill.uid}"
    assert nobody.get(page).status_code == 404
    assert nobody.get(f"{page}/area.geojson").status_code == 404
    assert scene.client("ben").get(page).status_code == 404
    for public in (
        "/c/here/warnings/",
        "/c/here/now/",
        f"/c/here/things/{scene.town.thing.uid}/",
        "/c/here/",
    ):
        assert "Flooded" not in nobody.get(public).content.decode(), public
    assert "EXERCISE" in scene.client("ada").get(page).content.decode()
    assert "EXERCISE" in scene.client("ada").get(f"/c/here/things/{scene.town.thing.uid}/").content.decode()


def test_a_warning_of_a_series_that_is_not_public_tells_no_value_and_no_place(
    scene: Scene, alert: Alert
) -> None:
    scene.town.thing.access = Access.INTERNAL
    scene.town.thing.save()
    for page in ("/c/here/warnings/", f"/c/here/warnings/{alert.uid}", "/c/here/now/"):
        text = scene.client().get(page).content.decode()
        assert "Flooded underpass" in text
        assert "1.87" not in text
        assert "Station" not in text
        assert str(scene.town.thing.uid) not in text
    assert not scene.client().get("/c/here/warnings/area.geojson").json()["features"]


def test_a_combination_tells_the_public_no_values_of_its_other_series(scene: Scene) -> None:
    found = scene.alert(facts={"letter": "a", "values": {"a": 1.87, "b": 77.25}})
    assert "77.25" not in scene.client().get(f"/c/here/warnings/{found.uid}").content.decode()
    assert "77.25" in scene.client("ada").get("/c/here/desk/alerts/").content.decode()


def test_an_alert_that_is_no_warning_stays_inside(scene: Scene) -> None:
    inside = scene.alert(is_public=False, noticed_at=NOON)
    thing = f"/c/here/things/{scene.town.thing.uid}/"
    assert scene.client().get(f"/c/here/warnings/{inside.uid}").status_code == 404
    assert "alert is open" not in scene.client().get(thing).content.decode()
    assert "Underpass under water" in scene.client("ada").get(thing).content.decode()


def test_the_desk_costs_the_same_for_one_alert_and_for_many(scene: Scene) -> None:
    counts = []
    ada = scene.client("ada")
    for n in range(3):
        ended = timezone.now() if n else None
        scene.alert(ended_at=ended, state=AlertState.ENDED if ended else AlertState.OPEN)
        with CaptureQueriesContext(connection) as asked:
            ada.get("/c/here/desk/alerts/")
        counts.append(len(asked))
    assert counts[1] == counts[2]
