# SPDX-License-Identifier: EUPL-1.2
"""Declarations that a city writes on a page: kept as JSON, checked, and made into the same values as those in code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stoa.ground.ids import column_name, slug
from stoa.ground.problems import Problem
from stoa.ground.words import N_, LanguageText, pick, say
from stoa.houses.registers.rules.declaring import Field, FieldType, Group, Kind, Label, Term, View

TYPES: Mapping[FieldType, str] = {
    FieldType.TEXT: N_("One line of text"),
    FieldType.LONG_TEXT: N_("Longer text"),
    FieldType.CODE: N_("One choice from a list"),
    FieldType.CODES: N_("Several choices from a list"),
    FieldType.TRUTH: N_("Yes, no, or not known yet"),
    FieldType.DATE: N_("Day"),
    FieldType.NUMBER: N_("Whole number"),
    FieldType.WORDS: N_("Several short texts"),
    FieldType.URL: N_("Web address"),
    FieldType.EMAIL: N_("E-mail address"),
    FieldType.DATASET: N_("Dataset of this portal"),
    FieldType.ENTRIES: N_("Entries of a register"),
}
"""What a city may choose; places, live things and small tables are for declarations in code."""
MOST_FIELDS = 60
MOST_TERMS = 100
MOST_LETTERS = 200
RESERVED = frozenset({"kinds", "entries", "formats"})
"""Short names that are parts of addresses."""
CORE = ("title", "reference", "description", "place", "ends_on")
"""Fields that every register of a city has by itself."""


@dataclass(frozen=True, slots=True)
class FieldTold:
    """A field as somebody describes it on the page."""

    label: LanguageText
    type: str
    help: LanguageText
    choices: tuple[str, ...] = ()
    """One text each; of code lists only."""
    is_required: bool = False
    is_public: bool = False
    is_personal: bool = False
    is_filter: bool = False


def read_field(told: FieldTold, taken: Collection[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The declaration to keep, with a free machine name, and what is wrong with it."""
    problems = _wrong(told)
    if problems:
        return {}, problems
    kind = FieldType(told.type)
    terms = [{"code": code, "label": text} for code, text in _coded(told.choices)] if _has_terms(kind) else []
    return {
        "name": _free(column_name(pick(told.label, ()), most=40) or "field", taken),
        "type": str(kind),
        "label": _cut(told.label),
        "help": _cut(told.help),
        "terms": terms,
        "required": told.is_required,
        "public": told.is_public,
        "personal": told.is_personal,
        "filter": told.is_filter and kind in {FieldType.CODE, FieldType.CODES, FieldType.TRUTH},
    }, []


def _wrong(told: FieldTold) -> list[Problem]:
    found = []
    if not any(text.strip() for text in told.label.values()):
        found.append(
            Problem(
                "registers.label_missing",
                say("The field has no name."),
                say("Nobody would know what to enter."),
                say("Say in a few words what is asked for."),
                "label",
            )
        )
    if told.type not in TYPES:
        found.append(
            Problem(
                "registers.type_unknown",
                say("“%(type)s” is no kind of field.", type=told.type[:40]),
                say("The form could not ask for it."),
                say("Choose one of the list."),
                "type",
            )
        )
    elif _has_terms(FieldType(told.type)) and not 1 < len(_coded(told.choices)) <= MOST_TERMS:
        found.append(
            Problem(
                "registers.choices_missing",
                say("The list has %(n)s choices.", n=len(_coded(told.choices))),
                say(
                    "With fewer than two there is nothing to choose, and with many nobody finds the right one."
                ),
                say("Write 2 to %(most)s choices, one in each line.", most=MOST_TERMS),
                "choices",
            )
        )
    if told.is_public and told.is_personal:
        found.append(
            Problem(
                "registers.personal_public",
                say("What is personal cannot be shown to the public."),
                say("It would stand on a public page and in an open dataset."),
                say("Take one of the two off."),
                "is_personal",
            )
        )
    return found


def _has_terms(kind: FieldType) -> bool:
    return kind in {FieldType.CODE, FieldType.CODES}


def _coded(choices: Sequence[str]) -> list[tuple[str, str]]:
    """Choices with codes made from their words, each only once."""
    found: dict[str, str] = {}
    for text in choices:
        code = slug(text, most=40)
        if code and code not in found:
            found[code] = " ".join(text.split())[:MOST_LETTERS]
    return list(found.items())


def _cut(text: LanguageText) -> dict[str, str]:
    return {tag: " ".join(said.split())[:MOST_LETTERS] for tag, said in text.items() if said.strip()}


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken)


def field_of(kept: Mapping[str, Any]) -> Field:
    """A kept declaration as a field."""
    return Field(
        str(kept["name"]),
        FieldType(kept["type"]),
        dict(kept["label"]),
        dict(kept.get("help") or {}),
        vocabulary=tuple(Term(one["code"], {"": one["label"]}) for one in kept.get("terms") or ()),
        is_required=bool(kept.get("required")),
        is_public=bool(kept.get("public")),
        is_personal=bool(kept.get("personal")),
    )


def with_more(kind: Kind, kept: Sequence[Mapping[str, Any]]) -> Kind:
    """A shipped kind with the fields that a city added, as a part of their own at the end."""
    known = {field.name for field in kind}
    added = tuple(field_of(one) for one in kept if one["name"] not in known)
    if not added:
        return kind
    more = tuple(str(one["name"]) for one in kept if one.get("filter") and one.get("public"))
    groups = (*kind.groups, Group(N_("What this city adds"), added))
    return replace(
        kind, groups=groups, filters=(*kind.filters, *(name for name in more if name not in known))
    )


def kind_of_city(
    name: str, title: Label, about: Label, kept: Sequence[Mapping[str, Any]], *, has_places: bool
) -> Kind:
    """A register that a city declared: the fields that every register needs, and its own."""
    added = tuple(field_of(one) for one in kept if one["name"] not in CORE)
    place = (Field("place", FieldType.PLACE, N_("Place")),) if has_places else ()
    core = (
        Field("title", FieldType.TEXT, N_("Name"), is_required=True, headings=("name", "bezeichnung")),
        Field("reference", FieldType.TEXT, N_("Own number"), most=100, headings=("id", "nummer")),
        Field("description", FieldType.LONG_TEXT, N_("Description"), headings=("beschreibung",)),
        *place,
        Field("ends_on", FieldType.DATE, N_("Ends on"), N_("The entry ends by itself after this day.")),
    )
    groups = (Group(N_("What it is"), core), *((Group(N_("Details"), added),) if added else ()))
    shown = tuple(str(one["name"]) for one in kept if one.get("filter") and one.get("public"))
    return Kind(
        name,
        title,
        about,
        N_("Entry"),
        groups,
        title_field="title",
        reference_field="reference",
        place_field="place" if has_places else "",
        ends_field="ends_on",
        filters=shown,
        summary=("description", *shown),
        expected=("reference", "description"),
        views=(View.LIST, View.MAP) if has_places else (View.LIST,),
        dataset_description=about,
    )
