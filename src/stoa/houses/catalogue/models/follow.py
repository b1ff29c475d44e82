# SPDX-License-Identifier: EUPL-1.2
"""Following a dataset, or the whole portal, by e-mail."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import Rhythm


class Follow(models.Model):
    """An address that gets a message when a dataset changes; only after it said yes, until it says no."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address that confirms and ends it.")
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="followers", help_text=_("The dataset.")
    )
    email = models.EmailField(help_text=_("Where messages go; erased when it ends."))
    language = models.CharField(max_length=10, default="en", help_text=_("Language of the messages."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was asked for."))
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text=_("When the address said yes."))
    told_version = models.PositiveIntegerField(default=0, help_text=_("The newest version that was told of."))

    class Meta:
        verbose_name = _("follower of a dataset")
        verbose_name_plural = _("followers of datasets")
        constraints: ClassVar = [
            models.UniqueConstraint("dataset", Lower("email"), name="follow_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PortalFollow(models.Model):
    """An address that gets one message a day or a week with all that is new; only after it said yes, until it says no."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address that confirms and ends it.")
    )
    email = models.EmailField(help_text=_("Where messages go; erased when it ends."))
    language = models.CharField(max_length=10, default="en", help_text=_("Language of the messages."))
    rhythm = models.CharField(
        max_length=10,
        choices=[(r, r) for r in Rhythm],
        default=Rhythm.WEEKLY,
        help_text=_("How often a message is sent."),
    )
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was asked for."))
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text=_("When the address said yes."))
    told_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Everything that was new until then has been told of.")
    )

    class Meta:
        verbose_name = _("follower of the portal")
        verbose_name_plural = _("followers of the portal")
        constraints: ClassVar = [
            models.UniqueConstraint("city", Lower("email"), name="portal_follow_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(told_until__isnull=False),
                name="portal_follow_told_until_set",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
