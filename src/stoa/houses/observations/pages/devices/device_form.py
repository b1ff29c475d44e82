# SPDX-License-Identifier: EUPL-1.2
"""The form of a device."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stoa.commons.people.models import Department
from stoa.houses.observations.models import Device
from stoa.houses.observations.queries.decoders import DecoderLine
from stoa.houses.observations.terms import CARRIERS, Access, Carrier
from stoa.web.notation import label

_OFFERED = (Carrier.LORAWAN, Carrier.HTTP, Carrier.MQTT)


class DeviceForm(forms.Form):
    """One device."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("What colleagues call it, and where it hangs.")
    )
    carrier = forms.ChoiceField(label=_("How its messages come"))
    identifier = forms.CharField(
        label=_("Address"),
        max_length=200,
        required=False,
        help_text=_(
            "For LoRaWAN the DevEUI: 16 hexadecimal digits, on the label of the device. Otherwise leave it empty."
        ),
    )
    decoder = forms.ChoiceField(
        label=_("Decoder"),
        required=False,
        help_text=_("Which model it is, so that its bytes can be read (LoRaWAN)."),
    )
    recipe = forms.CharField(
        label=_("Recipe"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Only for devices that send JSON: which part of the message is which value."),
    )
    expected_minutes = forms.IntegerField(
        label=_("Heard every so many minutes"),
        required=False,
        min_value=1,
        max_value=60 * 24 * 31,
        help_text=_("If it stays silent for two and a half times as long, it is reported."),
    )
    department = forms.ChoiceField(label=_("Department that answers for it"), required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    is_public = forms.BooleanField(
        label=_("Everybody may see its values"),
        required=False,
        help_text=_("Otherwise only colleagues see them."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, departments: Sequence[Department], decoders: Sequence[DecoderLine], *args: Any, **kwargs: Any
    ) -> None:
        self.device: Device | None = kwargs.pop("device", None)
        super().__init__(*args, **kwargs)
        self.offered = departments
        carriers = [(c, _(CARRIERS[c])) for c in _OFFERED]
        if self.device and self.device.carrier not in _OFFERED:
            carriers.append((Carrier(self.device.carrier), _(CARRIERS[Carrier(self.device.carrier)])))
        self.fields["carrier"].choices = carriers  # type: ignore[attr-defined]
        self.fields["decoder"].choices = [("", _("none"))] + [(d.identifier, d.title) for d in decoders]  # type: ignore[attr-defined]
        self.fields["department"].choices = [(str(d.pk), label(d.name) or d.slug) for d in departments]  # type: ignore[attr-defined]
        if self.device:
            for name in ("department", "lon", "lat", "is_public", "carrier"):
                del self.fields[name]

    def clean_recipe(self) -> dict[str, Any]:
        text = self.cleaned_data["recipe"].strip()
        if not text:
            return {}
        try:
            told = json.loads(text)
        except ValueError:
            raise forms.ValidationError(_("This is no JSON.")) from None
        if not isinstance(told, dict):
            raise forms.ValidationError(_("This is no JSON."))
        return told

    @property
    def said(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        minutes = data["expected_minutes"]
        told: dict[str, Any] = {
            "name": data["name"],
            "identifier": data["identifier"].strip(),
            "decoder": data["decoder"],
            "recipe": data["recipe"],
            "expected_interval_s": minutes * 60 if minutes else None,
            "is_active": data["is_active"],
        }
        if self.device:
            return told if told["identifier"] else {**told, "identifier": self.device.identifier}
        place = None if data["lon"] is None or data["lat"] is None else (data["lon"], data["lat"])
        department = next((d for d in self.offered if str(d.pk) == data["department"]), None)
        return told | {
            "carrier": Carrier(data["carrier"]),
            "place": place,
            "department": department,
            "access": str(Access.OPEN if data["is_public"] else Access.INTERNAL),
        }


def initial_of(device: Device) -> dict[str, Any]:
    """The form's values for a device that is there."""
    seconds = device.expected_interval_s
    same = ("name", "identifier", "decoder", "is_active")
    return {name: getattr(device, name) for name in same} | {
        "recipe": json.dumps(device.recipe, indent=2, ensure_ascii=False) if device.recipe else "",
        "expected_minutes": seconds // 60 if seconds else None,
    }
