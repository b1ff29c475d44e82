# SPDX-License-Identifier: EUPL-1.2
"""Writing stories, giving them to the public, and taking them back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Story
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.story_text import MOST_LETTERS
from stoa.houses.catalogue.terms import StoryState


@transaction.atomic
def begin_story(
    *, city: City, department: Department, title: str, by: Principal, lead: str = "", text: str = ""
) -> Story:
    """A new draft of a department, with a free short name made from its title."""
    need(by, Permission.WRITE_STORY, department.pk)
    _check(title, text)
    base = slug_of(title, most=70) or "story"
    taken = set(Story.objects.filter(city=city, slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)
    story = Story.objects.create(
        city=city, department=department, slug=slug, title=title.strip()[:200], lead=lead.strip()[:400],
        text=text, by_name=by.name[:200],
    )  # fmt: skip
    record(city_id=city.pk, by=by, verb="story.begun", thing="story", thing_id=story.slug)
    return story


@transaction.atomic
def change_story(*, story: Story, by: Principal, title: str, lead: str, text: str) -> Story:
    """Change what a story says; a published one changes for everybody at once."""
    need(by, Permission.WRITE_STORY, story.department_id)
    _check(title, text)
    story.title, story.lead, story.text = title.strip()[:200], lead.strip()[:400], text
    story.save(update_fields=["title", "lead", "text", "updated_at"])
    record(city_id=story.city_id, by=by, verb="story.changed", thing="story", thing_id=story.slug)
    return story


@transaction.atomic
def publish_story(*, story: Story, by: Principal) -> Story:
    """Let everybody read it."""
    need(by, Permission.PUBLISH_STORY, story.department_id)
    if not story.text.strip():
        raise Refused(
            Problem(
                "story.text_missing",
                say("The story has no text yet."),
                say("Whoever follows the link would find an empty page."),
                say("Write it first."),
                "text",
            )
        )
    story.state, story.published_at = StoryState.PUBLISHED, story.published_at or timezone.now()
    story.save(update_fields=["state", "published_at", "updated_at"])
    record(city_id=story.city_id, by=by, verb="story.published", thing="story", thing_id=story.slug)
    return story


@transaction.atomic
def take_back_story(*, story: Story, by: Principal) -> Story:
    """Make it a draft again; its address stays."""
    need(by, Permission.PUBLISH_STORY, story.department_id)
    story.state = StoryState.DRAFT
    story.save(update_fields=["state", "updated_at"])
    record(city_id=story.city_id, by=by, verb="story.taken_back", thing="story", thing_id=story.slug)
    return story


def _check(title: str, text: str) -> None:
    if not title.strip():
        raise Refused(
            Problem(
                "story.title_missing",
                say("The story has no title."),
                say("It is found and named by it."),
                say("Say in one line what the story shows."),
                "title",
            )
        )
    if len(text) > MOST_LETTERS:
        raise Refused(
            Problem(
                "story.text_too_long",
                say("The story is longer than %(most)s letters.", most=MOST_LETTERS),
                say("A page of that length is not read."),
                say("Make two stories of it."),
                "text",
            )
        )
