# SPDX-License-Identifier: EUPL-1.2
"""Setting up rules that watch series, changing them, turning them on and off, and exercises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.raising import end_alerts_of, end_one
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.actions.rule_checks import (
    check_flag,
    check_series,
    checked,
    in_plain_words,
    refusal,
)
from stoa.houses.observations.actions.watching import ask_to_watch
from stoa.houses.observations.events import AlertRaised
from stoa.houses.observations.models import Alert, Datastream, Rule, RuleSeries
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.watch_terms import LETTERS
from stoa.houses.observations.terms import RuleKind

RULES_MOST = 2_000
DRILL_LASTS = timedelta(hours=1)


@transaction.atomic
def set_up_rule(
    *,
    city: City,
    by: Principal,
    department: Department,
    title: str,
    kind: RuleKind,
    terms: Mapping[str, Any],
    series: Sequence[Datastream],
    is_on: bool = True,
    **facts: Any,
) -> Rule:
    """A new rule; `facts` are its severity, flag, quiet hours and what the public reads. Raises Refused.

    Of a combination the series get the letters a, b, c in their order.
    """
    need(by, Permission.KEEP_RULES, department.pk)
    if Rule.objects.filter(city=city).count() >= RULES_MOST:
        raise _too_many()
    told = checked(kind=kind, terms=terms, series=series, title=title, facts=facts)
    check_series(city=city, by=by, kind=kind, series=series, department=department.pk)
    check_flag(by=by, flag=facts.get("flag"), series=series)
    rule = Rule.objects.create(
        city=city, department=department, title=title.strip(), kind=kind, terms=told, is_on=is_on,
        **in_plain_words(facts),
    )  # fmt: skip
    _watch(rule, series)
    _record(rule, by, "rule.set_up", {"kind": str(kind), "series": len(series)})
    _begin(rule)
    return rule


@transaction.atomic
def change_rule(
    *,
    rule: Rule,
    by: Principal,
    title: str,
    terms: Mapping[str, Any],
    series: Sequence[Datastream],
    **facts: Any,
) -> Rule:
    """Other terms, series or facts. With other terms or series it begins anew, and what is open ends. Raises Refused."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    kind = RuleKind(rule.kind)
    told = checked(kind=kind, terms=terms, series=series, title=title, facts=facts)
    before = list(rule.watched.order_by("letter", "pk").values_list("datastream_id", flat=True))
    fresh = [one for one in series if one.pk not in before]
    check_series(city=rule.city, by=by, kind=kind, series=fresh, department=rule.department_id)
    flag = facts.get("flag")
    check_flag(by=by, flag=flag, series=fresh if flag == rule.flag else series)
    begins_anew = told != rule.terms or [one.pk for one in series] != before
    rule.title, rule.terms = title.strip(), told
    for name, fact in in_plain_words(facts).items():
        setattr(rule, name, fact)
    rule.save()
    if begins_anew:
        RuleSeries.objects.filter(rule=rule).delete()
        _watch(rule, series)
        end_alerts_of(rule=rule, why="rule_changed")
    _record(rule, by, "rule.changed", {"begins_anew": begins_anew})
    if begins_anew:
        _begin(rule)
    return rule


@transaction.atomic
def turn_rule(*, rule: Rule, is_on: bool, by: Principal) -> Rule:
    """On: it begins to watch anew. Off: what is open of it ends."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    if rule.is_on == is_on:
        return rule
    rule.is_on = is_on
    rule.save(update_fields=["is_on", "modified_at"])
    if is_on:
        _begin(rule)
    else:
        end_alerts_of(rule=rule, why="rule_off")
    _record(rule, by, "rule.turned_on" if is_on else "rule.turned_off", {})
    return rule


@transaction.atomic
def remove_rule(*, rule: Rule, by: Principal) -> None:
    """Remove a rule with its alerts. One with open alerts ends them first, so that whoever was told hears it."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    if Alert.objects.filter(rule=rule, ended_at=None).exists():
        raise refusal(
            "observations.rule_in_use",
            say("An alert of this rule is open."),
            say("Whoever was told of it would never hear that it is over."),
            say("Turn the rule off first; that ends its alerts."),
        )
    _record(rule, by, "rule.removed", {"title": rule.title})
    rule.delete()


@transaction.atomic
def start_drill(*, rule: Rule, by: Principal) -> Alert:
    """An exercise: an alert that says so goes the whole way to everybody who is told. Raises Refused."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    if Alert.objects.filter(rule=rule, is_drill=True, ended_at=None).exists():
        raise refusal(
            "observations.drill_running",
            say("An exercise of this rule is under way."),
            say("Two at once would only confuse those who are told."),
            say("End it first."),
        )
    now = timezone.now()
    known = rule.watched.select_related("rule", "datastream__thing").order_by("letter", "pk")
    watched = next((one for one in known if one.may_look), None)
    alert = Alert.objects.create(
        city_id=rule.city_id,
        rule=rule,
        datastream=watched.datastream if watched else None,
        severity=rule.severity,
        is_drill=True,
        facts={"kind": rule.kind, "terms": rule.terms},
        began_at=now,
        noticed_at=now,
    )
    emit(rule.city_id, AlertRaised(str(alert.uid)))
    _record(rule, by, "rule.drill_started", {"alert": str(alert.uid)})
    return alert


@transaction.atomic
def end_drill(*, rule: Rule, by: Principal) -> int:
    """End the exercise of a rule; says how many there were."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    found = list(Alert.objects.select_for_update().filter(rule=rule, is_drill=True, ended_at=None))
    for alert in found:
        end_one(alert=alert, why="drill_over")
    _record(rule, by, "rule.drill_ended", {"count": len(found)})
    return len(found)


def end_old_drills(city_id: int) -> int:
    """End exercises that somebody forgot; says how many."""
    old = Alert.objects.select_for_update(skip_locked=True).filter(
        city_id=city_id, is_drill=True, ended_at=None, noticed_at__lt=timezone.now() - DRILL_LASTS
    )
    found = list(old)
    for alert in found:
        end_one(alert=alert, why="drill_over")
    return len(found)


def _watch(rule: Rule, series: Sequence[Datastream]) -> None:
    joint = rule.kind == RuleKind.COMBINATION
    RuleSeries.objects.bulk_create(
        RuleSeries(city_id=rule.city_id, rule=rule, datastream=one, letter=LETTERS[place] if joint else "")
        for place, one in enumerate(series)
    )


def _begin(rule: Rule) -> None:
    """Look at once, as if it had just been set up."""
    if not rule.is_on:
        return
    RuleSeries.objects.filter(rule=rule).update(
        state={}, read_at=None, late_since=None, next_at=timezone.now()
    )
    ask_to_watch(rule.city_id)
    transaction.on_commit(tell_writers)


def tell_writers() -> None:
    """Writers learn anew which series are watched; until then a rule has its second look."""
    with connection.cursor() as cursor:
        cursor.execute("select observations_raise_epoch()")


def _record(rule: Rule, by: Principal, verb: str, facts: Mapping[str, Any]) -> None:
    record(city_id=rule.city_id, by=by, verb=verb, thing="rule", thing_id=str(rule.uid), facts=facts)


def _too_many() -> Refused:
    return refusal(
        "observations.too_many_rules",
        say("There are %(most)s rules already.", most=RULES_MOST),
        say("More than that nobody can answer for."),
        say("Remove rules that nobody needs, or let one rule watch several series."),
    )
