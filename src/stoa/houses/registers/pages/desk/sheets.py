# SPDX-License-Identifier: EUPL-1.2
"""Many entries from a spreadsheet: send it, look at what became of each row, take it over."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stoa.commons.files.actions import content_of
from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.registers.actions.importing import apply_import, take_sheet
from stoa.houses.registers.models import EntryImport
from stoa.houses.registers.pages.desk.opening import done, way
from stoa.houses.registers.pages.words import worded
from stoa.houses.registers.queries.desk import import_at_desk, imports_of, keepable_departments
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.rules.sheets import headings_of
from stoa.houses.registers.terms import OUTCOME_LABELS, ImportState, RowOutcome
from stoa.web.notation import in_words, label, moment, number
from stoa.web.parts import Cell, Column, JobProgress, Row, Table

MOST_SHOWN = 500


class SheetForm(forms.Form):
    """A spreadsheet and the department that answers for its entries."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A spreadsheet or CSV file with one row for each entry, up to 20 MB."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )
    department = forms.ChoiceField(label=_("Department that answers for it"))

    def __init__(self, departments: list[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), label(one.name) or one.slug) for one in departments]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send a spreadsheet, and the last ones that were sent."""
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, kind)
    departments = keepable_departments(city=city, principal=by)
    if not departments:
        raise PermissionDenied
    form = SheetForm(departments, request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        department = next(one for one in departments if str(one.pk) == form.cleaned_data["department"])
        try:
            made = take_sheet(
                city=city,
                kind=declared,
                department=department,
                chunks=content_of(file),
                name=file.name or "",
                by=by,
            )
        except Refused as refusal:
            problems = refusal.problems
        else:
            return done(
                request, gettext("The file is here and will be read."), "desk-register-sheet", kind, made.pk
            )
    found = imports_of(city=city, principal=by, kind=declared)
    context = frame(
        request,
        "registers",
        gettext("Bring in many entries"),
        gettext("First you see what would become of each row; nothing changes before you say so."),
        crumbs=way(declared, (gettext("Bring in many entries"), "")),
        kind=declared,
        form=form,
        problems=problems,
        table=_sent(declared, found) if found else None,
    )
    return render(
        request, "registers/desk/sheets.html", context, status=422 if request.method == "POST" else 200
    )


def _sent(kind: Kind, found: list[EntryImport]) -> Table:
    words = {
        ImportState.WAITING: gettext("Being read"),
        ImportState.READ: gettext("Waits for you"),
        ImportState.REFUSED: gettext("Could not be read"),
        ImportState.APPLIED: gettext("Taken over"),
    }
    columns = [
        Column(gettext("File"), is_heading=True),
        Column(gettext("State")),
        Column(gettext("Department")),
        Column(gettext("Sent")),
    ]
    rows = [
        Row(
            [
                Cell(one.name),
                Cell(words[ImportState(one.state)]),
                Cell(label(one.department.name)),
                Cell(moment(one.made_at)),
            ],
            url=reverse("desk-register-sheet", args=(kind.slug, one.pk)),
        )
        for one in found
    ]
    return Table(gettext("Spreadsheets that were sent"), columns, rows)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """What became, or would become, of each row."""
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, kind)
    found = import_at_desk(city=city, principal=by, kind=declared, import_id=pk)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            apply_import(found=found, by=by, submit=bool(request.POST.get("submit")))
        except Refused as refusal:
            problems = refusal.problems
        else:
            return done(request, gettext("The rows were taken over."), "desk-register-sheet", kind, pk)
    state = ImportState(found.state)
    counts = {outcome: sum(row["outcome"] == outcome for row in found.report) for outcome in RowOutcome}
    context = frame(
        request,
        "registers",
        found.name,
        _lead(state),
        crumbs=way(
            declared,
            (gettext("Bring in many entries"), reverse("desk-register-sheets", args=(kind,))),
            (found.name, ""),
        ),
        kind=declared,
        found=found,
        problems=problems,
        refused=Problem.from_json(found.problem) if found.problem else None,
        job=_job(declared, found) if state is ImportState.WAITING else None,
        stats=[(number(n), gettext(OUTCOME_LABELS[outcome])) for outcome, n in counts.items()],
        may_apply=state is ImportState.READ and bool(counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]),
        columns=[_heading(declared, one) for one in found.columns],
        table=_report(declared, found) if found.report else None,
        is_cut=len(found.report) > MOST_SHOWN,
    )
    return render(
        request, "registers/desk/sheet.html", context, status=422 if request.method == "POST" else 200
    )


def _job(kind: Kind, found: EntryImport) -> JobProgress:
    page = reverse("desk-register-sheet", args=(kind.slug, found.pk))
    poll = reverse("desk-register-sheet-state", args=(kind.slug, found.pk))
    return JobProgress(
        gettext("The file is being read."), poll, None, page, found.state != ImportState.WAITING
    )


@desk_page
@require_safe
def sheet_state(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """How far the reading is, for the script of the page."""
    city = city_of(request)
    declared = kind_of(city, kind)
    found = import_at_desk(city=city, principal=principal_of(request), kind=declared, import_id=pk)
    job = _job(declared, found)
    return JsonResponse({"share": None, "label": job.label, "is_done": job.is_done, "next_url": job.next_url})


def _lead(state: ImportState) -> str:
    return {
        ImportState.WAITING: gettext("The file is being read. This page loads itself again."),
        ImportState.READ: gettext("This is what would become of each row. Nothing has changed yet."),
        ImportState.REFUSED: gettext("The file could not be read."),
        ImportState.APPLIED: gettext("This is what became of each row."),
    }[state]


def _heading(kind: Kind, told: dict[str, str]) -> tuple[str, str]:
    if not told["field"]:
        return told["heading"], ""
    field = kind.field(told["field"])
    column = next((one for one in field.columns if one.name == told["column"]), None)
    return told["heading"], worded(column.label if column else field.label)


def _report(kind: Kind, found: EntryImport) -> Table:
    """Rows with problems first: they are what somebody has to look at."""
    order = {RowOutcome.REFUSED: 0}
    rows = sorted(
        found.report,
        key=lambda row: (order.get(RowOutcome(row["outcome"]), 1 - bool(row["problems"]) + 1), row["row"]),
    )
    columns = [
        Column(gettext("Row"), is_number=True),
        Column(gettext("Own number")),
        Column(gettext("Title"), is_heading=True),
        Column(gettext("Outcome")),
        Column(gettext("What is to be mended"), is_long=True),
    ]
    return Table(gettext("Row by row"), columns, [_row(kind, row) for row in rows[:MOST_SHOWN]])


def _row(kind: Kind, row: dict[str, Any]) -> Row:
    problems = [Problem.from_json(one) for one in row["problems"]]
    said = " ".join(in_words(problem.what) for problem in problems)
    url = reverse("desk-register-entry", args=(kind.slug, row["code"])) if row["code"] else ""
    return Row(
        [
            Cell(number(row["row"])),
            Cell(row["reference"]),
            Cell(row["title"]),
            Cell(gettext(OUTCOME_LABELS[RowOutcome(row["outcome"])])),
            Cell(said),
        ],
        url=url,
    )


@desk_page
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty table with every heading that is understood."""
    declared = kind_of(city_of(request), kind)
    out = io.StringIO()
    csv.writer(out).writerow(headings_of(declared))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{declared.slug}.csv"'
    return response
