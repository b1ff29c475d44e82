# SPDX-License-Identifier: EUPL-1.2
"""One file of values: what was understood, which column is which series, what would be written, what was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import dropping
from stoa.houses.observations.models import FileDrop
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.series.opening import framed
from stoa.houses.observations.pages.series.plan_form import PlanForm
from stoa.houses.observations.queries.drops import columns_of, drop_for, known_series, names_in
from stoa.houses.observations.rules.drops import Plan
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import DROP_STATES, DropShape, DropState
from stoa.web.notation import in_words, moment, number
from stoa.web.parts import Column, JobProgress, Row, Table

AT_WORK = frozenset({DropState.READING, DropState.CHECKING, DropState.WRITING})


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, number: int) -> HttpResponseBase:
    """The file in its present state; a form that is sent settles which column is which."""
    city, by = city_of(request), principal_of(request)
    found = drop_for(city=city, by=by, number=number)
    form = plan_form(found, request.POST or None) if found.state == DropState.READ else None
    problems: list[Problem] = [Problem.from_json(found.problem)] if found.problem else []
    if request.method == "POST":
        if form is None:
            return HttpResponseRedirect(reverse("desk-drop", args=(number,)))
        if form.is_valid():
            try:
                with transaction.atomic():
                    dropping.settle_plan(
                        drop=found, by=by, plan=form.settled, keep_as=form.cleaned_data["keep_as"]
                    )
            except Refused as refusal:
                problems = list(refusal.problems)
            else:
                return done(request, gettext("The file is being looked through."), "desk-drop", number)
    context = framed(request, found.name, _lead(DropState(found.state)), section="drops")
    context |= {
        "drop": found,
        "form": form,
        "problems": problems,
        "job": progress_of(found) if DropState(found.state) in AT_WORK else None,
        "facts": _facts(found),
        **(_report(found) if found.state in {DropState.CHECKED, DropState.WRITTEN} else {}),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "observations/series/drop.html", context, status=status)


def plan_form(found: FileDrop, sent: Any = None) -> PlanForm:
    """The form with what was guessed or settled before."""
    read = Inspection.from_json(found.reading or {})
    guessed, plan = dropping.guess_of(found, read), Plan.from_json(found.mapping or {})
    columns = columns_of(read)
    beside = {*plan.time, plan.name}
    keys = (
        list(names_in(read) or plan.targets)
        if plan.shape is DropShape.LONG
        else [one.source for one in columns if one.source not in beside]
    )
    return PlanForm(
        columns,
        known_series(found.city, found.department_id),
        plan,
        guessed.reasons,
        sent,
        keys=keys,
        city=found.city,
        keep_as=found.recipe.name if found.recipe else "",
    )


def _lead(state: DropState) -> str:
    return {
        DropState.READING: gettext("The file is being read. You may leave this page."),
        DropState.READ: gettext("Say which column is the time, and into which series the others go."),
        DropState.CHECKING: gettext(
            "Every value is looked at as if it were written. You may leave this page."
        ),
        DropState.CHECKED: gettext("This is what would be written and what refused. Nothing is written yet."),
        DropState.WRITING: gettext("The values are being written. You may leave this page."),
        DropState.WRITTEN: gettext("The values of this file are in their series."),
        DropState.REFUSED: gettext("The file could not be read."),
    }[state]


def progress_of(found: FileDrop) -> JobProgress:
    """How far the work is."""
    state = DropState(found.state)
    rows = (found.report or {}).get("rows", 0)
    share = min(1.0, found.done_rows / rows) if state is DropState.WRITING and rows else None
    page = reverse("desk-drop", args=(found.pk,))
    poll = reverse("desk-drop-state", args=(found.pk,))
    return JobProgress(gettext(DROP_STATES[state]), poll, share, page, state not in AT_WORK)


@desk_page
@require_safe
def state(request: HttpRequest, number: int) -> HttpResponseBase:
    """How far it is, for the script of the page."""
    job = progress_of(drop_for(city=city_of(request), by=principal_of(request), number=number))
    body = {"share": job.share, "label": job.label, "is_done": job.is_done, "next_url": job.next_url}
    return JsonResponse(body)


def _facts(found: FileDrop) -> list[tuple[str, ...]]:
    facts: list[tuple[str, ...]] = [(gettext("Recipe"), found.recipe.name)] if found.recipe else []
    if found.reading:
        read = Inspection.from_json(found.reading)
        facts.append((gettext("Rows"), number(read.rows)))
        facts.append((gettext("Times without a zone are read as"), read.recipe.zone))
    return facts


def _report(found: FileDrop) -> dict[str, Any]:
    """What would become of the values, and what became of them."""
    report = found.report
    plan = Plan.from_json(found.mapping or {})
    labels = {key: target.label for key, target in plan.targets.items()}
    since, until = parse_datetime(report["since"] or ""), parse_datetime(report["until"] or "")
    return {
        "stats": _stats(found),
        "span": f"{moment(since)} – {moment(until)}" if since and until else "",
        "twice": report["twice"],
        "reasons": [
            (problem_of(one["code"], one["facts"]), one["times"], one["examples"])
            for one in report["reasons"]
        ],
        "series": _series(report["by_series"], labels, plan),
        "is_written": found.state == DropState.WRITTEN,
        "has_values": report["values"] > 0,
    }


def _stats(found: FileDrop) -> list[tuple[str, str]]:
    report, counts = found.report, found.counts
    if found.state == DropState.WRITTEN:
        return [
            (number(counts.get("written", 0)), gettext("values written")),
            (number(counts.get("corrected", 0)), gettext("values corrected")),
            (number(counts.get("unchanged", 0)), gettext("were there already")),
            (number(counts.get("refused", 0)), gettext("refused and put aside")),
        ]
    return [
        (number(report["values"]), gettext("values can be written")),
        (number(report["refused"]), gettext("are refused")),
        (number(report["empty"]), gettext("cells hold no value")),
    ]


def _series(by_series: dict[str, int], labels: dict[str, str], plan: Plan) -> Table:
    columns = [
        Column(gettext("Column"), is_heading=True),
        Column(gettext("Goes into")),
        Column(gettext("Values"), is_number=True),
    ]
    rows = [
        Row(
            [
                key,
                labels[key] if target.uid else gettext("%(name)s (new)") % {"name": labels[key]},
                number(by_series.get(key, 0)),
            ]
        )
        for key, target in plan.targets.items()
    ]
    return Table(gettext("Which column goes where"), columns, rows)


@desk_page
@require_POST
def deed(request: HttpRequest, number: int) -> HttpResponseBase:
    """Write it, change the plan, or forget the file, as the button says."""
    city, by = city_of(request), principal_of(request)
    found = drop_for(city=city, by=by, number=number)
    asked = request.POST.get("deed", "")
    try:
        with transaction.atomic():
            if asked == "write":
                dropping.ask_writing(drop=found, by=by)
            elif asked == "change":
                dropping.reopen_plan(drop=found, by=by)
            elif asked == "discard":
                dropping.discard_drop(drop=found, by=by)
            else:
                raise PermissionDenied
    except Refused as refusal:
        messages.error(request, f"{in_words(refusal.problem.what)} {in_words(refusal.problem.do)}")
        return HttpResponseRedirect(reverse("desk-drop", args=(number,)))
    if asked == "discard":
        return done(request, gettext("The file is forgotten."), "desk-drops")
    return HttpResponseRedirect(reverse("desk-drop", args=(number,)))
