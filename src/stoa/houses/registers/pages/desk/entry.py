# SPDX-License-Identifier: EUPL-1.2
"""One entry at the desk: its form, what may be done with it, what colleagues said, what it said before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.registers.actions import keeping, publishing
from stoa.houses.registers.models import Entry, EntryVersion
from stoa.houses.registers.pages.desk.entry_form import EntryForm
from stoa.houses.registers.pages.desk.home import state_words
from stoa.houses.registers.pages.desk.opening import MOODS, done, way
from stoa.houses.registers.pages.words import in_one_line, worded
from stoa.houses.registers.queries.desk import comments_of, entry_at_desk, history_of, keepable_departments
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.checking import completeness, objections
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.rules.differences import differences
from stoa.houses.registers.terms import DEED_LABELS, Deed, State
from stoa.web.notation import label


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A new entry of one of the own departments."""
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, kind)
    departments = keepable_departments(city=city, principal=by)
    if not departments:
        raise PermissionDenied
    form = EntryForm(declared, request.POST if request.method == "POST" else None, {})
    problems: list[Problem] = []
    if request.method == "POST":
        department = _chosen(departments, request.POST.get("department", ""))
        try:
            with transaction.atomic():
                made = keeping.draft_entry(
                    city=city, kind=declared, department=department, raw=form.raw(), by=by
                )
        except Refused as refusal:
            problems = form.put(refusal.problems)
        else:
            return done(request, gettext("The draft is kept."), "desk-register-entry", kind, made.code)
    context = frame(
        request,
        "registers",
        gettext("New entry: %(kind)s") % {"kind": worded(declared.one)},
        gettext("A draft may be incomplete. What is still missing is shown once it is kept."),
        crumbs=way(declared, (gettext("New entry"), "")),
        kind=declared,
        form=form,
        parts=form.parts(),
        problems=problems,
        departments=[(str(one.pk), label(one.name) or one.slug) for one in departments],
        chosen=request.POST.get("department", ""),
    )
    return render(
        request, "registers/desk/new.html", context, status=422 if request.method == "POST" else 200
    )


def _chosen(departments: list[Department], text: str) -> Department:
    return next((one for one in departments if str(one.pk) == text), departments[0])


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """The form of an entry, with all that is around it."""
    by = principal_of(request)
    declared, found = _open(request, kind, code)
    form = EntryForm(declared, request.POST if request.method == "POST" else None, found.values)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            with transaction.atomic():
                keeping.change_entry(entry=found, kind=declared, raw=form.raw(), by=by)
        except Refused as refusal:
            problems = form.put(refusal.problems)
        else:
            return done(request, gettext("The entry is kept."), "desk-register-entry", kind, code)
    return _page(request, declared, found, form, problems, status=422 if request.method == "POST" else 200)


def _open(request: HttpRequest, kind: str, code: str) -> tuple[Kind, Entry]:
    city = city_of(request)
    declared = kind_of(city, kind)
    return declared, entry_at_desk(city=city, principal=principal_of(request), kind=declared, code=code)


def _page(
    request: HttpRequest,
    kind: Kind,
    found: Entry,
    form: EntryForm,
    problems: list[Problem],
    *,
    status: int = 200,
) -> HttpResponseBase:
    by = principal_of(request)
    reviews = by.may(Permission.REVIEW_ENTRY, found.department_id)
    keeps = reviews or by.may(Permission.KEEP_ENTRY, found.department_id)
    measured = completeness(kind, found.values)
    context = frame(
        request,
        "registers",
        found.title,
        "",
        crumbs=way(kind, (found.title, "")),
        kind=kind,
        entry=found,
        state=(state_words(found), MOODS[State(found.state)]),
        department=label(found.department.name),
        form=form,
        parts=form.parts(),
        problems=problems,
        may_change=keeps and not found.is_retired,
        deeds=_deeds(found, reviews=reviews, keeps=keeps, is_whole=not objections(kind, found.values)),
        completeness=found.completeness,
        missing=[worded(kind.field(name).label) for name in measured.missing],
        comments=comments_of(found),
        history=_history(kind, history_of(found)),
        public_url=reverse("register-entry", args=(kind.slug, found.code)) if found.shown is not None else "",
    )
    return render(request, "registers/desk/entry.html", context, status=status)


def _deeds(found: Entry, *, reviews: bool, keeps: bool, is_whole: bool) -> set[str]:
    """What this person may do with the entry as it is now."""
    state = State(found.state)
    is_open = state in {State.DRAFT, State.REVIEW}
    may = {
        "submit": keeps and state is State.DRAFT and is_whole and not reviews,
        "publish": reviews and is_open and is_whole,
        "return": reviews and state is State.REVIEW,
        "retire": reviews and state is not State.RETIRED,
        "take-up": reviews and state is State.RETIRED,
    }
    return {deed for deed, is_allowed in may.items() if is_allowed}


def _history(kind: Kind, lines: list[EntryVersion]) -> list[dict[str, Any]]:
    """Newest first, each with what it changed against the line before."""
    told = []
    for place, line in enumerate(lines):
        before = lines[place + 1].values if place + 1 < len(lines) else {}
        changed = differences(kind, before, line.values) if place + 1 < len(lines) else ()
        told.append(
            {
                "deed": gettext(DEED_LABELS[Deed(line.deed)]),
                "by": line.by_name,
                "when": line.made_at,
                "note": line.note,
                "changes": [
                    (
                        worded(one.field.label),
                        in_one_line(one.field, one.before),
                        in_one_line(one.field, one.after),
                    )
                    for one in changed
                ],
            }
        )
    return told


@desk_page
@require_POST
def deed(request: HttpRequest, kind: str, code: str, deed: str) -> HttpResponseBase:
    """Send to review, publish, send back, end, take up again, comment."""
    by = principal_of(request)
    declared, found = _open(request, kind, code)
    text = request.POST.get("text", "")
    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "submit": (
            lambda: publishing.submit_entry(entry=found, kind=declared, by=by),
            gettext("A reviewer was told."),
        ),
        "publish": (
            lambda: publishing.publish_entry(entry=found, kind=declared, by=by, note=text),
            gettext("Everybody can read it now."),
        ),
        "return": (
            lambda: publishing.return_entry(entry=found, kind=declared, by=by, reason=text),
            gettext("The department was told."),
        ),
        "retire": (
            lambda: publishing.retire_entry(entry=found, kind=declared, by=by, reason=text),
            gettext("The entry has ended. It stays readable."),
        ),
        "take-up": (
            lambda: publishing.take_up_entry(entry=found, kind=declared, by=by),
            gettext("It is a draft again."),
        ),
        "comment": (lambda: keeping.comment(entry=found, text=text, by=by), gettext("The comment is kept.")),
    }
    if deed not in verbs:
        raise Http404
    verb, words = verbs[deed]
    try:
        with transaction.atomic():
            verb()
    except Refused as refusal:
        form = EntryForm(declared, None, found.values)
        return _page(request, declared, found, form, list(refusal.problems), status=422)
    return done(request, words, "desk-register-entry", kind, code)
