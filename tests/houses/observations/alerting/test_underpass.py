# SPDX-License-Identifier: EUPL-1.2
"""The whole way: water rises in the underpass, a rule notices, the people on duty get a text, and hear when it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from paho.mqtt.client import Client as Listener
from paho.mqtt.enums import CallbackAPIVersion
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.broker import OPEN_TO_ALL, broker
from tests.houses.observations.alerting.scene import Receiver, Serving
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import deliver_waiting
from stoa.houses.observations.actions import watching
from stoa.houses.observations.actions.alerting import sending
from stoa.houses.observations.actions.alerting.routing import Route, set_routes
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.actions.rule_setting import set_up_rule, start_drill
from stoa.houses.observations.models import Alert, AlertMessage, Rule
from stoa.houses.observations.terms import Channel, RuleKind, Severity, Way
from stoa.site.processes import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(watching, "PAUSE_S", 0)
    made = make_town(unit_symbol="cm", unit_code="cm", name="Water level")
    with acting_in(made.cast.city):
        yield made


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Serving() as receiver:
        monkeypatch.setattr(settings.ENVIRONMENT, "sms_url", f"http://{receiver.host}/")
        yield receiver


def flooding(town: Town, *routes: Route) -> Rule:
    ada = town.cast.principal("ada")
    rule = set_up_rule(
        city=town.cast.city, by=ada, department=town.cast.parks, title="Underpass under water",
        kind=RuleKind.THRESHOLD, terms={"side": "above", "limit": 30, "back": 20}, series=[town.series],
        severity=Severity.SEVERE, is_public=True,
    )  # fmt: skip
    set_routes(rule=rule, routes=routes, by=ada)
    watching.watch(town.cast.city.pk)
    return rule


def rises(town: Town, *levels: float) -> None:
    """The station sends, and the jobs do their work in the order in which they are asked for."""
    now = timezone.now()
    seen = [
        Observed(town.series.pk, now + timedelta(milliseconds=n), level) for n, level in enumerate(levels)
    ]
    keep_observations(city=town.cast.city, observations=seen, by=town.cast.principal("ada"), way=Way.HTTP)
    watching.watch(town.cast.city.pk)
    deliver_waiting(town.cast.city.pk)
    asked = ProcrastinateJob.objects.filter(
        task_name="observations.send_alerts", status="todo", scheduled_at=None
    )
    queues = {job.args["queue"] for job in asked}
    asked.update(status="succeeded")
    for queue in queues:
        sending.send_due(town.cast.city.pk, queue)


def texts(gateway: Receiver) -> list[str]:
    return [json.loads(body)["text"] for _headers, body in gateway.kept]


def test_a_flooded_underpass_texts_who_is_on_duty_and_says_when_it_is_dry(
    town: Town, gateway: Receiver
) -> None:
    flooding(town, Route(Channel.SMS, "+492514920"))
    rises(town, 12.0, 29.0)
    assert not gateway.kept
    rises(town, 34.5)
    (text,) = texts(gateway)
    assert text.startswith(
        "Underpass under water (severe). Station, Water level; Value 34.5 cm; Limit 30 cm."
    )
    rises(town, 36.0, 28.0)
    assert len(gateway.kept) == 1
    rises(town, 18.0)
    assert texts(gateway)[1].startswith("Underpass under water (Over). Station")
    assert Alert.objects.get().ended_at is not None
    assert AlertMessage.objects.filter(sent_at=None).count() == 0


def test_an_exercise_goes_the_whole_way_to_duty_and_to_nobody_else(town: Town, gateway: Receiver) -> None:
    rule = flooding(town, Route(Channel.SMS, "+492514920"))
    start_drill(rule=rule, by=town.cast.principal("ada"))
    rises(town)
    (text,) = texts(gateway)
    assert text.startswith("EXERCISE: Underpass under water")


def test_a_broker_gets_the_alert_as_json(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    with broker(tmp_path, OPEN_TO_ALL) as running:
        monkeypatch.setattr(settings.ENVIRONMENT, "allowed_private_hosts", (f"127.0.0.1:{running.port}",))
        listener = Listener(CallbackAPIVersion.VERSION2)
        ready: list[bool] = []
        listener.on_message = lambda _client, _data, message: heard.append(message.payload)
        listener.on_subscribe = lambda *_said: ready.append(True)
        listener.connect("127.0.0.1", running.port)
        listener.subscribe("control/alerts", 1)
        listener.loop_start()
        try:
            wait_until(lambda: bool(ready), seconds=10)
            flooding(town, Route(Channel.MQTT, f"{running.url}/control/alerts"))
            rises(town, 31.0)
            wait_until(lambda: bool(heard), seconds=10)
        finally:
            listener.disconnect()
            listener.loop_stop()
    told = json.loads(heard[0])
    assert (told["kind"], told["facts"]["value"], told["exercise"]) == ("raised", 31.0, False)
    assert AlertMessage.objects.get().sent_at is not None
