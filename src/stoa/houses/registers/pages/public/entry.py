# SPDX-License-Identifier: EUPL-1.2
"""One entry for everybody: what it says, what it said before, and the sign that leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.ground.geometry import Box
from stoa.houses.registers.door.things import links_of
from stoa.houses.registers.models import Entry
from stoa.houses.registers.pages.public.opening import below, public_page, way
from stoa.houses.registers.pages.words import Told, in_one_line, told, worded
from stoa.houses.registers.queries.entries import (
    Edition,
    editions,
    entries_by_code,
    entries_that_name,
    principal_sees,
    shown_entry,
)
from stoa.houses.registers.queries.kinds import kind_of, kinds_of
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind
from stoa.houses.registers.rules.differences import differences
from stoa.houses.registers.terms import DEED_LABELS, Deed
from stoa.standards.qrsvg import svg
from stoa.web.notation import day, label
from stoa.web.parts import Cell, Column, MapLayer, Row, Table


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the record."""

    label: str
    told: list[Told]
    is_hidden: bool = False
    """There is something, but it is not for everybody."""


@dataclass(frozen=True, slots=True)
class Part:
    """One group of fields, and the small tables in it."""

    title: str
    lines: list[Line]
    tables: list[Table]


@public_page
def entry(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """The public record."""
    city = city_of(request)
    declared = kind_of(city, kind)
    found = shown_entry(city=city, kind=declared, code=code)
    shown = _known(declared, found)
    links = {
        thing: Told(link.title, below(link.url))
        for thing, link in links_of(city=city, by=principal_of(request), things=tuple(found.things)).items()
    }
    named = [
        code for field in declared if field.type is FieldType.ENTRIES for code in shown.get(field.name, ())
    ]
    links |= {code: _link_to(one) for code, one in entries_by_code(city=city, codes=named).items()}
    context = {
        "title": found.shown_title,
        "lead": _lead(declared, shown),
        "crumbs": [*way(request, declared), (found.shown_title, "")],
        "entry": found,
        "department": label(found.department.name),
        "parts": parts_of(declared, shown, links),
        "layer": _layer(declared, found, shown),
        "named_by": [_link_to(one) for one in entries_that_name(city=city, kinds=kinds_of(city), code=code)],
        "history": _history(declared, editions(entry=found, kind=declared)),
        "short_url": request.build_absolute_uri(reverse("register-short", args=(found.code,))),
        "sign_url": reverse("register-sign", args=(kind, code)),
        "desk_url": reverse("desk-register-entry", args=(kind, code))
        if principal_sees(found, principal_of(request))
        else "",
        "json_url": below(f"/api/v1/registers/{kind}/entries/{code}"),
    }
    return render(request, "registers/public/entry.html", context)


def _link_to(entry: Entry) -> Told:
    return Told(entry.shown_title, reverse("register-entry", args=(entry.kind, entry.code)))


def _known(kind: Kind, entry: Entry) -> dict[str, Any]:
    """What was published, as far as the declaration still calls it public."""
    public = {field.name for field in kind if field.is_public}
    return {name: value for name, value in (entry.shown or {}).items() if name in public}


def _lead(kind: Kind, shown: dict[str, Any]) -> str:
    """What it is, in the words of the entry itself."""
    return str(shown.get(_lead_field(kind, shown), ""))


def _lead_field(kind: Kind, shown: dict[str, Any]) -> str:
    """The first long text that the entry has."""
    long = (field.name for field in kind if field.type is FieldType.LONG_TEXT)
    return next((name for name in long if shown.get(name)), "")


def parts_of(kind: Kind, shown: dict[str, Any], links: Mapping[str, Told]) -> list[Part]:
    """The record as readers see it below its title and lead; groups in which nothing else is said are left out."""
    above = {kind.title_field, _lead_field(kind, shown)}
    found = []
    for group in kind.groups:
        below_lead = [field for field in group.fields if field.name not in above]
        lines = [line for field in below_lead if (line := _line(field, shown, links))]
        tables = [
            _table(field, shown[field.name])
            for field in group.fields
            if field.type is FieldType.ROWS and shown.get(field.name)
        ]
        if lines or tables:
            found.append(Part(worded(group.title), lines, tables))
    return found


def _line(field: Field, shown: dict[str, Any], links: Mapping[str, Told]) -> Line | None:
    if not field.is_public or field.type is FieldType.ROWS:
        return None
    value = shown.get(field.name)
    if value is None:
        # Published, so what is needed was said: it is there, and not for everybody.
        return Line(worded(field.label), [], is_hidden=True) if _is_closed(field, shown) else None
    if field.type is FieldType.THINGS:
        return Line(worded(field.label), [links.get(thing, Told(thing)) for thing in value])
    if field.type is FieldType.ENTRIES:
        # An entry that is not public, or not any more, is nobody's business here.
        known = [links[code] for code in value if code in links]
        return Line(worded(field.label), known) if known else None
    if field.type is FieldType.DATASET:
        return Line(worded(field.label), [Told(str(value), below(f"/datasets/{value}"))])
    return Line(worded(field.label), told(field, value))


def _is_closed(field: Field, shown: dict[str, Any]) -> bool:
    return bool(field.public_when) and field.needs_value(shown)


def _table(field: Field, rows: list[dict[str, Any]]) -> Table:
    columns = [column for column in field.columns if any(column.name in row for row in rows)]
    return Table(
        worded(field.label),
        [
            Column(worded(column.label), is_heading=place == 0, is_long=place == 0)
            for place, column in enumerate(columns)
        ],
        [Row([_cell(column, row.get(column.name)) for column in columns]) for row in rows],
    )


def _cell(column: Field, value: Any) -> Cell:
    one = next(iter(told(column, value)), Told(""))
    return Cell(one.text, "", one.url)


def _layer(kind: Kind, entry: Entry, shown: dict[str, Any]) -> MapLayer | None:
    """Where it stands, on a map of its surroundings."""
    place = shown.get(kind.place_field) if kind.place_field else None
    if not place or entry.is_retired:
        return None
    lon, lat = place
    return MapLayer(
        entry.shown_title,
        geojson_url=f"{reverse('register-places', args=(kind.slug,))}?q={entry.code}",
        bounds=Box(lon - 0.004, lat - 0.003, lon + 0.004, lat + 0.003),
        details_url=reverse("register-spot", args=(kind.slug, 0)).removesuffix("0") + "{row}.json",
    )


def _history(kind: Kind, found: list[Edition]) -> list[dict[str, Any]]:
    """What everybody could see, newest first, each with what it changed."""
    lines = []
    before: dict[str, Any] | None = None
    for edition in found:
        deed = Deed(edition.version.deed)
        changes = []
        if deed is Deed.PUBLISHED:
            changes = [] if before is None else _changes(kind, before, edition.values)
            before = edition.values
        lines.append(
            {
                "when": edition.version.made_at,
                "deed": gettext(DEED_LABELS[deed]),
                "note": edition.version.note,
                "changes": changes,
            }
        )
    return lines[::-1]


def _changes(kind: Kind, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (worded(one.field.label), in_one_line(one.field, one.before), in_one_line(one.field, one.after))
        for one in differences(kind, before, after)
    ]


@public_page
def sign(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """A page to print and put up at the thing."""
    city = city_of(request)
    declared = kind_of(city, kind)
    found = shown_entry(city=city, kind=declared, code=code)
    shown = _known(declared, found)
    tables = (field.name for field in declared if field.type is FieldType.ROWS)
    names = [name for name in (*declared.summary, *tables, declared.colour_field) if shown.get(name)]
    context = {
        "title": found.shown_title,
        "lead": "",
        "crumbs": [
            *way(request, declared),
            (found.shown_title, reverse("register-entry", args=(kind, code))),
            (gettext("Sign"), ""),
        ],
        "facts": [
            (worded(declared.field(name).label), in_one_line(declared.field(name), shown[name]))
            for name in names
        ],
        "short_url": request.build_absolute_uri(reverse("register-short", args=(found.code,))),
        "qr_url": reverse("register-sign-svg", args=(kind, code)),
        "shown_on": day(found.shown_at) if found.shown_at else "",
    }
    return render(request, "registers/public/sign.html", context)


@public_page
def sign_svg(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """The QR code of the short address."""
    city = city_of(request)
    found = shown_entry(city=city, kind=kind_of(city, kind), code=code)
    target = request.build_absolute_uri(reverse("register-short", args=(found.code,)))
    response = HttpResponse(svg(target, title=found.shown_title), content_type="image/svg+xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
