# SPDX-License-Identifier: EUPL-1.2
"""The fields of a rule, kind by kind, in plain words and with the unit of the series."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.houses.observations.models import Datastream
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.rules.watch_terms import LETTERS, SPAN_MOST_S, WEEKS_MOST
from stoa.houses.observations.terms import RuleKind

Fields = dict[str, forms.Field]
MINUTES_MOST = SPAN_MOST_S / 60
EXAMPLES = {
    RuleKind.THRESHOLD: _("The water stands above 3.5 m for ten minutes."),
    RuleKind.RATE: _("The level rises by more than 30 cm in an hour."),
    RuleKind.MISSING: _("Nothing has come from the counter for two hours."),
    RuleKind.STUCK: _("The thermometer has said the same for six hours."),
    RuleKind.OUTLIER: _("Far fewer bicycles than on other Mondays at eight."),
    RuleKind.GEOFENCE: _("The mobile station has left its place."),
    RuleKind.COMBINATION: _("Heavy rain and a full basin at the same time."),
}


def unit_words(unit: str) -> str:
    """The hint for a limit."""
    return gettext("In %(unit)s.") % {"unit": unit} if unit else ""


def _radio(words: str, offered: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=words, choices=offered, widget=forms.RadioSelect, initial=offered[0][0])


def _minutes(
    words: str, hint: str = "", *, initial: float | None = None, needed: bool = False
) -> forms.FloatField:
    return forms.FloatField(
        label=words, required=needed, min_value=0, max_value=MINUTES_MOST, help_text=hint, initial=initial
    )


def _lasting() -> forms.FloatField:
    hint = gettext("Minutes; 0.5 is half a minute. Empty: it fires with the first value.")
    return _minutes(gettext("For so long"), hint)


def _sides() -> list[tuple[str, str]]:
    return [("above", gettext("above")), ("below", gettext("below"))]


def _threshold(unit: str) -> Fields:
    return {
        "side": _radio(gettext("The value is"), _sides()),
        "limit": forms.FloatField(label=gettext("Limit"), help_text=unit),
        "for_min": _lasting(),
        "back": forms.FloatField(
            label=gettext("Over again at"),
            required=False,
            help_text=" ".join(
                [unit, gettext("So that it does not come and go around the limit. Empty: at the limit.")]
            ).strip(),
        ),
    }


def _rate(unit: str) -> Fields:
    sides = [("rise", gettext("rises")), ("fall", gettext("falls")), ("both", gettext("rises or falls"))]
    per = [("3600", gettext("hour")), ("60", gettext("minute")), ("86400", gettext("day"))]
    return {
        "side": _radio(gettext("The value"), sides),
        "change": forms.FloatField(label=gettext("By more than"), help_text=unit),
        "per_s": forms.ChoiceField(label=gettext("In a"), choices=per),
        "window_min": _minutes(
            gettext("Looked at over"),
            gettext("Minutes. Short: it notices quickly. Long: single strange values do no harm."),
            initial=15,
            needed=True,
        ),
    }


def _missing(unit: str) -> Fields:
    by = [
        ("phenomenon", gettext("the time of the values")),
        ("received", gettext("the time at which they came in")),
    ]
    return {
        "after_min": _minutes(
            gettext("Nothing for so long"),
            gettext("Minutes. Empty: two and a half times as long as a value is expected."),
        ),
        "by": _radio(gettext("What counts is"), by),
    }


def _stuck(unit: str) -> Fields:
    return {
        "for_min": _minutes(gettext("The same for so long"), gettext("Minutes."), initial=360, needed=True),
        "count": forms.IntegerField(
            label=gettext("And so many times in a row"), min_value=2, max_value=10_000, initial=6
        ),
        "tolerance": forms.FloatField(
            label=gettext("It may differ by at most"), min_value=0, initial=0, help_text=unit
        ),
        "but": forms.FloatField(
            label=gettext("Except this value"),
            required=False,
            help_text=gettext("It may stand for ever, such as 0 of a rain gauge."),
        ),
    }


def _outlier(unit: str) -> Fields:
    sides = [("both", gettext("higher or lower")), ("above", gettext("higher")), ("below", gettext("lower"))]
    return {
        "side": _radio(gettext("Than usual it is"), sides),
        "times": forms.FloatField(
            label=gettext("By how many times the usual spread"),
            min_value=0.1,
            initial=4,
            help_text=gettext("3 notices much, 6 only what is very strange."),
        ),
        "least": forms.FloatField(
            label=gettext("And by at least"), required=False, min_value=0, help_text=unit
        ),
        "weeks": forms.IntegerField(
            label=gettext("Past weeks to compare with"), min_value=1, max_value=WEEKS_MOST, initial=6
        ),
        "least_weeks": forms.IntegerField(
            label=gettext("Of which so many must have values"),
            min_value=1,
            max_value=WEEKS_MOST,
            initial=3,
        ),
        "for_min": _lasting(),
    }


def _geofence(unit: str) -> Fields:
    sides = [("leaves", gettext("outside the area")), ("enters", gettext("inside the area"))]
    return {
        "side": _radio(gettext("The thing is"), sides),
        "radius_m": forms.FloatField(
            label=gettext("Metres around where it is now"),
            required=False,
            min_value=10,
            max_value=50_000,
        ),
        "area": forms.CharField(
            label=gettext("Or any area"),
            required=False,
            max_length=100_000,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text=gettext("A polygon as GeoJSON; it counts before the metres."),
        ),
        "for_min": _lasting(),
    }


def _combination(unit: str) -> Fields:
    return {
        "needs_all": _radio(
            gettext("It fires when"), [("all", gettext("all of these are so")), ("any", gettext("any is so"))]
        ),
        "fresh_min": _minutes(
            gettext("Values count for"),
            gettext("Minutes; older ones are taken for unknown."),
            initial=60,
            needed=True,
        ),
        "for_min": _lasting(),
    }


def condition_fields(series: Sequence[Datastream]) -> Fields:
    """Two for each series of a combination."""
    made: Fields = {}
    for letter, one in zip(LETTERS, series, strict=False):
        name = f"{letter}: {series_words(one)}"
        made[f"side_{letter}"] = _radio(gettext("%(series)s is") % {"series": name}, _sides())
        made[f"limit_{letter}"] = forms.FloatField(
            label=gettext("Limit of %(letter)s") % {"letter": letter}, help_text=unit_words(one.unit_symbol)
        )
    return made


FIELDS: dict[RuleKind, Callable[[str], Fields]] = {
    RuleKind.THRESHOLD: _threshold,
    RuleKind.RATE: _rate,
    RuleKind.MISSING: _missing,
    RuleKind.STUCK: _stuck,
    RuleKind.OUTLIER: _outlier,
    RuleKind.GEOFENCE: _geofence,
    RuleKind.COMBINATION: _combination,
}
