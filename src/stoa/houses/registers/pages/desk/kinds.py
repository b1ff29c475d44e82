# SPDX-License-Identifier: EUPL-1.2
"""Registers and fields that the city declares on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.registers.actions.declaring import add_field, declare_kind, remove_field
from stoa.houses.registers.models import CityKind
from stoa.houses.registers.pages.desk.opening import done, way
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.queries.kinds import city_kind, kind_of, kinds_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declared import TYPES, FieldTold
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind
from stoa.web.notation import in_words
from stoa.web.parts import Cell, Column, Row, Table


class WordsForm(forms.Form):
    """A form that asks for some words in every language of the city."""

    worded: Mapping[str, tuple[Any, Any, int]] = {}
    """By name: label, help, most letters; the first language is needed for those in `needed`."""
    needed: frozenset[str] = frozenset()

    def __init__(self, languages: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        own = dict(self.fields)
        self.fields.clear()
        for name, (words, hint, most) in self.worded.items():
            for language in languages:
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=f"{words} ({_named(language)})" if len(languages) > 1 else words,
                    help_text=hint if language == languages[0] else "",
                    max_length=most,
                    required=name in self.needed and language == languages[0],
                    widget=forms.Textarea(attrs={"rows": 2}) if most > 200 else forms.TextInput(),
                )
        self.fields.update(own)

    def words(self, name: str) -> dict[str, str]:
        """What was said under a name, by language."""
        return {language: self.cleaned_data.get(f"{name}_{language}", "") for language in self.languages}

    def put(self, problems: tuple[Problem, ...]) -> None:
        """Problems beside the fields that they are about."""
        for problem in problems:
            first = f"{problem.field}_{self.languages[0]}"
            name = next((one for one in (problem.field, first) if one in self.fields), None)
            self.add_error(name, f"{in_words(problem.what)} {in_words(problem.do)}")


def _named(language: str) -> str:
    name = str(get_language_info(language)["name_local"])
    return name[:1].upper() + name[1:]


class KindForm(WordsForm):
    """A new register."""

    worded = {
        "title": (_("Title"), _("What the register is called: “Benches”."), 100),
        "about": (
            _("Description"),
            _("One or two sentences for everybody: what is in it, and why the city keeps it."),
            600,
        ),
    }
    needed = frozenset({"title", "about"})
    has_places = forms.BooleanField(label=_("Its entries have a place, so it has a map"), required=False)


class FieldForm(WordsForm):
    """One more field."""

    worded = {
        "label": (_("Name of the field"), _("What is asked for, in a few words."), 100),
        "help": (_("Hint"), _("What helps to fill it in; may be left empty."), 200),
    }
    needed = frozenset({"label"})
    type = forms.ChoiceField(
        label=_("Kind of field"), choices=[(str(one), _(words)) for one, words in TYPES.items()]
    )
    choices = forms.CharField(
        label=_("Choices"),
        help_text=_("Of a list: one in each line."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_required = forms.BooleanField(label=_("Needed before everybody sees the entry"), required=False)
    is_public = forms.BooleanField(label=_("Everybody sees it, also in the open dataset"), required=False)
    is_personal = forms.BooleanField(
        label=_("It is about a person: never public, in no history, erased after the end"), required=False
    )
    is_filter = forms.BooleanField(label=_("The public list can be narrowed by it"), required=False)


def _languages(request: HttpRequest) -> list[str]:
    return list(city_of(request).languages) or ["en"]


def _need(request: HttpRequest) -> None:
    if not principal_of(request).may(Permission.CHANGE_KIND):
        raise PermissionDenied


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def kinds(request: HttpRequest) -> HttpResponseBase:
    """All registers, and a form for a new one."""
    _need(request)
    city, by = city_of(request), principal_of(request)
    form = KindForm(_languages(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = declare_kind(
                    city=city,
                    by=by,
                    title=form.words("title"),
                    about=form.words("about"),
                    has_places=form.cleaned_data["has_places"],
                )
        except Refused as refusal:
            form.put(refusal.problems)
        else:
            return done(
                request,
                gettext("The register is there. Now say which fields it has."),
                "desk-register-kind",
                made.slug,
            )
    context = frame(
        request,
        "registers",
        gettext("Registers and their fields"),
        gettext("Add fields to a register, or begin one of your own. The rest follows by itself."),
        crumbs=way(None, (gettext("Registers and their fields"), "")),
        form=form,
        kinds=[
            (worded(one.title), reverse("desk-register-kind", args=(one.slug,)), len(one.fields))
            for one in kinds_of(city)
        ],
    )
    return render(
        request, "registers/desk/kinds.html", context, status=422 if request.method == "POST" else 200
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The fields of one register, and a form for one more."""
    _need(request)
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, slug)
    form = FieldForm(_languages(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                add_field(city=city, slug=slug, by=by, told=_told(form))
        except Refused as refusal:
            form.put(refusal.problems)
        else:
            return done(request, gettext("The field is there."), "desk-register-kind", slug)
    context = frame(
        request,
        "registers",
        gettext("Fields of the register: %(title)s") % {"title": worded(declared.title)},
        gettext("What is removed leaves form, page and dataset; the history of entries keeps it."),
        crumbs=way(declared, (gettext("Fields"), "")),
        kind=declared,
        form=form,
        table=_table(declared),
        removable=_removable(declared, city_kind(city, slug)),
    )
    return render(
        request, "registers/desk/kind.html", context, status=422 if request.method == "POST" else 200
    )


def _told(form: FieldForm) -> FieldTold:
    said = form.cleaned_data
    return FieldTold(
        label=form.words("label"),
        type=said["type"],
        help=form.words("help"),
        choices=tuple(line for line in said["choices"].splitlines() if line.strip()),
        is_required=said["is_required"],
        is_public=said["is_public"],
        is_personal=said["is_personal"],
        is_filter=said["is_filter"],
    )


def _table(declared: Kind) -> Table:
    """Every field with what it is."""
    columns = [
        Column(gettext("Field"), is_heading=True),
        Column(gettext("Kind of field")),
        Column(gettext("Who sees it")),
        Column(gettext("Needed")),
        Column(gettext("Name for programs")),
    ]
    return Table(gettext("Fields"), columns, [_row(field) for field in declared], is_caption_hidden=True)


def _row(field: Field) -> Row:
    shown = gettext("everybody, with exceptions") if field.public_when else gettext("everybody")
    needed = gettext("in some cases") if field.required_when else ""
    cells = [
        worded(field.label),
        gettext(TYPES[field.type]) if field.type in TYPES else _other(field.type),
        shown if field.is_public else gettext("colleagues"),
        gettext("always") if field.is_required else needed,
        field.name,
    ]
    return Row([Cell(text) for text in cells], key=field.name)


def _removable(declared: Kind, own: CityKind | None) -> list[tuple[str, str]]:
    """The fields that the city added: name and label."""
    names = {one["name"] for one in own.fields} if own else set()
    return [(field.name, worded(field.label)) for field in declared if field.name in names]


def _other(kind: FieldType) -> str:
    words = {
        FieldType.PLACE: gettext("Place"),
        FieldType.PHONE: gettext("Telephone"),
        FieldType.THINGS: gettext("Live measurements"),
        FieldType.ROWS: gettext("Small table"),
    }
    return words.get(kind, str(kind))


@desk_page
@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Take a field of the city out."""
    _need(request)
    kind_of(city_of(request), slug)
    remove_field(
        city=city_of(request), slug=slug, by=principal_of(request), name=request.POST.get("name", "")[:60]
    )
    return done(request, gettext("The field is not asked for any more."), "desk-register-kind", slug)
