# SPDX-License-Identifier: EUPL-1.2
"""Following public warnings by e-mail: ask, confirm, change, stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.cities.models import City
from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions.alerting import following
from stoa.houses.observations.models import Rule, WarningFollow
from stoa.houses.observations.pages.alerts.taking import open_page
from stoa.houses.observations.pages.public.opening import way
from stoa.houses.observations.queries.alerts import warned_rules
from stoa.houses.observations.terms import SEVERITY_WORDS, Severity
from stoa.web.notation import label
from stoa.web.open_form import OpenForm, show_form, take_turn, thanked


class ChoicesForm(forms.Form):
    """Which warnings somebody wants."""

    least = forms.ChoiceField(
        label=_("How bad it must be"),
        choices=[(str(one), _(words)) for one, words in SEVERITY_WORDS.items()],
        initial=Severity.MINOR,
        help_text=_("You get warnings that are at least this bad."),
        widget=forms.RadioSelect,
    )
    rules = forms.MultipleChoiceField(
        label=_("Of what"),
        help_text=_("Nothing chosen: of everything, also of what is added later."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in warned_rules(city=city)}
        self.fields["rules"].choices = [  # type: ignore[attr-defined]
            (key, label(one.event) or one.title) for key, one in self.known.items()
        ]
        if not self.known:
            del self.fields["rules"]

    @property
    def chosen(self) -> list[Rule]:
        return [self.known[key] for key in self.cleaned_data.get("rules", ())]


class FollowForm(OpenForm, ChoicesForm):
    """Where warnings go, and which."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_(
            "You get one message to confirm, then one when a warning begins and one when it is over."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "least", "rules")


@open_page
def follow(request: HttpRequest) -> HttpResponseBase:
    """The form; its answer is the same whether the address follows already or not."""
    city = city_of(request)
    form = FollowForm(city, request.POST or None)
    context: dict[str, Any] = {
        "title": gettext("Get warnings by e-mail"),
        "lead": gettext("A message when the city warns of something. You need no account."),
        "crumbs": [*_way(request), (gettext("Get warnings by e-mail"), "")],
        "is_sent": request.GET.get("sent") == "1",
    }
    if request.method == "POST" and form.is_valid():
        here = f"{reverse('warnings-follow')}?sent=1"
        if form.is_of_program:
            return thanked(here)
        try:
            take_turn(request)
            following.follow_warnings(
                city=city,
                email=form.cleaned_data["email"],
                language=get_language() or "en",
                least=Severity(form.cleaned_data["least"]),
                rules=form.chosen,
                by=principal_of(request),
            )
            return thanked(here)
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "observations/alerts/follow.html", context, form)


def _way(request: HttpRequest) -> list[tuple[str, str]]:
    return [*way(request)[:1], (gettext("Warnings"), reverse("warnings"))]


@open_page
def followed(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The address that was mailed: say yes, change, or stop."""
    city, by = city_of(request), principal_of(request)
    try:
        found = following.follow_by_uid(city=city, uid=uid)
    except NotFound:
        return _ended(request)
    form = ChoicesForm(
        city, request.POST or None, initial={"least": found.least, "rules": [*map(str, found.rules)]}
    )
    if request.method == "POST" and form.is_valid():
        following.change_follow(
            city=city, uid=uid, least=Severity(form.cleaned_data["least"]), rules=form.chosen, by=by
        )
        following.confirm_follow(city=city, uid=uid, by=by)
        return thanked(reverse("warnings-followed", args=(uid,)))
    return _page(request, found, form)


def _page(request: HttpRequest, found: WarningFollow, form: ChoicesForm) -> HttpResponseBase:
    is_on = found.confirmed_at is not None
    title = gettext("You get warnings") if is_on else gettext("Confirm that you want warnings")
    context = {
        "title": title,
        "lead": gettext("By e-mail, when one begins and when it is over.")
        if is_on
        else gettext("Say yes, and you get an e-mail when a warning begins and when it is over."),
        "crumbs": [*_way(request), (title, "")],
        "form": form,
        "is_on": is_on,
        "end_url": reverse("warnings-follow-end", args=(found.uid,)),
    }
    return _secret(render(request, "observations/alerts/followed.html", context))


def _secret(response: Any) -> HttpResponseBase:
    """The address is the key, so it is neither kept on the way nor told to the next page."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response  # type: ignore[no-any-return]


def _end(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Stop at once; mail programs send this by themselves when their reader says so (RFC 8058)."""
    if request.method == "POST":
        following.end_follow(city=city_of(request), uid=uid, by=principal_of(request))
        return _ended(request)
    return thanked(reverse("warnings-followed", args=(uid,)))


# Whoever knows the address may end it, so there is nothing that another site could ride on.
end = csrf_exempt(open_page(_end))


def _ended(request: HttpRequest) -> HttpResponseBase:
    title = gettext("You get no warnings any more")
    context = {
        "title": title,
        "lead": gettext("Your address has been erased."),
        "crumbs": [*_way(request), (title, "")],
        "is_gone": True,
    }
    return _secret(render(request, "observations/alerts/followed.html", context))
