# SPDX-License-Identifier: EUPL-1.2
"""Rules at the desk: which there are, how one stands, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import rule_setting
from stoa.houses.observations.models import Alert, Rule, RuleSeries
from stoa.houses.observations.pages.alerts.cards import recipient_of
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.desk.rule_words import sentence
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.queries.alerts import routes_of
from stoa.houses.observations.queries.rules import alerts_of, rule_for, rules_for, watched_of
from stoa.houses.observations.queries.watch_past import DAYS, Past, past_of
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import (
    ALERT_STATES,
    QUALITY_WORDS,
    RULE_KINDS,
    SEVERITY_WORDS,
    AlertState,
    Quality,
    RuleKind,
    Severity,
)
from stoa.web.notation import label, moment, number
from stoa.web.parts import Cell, Column, Row, Table

FIRINGS_SHOWN = 50


def framed(request: HttpRequest, title: str, lead: str = "", **more: Any) -> dict[str, Any]:
    """The frame of a page below the list of rules; only for who may see inside matters."""
    if not principal_of(request).may(Permission.SEE_INTERNAL):
        raise PermissionDenied
    crumbs = [(gettext("Desk"), reverse("desk")), (gettext("Rules"), reverse("desk-rules")), (title, "")]
    return frame(request, "rules", title, lead, **{"crumbs": crumbs, **more})


@desk_page
@require_safe
def rules(request: HttpRequest) -> HttpResponseBase:
    """All rules of this person's departments."""
    city, by = city_of(request), principal_of(request)
    found = rules_for(city=city, by=by)
    context = framed(
        request,
        gettext("Rules"),
        gettext("What the portal watches for in its series, day and night, and tells the right people."),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Rules"), "")],
        table=_table(found) if found else None,
        may_set_up=by.may(Permission.KEEP_RULES),
    )
    return render(request, "observations/desk/rules.html", context)


@desk_page
@require_safe
def rule(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """One rule: what it watches for, how it stands, what it told, and on demand what it would have told."""
    return _page(request, rule_for(city=city_of(request), by=principal_of(request), uid=uid))


@desk_page
@require_POST
def do(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """On, off, an exercise, its end, or remove, as the button says."""
    by = principal_of(request)
    found = rule_for(city=city_of(request), by=by, uid=uid)
    deed = request.POST.get("deed", "")
    try:
        with transaction.atomic():
            words = _done(found, deed, by)
    except Refused as refused:
        return _page(request, found, refused.problems)
    if deed == "remove":
        return done(request, words, "desk-rules")
    return done(request, words, "desk-rule", uid)


def _done(found: Rule, deed: str, by: Any) -> str:
    if deed in {"on", "off"}:
        rule_setting.turn_rule(rule=found, is_on=deed == "on", by=by)
        return gettext("The rule watches.") if deed == "on" else gettext("The rule rests.")
    if deed == "drill":
        rule_setting.start_drill(rule=found, by=by)
        return gettext("The exercise has begun. Everybody who is told of alerts gets a message that says so.")
    if deed == "end_drill":
        rule_setting.end_drill(rule=found, by=by)
        return gettext("The exercise is over.")
    if deed == "remove":
        rule_setting.remove_rule(rule=found, by=by)
        return gettext("The rule is gone, with its alerts.")
    raise PermissionDenied


def _page(request: HttpRequest, found: Rule, problems: tuple[Problem, ...] = ()) -> HttpResponseBase:
    watched, alerts = watched_of(found), alerts_of(found)
    seen = [one for one in watched if one.may_look]
    past = (
        past_of(seen, timezone.now()) if request.GET.get("past") and _may_try(found, watched, seen) else None
    )
    context = framed(
        request,
        found.title,
        _sentence(found, watched),
        rule=found,
        problems=problems,
        state=state_of(found, any(_is_open(one) for one in alerts)),
        facts=_facts(found),
        series=[(one.letter, series_words(one.datastream), _series_url(one), one.read_at) for one in seen],
        closed=len(watched) - len(seen),
        alerts=_alerts(alerts, found.kind) if alerts else None,
        drill=next((one for one in alerts if one.is_drill and one.ended_at is None), None),
        past=past_words(past) if past else "",
        firings=firings_of(past) if past and past.firings else None,
        recipients=[recipient_of(route, last) for route, last in routes_of(found)],
        may_keep=principal_of(request).may(Permission.KEEP_RULES, found.department_id),
    )
    return render(request, "observations/desk/rule.html", context, status=422 if problems else 200)


def _may_try(found: Rule, watched: list[RuleSeries], seen: list[RuleSeries]) -> bool:
    """A combination is nothing without each of its series."""
    return len(seen) == len(watched) > 0 if found.kind == RuleKind.COMBINATION else bool(seen)


def _is_open(one: Alert) -> bool:
    return one.ended_at is None and not one.is_drill


def _series_url(one: RuleSeries) -> str:
    return reverse("series", args=(one.datastream.uid,))


def _sentence(found: Rule, watched: list[RuleSeries]) -> str:
    units = {one.datastream.unit_symbol for one in watched}
    said = sentence(found, units.pop() if len(units) == 1 else "")
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def state_of(found: Rule, fires: bool) -> tuple[str, str]:  # noqa: FBT001 - a fact, not a mode
    """How a rule stands, in a word and its mood."""
    if not found.is_on:
        return gettext("off"), ""
    return (gettext("fires"), "bad") if fires else (gettext("watches"), "good")


def _table(found: list[Rule]) -> Table:
    columns = [
        Column(gettext("Rule"), is_heading=True),
        Column(gettext("State")),
        Column(gettext("Watches for")),
        Column(gettext("Series"), is_number=True),
        Column(gettext("How bad it is")),
        Column(gettext("Department")),
    ]
    rows = [
        Row(
            [
                Cell(one.title, url=reverse("desk-rule", args=(one.uid,))),
                state_of(one, bool(one.open_alerts))[0],  # type: ignore[attr-defined]
                sentence(one, one.unit if one.unit == one.other_unit else ""),  # type: ignore[attr-defined]
                number(one.series),  # type: ignore[attr-defined]
                gettext(SEVERITY_WORDS[Severity(one.severity)]),
                label(one.department.name),
            ]
        )
        for one in found
    ]
    return Table(gettext("Rules by name"), columns, rows)


def _facts(found: Rule) -> list[tuple[str, str]]:
    quiet = (
        f"{found.quiet_from:%H:%M} – {found.quiet_until:%H:%M}"
        if found.quiet_from and found.quiet_until
        else gettext("none")
    )
    flag = gettext(QUALITY_WORDS[Quality(found.flag)]) if found.flag else gettext("leaves them as they are")
    return [
        (gettext("Kind"), gettext(RULE_KINDS[RuleKind(found.kind)])),
        (gettext("How bad it is"), gettext(SEVERITY_WORDS[Severity(found.severity)])),
        (gettext("Raises alerts"), gettext("yes") if found.raises_alerts else gettext("no")),
        (gettext("Marks values as"), flag),
        (gettext("Quiet hours"), quiet),
        (gettext("Public warning"), gettext("yes") if found.is_public else gettext("no")),
        *([(gettext("Warns of"), _area_words(found))] if found.is_public else []),
        (gettext("Department"), label(found.department.name)),
        (gettext("Last changed"), moment(found.modified_at)),
    ]


def _area_words(found: Rule) -> str:
    """Where its public warning is for."""
    place = gettext("an area of its own") if found.area else gettext("where the thing is")
    told = [label(found.area_name) or place]
    if found.area_radius_m:
        told.append(gettext("%(metres)s m around") % {"metres": number(found.area_radius_m)})
    return ", ".join(told)


def _alerts(found: list[Alert], kind: str) -> Table:
    columns = [
        Column(gettext("Since"), is_heading=True),
        Column(gettext("Until")),
        Column(gettext("State")),
        Column(gettext("Series")),
        Column(gettext("Value"), is_number=True),
    ]
    rows = [
        Row(
            [
                moment(one.began_at),
                moment(one.ended_at) if one.ended_at else "–",
                _alert_state(one),
                series_words(one.datastream) if one.datastream else "–",
                _value(one, kind),
            ]
        )
        for one in found
    ]
    return Table(gettext("Its newest alerts"), columns, rows)


def _alert_state(one: Alert) -> str:
    words = gettext(ALERT_STATES[AlertState(one.state)])
    drill = gettext("EXERCISE")
    return f"{drill}, {words}" if one.is_drill else words


def _value(one: Alert, kind: str) -> str:
    value = one.facts.get("value")
    if kind == RuleKind.GEOFENCE or not isinstance(value, int | float):
        return "–"
    return f"{number(value)} {one.facts.get('unit') or ''}".strip()


def past_words(past: Past) -> str:
    """What it would have done in one sentence."""
    if not past.values:
        return gettext("There are no values of the past %(days)s days to try it on.") % {"days": number(DAYS)}
    count = len(past.firings)
    told = (
        gettext("In the past %(days)s days it would not have fired.") % {"days": number(DAYS)}
        if not count
        else _fired(count)
    )
    if past.is_whole:
        return told
    cut = gettext("Only the first %(values)s values were looked at.") % {"values": number(past.values)}
    return f"{told} {cut}"


def _fired(count: int) -> str:
    return ngettext(
        "In the past %(days)s days it would have fired %(count)s time.",
        "In the past %(days)s days it would have fired %(count)s times.",
        count,
    ) % {"days": number(DAYS), "count": number(count)}


def firings_of(past: Past) -> Table:
    """When it would have fired, newest first."""
    columns = [
        Column(gettext("Since"), is_heading=True),
        Column(gettext("Until")),
        Column(gettext("Noticed")),
        Column(gettext("Series")),
    ]
    rows = [
        Row(
            [
                moment(one.since),
                moment(one.until) if one.until else gettext("still"),
                moment(one.noticed_at),
                series_words(one.series),
            ]
        )
        for one in reversed(past.firings[-FIRINGS_SHOWN:])
    ]
    return Table(gettext("When it would have fired, newest first"), columns, rows, is_tall=True)
