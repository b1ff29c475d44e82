# SPDX-License-Identifier: EUPL-1.2
"""Feeds: addresses that are asked at intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import feeds as deeds
from stoa.houses.observations.pages.devices.console import framed
from stoa.houses.observations.queries.devices import departments_for
from stoa.houses.observations.queries.feeds import feed_for, feeds_for
from stoa.houses.observations.terms import FEEDS, FeedKind
from stoa.web.notation import label

_EVERY = (
    (1, _("every minute")),
    (5, _("every five minutes")),
    (15, _("every quarter of an hour")),
    (60, _("every hour")),
)


class FeedForm(forms.Form):
    """One feed."""

    title = forms.CharField(label=_("What is it called?"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What is at the address?"), choices=[(k, _(words)) for k, words in FEEDS.items()]
    )
    url = forms.URLField(
        label=_("Web address"),
        max_length=2000,
        assume_scheme="https",
        help_text=_("For shared vehicles the address of gbfs.json; without any password."),
    )
    recipe = forms.CharField(
        label=_("Recipe"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Only for any JSON: which part of the answer is which value."),
    )
    every_minutes = forms.TypedChoiceField(label=_("Ask"), choices=_EVERY, coerce=int, initial=5)
    department = forms.ChoiceField(label=_("Department that answers for it"))

    def __init__(self, departments: Sequence[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = departments
        self.fields["department"].choices = [(str(d.pk), label(d.name) or d.slug) for d in departments]  # type: ignore[attr-defined]

    def clean_recipe(self) -> Any:
        text = self.cleaned_data["recipe"].strip()
        try:
            return json.loads(text) if text else {}
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is no JSON.")) from None

    @property
    def said(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        data["department"] = next(d for d in self.offered if str(d.pk) == data["department"])
        return data | {"kind": FeedKind(data["kind"])}


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponseBase:
    """All feeds, and a form for another."""
    city, by = city_of(request), principal_of(request)
    context = framed(
        request,
        gettext("Feeds"),
        gettext(
            "Addresses that the portal asks by itself: bike share stations, or any JSON that says what is so now."
        ),
    )
    form = FeedForm(departments_for(city=city, principal=by), request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                deeds.set_up_feed(city=city, by=by, **form.said)
        except Refused as refusal:
            problems = list(refusal.problems)
        else:
            messages.success(request, gettext("Added. It is asked within a minute."))
            return HttpResponseRedirect(reverse("desk-feeds"))
    listed = feeds_for(city=city, principal=by)
    context |= {
        "form": form,
        "problems": problems,
        "entries": [
            (one, gettext(FEEDS[FeedKind(one.kind)]), Problem.from_json(one.problem) if one.problem else None)
            for one in listed
        ],
    }
    return render(
        request, "observations/devices/feeds.html", context, status=422 if request.method == "POST" else 200
    )


@desk_page
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask it no more."""
    found = feed_for(city=city_of(request), principal=principal_of(request), pk=number)
    deeds.remove_feed(feed=found, by=principal_of(request))
    messages.success(request, gettext("It is not asked any more. What it told stays."))
    return HttpResponseRedirect(reverse("desk-feeds"))
