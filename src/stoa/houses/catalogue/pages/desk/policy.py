# SPDX-License-Identifier: EUPL-1.2
"""What the city promises and assumes about its open data, set by a steward."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.policies import set_policy
from stoa.houses.catalogue.models import OpenDataPolicy
from stoa.houses.catalogue.pages.desk.contributions import is_steward
from stoa.houses.catalogue.pages.desk.forms import labelled
from stoa.houses.catalogue.pages.desk.opening import (
    attempt,
    done,
    languages_of,
    put_on_fields,
    texts_by_language,
    way,
)
from stoa.houses.catalogue.queries.policy import policy_of
from stoa.houses.catalogue.roles import Permission

_FIELDS = (
    "answer_days",
    "is_value_public",
    "uses_for_request",
    "request_minutes",
    "hour_cost_cents",
    "keeping_minutes",
    "platform_cents",
    "currency",
)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """One field for each promise and assumption, in the words of the table; kept by the action, not by the form."""

    answer_days = forms.IntegerField(min_value=1, max_value=365)
    uses_for_request = forms.IntegerField(min_value=1, max_value=1_000_000)
    currency = forms.RegexField(
        r"^[A-Z]{3}$", error_messages={"invalid": _("Three capital letters, for example EUR.")}
    )

    class Meta:
        model = OpenDataPolicy
        fields = _FIELDS

    def __init__(self, languages: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        described = forms.fields_for_model(OpenDataPolicy, fields=_FIELDS)
        for name in _FIELDS:
            self.fields[name].label = described[name].label
            self.fields[name].help_text = described[name].help_text
        for language in languages:
            self.fields[f"agreement_{language}"] = forms.CharField(
                label=labelled(gettext("Terms for access on request"), language, languages),
                help_text=gettext("Empty: the text that comes with Stoa."),
                max_length=10_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        self.order_fields(["answer_days", *(f"agreement_{one}" for one in languages), *_FIELDS[1:]])


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest) -> HttpResponseBase:
    """Promises and assumptions in one form."""
    city, by = city_of(request), principal_of(request)
    if not (by.may(Permission.CHANGE_POLICY) and is_steward(by)):
        raise PermissionDenied
    kept, languages = policy_of(city), languages_of(request)
    texts = {f"agreement_{one}": kept.agreement.get(one, "") for one in languages}
    form = PolicyForm(languages, request.POST or None, instance=kept, initial=texts)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in _FIELDS}
        said["agreement"] = dict(texts_by_language(form, "agreement", languages))
        problems = attempt(lambda: set_policy(city=city, by=by, **said))
        if not problems:
            return done(request, gettext("Kept."), "desk-policy")
    title = gettext("Promises and assumptions")
    lead = gettext(
        "What the city promises to people who ask for data, and what it assumes about the value of data."
    )
    context = frame(request, "policy", title, lead, crumbs=way((title, "")))
    context |= {"form": form, "problems": put_on_fields(form, problems)}
    return render(request, "catalogue/desk/policy.html", context, status=422 if form.errors else 200)
