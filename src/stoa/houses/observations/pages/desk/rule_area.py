# SPDX-License-Identifier: EUPL-1.2
"""The part of a rule's form that says where its public warning is for: in words, a circle, an area of a dataset, any."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext

from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions.rule_checks import RADIUS_MOST_M
from stoa.houses.observations.models import Rule
from stoa.houses.observations.queries.warned_areas import AreaLayer, NamedArea
from stoa.houses.observations.rules.places import geometry_of
from stoa.web.notation import in_words, label

CALLED_MOST = 6
"""So many names are told where several areas are meant."""


@dataclass(frozen=True, slots=True)
class Areas:
    """What a reader may choose from."""

    layers: Sequence[AreaLayer] = ()
    called: Callable[[str, str], list[NamedArea]] = lambda _slug, _name: []
    """Areas of a dataset by name."""


class AreaUnclearError(ValueError):
    """The area cannot be told; `field` says what to look at."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def area_fields(languages: Sequence[str], areas: Areas) -> dict[str, forms.Field]:
    """In the order in which they stand on the page."""
    made: dict[str, forms.Field] = {}
    for code in languages:
        words = gettext("What people call it (%(language)s)")
        made[f"area_name_{code}"] = forms.CharField(
            label=words % {"language": get_language_info(code)["name_local"]},
            required=False,
            max_length=200,
            help_text=gettext("Such as “Underpass at the station and the streets around it”."),
        )
    made["area_radius_m"] = forms.IntegerField(
        label=gettext("So many metres around the place"),
        required=False,
        min_value=10,
        max_value=RADIUS_MOST_M,
        help_text=gettext(
            "Around where the thing is, or around a point below. Empty: the place itself, where everybody may know it, "
            "else the whole city."
        ),
    )
    if areas.layers:
        made |= _dataset_fields(areas.layers)
    made["area_shape"] = forms.CharField(
        label=gettext("Or any area"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext("A geometry as GeoJSON. Empty it to warn of where the thing is."),
    )
    return made


def _dataset_fields(layers: Sequence[AreaLayer]) -> dict[str, forms.Field]:
    offered = [(one.slug, label(one.title) or one.slug) for one in layers]
    return {
        "area_layer": forms.ChoiceField(
            label=gettext("Or an area of a dataset"),
            required=False,
            choices=[("", gettext("– none –")), *offered],
            help_text=gettext("Open datasets whose rows are areas, such as districts."),
        ),
        "area_called": forms.CharField(
            label=gettext("Its name there"),
            required=False,
            max_length=200,
            help_text=gettext(
                "As it stands in the dataset. What is found takes the place of the area below."
            ),
        ),
    }


def area_said(data: dict[str, Any], areas: Areas, languages: Sequence[str]) -> dict[str, Any]:
    """The facts of a rule about its area. Raises `AreaUnclearError`."""
    name = {code: data[f"area_name_{code}"] for code in languages if data.get(f"area_name_{code}")}
    slug, called = data.get("area_layer") or "", (data.get("area_called") or "").strip()
    area = None
    if slug or called:
        found = _found(areas, slug, called)
        area, name = found.geometry, name or dict.fromkeys(languages[:1], found.name)
    elif data.get("area_shape"):
        area = _shape(data["area_shape"])
    return {"area": area, "area_name": name, "area_radius_m": data.get("area_radius_m")}


def _found(areas: Areas, slug: str, called: str) -> NamedArea:
    if not slug:
        raise AreaUnclearError("area_layer", gettext("Say in which dataset the area stands."))
    if not called:
        raise AreaUnclearError("area_called", gettext("Say which of its areas is meant."))
    try:
        found = areas.called(slug, called)
    except NotFound:
        found = []
    if not found:
        words = gettext("There is no area called “%(name)s” in this dataset.") % {"name": called}
        raise AreaUnclearError("area_called", words)
    if len(found) > 1:
        names = ", ".join(dict.fromkeys(one.name for one in found[:CALLED_MOST]))
        words = gettext("Several areas are called so: %(names)s. Write the whole name of one.")
        raise AreaUnclearError("area_called", words % {"names": names})
    return found[0]


def _shape(text: str) -> dict[str, Any]:
    try:
        return geometry_of(json.loads(text))
    except (ValueError, RecursionError):
        words = gettext("This is no GeoJSON: a bracket, comma or quotation mark is wrong or missing.")
        raise AreaUnclearError("area_shape", words) from None
    except Refused as refused:
        words = f"{in_words(refused.problem.what)} {in_words(refused.problem.do)}"
        raise AreaUnclearError("area_shape", words) from None


def area_initial(rule: Rule) -> dict[str, Any]:
    """The values of these fields for a rule that is there."""
    told: dict[str, Any] = {f"area_name_{code}": words for code, words in (rule.area_name or {}).items()}
    shape = json.dumps(rule.area, ensure_ascii=False) if rule.area else ""
    return told | {"area_radius_m": rule.area_radius_m, "area_shape": shape}
