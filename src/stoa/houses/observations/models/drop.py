# SPDX-License-Identifier: EUPL-1.2
"""Files whose values go into series, and how files of one make are read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import DropState


class FileRecipe(models.Model):
    """How files of one make are read and which column is which series, so that the next one needs no questions."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, help_text=_("Whose series they are.")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("What people call it."))
    reading = models.JSONField(help_text=_("How the file is read: headings, separators, kinds of columns."))
    mapping = models.JSONField(help_text=_("Which column is the time, and which is which series."))
    changed_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("recipe for files")
        verbose_name_plural = _("recipes for files")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "name"], name="file_recipe_once")]

    def __str__(self) -> str:
        return self.name


class FileDropQuerySet(models.QuerySet["FileDrop"]):
    """Rights are part of the query."""

    def visible_to(self, principal: Principal) -> FileDropQuerySet:
        """Files for departments whose series this principal may set up and fill."""
        return self.filter(of_departments(principal, Permission.CHANGE_THING, "department_id"))


class FileDrop(models.Model):
    """One file of values: read, told what is what, looked through, and only then written."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, help_text=_("Whose series they are.")
    )
    recipe = models.ForeignKey(
        FileRecipe, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("The recipe it is read by.")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, help_text=_("The file as it came."))
    name = models.CharField(max_length=255, help_text=_("The name that the sender gave the file."))
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in DropState],
        default=DropState.READING,
        help_text=_("How far it is."),
    )
    problem = models.JSONField(null=True, blank=True, help_text=_("Why it is not read or written."))
    reading = models.JSONField(null=True, blank=True, help_text=_("What was understood of the file."))
    mapping = models.JSONField(null=True, blank=True, help_text=_("Which column is which series."))
    report = models.JSONField(default=dict, help_text=_("What would be written and what refused."))
    counts = models.JSONField(default=dict, help_text=_("What was written so far, and what refused."))
    done_rows = models.BigIntegerField(default=0, help_text=_("How many rows are done."))
    writes_itself = models.BooleanField(
        default=False, help_text=_("It is written as soon as its recipe fits, without being asked.")
    )
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the person."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who sent it."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    written_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was written."))

    objects = FileDropQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of values")
        verbose_name_plural = _("files of values")
        indexes: ClassVar = [models.Index(fields=["city", "-made_at"], name="file_drop_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
