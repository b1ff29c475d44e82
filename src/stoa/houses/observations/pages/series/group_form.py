# SPDX-License-Identifier: EUPL-1.2
"""What is said of a group of series: which ones, how the dataset is described, how far it reaches back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Datastream, SeriesGroup
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.queries.groups import choosable, kinds_of_things, properties_for
from stoa.houses.observations.terms import GROUP_KINDS, GroupKind
from stoa.standards.vocabularies import LICENCES, THEMES
from stoa.web.notation import label

WINDOWS = (
    (31, _("the last month")),
    (366, _("the last year")),
    (1827, _("the last five years")),
    (0, _("the whole history")),
)


class GroupForm(forms.Form):
    """One group; `department` only for a new one."""

    department = forms.ChoiceField(label=_("Department that answers for it"))
    kind = forms.ChoiceField(
        label=_("Which series"),
        choices=[(str(kind), _(words)) for kind, words in GROUP_KINDS.items()],
        widget=forms.RadioSelect,
        initial=GroupKind.PROPERTY,
        help_text=_("Series that are set up later join by themselves, unless you choose them one by one."),
    )
    observed_property = forms.ChoiceField(
        label=_("Property"), required=False, help_text=_("For all series of one property.")
    )
    entity_type = forms.ChoiceField(
        label=_("Kind of things"), required=False, help_text=_("For all series of things of one kind.")
    )
    series = forms.MultipleChoiceField(
        label=_("Series"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For chosen series only."),
    )
    window_days = forms.TypedChoiceField(
        label=_("How far a version reaches back"),
        choices=WINDOWS,
        coerce=int,
        initial=366,
        help_text=_("Every version is a whole file of that span; the days before stand in older versions."),
    )
    licence = forms.ChoiceField(label=_("Licence"), initial="CC_BY_4_0")
    theme = forms.ChoiceField(label=_("Theme"), initial="ENVI")
    keep_days = forms.IntegerField(
        label=_("Keep single values for so many days"),
        required=False,
        min_value=2,
        max_value=36_500,
        help_text=_(
            "Empty: for ever. Afterwards only counts, means and extremes of hours, days, months and years stay."
        ),
    )

    def __init__(
        self,
        city: City,
        by: Principal,
        departments: Sequence[Department],
        *args: Any,
        group: SeriesGroup | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.city, self.group, self.offered = city, group, departments
        self.listed = choosable(city=city, by=by)
        nothing = [("", gettext("– nothing chosen –"))]
        choices: dict[str, list[tuple[str, Any]]] = {
            "department": [(str(d.pk), label(d.name) or d.slug) for d in departments],
            "observed_property": nothing + [(str(pk), name) for pk, name in properties_for(city=city, by=by)],
            "entity_type": nothing
            + [(kind, kind.rpartition("/")[2]) for kind in kinds_of_things(city=city, by=by)],
            "series": [(str(one.pk), series_words(one)) for one in self.listed],
            "licence": [(code, _(one.label)) for code, one in LICENCES.items()],
            "theme": [(code, _(one.label)) for code, one in THEMES.items()],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        if group is not None:
            del self.fields["department"]
        self._add_words()
        self.order_fields([*self._words("title"), *self._words("description")])

    def _words(self, what: str) -> list[str]:
        return [f"{what}_{code}" for code in self.city.languages]

    def _add_words(self) -> None:
        first = (list(self.city.languages) or ["en"])[0]
        for code in self.city.languages:
            language = {"language": get_language_info(code)["name_local"]}
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Title (%(language)s)") % language, max_length=200, required=code == first
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=gettext("Description (%(language)s)") % language,
                help_text=gettext("What is measured, by whom, and what to beware of."),
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=5_000,
                required=code == first,
            )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        needed = {GroupKind.PROPERTY: "observed_property", GroupKind.THINGS: "entity_type"}
        field = needed.get(GroupKind(said.get("kind") or GroupKind.CHOSEN), "series")
        if not said.get(field):
            self.add_error(field, _("Choose at least one."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the actions take, without the department."""
        data, kind = self.cleaned_data, GroupKind(self.cleaned_data["kind"])
        facts: dict[str, Any] = {
            "kind": kind,
            "observed_property": None,
            "entity_type": data["entity_type"] if kind is GroupKind.THINGS else "",
            "window_days": data["window_days"] or None,
            "licence": data["licence"],
            "theme": data["theme"],
            "keep_days": data["keep_days"],
            "title": self._told("title"),
            "description": self._told("description"),
            "series": self._chosen() if kind is GroupKind.CHOSEN else [],
        }
        if kind is GroupKind.PROPERTY:
            pk = int(data["observed_property"])
            facts["observed_property"] = next(
                one.observed_property for one in self.listed if one.observed_property_id == pk
            )
        return facts

    def _told(self, what: str) -> dict[str, str]:
        told = {name.rpartition("_")[2]: self.cleaned_data[name].strip() for name in self._words(what)}
        return {code: words for code, words in told.items() if words}

    def _chosen(self) -> list[Datastream]:
        wanted = set(self.cleaned_data["series"])
        return [one for one in self.listed if str(one.pk) in wanted]

    @property
    def chosen_department(self) -> Department:
        return next(d for d in self.offered if str(d.pk) == self.cleaned_data["department"])


def initial_of(group: SeriesGroup) -> dict[str, Any]:
    """The fields of the form as a group says them now."""
    found: dict[str, Any] = {
        "kind": group.kind,
        "observed_property": str(group.observed_property_id or ""),
        "entity_type": group.entity_type,
        "series": [str(pk) for pk in group.chosen.values_list("datastream_id", flat=True)],
        "window_days": group.window_days or 0,
        "licence": group.licence,
        "theme": group.theme,
        "keep_days": group.keep_days,
    }
    for what in ("title", "description"):
        found |= {f"{what}_{code}": words for code, words in getattr(group, what).items()}
    return found
