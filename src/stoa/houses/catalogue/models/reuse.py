# SPDX-License-Identifier: EUPL-1.2
"""What others made of the data."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import CheckState, ReuseKind


class Reuse(models.Model):
    """An application, article or study made with the city's data; shown after a steward looked at it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address by which the sender follows it.")
    )
    title = models.CharField(_("title"), max_length=200, help_text=_("What it is called."))
    kind = models.CharField(
        max_length=15, choices=[(k, k) for k in ReuseKind], help_text=_("Application, article, study ...")
    )
    url = models.URLField(_("address"), max_length=1000, help_text=_("Where it is to be found."))
    description = models.TextField(max_length=2000, blank=True, help_text=_("What it does with the data."))
    by_name = models.CharField(
        max_length=200, blank=True, help_text=_("By whom, as it may be shown to everybody.")
    )
    email = models.EmailField(blank=True, help_text=_("For the answer; erased when answered."))
    datasets = models.ManyToManyField(
        Dataset,
        through="catalogue.ReuseDataset",
        related_name="reuses",
        help_text=_("The datasets that it uses."),
    )
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in CheckState],
        default=CheckState.WAITING,
        help_text=_("Whether it is shown."),
    )
    reason = models.TextField(max_length=2000, blank=True, help_text=_("Why it is not shown."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was registered."))
    decided_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was checked."))
    decided_by = models.CharField(max_length=200, blank=True, help_text=_("Who checked it."))

    class Meta:
        verbose_name = _("re-use")
        verbose_name_plural = _("re-uses")
        indexes: ClassVar = [models.Index(fields=["city", "state", "-made_at"], name="reuse_by_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason=""), name="reuse_refused_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReuseDataset(models.Model):
    """One dataset of one re-use."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    reuse = models.ForeignKey(Reuse, on_delete=models.CASCADE, help_text=_("The re-use."))
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, help_text=_("The dataset."))

    class Meta:
        verbose_name = _("dataset of a re-use")
        verbose_name_plural = _("datasets of re-uses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reuse", "dataset"], name="reuse_dataset_once")
        ]

    def __str__(self) -> str:
        return f"{self.reuse_id} {self.dataset_id}"
