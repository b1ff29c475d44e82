# SPDX-License-Identifier: EUPL-1.2
"""What people say and ask about a dataset."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import CheckState


class Comment(models.Model):
    """A remark or question about a dataset, shown after somebody looked at it; with the department's answer."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="comments", help_text=_("The dataset.")
    )
    text = models.TextField(max_length=2000, help_text=_("What was said."))
    by_name = models.CharField(
        max_length=80, blank=True, help_text=_("Name of the sender as it may be shown; empty: none.")
    )
    email = models.EmailField(blank=True, help_text=_("For the answer; erased when answered."))
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in CheckState],
        default=CheckState.WAITING,
        help_text=_("Whether it is shown."),
    )
    reason = models.TextField(max_length=1000, blank=True, help_text=_("Why it is not shown."))
    answer = models.TextField(max_length=2000, blank=True, help_text=_("What the department says to it."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was said."))
    decided_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was looked at."))
    decided_by = models.CharField(max_length=200, blank=True, help_text=_("Who looked at it."))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes: ClassVar = [
            models.Index(fields=["city", "dataset", "state", "made_at"], name="comment_by_dataset")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason=""), name="comment_refused_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
