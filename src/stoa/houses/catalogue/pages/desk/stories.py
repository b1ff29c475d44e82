# SPDX-License-Identifier: EUPL-1.2
"""Writing stories at the desk, with a look at what they will be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.people.queries import departments
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue.actions.telling_stories import (
    begin_story,
    change_story,
    publish_story,
    take_back_story,
)
from stoa.houses.catalogue.models import Story
from stoa.houses.catalogue.pages.desk.opening import attempt, done, put_on_fields, way
from stoa.houses.catalogue.pages.public.story_parts import draw_story, problems_of
from stoa.houses.catalogue.queries.stories import own_stories, story_to_edit
from stoa.houses.catalogue.queries.tables import datasets_as_tables
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import StoryState
from stoa.web.notation import day, label
from stoa.web.parts import Cell, Column, Row, Table


class StoryForm(forms.Form):
    """A story as its author writes it."""

    title = forms.CharField(
        label=_("Title"), help_text=_("What the story says, in one line."), max_length=200
    )
    lead = forms.CharField(
        label=_("Lead"),
        help_text=_("One or two sentences for the list of stories."),
        max_length=400,
        required=False,
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Markdown. Charts, maps and tables stand in blocks, as shown below the form."),
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "code"}),
    )

    def __init__(self, listed: Iterable[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), label(one.name) or one.slug) for one in listed]
        if choices:
            self.fields["department"] = forms.ChoiceField(
                label=_("Department that answers for it"), choices=choices
            )


@desk_page
@require_safe
def stories(request: HttpRequest) -> HttpResponseBase:
    """All stories of one's departments."""
    found = own_stories(city=city_of(request), principal=principal_of(request))
    table = Table(
        gettext("Stories"),
        [
            Column(gettext("Title"), is_heading=True),
            Column(gettext("State")),
            Column(gettext("Department")),
            Column(gettext("Last change")),
        ],
        [
            Row(
                [
                    Cell(s.title, url=reverse("desk-story", args=(s.slug,))),
                    _state(s),
                    label(s.department.name),
                    day(s.updated_at),
                ]
            )
            for s in found
        ],
        is_caption_hidden=True,
    )
    lead = gettext("Text with charts and maps that follow the data. Everybody can read what is published.")
    context = frame(
        request, "stories", gettext("Stories"), lead, crumbs=way((gettext("Stories"), "")),
        table=table if found else None, may_write=bool(_departments(request)),
    )  # fmt: skip
    return render(request, "catalogue/desk/stories.html", context)


def _state(story: Story) -> str:
    return gettext("Published") if story.state == StoryState.PUBLISHED else gettext("Draft")


def _departments(request: HttpRequest) -> list[Department]:
    """The departments that this person writes for."""
    held = principal_of(request).departments_with(Permission.WRITE_STORY)
    return [one for one in departments(city_of(request)) if held is None or one.pk in held]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def story_new(request: HttpRequest) -> HttpResponseBase:
    """A new story."""
    listed = _departments(request)
    if not listed:
        raise PermissionDenied
    form = StoryForm(listed, request.POST or None)
    return _write(request, form, None, listed)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def story(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One story to be changed."""
    found = story_to_edit(city=city_of(request), principal=principal_of(request), slug=slug)
    given = {"title": found.title, "lead": found.lead, "text": found.text}
    return _write(request, StoryForm((), request.POST or None, initial=given), found, ())


def _write(
    request: HttpRequest, form: StoryForm, found: Story | None, listed: Iterable[Department]
) -> HttpResponseBase:
    problems: list[Problem] = []
    is_look = "look" in request.POST
    if request.method == "POST" and form.is_valid() and not is_look:
        try:
            with transaction.atomic():
                kept = _keep(request, form.cleaned_data, found, listed)
        except Refused as refusal:
            problems = put_on_fields(form, refusal.problems)
        else:
            return done(request, gettext("The story is kept."), "desk-story", kept.slug)
    text = form.data.get("text", "") if form.is_bound else (found.text if found else "")
    drawn, read = draw_story(request, text)
    title = found.title if found else gettext("New story")
    context = frame(
        request, "stories", title, crumbs=way((gettext("Stories"), reverse("desk-stories")), (title, "")),
        form=form, problems=[*problems, *problems_of(drawn, read)], parts=drawn, story=found,
        is_published=bool(found and found.state == StoryState.PUBLISHED),
        may_publish=bool(found and principal_of(request).may(Permission.PUBLISH_STORY, found.department_id)),
        blocks=_blocks(request),
    )  # fmt: skip
    is_wrong = request.method == "POST" and not is_look
    return render(request, "catalogue/desk/story.html", context, status=422 if is_wrong else 200)


def _keep(
    request: HttpRequest, said: dict[str, Any], found: Story | None, listed: Iterable[Department]
) -> Story:
    by, text = principal_of(request), said["text"].replace("\r\n", "\n")
    if found:
        return change_story(story=found, by=by, title=said["title"], lead=said["lead"], text=text)
    department = next(one for one in listed if str(one.pk) == said["department"])
    return begin_story(
        city=city_of(request), department=department, title=said["title"], by=by, lead=said["lead"], text=text
    )


def _blocks(request: HttpRequest) -> list[tuple[str, str]]:
    """A block of each kind, with the name of a dataset that is really there."""
    found = datasets_as_tables(city=city_of(request), principal=principal_of(request), most=20)
    slug = found[0].slug if found else "short-name"
    placed = next((d.slug for d in found if d.has_map), slug)
    return [
        (gettext("A chart"), f"```chart dataset={slug}\n```"),
        (gettext("A map"), f"```map dataset={placed}\n```"),
        (gettext("The first rows as a table"), f"```table dataset={slug} rows=5\n```"),
    ]


@desk_page
@require_POST
def story_deed(request: HttpRequest, slug: str, deed: str) -> HttpResponseBase:
    """Publish or take back."""
    found = story_to_edit(city=city_of(request), principal=principal_of(request), slug=slug)
    verbs = {"publish": publish_story, "take-back": take_back_story}
    if deed not in verbs:
        raise Http404
    problems = attempt(lambda: verbs[deed](story=found, by=principal_of(request)))
    if problems:
        raise Refused(*problems)
    words = gettext("Everybody can read it now.") if deed == "publish" else gettext("It is a draft again.")
    return done(request, words, "desk-story", found.slug)
