# SPDX-License-Identifier: EUPL-1.2
"""The audit trail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditLine(models.Model):
    """One thing that was done. Plain values, no foreign keys: the line outlives everything it speaks of."""

    city_id = models.BigIntegerField(help_text=_("Number of the city."))
    at = models.DateTimeField(auto_now_add=True, help_text=_("When."))
    by_id = models.BigIntegerField(
        null=True, help_text=_("Number of the person; empty for programs and residents.")
    )
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who, as colleagues know them."))
    channel = models.CharField(max_length=20, help_text=_("How: web, api, command, job."))
    verb = models.CharField(max_length=60, help_text=_("What was done, e.g. dataset.published."))
    thing = models.CharField(max_length=40, help_text=_("The kind of thing it was done to."))
    thing_id = models.CharField(max_length=100, help_text=_("Which one."))
    facts = models.JSONField(
        default=dict, help_text=_("What else is worth knowing: old and new values, reasons.")
    )

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")
        indexes: ClassVar = [
            models.Index(fields=["city_id", "thing", "thing_id", "-at"], name="audit_by_thing")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing_id}"
