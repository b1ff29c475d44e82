# SPDX-License-Identifier: EUPL-1.2
"""Who may set up rules, what is refused, and what turning off, changing and exercises do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.houses.observations.test_watching import events, look, rule, send
from tests.houses.observations.town import Town, make_town

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import rule_setting, setting_up, watching
from stoa.houses.observations.models import Alert, Datastream, Rule, RuleSeries
from stoa.houses.observations.queries.rules import rule_for, rules_for
from stoa.houses.observations.queries.watch_past import past_of
from stoa.houses.observations.terms import Access, AlertState, Quality, RuleKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(watching, "PAUSE_S", 0)
    made = make_town()
    with acting_in(made.cast.city):
        yield made


def set_up(town: Town, who: str = "ada", **said: Any) -> Rule:
    facts: dict[str, Any] = {
        "department": town.cast.parks,
        "title": "Too warm",
        "kind": RuleKind.THRESHOLD,
        "terms": {"side": "above", "limit": 30},
        "series": [town.series],
    }
    return rule_setting.set_up_rule(city=town.cast.city, by=town.cast.principal(who), **facts | said)


def refused(town: Town, **said: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        set_up(town, **said)
    return found.value.problem.code, found.value.problem.field


# --- who ---


def test_the_owner_and_the_steward_set_up_rules_a_colleague_elsewhere_and_a_stranger_do_not(
    town: Town,
) -> None:
    assert set_up(town).terms == {"side": "above", "limit": 30.0, "back": 30.0, "for_s": 0}
    set_up(town, "cleo")
    for who in ("ben", "egon", "dora"):
        with pytest.raises(Refused) as found:
            set_up(town, who)
        assert found.value.problem.code == "observations.right_missing"
    assert AuditLine.objects.filter(verb="rule.set_up").count() == 2


def test_a_colleague_elsewhere_watches_open_series_for_their_own_department_but_not_closed_ones(
    town: Town,
) -> None:
    made = set_up(town, "ben", department=town.cast.roads)
    assert made.department == town.cast.roads
    Datastream.objects.filter(pk=town.series.pk).update(access=Access.INTERNAL)
    with pytest.raises(NotFound):
        set_up(town, "ben", department=town.cast.roads)


def test_rules_are_seen_by_their_department_and_the_steward_only(town: Town) -> None:
    made = set_up(town)
    city = town.cast.city
    for who, sees in (("ada", True), ("cleo", True), ("ben", False), ("egon", False), ("dora", False)):
        by = town.cast.principal(who)
        assert bool(rules_for(city=city, by=by)) is sees, who
        if not sees:
            with pytest.raises(NotFound):
                rule_for(city=city, by=by, uid=made.uid)


def test_only_who_keeps_the_rule_changes_turns_drills_and_removes_it(town: Town) -> None:
    made, ben = set_up(town), town.cast.principal("ben")
    for deed in (
        lambda: rule_setting.turn_rule(rule=made, is_on=False, by=ben),
        lambda: rule_setting.change_rule(
            rule=made, by=ben, title="x", terms=made.terms, series=[town.series]
        ),
        lambda: rule_setting.start_drill(rule=made, by=ben),
        lambda: rule_setting.end_drill(rule=made, by=ben),
        lambda: rule_setting.remove_rule(rule=made, by=ben),
    ):
        with pytest.raises(Refused) as found:
            deed()
        assert found.value.problem.code == "observations.right_missing"


# --- what cannot be ---


def test_what_cannot_be_is_refused_at_its_field(town: Town) -> None:
    wrong = "observations.rule_term_wrong"
    assert refused(town, title=" ") == (wrong, "title")
    assert refused(town, series=[]) == (wrong, "series")
    assert refused(town, series=[town.series, town.series]) == (wrong, "series")
    assert refused(town, severity="awful") == (wrong, "severity")
    assert refused(town, flag=Quality.PASS) == (wrong, "flag")
    assert refused(town, quiet_from=time(22)) == (wrong, "quiet_until")
    assert refused(town, event={"en": 7}) == (wrong, "event")
    assert refused(town, area={"type": "Circle"})[0] == "observations.place_unreadable"
    assert refused(town, kind=RuleKind.MISSING, terms={}) == (wrong, "after_s")
    both = [{"letter": "a", "side": "above", "limit": 1}, {"letter": "b", "side": "above", "limit": 1}]
    joint = {"kind": RuleKind.COMBINATION, "terms": {"fresh_s": 60, "conditions": both}}
    assert refused(town, **joint) == (wrong, "series")
    with pytest.raises(TypeError):
        set_up(town, is_evil=True)
    assert not Rule.objects.exists()


def test_a_limit_needs_numbers(town: Town) -> None:
    Datastream.objects.update(result_type="category")
    town.series.refresh_from_db()
    assert refused(town) == ("observations.rule_needs_numbers", "series")
    assert set_up(town, kind=RuleKind.STUCK, terms={"for_s": 60}).kind == RuleKind.STUCK


# --- what happens then ---


def test_turned_off_its_alerts_end_and_turned_on_it_begins_anew(town: Town) -> None:
    made, ada = rule(town, side="above", limit=30), town.cast.principal("ada")
    send(town, (-10, 31.0))
    look(town)
    rule_setting.turn_rule(rule=made, is_on=False, by=ada)
    alert = Alert.objects.get()
    assert (alert.state, alert.facts["ended"]) == (AlertState.ENDED, "rule_off")
    assert events() == ["Raised", "Ended"]
    send(town, (-5, 32.0))
    look(town)
    assert Alert.objects.count() == 1
    rule_setting.turn_rule(rule=made, is_on=True, by=ada)
    look(town)
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_other_words_change_nothing_else_and_other_terms_begin_anew(town: Town) -> None:
    made, ada = rule(town, side="above", limit=30), town.cast.principal("ada")
    send(town, (-10, 31.0))
    look(town)
    rule_setting.change_rule(
        rule=made, by=ada, title="Hot", terms=made.terms, series=[town.series], severity="severe"
    )
    assert Alert.objects.get().state == AlertState.OPEN
    assert RuleSeries.objects.get().state
    rule_setting.change_rule(
        rule=made, by=ada, title="Hot", terms={"side": "above", "limit": 50}, series=[town.series]
    )
    look(town)
    assert Alert.objects.get().facts["ended"] == "rule_changed"


def test_an_exercise_is_an_alert_that_says_so_and_ends_by_hand_or_after_an_hour(town: Town) -> None:
    made, ada = set_up(town, is_public=True), town.cast.principal("ada")
    alert = rule_setting.start_drill(rule=made, by=ada)
    assert (alert.is_drill, alert.is_public, alert.state) == (True, False, AlertState.OPEN)
    with pytest.raises(Refused) as found:
        rule_setting.start_drill(rule=made, by=ada)
    assert found.value.problem.code == "observations.drill_running"
    assert rule_setting.end_drill(rule=made, by=ada) == 1
    assert events() == ["Raised", "Ended"]
    rule_setting.start_drill(rule=made, by=ada)
    assert rule_setting.end_old_drills(town.cast.city.pk) == 0
    Alert.objects.update(noticed_at=timezone.now() - timedelta(minutes=61))
    assert rule_setting.end_old_drills(town.cast.city.pk) == 1


def test_an_exercise_does_not_hide_the_real_thing(town: Town) -> None:
    made = rule(town, side="above", limit=30)
    rule_setting.start_drill(rule=made, by=town.cast.principal("ada"))
    send(town, (-10, 31.0))
    look(town)
    assert Alert.objects.filter(ended_at=None, is_drill=False).count() == 1


def test_a_rule_with_an_open_alert_is_turned_off_before_it_is_removed(town: Town) -> None:
    made, ada = rule(town, side="above", limit=30), town.cast.principal("ada")
    send(town, (-10, 31.0))
    look(town)
    with pytest.raises(Refused) as found:
        rule_setting.remove_rule(rule=made, by=ada)
    assert found.value.problem.code == "observations.rule_in_use"
    rule_setting.turn_rule(rule=made, is_on=False, by=ada)
    rule_setting.remove_rule(rule=made, by=ada)
    assert not Rule.objects.exists()
    assert AuditLine.objects.filter(verb="rule.removed").count() == 1


# --- the past ---


def test_the_past_says_when_a_rule_would_have_fired(town: Town) -> None:
    hour = 3_600
    send(town, (-50 * hour, 20.0), (-48 * hour, 31.0), (-47 * hour, 20.0), (-2 * hour, 35.0), (-hour, 34.0))
    terms = {"side": "above", "limit": 30, "for_s": 1_800}
    unsaved = RuleSeries(
        city=town.cast.city,
        rule=Rule(city=town.cast.city, kind=RuleKind.THRESHOLD, terms=terms),
        datastream=town.series,
    )
    past = past_of([unsaved], timezone.now())
    assert [one.until is None for one in past.firings] == [False, True]
    first = past.firings[0]
    assert first.until is not None
    assert (first.until - first.since, first.noticed_at - first.since) == (
        timedelta(hours=1),
        timedelta(minutes=30),
    )
    assert (past.values, past.is_whole) == (5, True)
    assert not Alert.objects.exists()


def test_the_past_of_several_series_at_once(town: Town) -> None:
    rain = setting_up.set_up_datastream(
        thing=town.thing, sensor=town.sensor, observed_property=town.temperature,
        by=town.cast.principal("ada"), name="Rain",
    )  # fmt: skip
    send(town, (-600, 31.0))
    send(town, (-500, 9.0), (-400, 1.0), series=rain)
    both = [{"letter": "a", "side": "above", "limit": 30}, {"letter": "b", "side": "above", "limit": 5}]
    kept = Rule(city=town.cast.city, kind=RuleKind.COMBINATION, terms={"fresh_s": 3_600, "conditions": both})
    watched = [
        RuleSeries(city=town.cast.city, rule=kept, datastream=one, letter=letter)
        for letter, one in (("a", town.series), ("b", rain))
    ]
    (firing,) = past_of(watched, timezone.now()).firings
    assert firing.series == rain
    assert firing.until is not None
    assert firing.until - firing.since == timedelta(seconds=100)
