# SPDX-License-Identifier: EUPL-1.2
"""Events on their way out, and the sign of life of the worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """Something that happened, kept until every listener has heard it (at least once)."""

    city_id = models.BigIntegerField(help_text=_("Number of the city."))
    name = models.CharField(max_length=80, help_text=_("Past tense, e.g. catalogue.DatasetPublished."))
    body = models.JSONField(help_text=_("The event's fields."))
    happened_at = models.DateTimeField(auto_now_add=True, help_text=_("When."))
    delivered_at = models.DateTimeField(null=True, help_text=_("When every listener had heard it."))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar = [
            models.Index(
                fields=["city_id", "id"], name="outbox_waiting", condition=models.Q(delivered_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Heartbeat(models.Model):
    """When the worker was last alive; read by `stoa doctor` and `/-/ready`."""

    name = models.CharField(max_length=40, primary_key=True, help_text=_("Which process."))
    at = models.DateTimeField(help_text=_("When it last said so."))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
