# SPDX-License-Identifier: EUPL-1.2
"""The form of a rule: what it watches for, kind by kind, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.people.models import Department
from stoa.ground.geometry import LonLat
from stoa.houses.observations.models import Datastream, Rule
from stoa.houses.observations.pages.desk.rule_area import (
    Areas,
    AreaUnclearError,
    area_fields,
    area_initial,
    area_said,
)
from stoa.houses.observations.pages.desk.rule_fields import FIELDS, condition_fields, unit_words
from stoa.houses.observations.rules.circles import circle
from stoa.houses.observations.rules.watch_terms import LETTERS
from stoa.houses.observations.terms import QUALITY_WORDS, SEVERITY_WORDS, Quality, RuleKind, Severity
from stoa.web.notation import label

MINUTES = {"for_min": "for_s", "window_min": "window_s", "after_min": "after_s", "fresh_min": "fresh_s"}
"""Fields in minutes, and the terms in seconds that they stand for."""
_FLAGS = (Quality.SUSPECT, Quality.FAIL)


class RuleForm(forms.Form):
    """A rule of one kind for chosen series."""

    title = forms.CharField(
        label=_("What is wrong when it fires"),
        max_length=200,
        help_text=_("The headline of the alert, such as “Underpass at the station is flooded”."),
    )
    department = forms.ChoiceField(label=_("Department that answers for it"))
    severity = forms.ChoiceField(
        label=_("How bad it is"),
        choices=[(str(one), _(words)) for one, words in SEVERITY_WORDS.items()],
        initial=Severity.MODERATE,
        widget=forms.RadioSelect,
    )
    raises_alerts = forms.BooleanField(
        label=_("Raise an alert"),
        required=False,
        initial=True,
        help_text=_("Otherwise it only flags values."),
    )
    flag = forms.ChoiceField(
        label=_("Mark the values as"),
        required=False,
        choices=[("", _("– leave them as they are –"))]
        + [(str(int(one)), _(QUALITY_WORDS[one])) for one in _FLAGS],
        help_text=_("Bad values stay readable, but count in no average. What people said of a value stays."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet hours from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("By the clock of the city; who is told then is up to each recipient."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet hours until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    is_public = forms.BooleanField(
        label=_("Everybody may read its alerts"),
        required=False,
        help_text=_("They become public warnings. An exercise never does."),
    )

    def __init__(
        self,
        kind: RuleKind,
        series: Sequence[Datastream],
        departments: Sequence[Department],
        languages: Sequence[str],
        *args: Any,
        areas: Areas | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.series, self.offered = kind, series, departments
        self.languages, self.areas = list(languages), areas or Areas()
        units = {one.unit_symbol for one in series}
        told = unit_words(units.pop() if len(units) == 1 else "")
        made = condition_fields(series) if kind is RuleKind.COMBINATION else {}
        made |= FIELDS[kind](told)
        self.term_names = list(made)
        self.fields.update(made)
        self.fields["department"].choices = [(str(d.pk), label(d.name) or d.slug) for d in departments]  # type: ignore[attr-defined]
        self.public_names = ["is_public"]
        for code in languages:
            language = get_language_info(code)["name_local"]
            for name, words in (
                ("event", gettext("What happens (%(language)s)")),
                ("instruction", gettext("What people should do (%(language)s)")),
            ):
                self.public_names.append(f"{name}_{code}")
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=words % {"language": language},
                    required=False,
                    max_length=500,
                    widget=forms.Textarea(attrs={"rows": 3}) if name == "instruction" else forms.TextInput,
                )
        told_areas = area_fields(self.languages, self.areas)
        self.area_names = list(told_areas)
        self.fields.update(told_areas)

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        try:
            self.area: dict[str, Any] = area_said(said, self.areas, self.languages)
        except AreaUnclearError as unclear:
            self.add_error(unclear.field, str(unclear))
        return said

    @property
    def term_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.term_names]

    @property
    def public_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.public_names]

    @property
    def area_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.area_names]

    @property
    def is_public_shown(self) -> bool:
        """Whether the part about the public stands open: it holds something, or something is wrong there."""
        return bool(self["is_public"].value()) or any(
            self[n].errors for n in (*self.public_names, *self.area_names)
        )

    @property
    def other_fields(self) -> list[forms.BoundField]:
        left = {*self.term_names, *self.public_names, *self.area_names, "title"}
        return [self[name] for name in self.fields if name not in left]

    @property
    def said(self) -> dict[str, Any]:
        """What the action takes, without the series."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "terms": self._terms(data),
            "severity": data["severity"],
            "raises_alerts": data["raises_alerts"],
            "flag": int(data["flag"]) if data["flag"] else None,
            "quiet_from": data["quiet_from"],
            "quiet_until": data["quiet_until"],
            "is_public": data["is_public"],
            "event": self._words("event_"),
            "instruction": self._words("instruction_"),
            **self.area,
        }

    @property
    def chosen_department(self) -> Department:
        return next(one for one in self.offered if str(one.pk) == self.cleaned_data["department"])

    def _words(self, stem: str) -> dict[str, str]:
        told = {
            name.removeprefix(stem): self.cleaned_data[name] for name in self.fields if name.startswith(stem)
        }
        return {code: words for code, words in told.items() if words}

    def _terms(self, data: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in self.term_names:
            value = data.get(name)
            if name in MINUTES:
                told[MINUTES[name]] = None if value is None else round(value * 60)
            elif value not in (None, "") and name[:-1] not in {"side_", "limit_"}:
                told[name] = value
        if "for_s" in told and told["for_s"] is None:
            del told["for_s"]
        if "per_s" in told:
            told["per_s"] = int(told["per_s"])
        if self.kind is RuleKind.GEOFENCE:
            told["area"] = self._area(told)
        if self.kind is RuleKind.COMBINATION:
            told["needs_all"] = told["needs_all"] == "all"
            told["conditions"] = [
                {"letter": letter, "side": data[f"side_{letter}"], "limit": data[f"limit_{letter}"]}
                for letter in LETTERS[: len(self.series)]
            ]
        return told

    def _area(self, told: dict[str, Any]) -> Any:
        """The polygon that was given, or a circle around where the thing is now."""
        radius, text = told.pop("radius_m", None), told.pop("area", "")
        box = self.series[0].thing.box if self.series else None
        if text or radius is None or box is None:
            try:
                return json.loads(text)
            except ValueError:
                return None
        return circle(LonLat(*box.centre), radius)


def initial_of(rule: Rule) -> dict[str, Any]:
    """The form's values for a rule that is there."""
    plain = ("title", "severity", "raises_alerts", "is_public", "quiet_from", "quiet_until")
    told: dict[str, Any] = {name: getattr(rule, name) for name in plain}
    told |= {"department": str(rule.department_id), "flag": str(rule.flag or "")}
    for name in ("event", "instruction"):
        told |= {f"{name}_{code}": words for code, words in (getattr(rule, name) or {}).items()}
    told |= area_initial(rule)
    minutes = {seconds: name for name, seconds in MINUTES.items()}
    for name, value in rule.terms.items():
        if name in minutes:
            told[minutes[name]] = _plain(value / 60) if value else None
        elif name == "area":
            told[name] = json.dumps(value)
        elif name == "needs_all":
            told[name] = "all" if value else "any"
        elif name == "conditions":
            for one in value:
                told |= {f"side_{one['letter']}": one["side"], f"limit_{one['letter']}": _plain(one["limit"])}
        else:
            told[name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    """A whole number as people write it: 30 and not 30.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
