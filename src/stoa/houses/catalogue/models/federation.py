# SPDX-License-Identifier: EUPL-1.2
"""Other portals that show our datasets too, and how often they were used there; counts, never a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.ground.problems import Problem
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import UsageKind


class Republisher(models.Model):
    """A portal that the city accepts counts from: another Stoa that harvests this one."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    title = models.CharField(_("name"), max_length=200, help_text=_("What people call that portal."))
    url = models.CharField(_("address"), max_length=500, help_text=_("Where that portal begins."))
    known_as = models.CharField(
        _("our address there"),
        max_length=500,
        help_text=_("How the address of our own portal begins that was harvested there."),
    )
    looked_at = models.DateTimeField(null=True, help_text=_("When it was last asked."))
    problem = models.JSONField(null=True, blank=True, help_text=_("What went wrong when it was last asked."))

    class Meta:
        verbose_name = _("portal that shows our data")
        verbose_name_plural = _("portals that show our data")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "url"], name="republisher_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def refusal(self) -> Problem | None:
        return Problem.from_json(self.problem) if self.problem else None


class UsedElsewhere(models.Model):
    """Uses of one dataset on one day through another portal."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    republisher = models.ForeignKey(
        Republisher, on_delete=models.CASCADE, related_name="uses", help_text=_("Through which portal.")
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="used_elsewhere", help_text=_("The dataset.")
    )
    day = models.DateField(help_text=_("The day in that portal's time zone."))
    kind = models.CharField(
        max_length=10,
        choices=[(k, k) for k in UsageKind],
        help_text=_("Page, file, API call, map tile, SQL."),
    )
    program = models.BooleanField(help_text=_("Asked by a program, not by a person with a browser."))
    uses = models.BigIntegerField(default=0, help_text=_("How often."))
    rows = models.BigIntegerField(default=0, help_text=_("How many rows were handed out."))

    class Meta:
        verbose_name = _("uses elsewhere")
        verbose_name_plural = _("uses elsewhere")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["republisher", "dataset", "day", "kind", "program"], name="used_elsewhere_once"
            ),
            models.CheckConstraint(condition=models.Q(uses__gte=0, rows__gte=0), name="used_elsewhere_right"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "day"], name="used_elsewhere_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
