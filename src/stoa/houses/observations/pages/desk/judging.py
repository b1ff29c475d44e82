# SPDX-License-Identifier: EUPL-1.2
"""Saying of values of a series whether they are good."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.judging_values import judge_values
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.queries.series_page import series_of
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import JUDGEMENTS, QUALITY_WORDS, Quality
from stoa.web.notation import in_words


class JudgementForm(forms.Form):
    """Which values, what they are, and why."""

    since = forms.DateTimeField(
        label=_("From"),
        help_text=_("In the time of the city, such as 2030-01-31 12:00."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        help_text=_("Values of this very moment are not included."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    quality = forms.ChoiceField(
        label=_("The values are"),
        choices=[(str(int(one)), _(QUALITY_WORDS[one])) for one in JUDGEMENTS],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"), help_text=_("Everybody reads it on the page of the series."), max_length=500
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """The form, and what it does."""
    by = principal_of(request)
    series = series_of(city=city_of(request), by=by, uid=uid)
    if not by.may(Permission.JUDGE_QUALITY, series.thing.department_id):
        raise PermissionDenied
    form = JudgementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"quality": Quality(int(form.cleaned_data["quality"]))}
        try:
            with transaction.atomic():
                judge_values(series=series, by=by, **said)
        except Refused as refusal:
            form.add_error(None, in_words(refusal.problem.what))
        else:
            return done(request, gettext("The judgement is kept."), "series", uid)
    context = frame(
        request,
        "quarantine",
        gettext("Judge values"),
        gettext("Bad values stay readable, but count in no average."),
        crumbs=[
            (series_words(series), reverse("series", args=(uid,))),
            (gettext("Judge values"), ""),
        ],
        form=form,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "observations/desk/judge.html", context, status=status)
