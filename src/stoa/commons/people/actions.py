# SPDX-License-Identifier: EUPL-1.2
"""Verbs that change cities, departments, people and tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.about import About
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people import refusals
from stoa.commons.people.models import ApiToken, Department, Membership, Person
from stoa.commons.people.own_data import own_data
from stoa.commons.people.rules import KEY_MARK, city_problems, path_of
from stoa.commons.roles.book import BOOK
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import LanguageText, say

CHANGE_DEPARTMENT = "people.change_department"
CHANGE_CITY = "cities.change_city"
PATH_MOST = 400
HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*")
"""RFC 1123, without a port."""


@transaction.atomic
def set_up_city(*, slug: str, by: Principal, **fields: Any) -> City:
    """Make a city, or bring its settings up to date; `Refused` if they cannot be those of a city."""
    problems = city_problems(slug, fields)
    if problems:
        raise Refused(*problems)
    city, is_new = City.objects.update_or_create(slug=slug, defaults=fields)
    with acting_in(city):
        record(
            city_id=city.pk,
            by=by,
            verb="city.set_up" if is_new else "city.changed",
            thing="city",
            thing_id=slug,
        )
    return city


@transaction.atomic
def answer_to_hosts(*, city: City, hosts: Iterable[str], by: Principal) -> list[str]:
    """Let a city answer to these host names, the main one first; `Refused` for what is none or another city's."""
    named = list(dict.fromkeys(host.strip().lower().rstrip(".") for host in hosts))
    for host in named:
        if not HOST_NAME.fullmatch(host):
            raise refusals.host_name_wrong(host)
        if City.objects.filter(hosts__contains=[host]).exclude(pk=city.pk).exists():
            raise refusals.host_name_taken(host)
    return list(set_up_city(slug=city.slug, by=by, hosts=named).hosts)


@transaction.atomic
def say_about_city(*, city: City, about: About, by: Principal) -> City:
    """Keep what the city says of itself; `Refused` for whoever does not manage the whole city."""
    if by.departments_with(CHANGE_CITY) is not None:
        raise refusals.about_not_yours()
    return set_up_city(slug=city.slug, by=by, about=about.to_json())


def department_named(city: City, slug: str) -> Department:
    """The department with this short name; `Refused` with those that there are."""
    known = Department.objects.filter(city=city)
    found = known.filter(slug=slug).first()
    if found is None:
        raise refusals.department_unknown(slug, known.order_by("path").values_list("slug", flat=True)[:40])
    return found


@transaction.atomic
def set_up_department(
    *, city: City, slug: str, name: LanguageText, by: Principal, parent: str = "", email: str = ""
) -> Department:
    """Make a department, or bring it up to date and to its place; its parent must exist."""
    above = department_named(city, parent) if parent else None
    short = slug_of(slug, most=60)
    department, is_new = Department.objects.get_or_create(
        city=city,
        slug=short,
        defaults={
            "name": dict(name),
            "parent": above,
            "email": email,
            "path": path_of(short, above.path if above else ""),
        },
    )
    if not is_new:
        department.name, department.email = dict(name), email
        department.save(update_fields=["name", "email"])
        if department.parent_id != (above.pk if above else None):
            department = move_department(department=department, parent=above, by=by)
    record(city_id=city.pk, by=by, verb="department.set_up", thing="department", thing_id=department.slug)
    return department


@transaction.atomic
def move_department(*, department: Department, parent: Department | None, by: Principal) -> Department:
    """Put a department with all below it under another one, or at the top.

    Roles reach what is below their department: from now on that of the new place. `Refused` for whoever does not
    manage the whole city (`people.right_missing`), below itself (`people.department_cycle`), too deep
    (`people.department_too_deep`).
    """
    if by.departments_with(CHANGE_DEPARTMENT) is not None:
        raise refusals.right_missing()
    # All of the city's, in one order: of two moves at once, the second sees what the first made of the tree.
    tree = {
        one.pk: one
        for one in Department.objects.select_for_update(of=("self",))
        .filter(city_id=department.city_id)
        .order_by("pk")
    }
    department = tree[department.pk]
    above = tree[parent.pk] if parent else None
    if above is not None and above.path.startswith(department.path):
        raise refusals.department_cycle(department.slug, above.slug)
    was = tree[department.parent_id].slug if department.parent_id else ""
    old, new = department.path, path_of(department.slug, above.path if above else "")
    branch = [one for one in tree.values() if one.path.startswith(old)]
    if any(len(new) + len(one.path) - len(old) > PATH_MOST for one in branch):
        raise refusals.department_too_deep()
    for one in branch:
        one.path = new + one.path.removeprefix(old)
    department.parent = above
    Department.objects.bulk_update(branch, ["path", "parent"])
    facts = {"from": was, "to": above.slug if above else "", "with_below": len(branch) - 1}
    record(
        city_id=department.city_id,
        by=by,
        verb="department.moved",
        thing="department",
        thing_id=department.slug,
        facts=facts,
    )
    return department


@transaction.atomic
def invite_person(
    *,
    city: City,
    email: str,
    by: Principal,
    name: str = "",
    language: str = "en",
    password: str | None = None,
) -> Person:
    """The person with this address, with a new account if there was none; no role yet."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person.objects.create_user(email, password, name=name, language=language)
    record(city_id=city.pk, by=by, verb="person.invited", thing="person", thing_id=str(person.pk))
    return person


@transaction.atomic
def make_operator(*, city: City, person: Person, by: Principal) -> None:
    """Let a person run the whole install and see all of its cities; only who runs it may."""
    if not by.is_operator:
        raise refusals.operator_only()
    person.is_operator = True
    person.save(update_fields=["is_operator"])
    record(city_id=city.pk, by=by, verb="operator.made", thing="person", thing_id=str(person.pk))


@transaction.atomic
def give_role(
    *, city: City, person: Person, role: str, by: Principal, department: Department | None = None
) -> Membership:
    """Let a person hold a role for a department, or for the whole city."""
    if role not in BOOK:
        raise Refused(
            Problem(
                "people.role_unknown",
                say("There is no role called %(role)s.", role=role),
                say("Rights are only given by roles that everybody can read."),
                say("Choose one of: %(roles)s.", roles=", ".join(r.code for r in BOOK.all())),
                field="role",
            )
        )
    held, _new = Membership.objects.get_or_create(city=city, person=person, role=role, department=department)
    record(
        city_id=city.pk,
        by=by,
        verb="role.given",
        thing="person",
        thing_id=str(person.pk),
        facts={"role": role, "department": department.slug if department else ""},
    )
    return held


@transaction.atomic
def take_role(*, membership: Membership, by: Principal) -> None:
    """End a role."""
    facts = {
        "role": membership.role,
        "department": membership.department.slug if membership.department else "",
    }
    record(
        city_id=membership.city_id,
        by=by,
        verb="role.taken",
        thing="person",
        thing_id=str(membership.person_id),
        facts=facts,
    )
    membership.delete()


@transaction.atomic
def make_token(
    *, city: City, role: str, note: str, by: Principal, department: Department | None = None
) -> str:
    """A new key for a program; returned once, only its hash is kept."""
    if role not in BOOK:
        raise Refused(
            Problem("people.role_unknown", say("There is no role called %(role)s.", role=role), field="role")
        )
    key = f"{KEY_MARK}{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        city=city,
        role=role,
        note=note,
        department=department,
        digest=hashlib.sha256(key.encode()).hexdigest(),
    )
    record(
        city_id=city.pk,
        by=by,
        verb="token.made",
        thing="token",
        thing_id=str(token.pk),
        facts={"role": role, "note": note},
    )
    return key


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Principal) -> None:
    """Make a key invalid at once."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(city_id=token.city_id, by=by, verb="token.revoked", thing="token", thing_id=str(token.pk))


@transaction.atomic
def hand_out_own_data(*, city: City, person: Person, by: Principal) -> dict[str, Any]:
    """Everything that the city holds on whoever asks; nobody gets it for somebody else."""
    if by.person_id != person.pk:
        raise refusals.own_data_only()
    record(city_id=city.pk, by=by, verb="person.data_taken", thing="person", thing_id=str(person.pk))
    return own_data(city=city, person=person)
