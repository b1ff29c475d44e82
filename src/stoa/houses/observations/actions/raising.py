# SPDX-License-Identifier: EUPL-1.2
"""Raising alerts and ending them; each is told by an event in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from stoa.commons.jobs.events import emit
from stoa.houses.observations.events import AlertEnded, AlertRaised
from stoa.houses.observations.models import Alert, Rule, RuleSeries
from stoa.houses.observations.rules.holding import Turn
from stoa.houses.observations.rules.instants import moment_of
from stoa.houses.observations.terms import AlertState

_MOMENTS = frozenset({"at", "last_at", "since"})


def raise_alert(*, watched: RuleSeries, turn: Turn, now: datetime) -> Alert | None:
    """A new alert, unless one of this rule is open for the series; the row of `watched` is locked by the caller."""
    rule = watched.rule
    if open_alerts(watched).exists():
        return None
    alert = Alert.objects.create(
        city_id=rule.city_id,
        rule=rule,
        datastream=watched.datastream,
        severity=rule.severity,
        is_public=rule.is_public,
        facts=facts_of(watched, turn.facts),
        began_at=moment_of(turn.since),
        noticed_at=now,
    )
    emit(rule.city_id, AlertRaised(str(alert.uid)))
    return alert


def end_alert(*, watched: RuleSeries, ended_at: datetime) -> int:
    """End what is open of this rule for the series; says how many there were."""
    return _end(list(open_alerts(watched)), ended_at, {})


def end_alerts_of(*, rule: Rule, why: str) -> int:
    """End everything that is open of a rule, exercises too; `why` is `rule_off`, `rule_changed` or `by_hand`."""
    return _end(list(Alert.objects.filter(rule=rule, ended_at=None)), timezone.now(), {"ended": why})


def end_one(*, alert: Alert, why: str) -> None:
    """End one alert for a reason that is not in the values."""
    _end([alert], timezone.now(), {"ended": why})


def _end(found: list[Alert], ended_at: datetime, facts: Mapping[str, Any]) -> int:
    for alert in found:
        alert.state, alert.ended_at = AlertState.ENDED, max(ended_at, alert.began_at)
        alert.facts = alert.facts | facts
        alert.save(update_fields=["state", "ended_at", "facts"])
        emit(alert.city_id, AlertEnded(str(alert.uid)))
    return len(found)


def open_alerts(watched: RuleSeries) -> Any:
    """What is open of a rule for a series; a combination has one for all of its series."""
    found = Alert.objects.filter(rule_id=watched.rule_id, ended_at=None, is_drill=False)
    return found if watched.letter else found.filter(datastream_id=watched.datastream_id)


def facts_of(watched: RuleSeries, told: Mapping[str, Any]) -> dict[str, Any]:
    """The values that made it fire and the limits, with moments as people and programs read them."""
    facts = {name: moment_of(fact).isoformat() if name in _MOMENTS else fact for name, fact in told.items()}
    series = watched.datastream
    return facts | {"kind": watched.rule.kind, "terms": watched.rule.terms, "unit": series.unit_symbol}
