# SPDX-License-Identifier: EUPL-1.2
"""The steward's board: what needs a hand, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem
from stoa.houses.catalogue.models import Dataset, Delivery
from stoa.houses.catalogue.pages.desk.opening import title_of, way
from stoa.houses.catalogue.queries import board as reads
from stoa.houses.catalogue.roles import Permission
from stoa.web.notation import ago, day, in_words, label, number
from stoa.web.parts import Cell, Column, Row, Table


@dataclass(frozen=True, slots=True)
class Trouble:
    """One section of the board."""

    key: str
    title: str
    what_to_do: str
    count: int
    table: Table | None
    mood: str


@desk_page
@require_safe
def board(request: HttpRequest) -> HttpResponseBase:
    """Counts first, then the lists (six queries)."""
    by = principal_of(request)
    if not by.may(Permission.EDIT_DATASET):
        raise PermissionDenied
    asked: dict[str, Any] = {"city": city_of(request), "principal": by, "now": timezone.now()}
    counts = reads.board_counts(**asked)
    troubles = [
        _late(counts.late, reads.late(**asked)),
        _broken(counts.broken, reads.broken(**asked)),
        _drifting(counts.drifting, reads.drifting(**asked)),
        _undescribed(counts.undescribed, reads.undescribed(**asked)),
        _unused(counts.unused, reads.unused(**asked)),
    ]
    lead = gettext("What needs a hand among the published datasets, and what to do about it.")
    context = frame(request, "board", gettext("Board"), lead, crumbs=way((gettext("Board"), "")))
    context |= {
        "figures": [
            (counts.published, gettext("published datasets")),
            *((one.count, one.title) for one in troubles),
        ],
        "troubles": troubles,
        "most": reads.MOST,
    }
    return render(request, "catalogue/desk/board.html", context)


def _table(caption: str, fact: str, rows: Sequence[Row]) -> Table | None:
    columns = [
        Column(gettext("Dataset"), is_heading=True),
        Column(gettext("Department")),
        Column(fact, is_long=True),
    ]
    return Table(caption, columns, rows, is_caption_hidden=True) if rows else None


def _row(found: Dataset, url: str, fact: str) -> Row:
    return Row([Cell(title_of(found), url=url), label(found.department.name), fact])


def _late(count: int, listed: Sequence[Dataset]) -> Trouble:
    rows = [_row(one, reverse("desk-dataset-files", args=(one.slug,)), day(one.due_at)) for one in listed]
    return Trouble(
        "late",
        gettext("late"),
        gettext("Send the new file, or promise what can be kept: readers see that it is late."),
        count,
        _table(gettext("Late datasets"), gettext("Promised for"), rows),
        "bad",
    )


def _broken(count: int, listed: Sequence[Dataset]) -> Trouble:
    rows = [_row(one, reverse("desk-dataset-files", args=(one.slug,)), _why(one)) for one in listed]
    return Trouble(
        "broken",
        gettext("with a broken source"),
        gettext("The source could not be read. Ask whoever runs it, or mend the address."),
        count,
        _table(gettext("Datasets with a broken source"), gettext("What went wrong"), rows),
        "bad",
    )


def _why(found: Dataset) -> str:
    problem = found.source.problem
    words = in_words(Problem.from_json(problem).what) if problem else ""
    times = gettext("%(n)s failed looks in a row") % {"n": number(found.source.failures)}
    return f"{words} ({times})" if words else times


def _drifting(count: int, listed: Sequence[Delivery]) -> Trouble:
    rows = [
        _row(one.dataset, reverse("desk-delivery", args=(one.pk,)), f"{one.name}, {ago(one.came_at)}")
        for one in listed
    ]
    return Trouble(
        "drifting",
        gettext("drifting"),
        gettext("A file came that differs from what was agreed. Look at it, and take it or send it back."),
        count,
        _table(gettext("Drifting datasets"), gettext("File"), rows),
        "warn",
    )


def _undescribed(count: int, listed: Sequence[Dataset]) -> Trouble:
    rows = [_row(one, reverse("desk-dataset-describe", args=(one.slug,)), _points(one)) for one in listed]
    return Trouble(
        "undescribed",
        gettext("poorly described"),
        gettext("Say what is in it and what the columns mean: nobody uses what nobody understands."),
        count,
        _table(gettext("Poorly described datasets"), gettext("Points for documentation"), rows),
        "warn",
    )


def _points(found: Dataset) -> str:
    report = getattr(found.current, "quality", None) if found.current else None
    return gettext("%(n)s of 100") % {"n": report.documentation} if report else gettext("not measured")


def _unused(count: int, listed: Sequence[Dataset]) -> Trouble:
    rows = [_row(one, reverse("dataset-use", args=(one.slug,)), _since(one.published_at)) for one in listed]
    return Trouble(
        "unused",
        gettext("unused for three months"),
        gettext(
            "Give it a better title and words that people search for; or ask whether it is still worth keeping."
        ),
        count,
        _table(gettext("Unused datasets"), gettext("Published"), rows),
        "",
    )


def _since(when: datetime | None) -> str:
    return day(when) if when else ""
