# SPDX-License-Identifier: EUPL-1.2
"""What people sent in: one list of all that waits, and the decision on re-uses and comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.discussing import decide_comment
from stoa.houses.catalogue.actions.reuses import decide_reuse
from stoa.houses.catalogue.models import AccessRequest, Comment, DataRequest, Reuse
from stoa.houses.catalogue.pages.desk.opening import attempt, done, put_on_fields, title_of, way
from stoa.houses.catalogue.queries import contributions as reads
from stoa.houses.catalogue.queries.access import access_requests
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import (
    ACCESS_STATE_LABELS,
    CHECK_LABELS,
    REQUEST_LABELS,
    REUSE_LABELS,
    AccessState,
    CheckState,
    RequestState,
    ReuseKind,
)
from stoa.web.notation import day, label


class CheckForm(forms.Form):
    """Whether something is shown; a reason where it is not."""

    state = forms.ChoiceField(
        label=_("What becomes of it?"),
        widget=forms.RadioSelect,
        choices=[
            (str(CheckState.SHOWN), _("Show it to everybody")),
            (str(CheckState.REFUSED), _("Do not show it")),
        ],
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason, if it is not shown"),
        help_text=_("The sender reads it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CommentCheckForm(CheckForm):
    """The same with an answer that stands below the comment."""

    answer = forms.CharField(
        label=_("Answer of the department"),
        help_text=_("Everybody reads it below the comment. You may leave it empty."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody sent in."""

    title: str
    url: str
    state: str
    mood: str
    about: str
    made_at: datetime


def is_steward(by: Principal) -> bool:
    """Whether re-uses and new requests of the whole city are this person's business."""
    return by.departments_with(Permission.CHECK_CONTRIBUTION) is None


@desk_page
@require_safe
def contributions(request: HttpRequest) -> HttpResponseBase:
    """All that waits for this person, kind by kind; `?all=1` shows what was decided too."""
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.CHECK_CONTRIBUTION):
        raise PermissionDenied
    only_open = request.GET.get("all") != "1"
    asked: dict[str, Any] = {"city": city, "principal": by, "only_open": only_open}
    groups = [
        (gettext("Requests for access"), [_access(one) for one in access_requests(**asked)]),
        (gettext("Requests for data"), [_request(one) for one in reads.requests_to_answer(**asked)]),
        (gettext("Comments"), [_comment(one) for one in reads.comments_to_check(**asked)]),
    ]
    if is_steward(by):
        listed = reads.reuses_to_check(city=city, only_open=only_open)
        groups.append((gettext("Re-uses"), [_reuse(one) for one in listed]))
    title = gettext("From readers")
    lead = gettext("What people asked, said and made. Everybody who left an address gets one answer.")
    context = frame(request, "contributions", title, lead, crumbs=way((title, "")))
    context |= {
        "groups": groups,
        "only_open": only_open,
        "is_empty": not any(lines for _title, lines in groups),
    }
    return render(request, "catalogue/desk/contributions.html", context)


def _mood(state: str) -> str:
    return {"waiting": "accent", "open": "accent", "shown": "good", "granted": "good", "partly": "good"}.get(
        state, ""
    )


def _reuse(one: Reuse) -> Line:
    words = gettext(CHECK_LABELS[CheckState(one.state)])
    kind = gettext(REUSE_LABELS[ReuseKind(one.kind)])
    return Line(one.title, reverse("desk-reuse", args=(one.pk,)), words, _mood(one.state), kind, one.made_at)


def _request(one: DataRequest) -> Line:
    words = gettext(REQUEST_LABELS[RequestState(one.state)])
    promised = (
        gettext("answer promised by %(day)s") % {"day": day(one.promised_on)} if one.promised_on else ""
    )
    return Line(
        one.title, reverse("desk-request", args=(one.pk,)), words, _mood(one.state), promised, one.made_at
    )


def _comment(one: Comment) -> Line:
    words = gettext(CHECK_LABELS[CheckState(one.state)])
    return Line(
        one.text[:100],
        reverse("desk-comment", args=(one.pk,)),
        words,
        _mood(one.state),
        title_of(one.dataset),
        one.made_at,
    )


def _access(one: AccessRequest) -> Line:
    words = gettext(ACCESS_STATE_LABELS[AccessState(one.state)])
    who = one.organisation or one.name or gettext("somebody whose name has been erased")
    return Line(
        f"{title_of(one.dataset)}: {who}",
        reverse("desk-access", args=(one.pk,)),
        words,
        _mood(one.state),
        one.purpose[:100],
        one.made_at,
    )


def show(
    request: HttpRequest,
    title: str,
    context: dict[str, Any],
    form: forms.Form | None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponseBase:
    """One thing that was sent in: what it is, the texts, and the form for the decision."""
    back = (gettext("From readers"), reverse("desk-contributions"))
    lead = context.pop("lead", "")
    whole = frame(request, "contributions", title, lead, crumbs=way(back, (title, "")))
    rest = put_on_fields(form, problems) if form is not None and problems else list(problems)
    whole |= {"form": form, "problems": rest, **context}
    is_wrong = request.method == "POST" and (problems or (form is not None and form.errors))
    return render(request, "catalogue/desk/contribution.html", whole, status=422 if is_wrong else 200)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def reuse(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A re-use: show it or not."""
    by = principal_of(request)
    if not is_steward(by):
        raise PermissionDenied
    found = reads.reuse_to_check(city=city_of(request), reuse_id=pk)
    form = CheckForm(request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        is_shown = said["state"] == CheckState.SHOWN
        problems = attempt(lambda: decide_reuse(reuse=found, is_shown=is_shown, reason=said["reason"], by=by))
        if not problems:
            return done(
                request, gettext("Decided. Whoever left an address gets a message."), "desk-contributions"
            )
    context = {
        "state": (gettext(CHECK_LABELS[CheckState(found.state)]), _mood(found.state)),
        "facts": [
            (gettext("What it is"), gettext(REUSE_LABELS[ReuseKind(found.kind)])),
            (gettext("Where"), found.url, found.url),
            *([(gettext("By whom"), found.by_name)] if found.by_name else []),
            *(
                (gettext("Uses"), title_of(one), reverse("dataset", args=(one.slug,)))
                for one in found.datasets.all()
            ),
        ],
        "texts": [(gettext("What it does with the data"), found.description)],
        "decision": found.reason,
        "send_words": gettext("Decide"),
    }
    return show(request, found.title, context, form, problems)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A comment: show it, answer it, or keep it back."""
    by = principal_of(request)
    if not by.may(Permission.CHECK_CONTRIBUTION):
        raise PermissionDenied
    found = reads.comment_to_check(city=city_of(request), principal=by, comment_id=pk)
    is_new = found.state == CheckState.WAITING
    form = CommentCheckForm(
        request.POST or None, initial={} if is_new else {"state": found.state, "answer": found.answer}
    )
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        is_shown = said["state"] == CheckState.SHOWN
        problems = attempt(
            lambda: decide_comment(
                comment=found, is_shown=is_shown, answer=said["answer"], reason=said["reason"], by=by
            )
        )
        if not problems:
            return done(
                request, gettext("Decided. Whoever left an address gets a message."), "desk-contributions"
            )
    title = gettext("Comment on “%(title)s”") % {"title": title_of(found.dataset)}
    context = {
        "state": (gettext(CHECK_LABELS[CheckState(found.state)]), _mood(found.state)),
        "facts": [
            (
                gettext("Dataset"),
                title_of(found.dataset),
                reverse("dataset-discussion", args=(found.dataset.slug,)),
            ),
            (gettext("Department"), label(found.dataset.department.name)),
            *([(gettext("By whom"), found.by_name)] if found.by_name else []),
        ],
        "texts": [(gettext("What was said"), found.text)],
        "decision": found.reason,
        "send_words": gettext("Decide"),
    }
    return show(request, title, context, form, problems)
