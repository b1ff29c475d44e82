# SPDX-License-Identifier: EUPL-1.2
"""People and their roles: invite, give a role, take it away."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.cities.models import City
from stoa.commons.people.actions import give_role, invite_person, take_role
from stoa.commons.people.models import Membership, Person
from stoa.commons.people.pages.desk import city_of, frame, principal_of
from stoa.commons.people.pages.managing import (
    INVITE,
    attempt,
    department_choices,
    department_of,
    done,
    manager_page,
    name_of,
    way,
)
from stoa.commons.roles.book import BOOK
from stoa.commons.words.fields import in_words
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say


class RoleForm(forms.Form):
    """A role, and for which department it is held."""

    role = forms.ChoiceField(
        label=_("Role"), widget=forms.RadioSelect, error_messages={"required": _("Choose a role.")}
    )
    department = forms.ChoiceField(
        label=_("For which department"),
        required=False,
        help_text=_("The role reaches the departments below it too."),
    )

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(one.code, f"{in_words(one.title)}: {in_words(one.description)}") for one in BOOK.all()]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["department"].choices = department_choices(city, gettext("The whole city"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        role, department = said.get("role"), said.get("department")
        if role and BOOK[role].is_for_whole_city and department:
            self.add_error("department", gettext("This role is held for the whole city."))
        if role == "officer" and not department:
            self.add_error("department", gettext("Choose the department of the officer."))
        return said


class InviteForm(RoleForm):
    """Somebody new, or somebody who has an account already."""

    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={"required": _("Write the address that the invitation goes to.")},
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("As colleagues see it.")
    )
    language = forms.ChoiceField(label=_("Language of messages"), required=False)
    field_order = ("email", "name", "language", "role", "department")

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        super().__init__(city, *args, **kwargs)
        self.fields["language"].choices = [(code, _language(code)) for code in city.languages or ["en"]]  # type: ignore[attr-defined]


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


@manager_page(INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody with a role, and the invitation."""
    form = InviteForm(city_of(request), request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems = attempt(lambda: _invite(request, form.cleaned_data))
        if not problems:
            words = gettext("Invited. A message with a link to set a password is on its way.")
            return done(request, words, "desk-people")
    return _show(request, form, problems)


def _invite(request: HttpRequest, said: dict[str, Any]) -> None:
    """The account, the role and the mail: all or nothing."""
    city, by = city_of(request), principal_of(request)
    person = invite_person(
        city=city, email=said["email"], by=by, name=said["name"], language=said["language"] or "en"
    )
    give_role(
        city=city,
        person=person,
        role=said["role"],
        by=by,
        department=department_of(request, said["department"]),
    )
    if not person.has_usable_password():
        letter = ResetPasswordForm(data={"email": person.email})
        if letter.is_valid():
            letter.save(request)


def _show(request: HttpRequest, form: forms.Form, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    held = (
        Membership.objects.filter(city=city_of(request))
        .select_related("person", "department")
        .order_by("person__name", "person__email", "pk")
    )
    listed: dict[int, tuple[Person, list[tuple[Membership, str, str]]]] = {}
    for one in held:
        role = in_words(BOOK[one.role].title) if one.role in BOOK else one.role
        place = name_of(one.department) if one.department else gettext("the whole city")
        listed.setdefault(one.person_id, (one.person, []))[1].append((one, role, place))
    lead = gettext("Who may do what. A role is given by invitation and can be taken away at any time.")
    context = frame(
        request, "people", gettext("People and roles"), lead, crumbs=way((gettext("People and roles"), ""))
    )
    context |= {"people": list(listed.values()), "form": form, "problems": problems}
    return render(request, "people/people.html", context, status=422 if request.method == "POST" else 200)


@manager_page(INVITE)
@require_POST
def role_taken(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End one role of somebody."""
    held = Membership.objects.filter(city=city_of(request), pk=pk).select_related("department").first()
    if held is None:
        raise Http404
    problems = attempt(lambda: _take(request, held))
    if problems:
        return _show(request, InviteForm(city_of(request)), problems)
    return done(request, gettext("The role was taken away."), "desk-people")


def _take(request: HttpRequest, held: Membership) -> None:
    by = principal_of(request)
    if held.person_id == by.person_id and held.role == "manager":
        raise Refused(
            Problem(
                "people.role_own",
                say("You cannot take your own role as manager away."),
                say("Nobody might be left to invite people."),
                say("Ask another manager to do it."),
            )
        )
    take_role(membership=held, by=by)
