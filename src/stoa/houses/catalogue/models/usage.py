# SPDX-License-Identifier: EUPL-1.2
"""How often a dataset was used on a day; nothing of who used it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import UsageKind


class UsageDay(models.Model):
    """Uses of one dataset on one day through one gate; a count, never a person."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="usage",
        help_text=_("The dataset; empty: the catalogue as a whole."),
    )
    day = models.DateField(help_text=_("The day in the city's time zone."))
    gate = models.CharField(max_length=30, help_text=_("The interface it was used through."))
    kind = models.CharField(
        max_length=10,
        choices=[(k, k) for k in UsageKind],
        help_text=_("Page, file, API call, map tile, SQL."),
    )
    program = models.BooleanField(help_text=_("Asked by a program, not by a person with a browser."))
    uses = models.BigIntegerField(default=0, help_text=_("How often."))
    rows = models.BigIntegerField(default=0, help_text=_("How many rows were handed out."))

    class Meta:
        verbose_name = _("uses of a day")
        verbose_name_plural = _("uses by day")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["city", "dataset", "day", "gate", "kind", "program"],
                nulls_distinct=False,
                name="usage_day_once",
            ),
            models.CheckConstraint(condition=models.Q(uses__gte=0, rows__gte=0), name="usage_counts_right"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "day"], name="usage_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
