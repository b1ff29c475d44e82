# SPDX-License-Identifier: EUPL-1.2
"""A request for data at the desk: make it public, then answer it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.models import City
from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.commons.people.queries import departments
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.asking import ANSWERS, answer_request, show_request
from stoa.houses.catalogue.models import DataRequest, Dataset
from stoa.houses.catalogue.pages.desk.contributions import is_steward, show
from stoa.houses.catalogue.pages.desk.opening import attempt, done
from stoa.houses.catalogue.queries.contributions import request_to_answer
from stoa.houses.catalogue.queries.datasets import dataset_for
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import REQUEST_LABELS, RequestState
from stoa.web.notation import day, label, number


class ShowForm(forms.Form):
    """Whether a request becomes public, and who answers it."""

    state = forms.ChoiceField(
        label=_("What becomes of it?"),
        widget=forms.RadioSelect,
        choices=[
            (str(RequestState.OPEN), _("Show it to everybody and promise an answer")),
            (str(RequestState.NOT_SHOWN), _("Do not show it")),
        ],
        error_messages={"required": _("Choose one.")},
    )
    department = forms.ChoiceField(label=_("Department that answers"), required=False)
    reason = forms.CharField(
        label=_("Reason, if it is not shown"),
        help_text=_("The sender reads it."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, city: City, *args: Any) -> None:
        super().__init__(*args)
        choices = [
            ("", gettext("The data stewards")),
            *((str(one.pk), label(one.name)) for one in departments(city)),
        ]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer with its reason."""

    state = forms.ChoiceField(
        label=_("What is the answer?"),
        widget=forms.RadioSelect,
        choices=[(str(state), _(REQUEST_LABELS[state])) for state in ANSWERS],
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it: what will come and when, or why it cannot be."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the reason in one sentence.")},
    )
    dataset = forms.CharField(
        label=_("The dataset that answers it"),
        help_text=_("Its short name, as it stands in the address of its page. You may leave it empty."),
        max_length=80,
        required=False,
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def data_request(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is asked for, and the form for the next step."""
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.ANSWER_REQUEST):
        raise PermissionDenied
    found = request_to_answer(city=city, principal=by, request_id=pk)
    form = _form(request, found, city, by)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form is not None and form.is_valid():
        said = form.cleaned_data
        problems = attempt(lambda: _decide(found, said, city, by))
        if not problems:
            return done(
                request, gettext("Decided. Whoever left an address gets a message."), "desk-contributions"
            )
    return show(request, found.title, _context(found), form, problems)


def _form(request: HttpRequest, found: DataRequest, city: City, by: Principal) -> forms.Form | None:
    """The form of the state that the request is in; none when it has been answered."""
    if found.state == RequestState.WAITING:
        return ShowForm(city, request.POST or None) if is_steward(by) else None
    return AnswerForm(request.POST or None) if found.state == RequestState.OPEN else None


def _decide(found: DataRequest, said: dict[str, Any], city: City, by: Principal) -> None:
    state = RequestState(said["state"])
    if state is RequestState.OPEN:
        chosen = next((one for one in departments(city) if str(one.pk) == said["department"]), None)
        show_request(found=found, department=chosen, by=by)
        return
    dataset = _dataset(said.get("dataset", ""), city, by)
    answer_request(found=found, state=state, reason=said["reason"], dataset=dataset, by=by)


def _dataset(name: str, city: City, by: Principal) -> Dataset | None:
    slug = name.strip().rstrip("/").rpartition("/")[2]
    if not slug:
        return None
    try:
        return dataset_for(city=city, principal=by, slug=slug)
    except NotFound:
        raise Refused(
            Problem(
                "catalogue.dataset_unknown",
                say("There is no dataset “%(name)s”.", name=slug[:80]),
                say("Readers follow the link to what they asked for."),
                say("Copy the short name from the address of its page."),
                "dataset",
            )
        ) from None


def _context(found: DataRequest) -> dict[str, Any]:
    state = RequestState(found.state)
    mood = {RequestState.WAITING: "accent", RequestState.OPEN: "accent", RequestState.GRANTED: "good"}.get(
        state, ""
    )
    return {
        "state": (gettext(REQUEST_LABELS[state]), mood),
        "facts": [
            (gettext("Asked"), day(found.made_at)),
            (gettext("Votes"), number(found.votes)),
            *([(gettext("Answer promised by"), day(found.promised_on))] if found.promised_on else []),
            *([(gettext("Department"), label(found.department.name))] if found.department else []),
            *([(gettext("Decided by"), found.decided_by)] if found.decided_by else []),
        ],
        "texts": [(gettext("What is asked for"), found.description)],
        "decision": found.reason,
        "send_words": gettext("Decide"),
    }
