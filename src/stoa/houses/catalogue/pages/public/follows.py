# SPDX-License-Identifier: EUPL-1.2
"""Following a dataset by e-mail: ask, confirm, stop."""

from __future__ import annotations

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.following import confirm_follow, end_follow, follow_dataset
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import (
    city_of,
    frame,
    open_dataset,
    principal_of,
    public_page,
    way,
)
from stoa.houses.catalogue.queries.follows import follow_by_uid
from stoa.web.notation import label
from stoa.web.open_form import OpenForm, show_form, take_turn, thanked


class FollowForm(OpenForm):
    """Where messages go."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_(
            "You get one message to confirm, then one on days when something is new. Every message lets you stop."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def _follow(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form; its answer is the same whether the address follows already or not."""
    opened = open_dataset(request, slug)
    if not Dataset.objects.filter(pk=opened.dataset.pk).visible_to(NOBODY).exists():
        raise Http404
    form = FollowForm(request.POST or None)
    heading = gettext("Follow: %(title)s") % {"title": opened.title}
    lead = gettext("Get a message when this dataset has a new version. You need no account.")
    context = frame(request, opened, "about", heading=heading, lead=lead, below=gettext("Follow"))
    context |= {
        "send_words": gettext("Follow"),
        "back_url": opened.url(),
        "is_sent": request.GET.get("sent") == "1",
    }
    if request.method == "POST" and form.is_valid():
        here = opened.url("dataset-follow", pairs=(("sent", "1"),))
        if form.is_of_program:
            return thanked(here)
        try:
            take_turn(request)
            follow_dataset(
                dataset=opened.dataset,
                email=form.cleaned_data["email"],
                language=get_language() or "en",
                by=principal_of(request),
            )
            return thanked(here)
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/follow.html", context, form)


follow = public_page(_follow, methods=("GET", "HEAD", "POST"))


def _followed(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The address that was mailed: say yes, or stop."""
    city = city_of(request)
    if request.method == "POST":
        confirm_follow(city=city, uid=uid, by=principal_of(request))
        return thanked(address("follow", uid))
    found = follow_by_uid(city=city, uid=uid)
    if found is None:
        return ended(request)
    is_on = found.confirmed_at is not None
    stop = (address("follow-end", uid), gettext("Stop following"), "second")
    context = {
        "title": gettext("You follow this dataset") if is_on else gettext("Confirm that you follow"),
        "lead": label(found.dataset.title),
        "crumbs": [*way(request), (gettext("Follow"), "")],
        "words": gettext("You get a message on days when something is new.")
        if is_on
        else gettext("Say yes, and you get a message on days when something is new."),
        "buttons": [stop] if is_on else [("", gettext("Yes, tell me of changes"), ""), stop],
    }
    return render(request, "catalogue/public/confirm.html", context)


followed = public_page(_followed, methods=("GET", "HEAD", "POST"))


def _end(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """Stop at once; mail programs send this by themselves when their reader says so (RFC 8058)."""
    if request.method == "POST":
        end_follow(city=city_of(request), uid=uid, by=principal_of(request))
        return ended(request)
    return thanked(address("follow", uid))


# Whoever knows the address may end it, so there is nothing that another site could ride on.
end = csrf_exempt(public_page(_end, methods=("GET", "HEAD", "POST")))


def ended(request: HttpRequest) -> HttpResponse:
    """Said to whoever stopped, and to whoever comes back with an address that is not valid any more."""
    context = {
        "title": gettext("You do not follow this any more"),
        "lead": gettext("Your address has been erased."),
        "crumbs": [*way(request), (gettext("Follow"), "")],
        "words": "",
        "buttons": [],
    }
    return render(request, "catalogue/public/confirm.html", context)
