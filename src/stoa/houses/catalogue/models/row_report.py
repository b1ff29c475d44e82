# SPDX-License-Identifier: EUPL-1.2
"""'This row is wrong': the way back from any row to its owner."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import ReportState


class RowReport(models.Model):
    """Somebody says that one row of one version is wrong."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address by which the sender follows it.")
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="row_reports", help_text=_("The dataset.")
    )
    version_number = models.PositiveIntegerField(help_text=_("The version that the sender saw."))
    row = models.BigIntegerField(help_text=_("The row in that version."))
    values = models.JSONField(default=dict, help_text=_("The row as the sender saw it."))
    column = models.CharField(
        max_length=100, blank=True, help_text=_("The column that is wrong, if one was named.")
    )
    message = models.TextField(max_length=2000, help_text=_("What is wrong, in the sender's words."))
    email = models.EmailField(blank=True, help_text=_("For an answer; erased when answered."))
    state = models.CharField(
        max_length=20,
        choices=[(s, s) for s in ReportState],
        default=ReportState.OPEN,
        help_text=_("What became of it."),
    )
    answer = models.TextField(blank=True, max_length=2000, help_text=_("What the owner says."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    answered_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was answered."))
    answered_by = models.CharField(max_length=200, blank=True, help_text=_("Who answered."))

    class Meta:
        verbose_name = _("report of a wrong row")
        verbose_name_plural = _("reports of wrong rows")
        indexes: ClassVar = [models.Index(fields=["city", "dataset", "state"], name="row_report_open")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True)
                | (~models.Q(state="open") & models.Q(answered_at__isnull=False)),
                name="row_report_answered_at_set",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.row}"
