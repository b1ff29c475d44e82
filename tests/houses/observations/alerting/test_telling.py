# SPDX-License-Identifier: EUPL-1.2
"""Who is told of an alert, by which way, what becomes of what did not arrive, and what it takes to be told no more."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.utils import timezone
from tests.houses.observations.alerting.scene import NOON, Scene, Serving, make_scene

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.people.models import Membership
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.alerting import answering, channels, planning, sending
from stoa.houses.observations.actions.alerting.routing import Route, add_route, remove_route
from stoa.houses.observations.models import AlertMessage, AlertRoute
from stoa.houses.observations.rules.alerting import MOST_ATTEMPTS
from stoa.houses.observations.rules.recipients import readable
from stoa.houses.observations.terms import AlertState, Channel, MessageKind, Severity

pytestmark = pytest.mark.django_db
DUTY = Route(Channel.EMAIL, "duty@here.example")


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    made = make_scene()
    with acting_in(made.town.cast.city), time_machine.travel(NOON, tick=False):
        yield made


def tell(scene: Scene, minutes: float = 0, queue: str = "email") -> int:
    """What the jobs do, so many minutes after noon."""
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        planning.plan(scene.rule.city_id)
        return sending.send_due(scene.rule.city_id, queue)


def subjects() -> list[str]:
    return [str(one.subject) for one in mail.outbox]


# --- steps ---


def test_duty_is_told_at_once_and_the_chief_when_nobody_takes_it_over(scene: Scene) -> None:
    scene.tell(DUTY, Route(Channel.EMAIL, "chief@here.example", after_minutes=15))
    scene.alert()
    assert tell(scene) == 1
    assert tell(scene, 14) == 0
    assert tell(scene, 15) == 1
    assert [one.to for one in mail.outbox] == [["duty@here.example"], ["chief@here.example"]]
    body = str(mail.outbox[1].body)
    assert "Nobody has taken it over yet." in body
    assert "Value 1.87 m; Limit 1.5 m" in body
    assert "Take the bridge." in body
    assert tell(scene, 60) == 0


def test_whoever_takes_it_over_stops_the_steps_and_whoever_was_told_hears_the_end(scene: Scene) -> None:
    scene.tell(DUTY, Route(Channel.EMAIL, "chief@here.example", after_minutes=15))
    alert = scene.alert()
    tell(scene)
    answering.acknowledge(alert=alert, by=scene.town.cast.principal("ada"), note="On my way")
    assert tell(scene, 20) == 0
    answering.end_alert(alert=alert, by=scene.town.cast.principal("ada"), reason="Pumped out")
    assert tell(scene, 21) == 1
    assert mail.outbox[-1].to == ["duty@here.example"]
    assert subjects()[-1] == "Underpass under water (Over)"
    assert "On my way Pumped out" in str(mail.outbox[-1].body)
    assert tell(scene, 60) == 0
    verbs = AuditLine.objects.filter(thing="alert").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["acknowledged", "ended_by_hand"]


def test_what_is_over_before_it_was_told_is_not_told(scene: Scene) -> None:
    scene.rule.quiet_from, scene.rule.quiet_until = time(12), time(18)
    scene.rule.save()
    scene.tell(Route(Channel.EMAIL, "duty@here.example", wakes_from=Severity.EXTREME))
    alert = scene.alert()
    assert tell(scene) == 0
    answering.end_alert(alert=alert, by=scene.town.cast.principal("ada"), reason="False alarm")
    assert tell(scene, 600) == 0
    assert not mail.outbox
    assert not AlertMessage.objects.exists()


def test_quiet_hours_go_by_the_clock_of_the_city(scene: Scene) -> None:
    scene.rule.quiet_from, scene.rule.quiet_until = time(12), time(13, 30)
    scene.rule.save()
    scene.tell(Route(Channel.EMAIL, "sleeper@here.example", wakes_from=Severity.EXTREME), DUTY)
    scene.alert()
    assert tell(scene) == 1  # noon in UTC is one o'clock here
    assert tell(scene, 29) == 0
    assert tell(scene, 30) == 1


# --- whom ---


def test_everybody_of_a_department_is_told_once_in_their_language(scene: Scene) -> None:
    cast = scene.town.cast
    cast.ada.language = "de"
    cast.ada.save()
    scene.tell(
        Route(Channel.EMAIL, person=cast.ada),
        Route(Channel.EMAIL, department=cast.parks),
        Route(Channel.EMAIL, department=cast.roads, after_minutes=5),
    )
    scene.alert()
    assert tell(scene) == 1
    assert mail.outbox[0].to == ["ada@here.example"]
    assert "Nehmen Sie die Brücke." in str(mail.outbox[0].body)
    assert tell(scene, 5) == 1
    assert mail.outbox[1].to == ["ben@here.example"]


def test_whoever_has_left_the_city_is_not_told(scene: Scene) -> None:
    scene.tell(
        Route(Channel.EMAIL, person=scene.town.cast.ben),
        Route(Channel.EMAIL, department=scene.town.cast.roads),
    )
    Membership.objects.filter(person=scene.town.cast.ben).delete()
    scene.alert()
    assert tell(scene) == 0
    assert not AlertMessage.objects.exists()


def test_a_new_recipient_hears_of_what_is_open_and_the_others_not_again(scene: Scene) -> None:
    scene.tell(DUTY)
    scene.alert()
    tell(scene)
    add_route(
        rule=scene.rule, route=Route(Channel.EMAIL, "new@here.example"), by=scene.town.cast.principal("ada")
    )
    assert tell(scene, 1) == 1
    assert mail.outbox[-1].to == ["new@here.example"]


def test_an_exercise_says_so_everywhere(scene: Scene) -> None:
    scene.tell(DUTY, Route(Channel.WEBHOOK, "https://control.example/alerts"))
    scene.alert(is_drill=True)
    tell(scene)
    assert subjects() == ["EXERCISE: Underpass under water (severe)"]
    assert "This is an exercise" in str(mail.outbox[0].body)
    (waiting,) = AlertMessage.objects.filter(channel="webhook").select_related(
        "alert__rule", "alert__datastream__thing"
    )
    assert channels.as_document(waiting)["exercise"] is True


# --- ways ---


def test_a_flooded_underpass_texts_the_number_on_duty(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.tell(Route(Channel.SMS, "+49 251 4920"))
    scene.alert()
    with Serving() as gateway:
        monkeypatch.setattr(settings.ENVIRONMENT, "sms_url", f"http://{gateway.host}/send")
        monkeypatch.setattr(settings.ENVIRONMENT, "public_url", "https://data.town.example")
        assert tell(scene, queue="sms") == 1
    ((_headers, body),) = gateway.kept
    sent = json.loads(body)
    assert sent["to"] == "+492514920"
    assert sent["text"].startswith("Underpass under water (severe). Station, Water level")
    assert len(sent["text"]) <= 160
    assert "https://data.town.example/c/here/alerts/take/" in sent["text"]


def test_a_web_address_is_called_with_a_signature_that_proves_who_calls(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Serving(500) as receiver:
        monkeypatch.setattr(settings.ENVIRONMENT, "allowed_private_hosts", (receiver.host,))
        (route,) = scene.tell(Route(Channel.WEBHOOK, f"http://{receiver.host}/alerts"))
        alert = scene.alert()
        assert tell(scene, queue="webhook") == 0
        assert tell(scene, 1, queue="webhook") == 1
    (first, second) = receiver.kept
    assert json.loads(first[1])["id"] == json.loads(second[1])["id"]
    told = json.loads(second[1])
    assert (told["alert"], told["kind"], told["facts"]["value"]) == (str(alert.uid), "raised", 1.87)
    stamp, _comma, proof = second[0][channels.SIGNATURE].partition(",v1=")
    expected = hmac.new(
        route.secret.encode(), f"{stamp.removeprefix('t=')}.".encode() + second[1], hashlib.sha256
    ).hexdigest()
    assert hmac.compare_digest(proof, expected)


def test_inner_addresses_are_not_called(scene: Scene) -> None:
    with Serving() as receiver:
        scene.tell(Route(Channel.WEBHOOK, "http://127.0.0.1:8080/alerts"))
        scene.alert()
        assert tell(scene, queue="webhook") == 0
    assert not receiver.kept
    message = AlertMessage.objects.get()
    assert message.problem is not None
    assert message.problem["code"] == "fetch.address_private"


# --- what does not arrive ---


def test_a_way_that_fails_is_tried_again_then_given_up_and_the_officer_sees_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.tell(Route(Channel.SMS, "+492514920"), DUTY)
    scene.alert()
    minutes = 0
    for _attempt in range(MOST_ATTEMPTS + 2):
        assert tell(scene, minutes, queue="sms") == 0
        minutes += 61
    message = AlertMessage.objects.get(channel="sms")
    assert message.attempts == MOST_ATTEMPTS
    assert message.given_up_at is not None
    assert tell(scene) == 1  # the other way is not held up
    text = scene.client("ada").get("/c/here/desk/alerts/").content.decode()
    assert "This install cannot send text messages." in text
    assert "given up" in text
    assert "492514920" not in text


def test_a_mail_server_that_breaks_leaves_the_message_waiting(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> int:
        raise ConnectionRefusedError("duty@here.example")

    scene.tell(DUTY)
    scene.alert()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
        assert tell(scene) == 0
    message = AlertMessage.objects.get()
    assert message.sent_at is None
    assert "duty@" not in json.dumps(message.problem)
    assert message.due_at == NOON + timedelta(seconds=10)
    assert tell(scene, 1) == 1
    assert len(mail.outbox) == 1


def test_a_defect_of_ours_in_one_letter_does_not_hold_up_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.tell(DUTY, Route(Channel.EMAIL, "chief@here.example"))
    scene.alert()
    real = sending.deliver
    monkeypatch.setattr(
        sending, "deliver", lambda one: 1 / 0 if one.route.address.startswith("duty") else real(one)
    )
    assert tell(scene) == 1
    assert mail.outbox[0].to == ["chief@here.example"]


def test_planning_and_sending_twice_tells_once(scene: Scene) -> None:
    scene.tell(DUTY)
    alert = scene.alert()
    for _again in range(3):
        sending.tell(scene.rule.city_id, {"uid": str(alert.uid)})
        tell(scene)
    assert len(mail.outbox) == 1
    assert AlertMessage.objects.get().kind == MessageKind.RAISED


# --- who may ---


def test_only_who_keeps_rules_of_the_department_says_who_is_told(scene: Scene) -> None:
    for who in ("ben", "egon", "dora"):
        with pytest.raises(Refused) as refused:
            scene.tell(DUTY, who=who)
        assert refused.value.problem.code == "observations.right_missing"
    (route,) = scene.tell(DUTY, who="cleo")
    remove_route(rule=scene.rule, number=route.pk, by=scene.town.cast.principal("ada"))
    assert not AlertRoute.objects.exists()
    trail = AuditLine.objects.filter(verb="recipients_set").order_by("pk")
    assert [line.facts for line in trail] == [{"email": 1}, {}]


def test_nobody_of_another_city_is_put_on_the_list(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        scene.tell(Route(Channel.EMAIL, person=scene.town.cast.egon))
    assert refused.value.problem.code == "observations.recipient_unfit"


@pytest.mark.parametrize(
    ("channel", "address", "kept"),
    [
        (Channel.SMS, "0049 (251) 49-20", "+49251" + "4920"),
        (Channel.SMS, "0251 4920", ""),
        (Channel.EMAIL, " duty@town.example ", "duty@town.example"),
        (Channel.EMAIL, "duty@town.example, other@town.example", ""),
        (Channel.WEBHOOK, "https://x.example/a?b=c", "https://x.example/a?b=c"),
        (Channel.WEBHOOK, "https://name:password@x.example/", ""),
        (Channel.WEBHOOK, "file:///etc/passwd", ""),
        (Channel.MQTT, "mqtts://u:p@broker.example/city/alerts", "mqtts://u:p@broker.example/city/alerts"),
        (Channel.MQTT, "mqtt://broker.example/#", ""),
        (Channel.MQTT, "mqtt://broker.example", ""),
    ],
)
def test_addresses_are_kept_as_they_can_be_reached(channel: Channel, address: str, kept: str) -> None:
    assert readable(channel, address) == kept


def test_somebody_else_s_alert_is_not_answered(scene: Scene) -> None:
    alert = scene.alert()
    for who in ("ben", "egon", "dora"):
        with pytest.raises(Refused):
            answering.acknowledge(alert=alert, by=scene.town.cast.principal(who))
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    answering.acknowledge(alert=alert, by=scene.town.cast.principal("cleo"))
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.acknowledged_at) == ("Cleo", timezone.now())
