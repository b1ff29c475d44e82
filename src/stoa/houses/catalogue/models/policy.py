# SPDX-License-Identifier: EUPL-1.2
"""What a city promises and assumes about its open data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City


class OpenDataPolicy(models.Model):
    """One line a city; a city without one has the defaults."""

    city = models.OneToOneField(City, on_delete=models.CASCADE, help_text=_("The city."))
    answer_days = models.PositiveSmallIntegerField(
        _("Days to answer a request for data"),
        default=30,
        help_text=_("Promised to everybody who asks for data."),
    )
    agreement = models.JSONField(
        _("Terms for access on request"),
        default=dict,
        blank=True,
        help_text=_(
            "What somebody accepts who asks for access, per language; empty: the text that comes with Stoa."
        ),
    )
    is_value_public = models.BooleanField(
        _("Everybody may see the page about the value of the data"),
        default=False,
        help_text=_("Otherwise only people of the administration who look after data."),
    )
    uses_for_request = models.PositiveIntegerField(
        _("Downloads that replace one request by hand"),
        default=50,
        help_text=_("An assumption: one in so many downloads would otherwise have been a letter or a call."),
    )
    request_minutes = models.PositiveIntegerField(
        _("Minutes to answer a request by hand"),
        default=45,
        help_text=_("Reading, looking up, preparing a file, writing back."),
    )
    hour_cost_cents = models.PositiveIntegerField(
        _("Cost of an hour of work, in cents"), default=6000, help_text=_("Full cost, in the currency below.")
    )
    keeping_minutes = models.PositiveIntegerField(
        _("Minutes to look after one dataset, a month"),
        default=20,
        help_text=_("For the ones that come by hand; those with a source of their own count a tenth."),
    )
    platform_cents = models.PositiveBigIntegerField(
        _("Cost of the platform, a month, in cents"), default=0, help_text=_("Machine, operation, licences.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", help_text=_("Three letters."))

    class Meta:
        verbose_name = _("open data policy")
        verbose_name_plural = _("open data policies")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(answer_days__gte=1, answer_days__lte=365, uses_for_request__gte=1),
                name="policy_in_range",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
