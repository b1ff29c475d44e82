# SPDX-License-Identifier: EUPL-1.2
"""A city declares a register of its own, or adds fields to one of the product, without code."""

from __future__ import annotations

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import LanguageText, pick, say
from stoa.houses.registers.actions.exporting import ask_export
from stoa.houses.registers.actions.publishing import close_removed
from stoa.houses.registers.actions.rights import need
from stoa.houses.registers.kinds import SHIPPED
from stoa.houses.registers.models import CityKind
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declared import CORE, MOST_FIELDS, RESERVED, FieldTold, read_field

MOST_KINDS = 100


@transaction.atomic
def declare_kind(
    *, city: City, by: Principal, title: LanguageText, about: LanguageText, has_places: bool = False
) -> CityKind:
    """Begin a register of the city's own; its short name is made from its title and never changes."""
    need(by, Permission.CHANGE_KIND, None)
    for field, text in (("title", title), ("about", about)):
        if not any(said.strip() for said in text.values()):
            raise Refused(_unsaid(field))
    slug = slug_of(pick(title, ()), most=40)
    if (
        not slug
        or slug in RESERVED
        or slug in SHIPPED
        or CityKind.objects.filter(city=city, slug=slug).exists()
    ):
        raise Refused(_taken(slug))
    if CityKind.objects.filter(city=city).count() >= MOST_KINDS:
        raise Refused(_too_many(MOST_KINDS))
    made = CityKind.objects.create(
        city=city, slug=slug, title=_trimmed(title, 100), about=_trimmed(about, 600), has_places=has_places
    )
    record(city_id=city.pk, by=by, verb="register.declared", thing="register", thing_id=slug)
    return made


@transaction.atomic
def add_field(*, city: City, slug: str, by: Principal, told: FieldTold) -> CityKind:
    """Ask for one more thing of every entry; entries that are there lack it until somebody fills it in."""
    need(by, Permission.CHANGE_KIND, None)
    kind = kind_of(city, slug)
    held = _held(city, slug)
    if len(held.fields) >= MOST_FIELDS:
        raise Refused(_too_many(MOST_FIELDS))
    kept, problems = read_field(told, {field.name for field in kind} | set(CORE))
    if problems:
        raise Refused(*problems)
    held.fields = [*held.fields, kept]
    held.save(update_fields=["fields", "changed_at"])
    facts = {"field": kept["name"], "public": kept["public"]}
    record(city_id=city.pk, by=by, verb="register.field_added", thing="register", thing_id=slug, facts=facts)
    return held


@transaction.atomic
def remove_field(*, city: City, slug: str, by: Principal, name: str) -> CityKind:
    """Ask for it no more: it leaves form, pages and dataset at once; the history keeps what was said."""
    need(by, Permission.CHANGE_KIND, None)
    held = _held(city, slug)
    held.fields = [one for one in held.fields if one["name"] != name]
    held.save(update_fields=["fields", "changed_at"])
    record(
        city_id=city.pk,
        by=by,
        verb="register.field_removed",
        thing="register",
        thing_id=slug,
        facts={"field": name},
    )
    close_removed(city_id=city.pk, kind=kind_of(city, slug))
    ask_export(city.pk, {"kind": slug})
    return held


def _held(city: City, slug: str) -> CityKind:
    """What the city declared of a register, held for this transaction; made where it is the first."""
    CityKind.objects.get_or_create(city=city, slug=slug)
    return CityKind.objects.select_for_update().get(city=city, slug=slug)


def _trimmed(text: LanguageText, most: int) -> dict[str, str]:
    return {tag: " ".join(said.split())[:most] for tag, said in text.items() if said.strip()}


def _unsaid(field: str) -> Problem:
    return Problem(
        "registers.kind_unsaid",
        say("The register has no title or no description."),
        say("People find it by its title, and judge it by what is said of it."),
        say("Say in a few words what it is called, and in one or two sentences what is in it."),
        field,
    )


def _taken(slug: str) -> Problem:
    return Problem(
        "registers.kind_taken",
        say("The short name “%(name)s” cannot be used.", name=slug),
        say("It is empty, in use already, or part of another address."),
        say("Choose another title."),
        "title",
    )


def _too_many(most: int) -> Problem:
    return Problem(
        "registers.too_many",
        say("There are %(most)s of them already.", most=most),
        say("More than that nobody could keep in view."),
        say("Take out what is not needed any more."),
    )
