# SPDX-License-Identifier: EUPL-1.2
"""A spreadsheet with many entries, and what became of each of its rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.commons.people.models import Department
from stoa.houses.registers.terms import ImportState


class EntryImport(models.Model):
    """One upload: read and reported first, taken over when somebody says so."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    kind = models.SlugField(max_length=40, help_text=_("Short name of the register."))
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, help_text=_("Who answers for the entries.")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, help_text=_("The file as it came."))
    name = models.CharField(max_length=255, help_text=_("The name that the sender gave the file."))
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in ImportState],
        default=ImportState.WAITING,
        help_text=_("How far it is."),
    )
    problem = models.JSONField(null=True, blank=True, help_text=_("Why the file could not be read."))
    report = models.JSONField(default=list, help_text=_("What became of each row, with reasons."))
    columns = models.JSONField(
        default=list, help_text=_("Each heading, and the field that it was taken for.")
    )
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the person."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who sent it."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    applied_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was taken over."))

    class Meta:
        verbose_name = _("spreadsheet for a register")
        verbose_name_plural = _("spreadsheets for registers")
        indexes: ClassVar = [models.Index(fields=["city", "kind", "-made_at"], name="entry_import_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
