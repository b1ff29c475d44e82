# SPDX-License-Identifier: EUPL-1.2
"""Keys for programs: each is shown once, acts in one role, and can be made invalid at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.cities.models import City
from stoa.commons.people.actions import make_token, revoke_token
from stoa.commons.people.models import ApiToken
from stoa.commons.people.pages.desk import city_of, frame, principal_of
from stoa.commons.people.pages.managing import (
    INVITE,
    attempt,
    department_of,
    done,
    manager_page,
    name_of,
    way,
)
from stoa.commons.people.pages.people import RoleForm
from stoa.commons.roles.book import BOOK
from stoa.commons.words.fields import in_words
from stoa.ground.problems import Problem


class TokenForm(RoleForm):
    """What a key is for, and what it may do."""

    note = forms.CharField(
        label=_("What is it for?"),
        max_length=200,
        help_text=_("Which program, and who looks after it."),
        error_messages={"required": _("Write what the key is for.")},
    )
    field_order = ("note", "role", "department")

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        super().__init__(city, *args, **kwargs)
        # A program that could invite people and make keys would be a way around every other lock.
        choices = self.fields["role"].choices  # type: ignore[attr-defined]
        self.fields["role"].choices = [pair for pair in choices if pair[0] != "manager"]  # type: ignore[attr-defined]


@manager_page(INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponseBase:
    """The keys of the city. A new one is shown on the answer to its making and never again."""
    city = city_of(request)
    form = TokenForm(city, request.POST or None)
    problems: tuple[Problem, ...] = ()
    made: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        department = department_of(request, said["department"])
        problems = attempt(
            lambda: made.append(
                make_token(
                    city=city,
                    role=said["role"],
                    note=said["note"],
                    by=principal_of(request),
                    department=department,
                )
            )
        )
        form = form if problems else TokenForm(city)
    lead = gettext(
        "A program that brings in or reads data signs in with a key. Keep it as you keep a password."
    )
    context = frame(
        request, "tokens", gettext("Keys for programs"), lead, crumbs=way((gettext("Keys for programs"), ""))
    )
    context |= {"tokens": _listed(city), "form": form, "problems": problems, "key": made[0] if made else ""}
    return render(request, "people/tokens.html", context, status=422 if problems or form.errors else 200)


def _listed(city: City) -> list[tuple[ApiToken, str, str]]:
    """Key, role and place in words; valid ones first."""
    held = ApiToken.objects.filter(city=city).select_related("department").order_by("revoked_at", "-made_at")
    words = {one.code: in_words(one.title) for one in BOOK.all()}
    found = [
        (
            one,
            words.get(one.role, one.role),
            name_of(one.department) if one.department else gettext("the whole city"),
        )
        for one in held
    ]
    return sorted(found, key=lambda line: line[0].revoked_at is not None)


@manager_page(INVITE)
@require_POST
def token_revoked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a key invalid at once."""
    found = ApiToken.objects.filter(city=city_of(request), pk=pk, revoked_at=None).first()
    if found is None:
        raise Http404
    revoke_token(token=found, by=principal_of(request))
    return done(request, gettext("The key is not valid any more."), "desk-tokens")
