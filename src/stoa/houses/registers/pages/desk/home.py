# SPDX-License-Identifier: EUPL-1.2
"""The registers at the desk: what waits for review, and the entries of each register."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.cities.models import City
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.roles.values import Principal
from stoa.houses.registers.models import Entry
from stoa.houses.registers.pages.desk.board import SHOWN, BoardColumn, columns_of
from stoa.houses.registers.pages.desk.opening import way
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.queries.desk import (
    keepable_departments,
    listed,
    newest_by_state,
    own_counts,
    states_of,
    to_review,
)
from stoa.houses.registers.queries.kinds import kind_of, kinds_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.terms import STATE_LABELS, State
from stoa.web.notation import ago, label, number, percent
from stoa.web.parts import Cell, Column, Facet, FacetOption, Row, Table


@desk_page
@require_safe
def registers(request: HttpRequest) -> HttpResponseBase:
    """The queue of a reviewer, and all registers."""
    city, by = city_of(request), principal_of(request)
    if not (by.may(Permission.SEE_ENTRY) or by.may(Permission.CHANGE_KIND)):
        raise PermissionDenied
    waiting = to_review(city=city, principal=by) if by.may(Permission.REVIEW_ENTRY) else []
    counts = own_counts(city=city, principal=by)
    context = frame(
        request,
        "registers",
        gettext("Registers"),
        gettext(
            "Enter what your department has to register, and keep it up to date. A reviewer looks before everybody sees it."
        ),
        crumbs=way(),
        waiting=entries_table(waiting, gettext("Entries that wait for review")) if waiting else None,
        reviews=by.may(Permission.REVIEW_ENTRY),
        may_change=by.may(Permission.CHANGE_KIND),
        kinds=[
            (
                worded(kind.title),
                worded(kind.about),
                reverse("desk-register", args=(kind.slug,)),
                counts.get(kind.slug, 0),
            )
            for kind in kinds_of(city)
        ],
    )
    return render(request, "registers/desk/registers.html", context)


@desk_page
@require_safe
def register(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The working copies of one register."""
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, kind)
    if not by.may(Permission.SEE_ENTRY) and not by.may(Permission.CHANGE_KIND):
        raise PermissionDenied
    state = request.GET.get("state", "")
    state = state if state in set(State) else ""
    text = request.GET.get("q", "").replace("\0", " ").strip()
    is_board = request.GET.get("view") == "board"
    found = [] if is_board else listed(city=city, principal=by, kind=declared, state=state, text=text)
    context = frame(
        request,
        "registers",
        worded(declared.title),
        gettext("The entries that you may see, with what is still a draft."),
        crumbs=way(declared),
        kind=declared,
        table=entries_table(found, worded(declared.title)) if found else None,
        total=len(found),
        text=text,
        state=state,
        facets=[_states(states_of(city=city, principal=by, kind=declared), state)],
        cleared=reverse("desk-register", args=(kind,)) if state or text else "",
        may_add=bool(keepable_departments(city=city, principal=by)),
        view="board" if is_board else "list",
        tabs=_views(text),
        board=_board(city, by, declared, text) if is_board else [],
        may_change=by.may(Permission.CHANGE_KIND),
    )
    return render(request, "registers/desk/register.html", context)


def _views(text: str) -> list[tuple[str, str, str, str]]:
    kept = {"q": text} if text else {}
    board = f"?{urlencode({**kept, 'view': 'board'})}"
    return [
        ("list", gettext("List"), f"?{urlencode(kept)}", "table-2"),
        ("board", gettext("By state"), board, "columns-3"),
    ]


def _board(city: City, by: Principal, kind: Kind, text: str) -> list[BoardColumn]:
    found = newest_by_state(city=city, principal=by, kind=kind, text=text, most=SHOWN)
    return columns_of(found, states_of(city=city, principal=by, kind=kind, text=text), text)


def _states(counts: dict[str, int], chosen: str) -> Facet:
    options = [
        FacetOption(
            gettext(STATE_LABELS[one]),
            "?" if chosen == one else f"?state={one}",
            counts[str(one)],
            chosen == one,
        )
        for one in State
        if counts.get(str(one))
    ]
    return Facet(gettext("State"), options, is_open=True)


def entries_table(found: list[Entry], caption: str) -> Table:
    """Working copies as a table, each leading to its page."""
    columns = [
        Column(gettext("Title"), is_heading=True),
        Column(gettext("Own number")),
        Column(gettext("State")),
        Column(gettext("Complete"), is_number=True),
        Column(gettext("Department")),
        Column(gettext("Changed")),
    ]
    return Table(caption, columns, [_row(one) for one in found], is_caption_hidden=True)


def _row(found: Entry) -> Row:
    cells = [
        Cell(found.title),
        Cell(found.reference),
        Cell(state_words(found)),
        Cell(percent(found.completeness / 100), number(found.completeness)),
        Cell(label(found.department.name)),
        Cell(ago(found.changed_at)),
    ]
    return Row(cells, url=reverse("desk-register-entry", args=(found.kind, found.code)), key=found.code)


def state_words(entry: Entry) -> str:
    """The state of the working copy; a draft of what is public already is called a change."""
    state = State(entry.state)
    if state in {State.DRAFT, State.REVIEW} and entry.shown is not None:
        words = {
            State.DRAFT: gettext("Published, with a change in draft"),
            State.REVIEW: gettext("Published, with a change in review"),
        }
        return words[state]
    return gettext(STATE_LABELS[state])
