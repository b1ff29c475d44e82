# SPDX-License-Identifier: EUPL-1.2
"""Forms that anybody may send without an account: two traps for programs, none for people."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from stoa.commons.sandbox.pace import Pace
from stoa.ground.addresses import is_this_machine, network_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.web.notation import in_words

SOONEST = timedelta(seconds=2)
"""Nobody reads and fills in a form quicker."""
LONGEST = timedelta(days=1)
_PACE = Pace(burst=40, per_second=40 / 3600)
"""Of one network and by one process: a class that signs up together is not stopped, a program is."""
_SALT = "catalogue.open_form"


def stamp() -> str:
    """When a form was shown, signed; says nothing about to whom."""
    return signing.TimestampSigner(salt=_SALT).sign("shown")


class OpenForm(forms.Form):
    """A form with a field that people do not see, and the time at which it was shown."""

    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    """Hidden from people; programs that fill in everything fill it in."""
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def fresh_stamp(self) -> str:
        return stamp()

    @property
    def for_people(self) -> list[Any]:
        """The fields that are seen, in their order."""
        return [self[name] for name in self.fields if name not in {"website", "shown"}]

    @property
    def is_of_program(self) -> bool:
        """Filled in by a program: the trap is full, or the form came back sooner than anybody types."""
        if self.cleaned_data.get("website"):
            return True
        try:
            signing.TimestampSigner(salt=_SALT).unsign(self.cleaned_data.get("shown", ""), max_age=SOONEST)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return True

    def clean_shown(self) -> str:
        said = str(self.cleaned_data.get("shown", ""))
        try:
            signing.TimestampSigner(salt=_SALT).unsign(said, max_age=LONGEST)
        except signing.SignatureExpired:
            raise forms.ValidationError(
                _("This page was open for very long. Please send it once more.")
            ) from None
        except signing.BadSignature:
            pass
        return said

    def put(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Put problems beside their fields; returns those that are about none."""
        for problem in problems:
            if problem.field in self.fields:
                self.add_error(problem.field, f"{in_words(problem.what)} {in_words(problem.do)}".strip())
        return tuple(problem for problem in problems if problem.field not in self.fields)


EMAIL = {"widget": forms.EmailInput(attrs={"autocomplete": "email"})}


def answer_email() -> forms.EmailField:
    """The field for an address that serves one answer."""
    return forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Only for the answer; it is erased afterwards."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def take_turn(request: HttpRequest) -> None:
    """Raise Refused (`web.forms_too_many`) for a network that sends more forms than people do.

    Without it one caller would use up what a whole city may send in an hour, and everybody else were shut out.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if is_this_machine(address) or not _PACE.wait_for(network_of(address), time.monotonic()):
        return
    raise Refused(
        Problem(
            "web.forms_too_many",
            say("Very many forms have come from your network."),
            say("Most of them were sent by programs, and others shall get their turn."),
            say("Please try again in some minutes, or from another network."),
        )
    )


def show_form(
    request: HttpRequest, template: str, context: dict[str, Any], form: OpenForm
) -> HttpResponseBase:
    """The page with the form; 422 when it came back with something to mend."""
    is_wrong = request.method == "POST" and bool(form.errors or context.get("problems"))
    response = render(request, template, context | {"form": form}, status=422 if is_wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


def thanked(url: str) -> HttpResponseBase:
    """Where somebody goes after sending; a program is sent there too, and nothing was kept."""
    return HttpResponseRedirect(url)
