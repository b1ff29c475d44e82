# SPDX-License-Identifier: EUPL-1.2
"""The form of another catalogue: where it is, who answers, how its words become ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stoa.commons.people.models import Department
from stoa.houses.catalogue.models import HarvestSource
from stoa.houses.catalogue.terms import HARVEST_LABELS, HarvestKind
from stoa.web.notation import label

_EVERY = (
    (60, _("every hour")),
    (360, _("every six hours")),
    (1440, _("every day")),
    (10080, _("every week")),
)
_MAPPED = ("departments", "licences", "themes")


def _lines(**attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3, "spellcheck": "false", **attrs})


class HarvestForm(forms.Form):
    """One catalogue to harvest."""

    title = forms.CharField(
        label=_("What is it called?"),
        max_length=200,
        help_text=_("People see this name beside every dataset."),
    )
    kind = forms.ChoiceField(label=_("Kind of catalogue"))
    url = forms.CharField(
        label=_("Web address or folder"),
        max_length=2000,
        help_text=_(
            "Of the portal, the service or the feed, without any password; or a folder that the operator has released."
        ),
    )
    department = forms.ChoiceField(
        label=_("Department that answers for it"),
        help_text=_("Unless a publisher is mapped to another one below."),
    )
    every_minutes = forms.TypedChoiceField(label=_("Look for news"), choices=_EVERY, coerce=int, initial=1440)
    is_active = forms.BooleanField(label=_("Look by itself"), required=False, initial=True)
    mirrors = forms.BooleanField(
        label=_("Bring in the data too"),
        required=False,
        help_text=_(
            "The best file of every dataset is read and published here, so that it has a table, a map and interfaces."
        ),
    )
    token_name = forms.CharField(
        label=_("Key file"),
        required=False,
        max_length=80,
        help_text=_(
            "Only if that catalogue asks for a key: the name of the file that the operator put into harvest-keys."
        ),
    )
    departments = forms.CharField(
        label=_("Departments by publisher"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: publisher = short name of the department."),
    )
    licences = forms.CharField(
        label=_("Licences"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: their words = our code, for example: house rules = CC_BY_4_0."),
    )
    themes = forms.CharField(
        label=_("Themes"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: their words = our code, for example: bins = ENVI."),
    )

    def __init__(self, departments: Sequence[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = departments
        self.fields["kind"].choices = [(str(k), _(words)) for k, words in HARVEST_LABELS.items()]  # type: ignore[attr-defined]
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            (
                str(one.pk),
                "\N{NO-BREAK SPACE}" * 3 * (one.path.count("/") - 1) + (label(one.name) or one.slug),
            )
            for one in departments
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("url") and "://" not in said["url"] and said.get("kind") != HarvestKind.FOLDER:
            said["url"] = f"https://{said['url']}"
        for name in _MAPPED:
            lines = [row for row in said.get(name, "").splitlines() if row.strip()]
            if any("=" not in row for row in lines):
                self.add_error(name, str(_("Every line needs an equals sign between their words and ours.")))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        plain = {
            name: data[name] for name in ("title", "kind", "url", "every_minutes", "is_active", "mirrors")
        }
        department = next(one for one in self.offered if str(one.pk) == data["department"])
        mapping = {name: mapping_of(data[name]) for name in _MAPPED if data[name].strip()}
        return plain | {
            "department": department,
            "mapping": mapping,
            "token_name": data["token_name"].strip(),
        }


def mapping_of(text: str) -> dict[str, str]:
    """Lines `their words = ours` as a mapping; the last equals sign parts them.

    >>> mapping_of("a = b = CC0")
    {'a = b': 'CC0'}
    """
    pairs = (row.rpartition("=") for row in text.splitlines() if "=" in row)
    return {theirs.strip(): ours.strip() for theirs, _equals, ours in pairs if theirs.strip()}


def initial_of(source: HarvestSource) -> dict[str, Any]:
    """The form's values for a catalogue that is there."""
    mapping: Mapping[str, Mapping[str, str]] = source.mapping
    lines = {name: "\n".join(f"{a} = {b}" for a, b in mapping.get(name, {}).items()) for name in _MAPPED}
    same = ("title", "kind", "url", "every_minutes", "is_active", "mirrors", "token_name")
    return {name: getattr(source, name) for name in same} | lines | {"department": str(source.department_id)}
