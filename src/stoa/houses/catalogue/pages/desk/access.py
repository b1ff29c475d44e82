# SPDX-License-Identifier: EUPL-1.2
"""A request for access at the desk: give it until a day, refuse it, take it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.granting import grant_access, refuse_access, revoke_access
from stoa.houses.catalogue.models import AccessRequest
from stoa.houses.catalogue.pages.desk.contributions import show
from stoa.houses.catalogue.pages.desk.forms import ReasonForm
from stoa.houses.catalogue.pages.desk.opening import attempt, done, title_of
from stoa.houses.catalogue.queries.access import access_request_to_decide
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import ACCESS_STATE_LABELS, AccessState
from stoa.web.notation import day


class DecisionForm(forms.Form):
    """Yes until a day, or no; always with a reason."""

    state = forms.ChoiceField(
        label=_("What is the decision?"),
        widget=forms.RadioSelect,
        choices=[(str(AccessState.GRANTED), _("Give access")), (str(AccessState.REFUSED), _("Refuse"))],
        error_messages={"required": _("Choose one.")},
    )
    until_on = forms.DateField(
        label=_("Last day of access"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever asked reads it, and it stays in the history of the dataset."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the reason in one sentence.")},
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who asks, what for, and the decision; later the way to take it back."""
    by = principal_of(request)
    if not by.may(Permission.GRANT_ACCESS):
        raise PermissionDenied
    found = access_request_to_decide(city=city_of(request), principal=by, request_id=pk)
    form = _form(request, found)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form is not None and form.is_valid():
        said = form.cleaned_data
        problems = attempt(lambda: _decide(found, said, by))
        if not problems:
            return done(request, gettext("Decided. Whoever asked gets a message."), "desk-contributions")
    title = gettext("Access to “%(title)s”") % {"title": title_of(found.dataset)}
    return show(request, title, _context(found), form, problems)


def _form(request: HttpRequest, found: AccessRequest) -> forms.Form | None:
    if found.state == AccessState.WAITING:
        return DecisionForm(request.POST or None, initial={"until_on": found.wanted_until_on})
    grant = getattr(found, "grant", None)
    if grant is None or grant.revoked_at is not None:
        return None
    return ReasonForm(request.POST or None, words=gettext("Why is access taken back?"))


def _decide(found: AccessRequest, said: dict[str, Any], by: Principal) -> None:
    if found.state == AccessState.GRANTED:
        revoke_access(grant=found.grant, why=said["reason"], by=by)
    elif said["state"] == AccessState.GRANTED:
        grant_access(found=found, until_on=said["until_on"], reason=said["reason"], by=by)
    else:
        refuse_access(found=found, reason=said["reason"], by=by)


def _context(found: AccessRequest) -> dict[str, Any]:
    state, grant = AccessState(found.state), getattr(found, "grant", None)
    mood = {AccessState.WAITING: "accent", AccessState.GRANTED: "good"}.get(state, "")
    erased = gettext("erased")
    facts = [
        (gettext("Dataset"), title_of(found.dataset), reverse("dataset", args=(found.dataset.slug,))),
        (gettext("Name"), found.name or erased),
        *([(gettext("Organisation"), found.organisation)] if found.organisation else []),
        (gettext("E-mail address"), found.email or erased),
        (gettext("Asked"), day(found.made_at)),
        (gettext("Wanted until"), day(found.wanted_until_on)),
        *([(gettext("Decided by"), found.decided_by)] if found.decided_by else []),
    ]
    if grant:
        facts.append((gettext("Access until"), day(grant.until_on)))
        facts.append(
            (
                gettext("Opens for"),
                _opens_for(has_account=grant.person_id is not None, has_key=bool(grant.digest)),
            )
        )
    if grant and grant.revoked_at:
        facts.append(
            (gettext("Taken back"), f"{day(grant.revoked_at)}, {grant.revoked_by}: {grant.revoked_why}")
        )
    return {
        "state": (gettext(ACCESS_STATE_LABELS[state]), mood),
        "facts": facts,
        "texts": [
            (gettext("Purpose"), found.purpose),
            (gettext("The terms that were accepted"), found.agreement),
        ],
        "decision": found.reason,
        "send_words": gettext("Take access back") if grant else gettext("Decide"),
        "is_danger": grant is not None,
    }


def _opens_for(*, has_account: bool, has_key: bool) -> str:
    words = [gettext("the account with this address")] * has_account + [gettext("a key")] * has_key
    return ", ".join(words) or gettext("nobody yet: no key has been made")
