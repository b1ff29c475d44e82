# SPDX-License-Identifier: EUPL-1.2
"""A rule over series of another department: it reads what is public, marks nothing, and goes blind when they close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.houses.observations.test_watching import NOW, commit, look, send
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.observations.actions import rule_setting, watching
from stoa.houses.observations.actions.alerting import planning, sending
from stoa.houses.observations.actions.alerting.routing import Route, set_routes
from stoa.houses.observations.models import Alert, Datastream, Observation, Rule
from stoa.houses.observations.terms import Access, Channel, Quality, RuleKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Iterator[Town]:
    """The station belongs to the parks; Ben of the roads is the stranger in the house."""
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(watching, "PAUSE_S", 0)
    made = make_town()
    with acting_in(made.cast.city):
        yield made


def rule_of(town: Town, who: str = "ben", **said: Any) -> Rule:
    facts: dict[str, Any] = {
        "department": town.cast.roads,
        "title": "Too warm",
        "kind": RuleKind.THRESHOLD,
        "terms": {"side": "above", "limit": 30},
        "series": [town.series],
    } | said
    return rule_setting.set_up_rule(city=town.cast.city, by=town.cast.principal(who), **facts)


def close(town: Town, access: str = Access.INTERNAL) -> None:
    Datastream.objects.filter(pk=town.series.pk).update(access=access)


def told(town: Town) -> int:
    """What went out by mail after new values came."""
    commit()
    look(town)
    planning.plan(town.cast.city.pk)
    return sending.send_due(town.cast.city.pk, "email")


def test_nobody_marks_values_of_another_department_by_a_rule(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        rule_of(town, flag=Quality.FAIL)
    assert refused.value.problem.code == "observations.right_missing"
    plain = rule_of(town)
    with pytest.raises(Refused):
        rule_setting.change_rule(
            rule=plain,
            by=town.cast.principal("ben"),
            title="Too warm",
            terms={"side": "above", "limit": 30},
            series=[town.series],
            flag=Quality.FAIL,
        )
    rule_of(town, "cleo", flag=Quality.FAIL)
    look(town)
    send(town, (-60, 31))
    commit()
    look(town)
    assert Observation.objects.get().quality == Quality.FAIL, "the steward may judge everywhere"


def test_what_is_not_public_is_watched_by_its_own_department_only(town: Town) -> None:
    close(town)
    with pytest.raises(Refused) as refused:
        rule_of(town, "cleo")
    assert refused.value.problem.code == "observations.rule_department_other"
    assert rule_of(town, "ada", department=town.cast.parks).is_on


def test_a_series_that_is_closed_later_is_told_to_no_other_department(town: Town) -> None:
    rule = rule_of(town)
    set_routes(rule=rule, routes=[Route(Channel.EMAIL, "x@elsewhere.example")], by=town.cast.principal("ben"))
    look(town)
    send(town, (-60, 31))
    assert told(town) == 1
    close(town)
    send(town, (-50, 77))
    assert told(town) == 1
    assert "(Over)" in str(mail.outbox[1].subject)
    assert "77" not in "".join(str(one.body) for one in mail.outbox)
    assert Alert.objects.get().facts["ended"] == "series_closed"
    send(town, (-40, 20), (-30, 78))
    assert told(town) == 0
    close(town, Access.OPEN)
    send(town, (-20, 79))
    assert told(town) == 1, "open again: it watches again"


def test_neither_the_past_nor_an_exercise_of_a_rule_tells_of_what_was_closed(town: Town) -> None:
    send(town, (-90, 20), (-60, 31), (-50, 20))
    rule = rule_of(town)
    client, page = Client(headers={"accept-language": "en"}), f"/c/here/desk/rules/{rule.uid}/?past=1"
    client.force_login(town.cast.ben)
    shown = client.get(page).content.decode()
    assert "would have fired 1 time" in shown
    assert "Station: Air temperature" in shown
    close(town)
    shown = client.get(page).content.decode()
    assert "would have fired" not in shown
    assert "Station" not in shown
    assert "is not public any more" in shown
    assert rule_setting.start_drill(rule=rule, by=town.cast.principal("ben")).datastream is None
