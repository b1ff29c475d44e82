# SPDX-License-Identifier: EUPL-1.2
"""A file on its way into a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import DeliveryState, Origin


class Delivery(models.Model):
    """One file that came for a dataset: what was understood of it, and what became of it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="deliveries", help_text=_("For which dataset.")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, help_text=_("The content."))
    name = models.CharField(_("file name"), max_length=255, help_text=_("As the sender called it."))
    origin = models.CharField(max_length=10, choices=[(o, o) for o in Origin], help_text=_("How it came."))
    choices = models.JSONField(default=dict, help_text=_("Guesses that somebody changed."))
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in DeliveryState],
        default=DeliveryState.WAITING,
        help_text=_("What became of it."),
    )
    step = models.CharField(max_length=20, blank=True, help_text=_("What is being done."))
    share = models.FloatField(default=0, help_text=_("How far it is, 0 to 1."))
    reading = models.JSONField(null=True, help_text=_("What was understood: the inspection."))
    problem = models.JSONField(null=True, help_text=_("Why it was refused."))
    publishes_itself = models.BooleanField(
        default=False, help_text=_("To be published as soon as it is read, if it fits.")
    )
    note = models.CharField(
        _("note"), max_length=500, blank=True, help_text=_("What changed, for the list of versions.")
    )
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the sender."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who sent it."))
    came_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    read_at = models.DateTimeField(null=True, help_text=_("When it had been read."))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar = [models.Index(fields=["city", "dataset", "-came_at"], name="delivery_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def workdir(self) -> Path:
        """Where the typed table is left; derived, may be made again."""
        return Path(settings.STOA_WORK) / f"delivery-{self.pk}"

    @property
    def inspection(self) -> Inspection | None:
        return Inspection.from_json(self.reading) if self.reading else None

    @property
    def refusal(self) -> Problem | None:
        return Problem.from_json(self.problem) if self.problem else None

    @property
    def is_at_work(self) -> bool:
        return self.state in {DeliveryState.WAITING, DeliveryState.READING, DeliveryState.PUBLISHING}
