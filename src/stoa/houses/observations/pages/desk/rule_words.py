# SPDX-License-Identifier: EUPL-1.2
"""A rule in one sentence, as a clerk would say it."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django.utils.translation import gettext

from stoa.ground.problems import Refused
from stoa.houses.observations.models import Rule
from stoa.houses.observations.pages.lines import span_words
from stoa.houses.observations.rules.watch_terms import (
    Combination,
    Geofence,
    Missing,
    Outlier,
    Rate,
    Stuck,
    Threshold,
    read_terms,
)
from stoa.houses.observations.terms import RuleKind
from stoa.web.notation import number


def sentence(rule: Rule, unit: str = "") -> str:
    """What the rule watches for."""
    try:
        return _said(read_terms(RuleKind(rule.kind), rule.terms), unit)
    except Refused:
        return ""


def quantity(value: float, unit: str) -> str:
    return f"{number(value)} {unit}" if unit else number(value)


def _lasting(words: str, for_s: int) -> str:
    return gettext("%(what)s for %(span)s") % {"what": words, "span": span_words(for_s)} if for_s else words


@singledispatch
def _said(terms: Any, unit: str) -> str:
    raise TypeError(type(terms).__name__)


@_said.register
def _(terms: Threshold, unit: str) -> str:
    words = gettext("above %(limit)s") if terms.side == "above" else gettext("below %(limit)s")
    told = _lasting(words % {"limit": quantity(terms.limit, unit)}, terms.for_s)
    if terms.back == terms.limit:
        return told
    back = gettext("over again from %(back)s on") % {"back": quantity(terms.back, unit)}
    return f"{told}; {back}"


@_said.register
def _(terms: Rate, unit: str) -> str:
    words = {
        "rise": gettext("rises by more than %(change)s in %(per)s, looked at over %(window)s"),
        "fall": gettext("falls by more than %(change)s in %(per)s, looked at over %(window)s"),
        "both": gettext("changes by more than %(change)s in %(per)s, looked at over %(window)s"),
    }[terms.side]
    return words % {
        "change": quantity(terms.change, unit),
        "per": span_words(terms.per_s),
        "window": span_words(terms.window_s),
    }


@_said.register
def _(terms: Missing, unit: str) -> str:
    if terms.after_s is None:
        return gettext("no value for two and a half times as long as one is expected")
    return gettext("no value for %(span)s") % {"span": span_words(terms.after_s)}


@_said.register
def _(terms: Stuck, unit: str) -> str:
    told = _lasting(
        gettext("the same value %(count)s times in a row") % {"count": number(terms.count)}, terms.for_s
    )
    if terms.but is None:
        return told
    return gettext("%(what)s, except %(but)s") % {"what": told, "but": quantity(terms.but, unit)}


@_said.register
def _(terms: Outlier, unit: str) -> str:
    words = gettext(
        "further from the mean of the same hour of %(weeks)s past weeks than %(times)s times its spread"
    )
    return _lasting(words % {"weeks": number(terms.weeks), "times": number(terms.times)}, terms.for_s)


@_said.register
def _(terms: Geofence, unit: str) -> str:
    words = gettext("outside its area") if terms.side == "leaves" else gettext("inside the area")
    return _lasting(words, terms.for_s)


@_said.register
def _(terms: Combination, unit: str) -> str:
    sides = {"above": ">", "below": "<"}
    words = gettext("all of these are so") if terms.needs_all else gettext("any is so")
    listed = ", ".join(f"{one.letter} {sides[one.side]} {number(one.limit)}" for one in terms.conditions)
    told = f"{words}: {listed}"
    return _lasting(told, terms.for_s)
