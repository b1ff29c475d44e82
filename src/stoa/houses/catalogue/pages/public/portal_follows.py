# SPDX-License-Identifier: EUPL-1.2
"""Following the whole portal by e-mail: ask, confirm, choose how often, stop."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.following_portal import (
    confirm_portal_follow,
    end_portal_follow,
    follow_portal,
    set_rhythm,
)
from stoa.houses.catalogue.models import PortalFollow
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.follows import ended
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.queries.follows import portal_follow_by_uid
from stoa.houses.catalogue.terms import RHYTHM_LABELS, Rhythm
from stoa.web.notation import label
from stoa.web.open_form import OpenForm, show_form, take_turn, thanked


class PortalFollowForm(OpenForm):
    """Where messages go, and how often."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You get one message to confirm. Every message lets you stop."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    rhythm = forms.ChoiceField(label=_("How often"), widget=forms.RadioSelect, initial=str(Rhythm.WEEKLY))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["rhythm"].choices = [(str(one), gettext(words)) for one, words in RHYTHM_LABELS.items()]


def _follow_all(request: HttpRequest) -> HttpResponseBase:
    """The form; its answer is the same whether the address follows already or not."""
    form = PortalFollowForm(request.POST or None)
    title = gettext("News by e-mail")
    context: dict[str, Any] = {
        "title": title,
        "lead": gettext("New and changed data of the whole portal in one message. You need no account."),
        "crumbs": [*way(request), (title, "")],
        "send_words": gettext("Send me news"),
        "back_url": address("home"),
        "feed_url": f"{home()}changes.atom",
        "is_sent": request.GET.get("sent") == "1",
    }
    if request.method == "POST" and form.is_valid():
        here = address("portal-follow", pairs=(("sent", "1"),))
        if form.is_of_program:
            return thanked(here)
        try:
            take_turn(request)
            follow_portal(
                city=city_of(request),
                email=form.cleaned_data["email"],
                rhythm=Rhythm(form.cleaned_data["rhythm"]),
                language=get_language() or "en",
                by=principal_of(request),
            )
            return thanked(here)
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/portal_follow.html", context, form)


follow_all = public_page(_follow_all, methods=("GET", "HEAD", "POST"))


def _followed_all(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The address that was mailed: say yes, choose how often, or stop."""
    city = city_of(request)
    if request.method == "POST":
        asked = request.GET.get("rhythm", "")
        if asked in set(Rhythm):
            set_rhythm(city=city, uid=uid, rhythm=Rhythm(asked), by=principal_of(request))
        else:
            confirm_portal_follow(city=city, uid=uid, by=principal_of(request))
        return thanked(address("portal-followed", uid))
    found = portal_follow_by_uid(city=city, uid=uid)
    if found is None:
        return ended(request)
    is_on = found.confirmed_at is not None
    rhythm = gettext(RHYTHM_LABELS[Rhythm(found.rhythm)])
    context = {
        "title": gettext("You get news by e-mail") if is_on else gettext("Confirm that you want news"),
        "lead": label(city.name),
        "crumbs": [*way(request), (gettext("News by e-mail"), "")],
        "words": gettext("How often: %(rhythm)s.") % {"rhythm": rhythm},
        "buttons": _buttons(found, is_on=is_on),
    }
    response = render(request, "catalogue/public/confirm.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _buttons(found: PortalFollow, *, is_on: bool) -> list[tuple[str, str, str]]:
    """What may be done, the likeliest first: address, words, look."""
    stop = (address("portal-follow-end", found.uid), gettext("Stop the messages"), "second")
    if not is_on:
        return [("", gettext("Yes, send me news"), ""), stop]
    others = [one for one in Rhythm if one != found.rhythm]
    switch = [
        (
            address("portal-followed", found.uid, pairs=(("rhythm", str(one)),)),
            gettext(RHYTHM_LABELS[one]),
            "",
        )
        for one in others
    ]
    return [*switch, stop]


followed_all = public_page(_followed_all, methods=("GET", "HEAD", "POST"))


def _end_all(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """Stop at once; mail programs send this by themselves when their reader says so (RFC 8058)."""
    if request.method == "POST":
        end_portal_follow(city=city_of(request), uid=uid, by=principal_of(request))
        return ended(request)
    return thanked(address("portal-followed", uid))


# Whoever knows the address may end it, so there is nothing that another site could ride on.
end_all = csrf_exempt(public_page(_end_all, methods=("GET", "HEAD", "POST")))
