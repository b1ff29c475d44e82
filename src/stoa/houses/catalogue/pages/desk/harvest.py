# SPDX-License-Identifier: EUPL-1.2
"""Other catalogues at the desk: the list, adding one with a trial, its runs, and what each of them did."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.actions.harvest_sources import Trial
from stoa.houses.catalogue.models import HarvestRun, HarvestSource
from stoa.houses.catalogue.pages.desk.harvest_form import HarvestForm, initial_of
from stoa.houses.catalogue.pages.desk.opening import attempt, done, put_on_fields, way
from stoa.houses.catalogue.queries.harvest import (
    departments_to_harvest_for,
    run_of,
    runs_of,
    source_for,
    sources_for,
)
from stoa.houses.catalogue.terms import HARVEST_LABELS, RUN_LABELS, HarvestKind, RunState
from stoa.standards.vocabularies import LICENCES, THEMES
from stoa.web.notation import ago, in_words, label, number
from stoa.web.parts import Cell, Column, Row, Table

MOODS = {RunState.DONE: "good", RunState.HELD: "warn", RunState.BROKEN: "bad", RunState.RUNNING: "accent"}


def _departments(request: HttpRequest) -> list[Department]:
    """Departments that this person may harvest for; without any, the page is not theirs."""
    found = departments_to_harvest_for(city=city_of(request), principal=principal_of(request))
    if not found:
        raise PermissionDenied
    return found


def _frame(request: HttpRequest, title: str, lead: str = "", crumb: str = "", **more: Any) -> dict[str, Any]:
    crumbs = [(gettext("Other catalogues"), reverse("desk-harvest"))] if crumb else [(title, "")]
    crumbs += [(crumb, "")] if crumb else []
    return frame(request, "harvest", title, lead, crumbs=way(*crumbs), **more)


@desk_page
def sources(request: HttpRequest) -> HttpResponseBase:
    """All catalogues that this person keeps."""
    _departments(request)
    lines = sources_for(city=city_of(request), principal=principal_of(request))
    lead = gettext(
        "Datasets of other catalogues that are shown here, where they came from always beside them."
    )
    entries = [
        (
            line.source,
            gettext(HARVEST_LABELS[HarvestKind(line.source.kind)]),
            line.shown,
            _state(line.run) if line.run else None,
        )
        for line in lines
    ]
    return render(
        request,
        "catalogue/desk/harvest.html",
        _frame(request, gettext("Other catalogues"), lead, entries=entries),
    )


def _state(run: HarvestRun) -> tuple[str, str]:
    state = RunState(run.state)
    return gettext(RUN_LABELS[state]), MOODS[state]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Add a catalogue; a trial first shows what would come."""
    departments = _departments(request)
    form = HarvestForm(departments, request.POST or None)
    trial: Trial | None = None
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            if "try" not in request.POST:
                return _add(request, form)
            trial = _try(request, form)
        except Refused as refusal:
            problems = put_on_fields(form, refusal.problems)
    title = gettext("Add a catalogue")
    context = _frame(
        request, title, crumb=title, form=form, problems=problems, trial=trial, came=_came(trial)
    )
    failed = request.method == "POST" and trial is None
    return render(request, "catalogue/desk/harvest_new.html", context, status=422 if failed else 200)


def _add(request: HttpRequest, form: HarvestForm) -> HttpResponseBase:
    source = harvest_sources.add_source(city=city_of(request), by=principal_of(request), **form.said)
    harvest_sources.run_now(source=source, by=principal_of(request))
    words = gettext("Added. The first run begins in a moment.")
    return done(request, words, "desk-harvest-source", source.slug)


def _try(request: HttpRequest, form: HarvestForm) -> Trial:
    said = form.said
    said.pop("title")
    return harvest_sources.try_out(city=city_of(request), by=principal_of(request), **said)


def _came(trial: Trial | None) -> Table | None:
    """What a trial brought, as a table."""
    if trial is None or not trial.datasets:
        return None
    names = (
        gettext("Title"),
        gettext("Published by"),
        gettext("Licence"),
        gettext("Theme"),
        gettext("Files"),
    )
    columns = [Column(name, is_heading=n == 0, is_number=n == 4) for n, name in enumerate(names)]
    rows = [
        Row(
            [
                label(said.title),
                said.publisher,
                gettext(LICENCES[said.licence].label),
                gettext(THEMES[said.theme].label),
                number(len(said.files)),
            ]
        )
        for _id, said in trial.datasets
    ]
    return Table(gettext("The first datasets that would come"), columns, rows)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One catalogue: its runs and what is said about it."""
    found = source_for(city=city_of(request), principal=principal_of(request), slug=slug)
    form = HarvestForm(_departments(request), request.POST or None, initial=initial_of(found))
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: harvest_sources.change_source(source=found, by=principal_of(request), **form.said)
        )
        if not refused:
            return done(
                request, gettext("Kept. The next run takes it into account."), "desk-harvest-source", slug
            )
        problems = put_on_fields(form, refused)
    return _show(request, found, form, problems)


def _show(
    request: HttpRequest, found: HarvestSource, form: HarvestForm, problems: list[Problem]
) -> HttpResponseBase:
    runs = runs_of(found)
    context = _frame(
        request,
        found.title,
        gettext(HARVEST_LABELS[HarvestKind(found.kind)]),
        found.title,
        source_=found,
        form=form,
        problems=problems,
        runs=_runs(found, runs) if runs else None,
    )
    return render(
        request,
        "catalogue/desk/harvest_source.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


def _counted() -> dict[str, str]:
    return {
        "found": gettext("Found"),
        "new": gettext("New"),
        "changed": gettext("Changed"),
        "gone": gettext("Gone"),
        "refused": gettext("Refused"),
        "duplicates": gettext("Known from elsewhere"),
    }


def _runs(source: HarvestSource, runs: list[HarvestRun]) -> Table:
    columns = [Column(gettext("Run"), is_heading=True), Column(gettext("State"))]
    columns += [Column(name, is_number=True) for name in _counted().values()]
    rows = []
    for run in runs:
        url = reverse("desk-harvest-run", args=(source.slug, run.pk))
        cells: list[Cell | str] = [Cell(ago(run.started_at), url=url), _state(run)[0]]
        rows.append(Row([*cells, *(number(getattr(run, name)) for name in _counted())]))
    return Table(gettext("Runs, the newest first"), columns, rows)


@desk_page
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The report of one run."""
    found = source_for(city=city_of(request), principal=principal_of(request), slug=slug)
    report = run_of(found, pk)
    title = gettext("Run of %(name)s") % {"name": found.title}
    context = _frame(
        request,
        title,
        crumb=title,
        source_=found,
        run=report,
        state=_state(report),
        problem=report.refusal,
        is_held=report.state == RunState.HELD,
        figures=[(number(getattr(report, name)), words) for name, words in _counted().items()],
        notes=[(note.get("id", ""), in_words(Saying.from_json(note["why"]))) for note in report.notes],
    )
    return render(request, "catalogue/desk/harvest_run.html", context)


@desk_page
@require_POST
def deed(request: HttpRequest, slug: str, deed: str) -> HttpResponseBase:
    """Run now, accept that much is gone, or let the catalogue go."""
    found = source_for(city=city_of(request), principal=principal_of(request), slug=slug)
    by = principal_of(request)
    if deed == "run":
        harvest_sources.run_now(source=found, by=by)
        return done(request, gettext("Asked for. It begins in a moment."), "desk-harvest-source", slug)
    if deed == "accept":
        return _accept(request, found)
    if deed == "drop":
        count = harvest_sources.drop_source(source=found, by=by)
        words = gettext("The catalogue is gone, and %(n)s datasets with it.") % {"n": number(count)}
        return done(request, words, "desk-harvest")
    raise Http404


def _accept(request: HttpRequest, found: HarvestSource) -> HttpResponseBase:
    asked = request.POST.get("run", "")
    report = run_of(found, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0)
    try:
        gone = harvest_sources.accept_vanished(run=report, by=principal_of(request))
    except Refused:
        return HttpResponseRedirect(reverse("desk-harvest-run", args=(found.slug, report.pk)))
    words = gettext("%(n)s datasets are not offered any more.") % {"n": number(gone)}
    return done(request, words, "desk-harvest-source", found.slug)
