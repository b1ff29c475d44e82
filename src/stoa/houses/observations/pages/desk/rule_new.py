# SPDX-License-Identifier: EUPL-1.2
"""Setting a rule up, step by step and without a script: series, kind, terms, a try on the past; and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Refused
from stoa.houses.observations.actions import rule_setting
from stoa.houses.observations.actions.rule_checks import check_series, checked
from stoa.houses.observations.models import Datastream, Rule, RuleSeries
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.desk.rule_area import Areas
from stoa.houses.observations.pages.desk.rule_fields import EXAMPLES
from stoa.houses.observations.pages.desk.rule_form import MINUTES, RuleForm, initial_of
from stoa.houses.observations.pages.desk.rules import firings_of, framed, past_words
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.queries.rules import (
    departments_for,
    rule_for,
    series_found,
    series_named,
    watched_of,
)
from stoa.houses.observations.queries.warned_areas import area_layers, areas_called
from stoa.houses.observations.queries.watch_past import past_of
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.watch_terms import LETTERS
from stoa.houses.observations.terms import RULE_KINDS, ResultType, RuleKind
from stoa.web.notation import in_words

_NUMBERS = {ResultType.NUMBER, ResultType.COUNT, ResultType.TRUTH}
_ANY = (RuleKind.MISSING, RuleKind.STUCK, RuleKind.GEOFENCE)
CHOSEN_MOST = 100


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """What is not known yet is asked for: series, then kind, then terms."""
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.KEEP_RULES):
        raise PermissionDenied
    series = series_named(city=city, by=by, uids=request.GET.getlist("series")[:CHOSEN_MOST])
    kind = request.GET.get("kind", "")
    if not series or request.GET.get("more"):
        return _choose_series(request, series)
    if kind not in kinds_for(series):
        return _choose_kind(request, series)
    form = _form(request, RuleKind(kind), series)
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if request.POST.get("deed") == "try":
                    tried = _tried(request, form)
                else:
                    made = rule_setting.set_up_rule(
                        city=city, by=by, department=form.chosen_department, kind=form.kind, series=series,
                        **form.said,
                    )  # fmt: skip
                    return done(request, gettext("The rule watches."), "desk-rule", made.uid)
        except Refused as refused:
            _put(form, refused)
    return _ask(request, form, gettext("New rule"), tried)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """Other terms or facts of a rule that is there."""
    city, by = city_of(request), principal_of(request)
    found = rule_for(city=city, by=by, uid=uid)
    if not by.may(Permission.KEEP_RULES, found.department_id):
        raise PermissionDenied
    series = [one.datastream for one in watched_of(found)]
    form = _form(request, RuleKind(found.kind), series, found)
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if request.POST.get("deed") == "try":
                    tried = _tried(request, form)
                else:
                    rule_setting.change_rule(rule=found, by=by, series=series, **form.said)
                    return done(request, gettext("The rule is changed."), "desk-rule", uid)
        except Refused as refused:
            _put(form, refused)
    return _ask(request, form, gettext("Change the rule"), tried)


def kinds_for(series: list[Datastream]) -> list[RuleKind]:
    """What can be watched for in these series."""
    numbers = all(one.result_type in _NUMBERS and one.multi is None for one in series)
    found = list(RuleKind) if numbers else list(_ANY)
    if not 1 < len(series) <= len(LETTERS):
        found = [kind for kind in found if kind is not RuleKind.COMBINATION]
    return found


def _choose_series(request: HttpRequest, chosen: list[Datastream]) -> HttpResponseBase:
    asked = request.GET.get("q", "")[:100].strip().replace("\0", "")
    found = series_found(city=city_of(request), by=principal_of(request), asked=asked)
    known = {one.pk for one in chosen}
    context = framed(
        request,
        gettext("New rule"),
        gettext("First step: which series is to be watched? Several may share one rule."),
        asked=asked,
        chosen=_named(chosen),
        found=_named([one for one in found if one.pk not in known]),
    )
    return render(request, "observations/desk/rule_series.html", context)


def _named(series: Sequence[Datastream]) -> list[tuple[Datastream, str]]:
    """Each with its place, what is measured, and its unit."""
    return [(one, series_words(one) + (f" ({one.unit_symbol})" if one.unit_symbol else "")) for one in series]


def _choose_kind(request: HttpRequest, series: list[Datastream]) -> HttpResponseBase:
    chosen = [("series", str(one.uid)) for one in series]
    kinds = [
        (gettext(RULE_KINDS[kind]), EXAMPLES[kind], f"?{urlencode([*chosen, ('kind', str(kind))])}")
        for kind in kinds_for(series)
    ]
    context = framed(
        request,
        gettext("New rule"),
        gettext("Second step: what is it to watch for?"),
        series=_named(series),
        kinds=kinds,
        more_url=f"?{urlencode([*chosen, ('more', '1')])}",
    )
    return render(request, "observations/desk/rule_kind.html", context)


def _form(
    request: HttpRequest, kind: RuleKind, series: list[Datastream], found: Rule | None = None
) -> RuleForm:
    city, by = city_of(request), principal_of(request)
    departments = [found.department] if found else departments_for(city=city, by=by)
    own = str(series[0].thing.department_id) if series else ""
    return RuleForm(
        kind,
        series,
        departments,
        city.languages,
        request.POST if request.method == "POST" else None,
        initial=initial_of(found) if found else {"department": own},
        areas=Areas(
            area_layers(city=city, by=by),
            lambda slug, name: areas_called(city=city, by=by, slug=slug, name=name),
        ),
    )


def _tried(request: HttpRequest, form: RuleForm) -> dict[str, Any]:
    """What the rule would have done, without keeping it. Raises Refused."""
    city, said = city_of(request), form.said
    told = checked(kind=form.kind, terms=said["terms"], series=form.series, title=said["title"], facts={})
    department = form.chosen_department.pk
    check_series(
        city=city, by=principal_of(request), kind=form.kind, series=form.series, department=department
    )
    rule = Rule(city=city, kind=form.kind, terms=told)
    joint = form.kind is RuleKind.COMBINATION
    watched = [
        RuleSeries(city=city, rule=rule, datastream=one, letter=LETTERS[place] if joint else "")
        for place, one in enumerate(form.series)
    ]
    past = past_of(watched, timezone.now())
    return {"past": past_words(past), "firings": firings_of(past) if past.firings else None}


def _put(form: RuleForm, refused: Refused) -> None:
    """Problems beside their fields, the others above the form."""
    minutes = {seconds: name for name, seconds in MINUTES.items()}
    for problem in refused.problems:
        name = minutes.get(problem.field, problem.field)
        words = f"{in_words(problem.what)} {in_words(problem.do)}"
        form.add_error(name if name in form.fields else None, words)


def _ask(request: HttpRequest, form: RuleForm, title: str, tried: dict[str, Any]) -> HttpResponseBase:
    context = framed(
        request,
        title,
        gettext("For example: %(example)s") % {"example": EXAMPLES[form.kind]},
        form=form,
        kind=gettext(RULE_KINDS[form.kind]),
        series=[
            (LETTERS[place] if form.kind is RuleKind.COMBINATION else "", words)
            for place, (_one, words) in enumerate(_named(form.series))
        ],
        **tried,
    )
    wrong = request.method == "POST" and not tried
    return render(request, "observations/desk/rule_form.html", context, status=422 if wrong else 200)
