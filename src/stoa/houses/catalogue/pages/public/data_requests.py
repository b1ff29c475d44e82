# SPDX-License-Identifier: EUPL-1.2
"""Requests for data: what people want, how many, by when the city answers, and what it says."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue.actions.asking import ask_for_data
from stoa.houses.catalogue.actions.voting import confirm_vote, vote_for
from stoa.houses.catalogue.models import DataRequest
from stoa.houses.catalogue.pages.desk.opening import pager, place_asked
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.queries.contributions import (
    PUBLIC_REQUESTS,
    SIZE,
    request_by_uid,
    requests_shown,
    vote_by_uid,
)
from stoa.houses.catalogue.queries.datasets import dataset_for
from stoa.houses.catalogue.queries.policy import policy_of
from stoa.houses.catalogue.terms import REQUEST_LABELS, RequestState
from stoa.web.notation import label
from stoa.web.open_form import OpenForm, answer_email, show_form, take_turn, thanked

MOODS = {RequestState.OPEN: "accent", RequestState.GRANTED: "good", RequestState.PARTLY: "good"}


class RequestForm(OpenForm):
    """Which data, and what for."""

    title = forms.CharField(label=_("Which data do you want?"), max_length=200)
    description = forms.CharField(
        label=_("What should be in it, and what for?"),
        help_text=_("Everybody will read this. Please write nothing about yourself or other people."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    email = answer_email()


class VoteForm(OpenForm):
    """Who wants it too; the address only confirms that it is a person."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You get one message to confirm. Then the address is erased; only the count stays."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@public_page
def data_requests(request: HttpRequest) -> HttpResponseBase:
    """Public requests, those that most people want first."""
    state = request.GET.get("state", "")
    first = place_asked(request, 100_000) // SIZE * SIZE
    city = city_of(request)
    listed, total = requests_shown(city=city, state=state, first=first)
    lead = gettext(
        "Data that people want and that the city does not offer yet. Each is answered within %(n)s days."
    )
    context = {
        "title": gettext("Requests for data"),
        "lead": lead % {"n": policy_of(city).answer_days},
        "crumbs": [*way(request), (gettext("Requests for data"), "")],
        "entries": [facts_of(one) for one in listed],
        "states": [(str(one), gettext(REQUEST_LABELS[one]), one == state) for one in PUBLIC_REQUESTS],
        "state": state if state in PUBLIC_REQUESTS else "",
        "feed_url": f"{home()}requests.atom",
        "pager": pager(request, first=first, shown=len(listed), total=total, size=SIZE),
    }
    return render(request, "catalogue/public/requests.html", context)


def facts_of(found: DataRequest) -> dict[str, Any]:
    """A request as pages show it."""
    state = RequestState(found.state)
    is_open = state is RequestState.OPEN
    return {
        "title": found.title,
        "url": address("data-request", found.uid),
        "state": gettext(REQUEST_LABELS[state]),
        "mood": MOODS.get(state, ""),
        "votes": found.votes,
        "made_at": found.made_at,
        "promised_on": found.promised_on if is_open else None,
        "is_late": bool(is_open and found.promised_on and found.promised_on < today_in(found.city)),
        "department": label(found.department.name) if found.department else "",
    }


def _ask(request: HttpRequest) -> HttpResponseBase:
    form = RequestForm(request.POST or None, initial={"title": request.GET.get("title", "")[:200]})
    context: dict[str, Any] = {
        "title": gettext("Ask for data"),
        "lead": gettext(
            "A steward looks at your request, makes it public, and somebody answers it with a reason."
        ),
        "crumbs": [
            *way(request),
            (gettext("Requests for data"), address("data-requests")),
            (gettext("Ask for data"), ""),
        ],
        "send_words": gettext("Send the request"),
        "back_url": address("data-requests"),
    }
    if request.method == "POST" and form.is_valid():
        if form.is_of_program:
            return thanked(address("data-requests"))
        said = form.cleaned_data
        try:
            take_turn(request)
            made = ask_for_data(
                city=city_of(request),
                title=said["title"],
                description=said["description"],
                email=said["email"],
                by=principal_of(request),
            )
            return thanked(address("data-request", made.uid))
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/send_form.html", context, form)


ask = public_page(_ask, methods=("GET", "HEAD", "POST"))


def _data_request(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """One request with its answer; a POST votes for it."""
    found = request_by_uid(city=city_of(request), uid=uid)
    if found is None:
        raise Http404
    by = principal_of(request)
    form = VoteForm(request.POST or None)
    if by.person_id:
        form.fields["email"].required = False
    context = _context(request, found)
    if request.method == "POST" and form.is_valid():
        if form.is_of_program:
            return thanked(f"{address('data-request', uid)}?voted=mail")
        try:
            take_turn(request)
            at_once = vote_for(found=found, by=by, email=form.cleaned_data["email"])
            return thanked(f"{address('data-request', uid)}?voted={'now' if at_once else 'mail'}")
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/request.html", context, form)


data_request = public_page(_data_request, methods=("GET", "HEAD", "POST"))


def _context(request: HttpRequest, found: DataRequest) -> dict[str, Any]:
    by = principal_of(request)
    is_public = found.state in PUBLIC_REQUESTS
    return {
        "title": found.title if is_public else gettext("Your request for data"),
        "lead": ""
        if is_public
        else gettext("Keep the address of this page: here you see what becomes of it."),
        "crumbs": [
            *way(request),
            (gettext("Requests for data"), address("data-requests")),
            (gettext("One of them"), ""),
        ],
        "facts": facts_of(found),
        "description": found.description if is_public else "",
        "reason": found.reason,
        "decided_at": found.decided_at,
        "dataset": _answer(request, found, by),
        "is_open": found.state == RequestState.OPEN,
        "is_waiting": found.state == RequestState.WAITING,
        "needs_email": not by.person_id,
        "voted": request.GET.get("voted", ""),
    }


def _answer(request: HttpRequest, found: DataRequest, by: Principal) -> tuple[str, str] | None:
    """The dataset that answers it, if this reader may know of it."""
    if found.dataset is None:
        return None
    try:
        dataset = dataset_for(city=city_of(request), principal=by, slug=found.dataset.slug)
    except NotFound:
        return None
    return label(dataset.title) or dataset.slug, address("dataset", dataset.slug)


def _vote(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The address that was mailed: a button to say yes, since programs that look at mail open every address."""
    city = city_of(request)
    if request.method == "POST":
        voted = confirm_vote(city=city, uid=uid, by=principal_of(request))
        return thanked(f"{address('data-request', voted.uid)}?voted=now")
    vote = vote_by_uid(city=city, uid=uid)
    if vote is None:
        raise Http404
    context = {
        "title": gettext("Confirm your vote"),
        "lead": vote.request.title,
        "crumbs": [
            *way(request),
            (gettext("Requests for data"), address("data-requests")),
            (gettext("Confirm"), ""),
        ],
        "words": gettext("Your address is erased as soon as you confirm; only the count stays."),
        "buttons": [("", gettext("Yes, I want these data too"), "")],
    }
    return render(request, "catalogue/public/confirm.html", context)


vote = public_page(_vote, methods=("GET", "HEAD", "POST"))
