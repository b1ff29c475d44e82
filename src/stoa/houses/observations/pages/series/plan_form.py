# SPDX-License-Identifier: EUPL-1.2
"""Which column of a file is which series, as a form: a line for each column, or for each name in the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.ground.tables import Kind
from stoa.ground.words import Saying
from stoa.houses.observations.rules.drops import (
    TIMES,
    FileColumn,
    KnownSeries,
    Plan,
    Target,
    into,
    winter_zone,
)
from stoa.houses.observations.terms import DROP_SHAPES, Access, DropShape, ResultType
from stoa.web.notation import in_words

LINES_MOST = 500
OPTIONS_MOST = 20_000
"""Of all lines together; of more series those are offered that the plan names, and the first by name."""
NOTHING, NEW = "", "new"
KINDS = (
    (str(ResultType.NUMBER), _("a number")),
    (str(ResultType.COUNT), _("a count")),
    (str(ResultType.TRUTH), _("yes or no")),
    (str(ResultType.CATEGORY), _("a word of a few")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One column, or one name."""

    key: str
    examples: tuple[str, ...]
    reason: str
    target: BoundField
    more: list[BoundField]
    """What a new series is."""
    is_new: bool


class PlanForm(forms.Form):
    """The whole plan."""

    shape = forms.ChoiceField(
        label=_("How the file is made"),
        choices=[(str(shape), _(words)) for shape, words in DROP_SHAPES.items()],
        widget=forms.HiddenInput,
    )
    time = forms.ChoiceField(label=_("Column of the time, or of the day"))
    clock = forms.ChoiceField(
        label=_("Column of the time of day"), required=False, help_text=_("Only where it stands apart.")
    )
    zone = forms.ChoiceField(
        label=_("Times without a zone are"),
        required=False,
        help_text=_("If times are refused that never were, the file probably tells winter time all year."),
    )
    left_out = forms.CharField(
        label=_("Words that mean “no value”"),
        required=False,
        max_length=300,
        help_text=_(
            "Parted by commas. Cells with them are passed over; other words are put aside as refused."
        ),
    )
    is_open = forms.BooleanField(
        label=_("Everybody may see things that are set up new"), required=False, initial=True
    )
    keep_as = forms.CharField(
        label=_("Keep this as a recipe of the name"),
        required=False,
        max_length=120,
        help_text=_("Then the next file of this make needs no questions."),
    )

    def __init__(
        self,
        columns: Sequence[FileColumn],
        known: Sequence[KnownSeries],
        plan: Plan,
        reasons: Mapping[str, Saying],
        sent: Any = None,
        *,
        keys: Sequence[str],
        city: City,
        keep_as: str = "",
    ) -> None:
        initial = {
            "shape": plan.shape,
            "time": plan.time[0] if plan.time else "",
            "clock": plan.time[1] if len(plan.time) > 1 else "",
            "left_out": ", ".join(plan.left_out),
            "is_open": plan.access == Access.OPEN,
            "keep_as": keep_as,
            "zone": plan.zone,
        }
        super().__init__(sent, initial=initial)
        self.plan, self.keys = plan, list(keys)[:LINES_MOST]
        chosen = {target.uid for target in plan.targets.values()}
        room = max(20, OPTIONS_MOST // max(1, len(self.keys)))
        shown = sorted(known, key=lambda one: one.uid not in chosen)[: room + len(chosen)]
        self.known = {one.uid: one for one in shown}
        self.columns, self.reasons = {one.source: one for one in columns}, reasons
        nothing = [("", gettext("– nothing chosen –"))]
        days = [(one.source, one.source) for one in columns if one.kind in {*TIMES, Kind.TEXT}]
        clocks = [(one.source, one.source) for one in columns if one.kind in {Kind.TIME, Kind.TEXT}]
        self.fields["time"].choices = nothing + days  # type: ignore[attr-defined]
        self.fields["clock"].choices = nothing + clocks  # type: ignore[attr-defined]
        winter = winter_zone(city.zone or "UTC", timezone.now().year)
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", gettext("told by the clocks of the city")),
            (winter, gettext("winter time all year")),
            ("UTC", gettext("UTC")),
        ]
        for place, key in enumerate(self.keys):
            self._add_line(place, plan.targets.get(key), self._suggested(key))

    def _suggested(self, key: str) -> Target:
        """What a new series of a line would be called; to begin with."""
        column = self.columns.get(key)
        return Target(thing=key, measures=self.plan.value or "", unit=column.unit if column else "")

    def _add_line(self, place: int, target: Target | None, suggested: Target) -> None:
        told = target or suggested
        choices = [(NOTHING, gettext("leave it out")), (NEW, gettext("a new series"))]
        choices += [(one.uid, f"{one.thing}: {one.name}") for one in self.known.values()]
        self.fields[f"to{place}"] = forms.ChoiceField(
            label=_("Goes into"),
            choices=choices,
            required=False,
            initial=NOTHING if target is None else target.uid or NEW,
        )
        words = {
            "thing": (_("Place or thing"), 200),
            "measures": (_("What is measured"), 200),
            "unit": (_("Unit"), 30),
        }
        for name, (words_of, most) in words.items():
            self.fields[f"{name}{place}"] = forms.CharField(
                label=words_of, required=False, max_length=most, initial=getattr(told, name)
            )
        self.fields[f"kind{place}"] = forms.ChoiceField(
            label=_("A value is"), choices=KINDS, required=False, initial=told.result_type
        )

    @property
    def lines(self) -> list[Line]:
        found = []
        for place, key in enumerate(self.keys):
            column = self.columns.get(key)
            more = [self[f"{name}{place}"] for name in ("thing", "measures", "unit", "kind")]
            found.append(
                Line(
                    key,
                    column.examples[:3] if column else (),
                    in_words(self.reasons[key]) if key in self.reasons else "",
                    self[f"to{place}"],
                    more,
                    self[f"to{place}"].value() == NEW,
                )
            )
        return found

    @property
    def frame(self) -> list[BoundField]:
        """The fields that are no lines."""
        return [self[name] for name in ("time", "clock", "zone", "left_out", "is_open", "keep_as")]

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        for place in range(len(self.keys)):
            if said.get(f"to{place}") == NEW:
                for name in ("thing", "measures"):
                    if not str(said.get(f"{name}{place}") or "").strip():
                        self.add_error(f"{name}{place}", _("A new series needs this."))
        return said

    @property
    def settled(self) -> Plan:
        """The plan as it was sent."""
        said = self.cleaned_data
        targets = {}
        for place, key in enumerate(self.keys):
            chosen = said[f"to{place}"]
            if chosen == NEW:
                targets[key] = Target(
                    "", said[f"thing{place}"].strip(), said[f"measures{place}"].strip(),
                    said[f"unit{place}"].strip(), said[f"kind{place}"] or ResultType.NUMBER,
                )  # fmt: skip
            elif chosen != NOTHING:
                targets[key] = into(self.known[chosen])
        time = (said["time"], *([said["clock"]] if said["clock"] else []))
        words = tuple(word.strip() for word in said["left_out"].split(",") if word.strip())
        access = Access.OPEN if said["is_open"] else Access.INTERNAL
        return Plan(DropShape(said["shape"]), time, targets, self.plan.name, self.plan.value, words, access)
