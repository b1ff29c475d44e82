# SPDX-License-Identifier: EUPL-1.2
"""What the pages of a manager share: the right to be there, their navigation, refusals as problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.people.actions import CHANGE_CITY
from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import Section, View, city_of, desk_page, principal_of
from stoa.commons.people.queries import departments
from stoa.commons.words.fields import in_reader_language
from stoa.ground.problems import Problem, Refused

INVITE = "people.invite_person"
DEPARTMENTS = "people.change_department"


def manager_page(permission: str) -> Callable[[View], View]:
    """A page at the desk for whoever holds the right in the whole city."""

    def wrap(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if principal_of(request).departments_with(permission) is not None:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return desk_page(shown)

    return wrap


def sections_of_people(request: HttpRequest) -> Iterable[Section]:
    """A manager's entries in the navigation of the desk, and everybody's own account."""
    by = principal_of(request)
    if by.departments_with(INVITE) is None:
        yield Section("people", reverse("desk-people"), gettext("People and roles"))
        yield Section("tokens", reverse("desk-tokens"), gettext("Keys for programs"))
    if by.departments_with(DEPARTMENTS) is None:
        yield Section("departments", reverse("desk-departments"), gettext("Departments"))
    if by.departments_with(CHANGE_CITY) is None:
        yield Section("about", reverse("desk-about"), gettext("About this portal"))
    yield Section("account", reverse("mfa_index"), gettext("My account"))


def way(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb from the desk down to this page."""
    return [(gettext("Desk"), reverse("desk")), *crumbs]


def attempt(deed: Callable[[], Any]) -> tuple[Problem, ...]:
    """Do something in a savepoint; a refusal undoes it whole and comes back as problems."""
    try:
        with transaction.atomic():
            deed()
    except Refused as refusal:
        return refusal.problems
    return ()


def done(request: HttpRequest, words: str, page: str) -> HttpResponseRedirect:
    """Say what was done on the next page, so that going back sends nothing twice."""
    messages.success(request, words)
    return HttpResponseRedirect(reverse(page))


def name_of(department: Department) -> str:
    return in_reader_language(department.name) or department.slug


def department_choices(city: City, nothing: str) -> list[tuple[str, str]]:
    """All departments in tree order for a select; deeper ones moved in."""
    moved = [
        (str(one.pk), "\N{NO-BREAK SPACE}" * 3 * (one.path.count("/") - 1) + name_of(one))
        for one in departments(city)
    ]
    return [("", nothing), *moved]


def department_of(request: HttpRequest, pk: str) -> Department | None:
    """The department of this city with this number, if one was chosen."""
    return (
        Department.objects.filter(city=city_of(request), pk=pk).first()
        if pk.isascii() and pk.isdigit()
        else None
    )
