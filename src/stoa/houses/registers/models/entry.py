# SPDX-License-Identifier: EUPL-1.2
"""An entry, all that it ever said, and what colleagues say about it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.terms import Deed, State


class EntryQuerySet(models.QuerySet["Entry"]):
    """Rights are part of the query."""

    def shown(self) -> EntryQuerySet:
        """Entries that everybody may know of; of them, only `shown` may be handed out."""
        return self.filter(shown__isnull=False)

    def visible_to(self, principal: Principal) -> EntryQuerySet:
        """Entries whose working copy this principal may see, with the internal fields."""
        return self.filter(within(principal, Permission.SEE_ENTRY))

    def known_to(self, principal: Principal) -> EntryQuerySet:
        """Entries that this principal may know of in any form."""
        return self.filter(models.Q(shown__isnull=False) | within(principal, Permission.SEE_ENTRY))


def within(principal: Principal, permission: Permission) -> models.Q:
    """Entries of the departments for which a right is held."""
    departments = principal.departments_with(permission)
    if departments is None:
        return models.Q(department_id__isnull=False)
    return models.Q(department_id__in=sorted(departments))


class Entry(models.Model):
    """One thing that stands in a register: the working copy, and beside it what the public sees."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    code = models.CharField(
        max_length=12, help_text=_("Short code: part of the address, and of the sign at the thing.")
    )
    kind = models.SlugField(max_length=40, help_text=_("Short name of the register."))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    title = models.CharField(max_length=300, help_text=_("What it is called, in the working copy."))
    reference = models.CharField(
        max_length=100,
        blank=True,
        help_text=_("The owner's own number; an upload with it changes the entry."),
    )
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in State],
        default=State.DRAFT,
        help_text=_("Where the working copy is on its way to the public."),
    )
    values = models.JSONField(default=dict, help_text=_("What the working copy says, by field."))
    version = models.PositiveIntegerField(default=1, help_text=_("Number of the newest line of the history."))
    completeness = models.PositiveSmallIntegerField(
        default=0, help_text=_("How much of what is expected the working copy says, 0 to 100.")
    )
    shown = models.JSONField(
        null=True, blank=True, help_text=_("What everybody may see, as published last; empty: nothing.")
    )
    shown_title = models.CharField(max_length=300, blank=True, help_text=_("The title that everybody sees."))
    search_text = models.TextField(
        blank=True, help_text=_("What everybody may see, in plain letters, for the search.")
    )
    things = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text=_("Things of the platform that everybody sees it is tied to."),
    )
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("After this day it is ended by itself, as published last.")
    )
    reminded_for = models.DateField(
        null=True, blank=True, help_text=_("For which end the department was told.")
    )
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was begun."))
    changed_at = models.DateTimeField(auto_now=True, help_text=_("When anything about it last changed."))
    published_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was first published."))
    shown_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was last published."))
    retired_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was ended."))
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When what was personal in it was erased.")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "code"], name="entry_code_once"),
            models.UniqueConstraint(
                fields=["city", "kind", "department", "reference"],
                condition=~models.Q(reference=""),
                name="entry_reference_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(shown__isnull=False),
                name="entry_published_is_shown",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="retired") | models.Q(retired_at__isnull=False),
                name="entry_retired_at_set",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "kind", "shown_title"], name="entry_by_title"),
            models.Index(fields=["city", "state", "-changed_at"], name="entry_by_state"),
            models.Index(fields=["city", "ends_on"], name="entry_by_end"),
            GinIndex(fields=["shown"], name="entry_shown", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["search_text"], name="entry_search_text", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["things"], name="entry_things"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_retired(self) -> bool:
        return self.state == State.RETIRED


class EntryVersion(models.Model):
    """One line of the history: what was done, by whom, and what the entry said then. Never changed, never taken away."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="versions", help_text=_("The entry.")
    )
    number = models.PositiveIntegerField(help_text=_("Counted from 1."))
    deed = models.CharField(max_length=10, choices=[(d, d) for d in Deed], help_text=_("What was done."))
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in State], help_text=_("In which state the entry was then.")
    )
    values = models.JSONField(help_text=_("What it said then, without what is personal."))
    note = models.CharField(max_length=1000, blank=True, help_text=_("Why, in the words of who did it."))
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the person."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who did it; for colleagues only."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When."))

    class Meta:
        verbose_name = _("version of a register entry")
        verbose_name_plural = _("versions of register entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "number"], name="entry_version_once")
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.number}"


class EntryComment(models.Model):
    """What colleagues say to each other about an entry."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="comments", help_text=_("The entry.")
    )
    text = models.TextField(max_length=2000, help_text=_("What was said."))
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the person."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who said it."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When."))

    class Meta:
        verbose_name = _("comment on a register entry")
        verbose_name_plural = _("comments on register entries")
        ordering: ClassVar = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"
