# SPDX-License-Identifier: EUPL-1.2
"""Residents who want public warnings by e-mail: asked twice, told what everybody may know, gone with one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.houses.observations.alerting.scene import NOON, Scene, make_scene

from stoa.commons.cities.acting import acting_in
from stoa.commons.sandbox.pace import Pace
from stoa.houses.observations.actions.alerting import answering, following, planning, sending
from stoa.houses.observations.models import AlertMessage, Rule, WarningFollow
from stoa.houses.observations.terms import Access, RuleKind, Severity
from stoa.web import open_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(settings.ENVIRONMENT, "public_url", "https://data.town.example")
    made = make_scene(is_public=True)
    with acting_in(made.town.cast.city), time_machine.travel(NOON, tick=False):
        yield made


def follow(scene: Scene, email: str = "rosa@home.example", **said: object) -> WarningFollow:
    """Somebody asks and says yes."""
    facts = {"language": "de", "least": Severity.MINOR, "rules": []} | said
    nobody = scene.town.cast.principal("dora")
    city = scene.town.cast.city
    following.follow_warnings(city=city, email=email, by=nobody, **facts)  # type: ignore[arg-type]
    found = WarningFollow.objects.get(email=email)
    return following.confirm_follow(city=city, uid=found.uid, by=nobody)


def warn(scene: Scene) -> int:
    planning.plan(scene.rule.city_id)
    return sending.send_due(scene.rule.city_id, sending.FOLLOWERS)


def test_nobody_is_warned_before_the_address_said_yes(scene: Scene) -> None:
    client, page = Client(headers={"accept-language": "de"}), "/c/here/warnings/follow"
    with time_machine.travel(NOON - timedelta(seconds=9), tick=False):
        shown = open_form.stamp()
    said = {"email": "rosa@home.example", "least": "severe", "shown": shown, "website": ""}
    assert client.post(page, said).headers["Location"] == "/c/here/warnings/follow?sent=1"
    found = WarningFollow.objects.get()
    scene.alert()
    assert warn(scene) == 0
    following.send_question(city_id=found.city_id, follow_id=found.pk)
    link = re.search(r"https://data.town.example(/c/here/warnings/follow/\S+)", str(mail.outbox[0].body))
    assert link
    assert client.get(link[1]).status_code == 200
    assert WarningFollow.objects.get().confirmed_at is None
    assert client.post(link[1], {"least": "severe"}).status_code == 302
    assert warn(scene) == 1
    assert "Nehmen Sie die Brücke." in str(mail.outbox[1].body)
    following.send_question(city_id=found.city_id, follow_id=found.pk)
    assert len(mail.outbox) == 2


def test_a_program_that_fills_in_the_form_leaves_nothing(scene: Scene) -> None:
    said = {"email": "x@y.example", "least": "minor", "shown": open_form.stamp(), "website": "buy"}
    assert Client().post("/c/here/warnings/follow", said).status_code == 302
    assert not WarningFollow.objects.exists()


def test_a_warning_and_its_end_come_once_and_stop_with_one_click(scene: Scene) -> None:
    found = follow(scene)
    alert = scene.alert()
    assert warn(scene) == 1
    assert warn(scene) == 0
    letter = mail.outbox[0]
    assert letter.to == ["rosa@home.example"]
    assert "Überflutete Unterführung" in str(letter.subject)
    end = f"https://data.town.example/c/here/warnings/follow/{found.uid}/end"
    assert letter.extra_headers["List-Unsubscribe"] == f"<{end}>"
    answering.end_alert(alert=alert, by=scene.town.cast.principal("ada"), reason="Dry again")
    assert warn(scene) == 1
    assert "Dry again" not in str(mail.outbox[1].body)
    mail_program = Client(enforce_csrf_checks=True)
    answer = mail_program.post(
        end.removeprefix("https://data.town.example"), {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert not WarningFollow.objects.exists()
    assert not AlertMessage.objects.filter(route=None).exists()


def test_exercises_and_inside_alerts_never_reach_residents(scene: Scene) -> None:
    follow(scene)
    scene.alert(is_drill=True)
    scene.alert(is_public=False)
    assert warn(scene) == 0
    assert not AlertMessage.objects.exists()


def test_who_wants_only_the_worst_or_only_floods_gets_only_those(scene: Scene) -> None:
    heat = Rule.objects.create(
        city=scene.rule.city,
        department=scene.rule.department,
        title="Heat",
        kind=RuleKind.THRESHOLD,
        is_public=True,
    )
    follow(scene, "worst@home.example", least=Severity.EXTREME)
    follow(scene, "heat@home.example", rules=[heat])
    follow(scene, "floods@home.example", rules=[scene.rule])
    scene.alert()
    assert warn(scene) == 1
    assert mail.outbox[0].to == ["floods@home.example"]


def test_a_resident_reads_no_place_of_a_series_that_is_not_public(scene: Scene) -> None:
    follow(scene)
    scene.town.thing.access = Access.INTERNAL
    scene.town.thing.save()
    scene.alert()
    assert warn(scene) == 1
    text = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert "Station" not in text
    assert "1.87" not in text


def test_asking_again_for_an_address_that_is_warned_already_changes_nothing(scene: Scene) -> None:
    found = follow(scene, least=Severity.SEVERE)
    nobody = scene.town.cast.principal("dora")
    following.follow_warnings(
        city=scene.town.cast.city,
        email="Rosa@Home.example",
        language="en",
        least=Severity.MINOR,
        rules=[],
        by=nobody,
    )
    assert WarningFollow.objects.get().least == Severity.SEVERE
    client = Client(headers={"accept-language": "en"})
    page = f"/c/here/warnings/follow/{found.uid}"
    assert "You get warnings" in client.get(page).content.decode()
    client.post(page, {"least": "moderate", "rules": [str(scene.rule.pk)]})
    changed = WarningFollow.objects.get()
    assert (changed.least, changed.rules) == (Severity.MODERATE, [scene.rule.pk])


def test_the_address_of_another_city_opens_nothing(scene: Scene) -> None:
    found = follow(scene)
    client = Client()
    page = f"/c/there/warnings/follow/{found.uid}"
    assert "home.example" not in client.get(page).content.decode()
    client.post(f"{page}/end")
    assert WarningFollow.objects.filter(pk=found.pk).exists()


def test_an_address_that_never_says_yes_is_erased_after_two_days(scene: Scene) -> None:
    kept = follow(scene)
    nobody = scene.town.cast.principal("dora")
    following.follow_warnings(
        city=scene.town.cast.city,
        email="never@home.example",
        language="en",
        least=Severity.MINOR,
        rules=[],
        by=nobody,
    )
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        following.forget(scene.rule.city_id)
    assert list(WarningFollow.objects.all()) == [kept]


def ask(scene: Scene, email: str) -> None:
    following.follow_warnings(
        city=scene.town.cast.city, email=email, language="en", least=Severity.MINOR, rules=[],
        by=scene.town.cast.principal("dora"),
    )  # fmt: skip


def test_no_postbox_is_filled_under_many_names_nor_by_asking_again(scene: Scene) -> None:
    for n in range(9):
        ask(scene, f"rosa+{n}@home.example")
    assert WarningFollow.objects.count() == following.MOST_OF_A_MAILBOX
    ask(scene, "other.rosa@home.example")
    assert WarningFollow.objects.filter(email="other.rosa@home.example").exists()
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        ask(scene, "rosa+0@home.example")
        assert WarningFollow.objects.get(email="rosa+0@home.example").made_at == NOON


def test_one_network_does_not_use_up_what_the_city_may_send(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_form, "_PACE", Pace(burst=3, per_second=0.001))
    with time_machine.travel(NOON - timedelta(seconds=9), tick=False):
        shown = open_form.stamp()
    client, page = Client(headers={"accept-language": "en"}), "/c/here/warnings/follow"

    def send(n: int, address: str) -> int:
        said = {"email": f"r{n}@home.example", "least": "severe", "shown": shown, "website": ""}
        return client.post(page, said, REMOTE_ADDR=address).status_code

    assert [send(n, "2001:db8:7::" + f"{n + 1:x}") for n in range(5)].count(302) == 3
    assert send(99, "198.51.100.77") == 302
