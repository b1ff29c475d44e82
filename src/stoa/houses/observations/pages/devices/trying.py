# SPDX-License-Identifier: EUPL-1.2
"""Decoders: which there are, trying one against pasted payloads, and bringing in the city's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import devices
from stoa.houses.observations.pages.devices.console import framed, told
from stoa.houses.observations.queries.decoders import decoder_for
from stoa.houses.observations.queries.decoders import decoders as known_decoders
from stoa.houses.observations.rules.decoding import readings, symbol_of
from stoa.standards.lorawan.values import from_base64
from stoa.standards.payloads.decoding import decode
from stoa.standards.payloads.definition import MOST_TEXT, Decoder
from stoa.standards.payloads.problems import BadPayload
from stoa.web.notation import moment, number
from stoa.web.parts import Column, Row, Table

MOST_PAYLOADS = 20
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F\s:,-]+")


class TryForm(forms.Form):
    """A decoder and payloads."""

    decoder = forms.ChoiceField(label=_("Decoder"), required=False)
    definition = forms.CharField(
        label=_("Or a definition of your own"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("TOML or JSON. It is used instead of the one above."),
    )
    port = forms.IntegerField(label=_("Port"), required=False, min_value=1, max_value=255, initial=85)
    payloads = forms.CharField(
        label=_("Payloads"),
        max_length=40_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("One a line, in hexadecimal digits or base64, as your network server shows them."),
    )

    def __init__(self, city_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = known_decoders(city_id)
        self.fields["decoder"].choices = [("", _("none"))] + [(d.identifier, d.title) for d in lines]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one payload."""

    told: str
    table: Table | None = None
    wrong: str = ""
    unread: str = ""


@desk_page
def decoders(request: HttpRequest) -> HttpResponseBase:
    """All decoders that there are."""
    context = framed(
        request,
        gettext("Decoders"),
        gettext("A decoder says what the bytes of a device model mean. It is a table, not a program."),
    )
    columns = [Column(gettext("Device model"), is_heading=True), Column(gettext("Version"), is_number=True)]
    columns += [Column(gettext("From")), Column(gettext("Id"))]
    rows = [
        Row(
            [
                one.title,
                number(one.version),
                gettext("the city") if one.is_own else gettext("Stoa"),
                one.identifier,
            ]
        )
        for one in known_decoders(city_of(request).pk)
    ]
    context["table"] = Table(gettext("Decoders by device model"), columns, rows)
    return render(request, "observations/devices/decoders.html", context)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest) -> HttpResponseBase:
    """Try a decoder, and keep it if it is the city's own and right."""
    city, by = city_of(request), principal_of(request)
    context = framed(
        request,
        gettext("Try a decoder"),
        gettext("Nothing is stored by this: you see what would be read."),
    )
    form = TryForm(city.pk, request.POST or None, initial={"decoder": request.GET.get("decoder", "")})
    outcomes: list[Outcome] = []
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            if "keep" in request.POST:
                with transaction.atomic():
                    kept = devices.keep_decoder(city=city, by=by, text=form.cleaned_data["definition"])
                words = gettext("Kept as version %(n)s of %(name)s.") % {
                    "n": kept.version,
                    "name": kept.identifier,
                }
                messages.success(request, words)
                return HttpResponseRedirect(reverse("desk-decoders"))
            outcomes = _outcomes(form, city.pk)
        except Refused as refusal:
            problems = list(refusal.problems)
    context |= {"form": form, "outcomes": outcomes, "problems": problems}
    failed = request.method == "POST" and (problems or form.errors)
    return render(request, "observations/devices/try.html", context, status=422 if failed else 200)


def _outcomes(form: TryForm, city_id: int) -> list[Outcome]:
    said = form.cleaned_data
    decoder: Decoder | None
    if said["definition"].strip():
        decoder = devices.checked_decoder(said["definition"])
    else:
        decoder = decoder_for(city_id, said["decoder"]) if said["decoder"] else None
    if decoder is None:
        form.add_error("decoder", gettext("Choose a decoder, or write one."))
        return []
    lines = [line.strip() for line in said["payloads"].splitlines() if line.strip()]
    return [_outcome(decoder, said["port"], line) for line in lines[:MOST_PAYLOADS]]


def _outcome(decoder: Decoder, port: int | None, line: str) -> Outcome:
    try:
        payload = payload_of(line)
        decoded = decode(decoder, port, payload)
    except (BadPayload, ValueError) as wrong:
        return Outcome(line[:120], wrong=str(wrong))
    now = datetime.now(UTC)
    columns = [Column(gettext("Value"), is_heading=True), Column(gettext("Read as"), is_number=True)]
    columns += [Column(gettext("Unit")), Column(gettext("As of")), Column(gettext("Kept as"))]
    rows = []
    for one in readings(decoder, decoded, now):
        when = gettext("when received") if one.at == now else moment(one.at)
        kept = one.meaning.observed_property.replace("_", " ") or gettext("not kept")
        rows.append(Row([one.name, told(one.value), symbol_of(one.meaning.unit), when, kept]))
    table = Table(gettext("What is read in %(payload)s") % {"payload": payload.hex(" ")}, columns, rows)
    return Outcome(line[:120], table, unread=decoded.unread.hex(" "))


def payload_of(text: str) -> bytes:
    """The bytes of a line in hexadecimal digits, or else in base64. Raises ValueError.

    >>> payload_of("0x01 FF"), payload_of("Af8=")
    (b'\\x01\\xff', b'\\x01\\xff')
    """
    digits = re.sub(r"^0x|[\s:,-]", "", text)
    if _HEX.fullmatch(text) and len(digits) % 2 == 0:
        return bytes.fromhex(digits)
    return from_base64(text)
