# SPDX-License-Identifier: EUPL-1.2
"""Access on request: the form, the page that tells the decision, and the page where a key is made."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.granting import ask_for_access, can_be_asked_for, make_key
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.opening import (
    city_of,
    frame,
    open_dataset,
    principal_of,
    public_page,
    way,
)
from stoa.houses.catalogue.queries.access import access_request_by_uid, grant_by_uid, is_valid, today_in
from stoa.houses.catalogue.queries.policy import agreement_of, policy_of
from stoa.houses.catalogue.terms import ACCESS_STATE_LABELS, AccessState
from stoa.web.notation import day, label
from stoa.web.open_form import OpenForm, show_form, thanked


class AccessForm(OpenForm):
    """Who asks, what for, until when, and that the terms are accepted."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The decision and the way to the data go there, and only there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    purpose = forms.CharField(
        label=_("What do you want the data for?"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5})
    )
    wanted_until_on = forms.DateField(
        label=_("Until which day do you need them?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    is_agreed = forms.BooleanField(label=_("I accept the terms above"))


def _ask(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask for the rows; the terms stand above the form."""
    opened = open_dataset(request, slug)
    if not can_be_asked_for(opened.dataset):
        raise Http404
    city = city_of(request)
    agreement = agreement_of(policy_of(city))
    in_a_year = today_in(city) + timedelta(days=365)
    form = AccessForm(request.POST or None, initial={"wanted_until_on": in_a_year})
    heading = gettext("Ask for access: %(title)s") % {"title": opened.title}
    lead = gettext("The department decides, says why, and may end access again. You need no account.")
    context = frame(request, opened, "about", heading=heading, lead=lead, below=gettext("Ask for access"))
    context |= {
        "agreement": agreement,
        "send_words": gettext("Ask for access"),
        "back_url": opened.url(),
        "has_access": opened.sees_rows,
    }
    if request.method == "POST" and form.is_valid():
        if form.is_of_program:
            return thanked(opened.url())
        said = {
            name: value
            for name, value in form.cleaned_data.items()
            if name not in {"website", "shown", "is_agreed"}
        }
        try:
            made = ask_for_access(
                dataset=opened.dataset, agreement=agreement, by=principal_of(request), **said
            )
            return thanked(address("access-request", made.uid))
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/access_form.html", context, form)


ask = public_page(_ask, methods=("GET", "HEAD", "POST"))


@public_page
def access_request(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """What became of a request; says nothing about who asked."""
    found = access_request_by_uid(city=city_of(request), uid=uid)
    if found is None:
        raise Http404
    state, grant = AccessState(found.state), getattr(found, "grant", None)
    title = label(found.dataset.title)
    context = {
        "title": gettext("Your access to “%(title)s”") % {"title": title},
        "lead": gettext("Keep the address of this page: here you see what becomes of your request."),
        "crumbs": [*way(request), (gettext("Access"), "")],
        "state": gettext(ACCESS_STATE_LABELS[state]),
        "mood": {AccessState.GRANTED: "good", AccessState.WAITING: "accent"}.get(state, ""),
        "is_waiting": state is AccessState.WAITING,
        "reason": found.reason,
        "rows": [
            (gettext("Dataset"), title, address("dataset", found.dataset.slug)),
            (gettext("Asked"), day(found.made_at)),
            *([(gettext("Decided"), day(found.decided_at))] if found.decided_at else []),
            *([(gettext("Access until"), day(grant.until_on))] if grant else []),
            *([(gettext("Taken back"), day(grant.revoked_at))] if grant and grant.revoked_at else []),
        ],
        "revoked_why": grant.revoked_why if grant else "",
        "agreement": found.agreement,
    }
    return render(request, "catalogue/public/access_request.html", context)


def _key(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """Where the address that was mailed leads: make a key, see it once."""
    grant = grant_by_uid(city=city_of(request), uid=uid)
    if grant is None or not is_valid(grant):
        raise Http404
    key = make_key(grant=grant, by=principal_of(request)) if request.method == "POST" else ""
    title = label(grant.dataset.title)
    context = {
        "title": gettext("A key for “%(title)s”") % {"title": title},
        "lead": gettext("Programs show this key, and the rows open to them until %(day)s.")
        % {"day": day(grant.until_on)},
        "crumbs": [*way(request), (gettext("Access"), "")],
        "key": key,
        "has_key": bool(grant.digest),
        "example": request.build_absolute_uri(f"{home()}api/v1/datasets/{grant.dataset.slug}/rows"),
        "dataset_url": address("dataset", grant.dataset.slug),
        "dataset_title": title,
    }
    response = render(request, "catalogue/public/access_key.html", context)
    response["Cache-Control"] = "no-store"
    return response


key = public_page(_key, methods=("GET", "HEAD", "POST"))
