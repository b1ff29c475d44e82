# SPDX-License-Identifier: EUPL-1.2
"""Datasets that are made from others by a question, and stories that show them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import StoryState


class SavedQuery(models.Model):
    """The question that a dataset is the answer to."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.OneToOneField(
        Dataset, on_delete=models.CASCADE, related_name="saved_query", help_text=_("The answer.")
    )
    statement = models.TextField(_("question"), help_text=_("One SELECT over published datasets."))
    changed_at = models.DateTimeField(
        null=True, help_text=_("When it last became a different question; empty: it is the first.")
    )
    asked_at = models.DateTimeField(null=True, help_text=_("When it was last answered."))
    problem = models.JSONField(
        null=True, blank=True, help_text=_("Why it could not be answered the last time.")
    )
    failures = models.PositiveIntegerField(default=0, help_text=_("Failed answers in a row."))

    class Meta:
        verbose_name = _("saved question")
        verbose_name_plural = _("saved questions")

    def __str__(self) -> str:
        return f"view {self.dataset_id}"

    @property
    def refusal(self) -> Problem | None:
        return Problem.from_json(self.problem) if self.problem else None


class Lineage(models.Model):
    """A dataset is made from another; settled when the question is saved, so that it can never come back to itself."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="made_from", help_text=_("What is made.")
    )
    source = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="used_by", help_text=_("What it is made from.")
    )
    name = models.CharField(max_length=120, help_text=_("How the question calls the source."))

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "name"], name="lineage_name_once"),
            models.CheckConstraint(
                condition=~models.Q(dataset=models.F("source")), name="lineage_not_from_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} from {self.source_id}"


class StoryQuerySet(models.QuerySet["Story"]):
    """Rights are part of the query."""

    def visible_to(self, principal: Principal) -> StoryQuerySet:
        """Published stories, and drafts of departments that this principal writes for."""
        departments = principal.departments_with(Permission.WRITE_STORY)
        if departments is None:
            return self
        own = models.Q(department_id__in=sorted(departments))
        return self.filter(models.Q(state=StoryState.PUBLISHED) | own)

    def editable_by(self, principal: Principal) -> StoryQuerySet:
        departments = principal.departments_with(Permission.WRITE_STORY)
        return self if departments is None else self.filter(department_id__in=sorted(departments))


class Story(models.Model):
    """A text with living charts, maps and tables."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    slug = models.SlugField(
        _("short name"), max_length=80, help_text=_("Part of the address: /stories/short-name.")
    )
    title = models.CharField(_("title"), max_length=200, help_text=_("What the story says, in one line."))
    lead = models.CharField(
        _("lead"), max_length=400, blank=True, help_text=_("One or two sentences for lists of stories.")
    )
    text = models.TextField(
        _("text"), blank=True, help_text=_("Markdown; charts, maps and tables stand in blocks.")
    )
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in StoryState],
        default=StoryState.DRAFT,
        help_text=_("Whether everybody can read it."),
    )
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who wrote it."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was begun."))
    updated_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))
    published_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was first published."))

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "slug"], name="story_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="story_published_at_set",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "state", "-published_at"], name="story_newest")]

    def __str__(self) -> str:
        return self.slug
