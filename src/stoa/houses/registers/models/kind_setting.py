# SPDX-License-Identifier: EUPL-1.2
"""What a city decided about one of its registers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.houses.registers.terms import Demand


class KindSetting(models.Model):
    """One register of one city."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    kind = models.SlugField(max_length=40, help_text=_("Short name of the register."))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        help_text=_(
            "Who answers for the register as a whole and for its dataset; empty: who published first."
        ),
    )
    demand = models.CharField(
        max_length=10,
        choices=[(d, d) for d in Demand],
        default=Demand.FLAG,
        help_text=_("What happens to a thing in public space that has no published entry."),
    )
    remind_days = models.PositiveIntegerField(
        default=30, help_text=_("How many days before its end the department is reminded.")
    )

    class Meta:
        verbose_name = _("setting of a register")
        verbose_name_plural = _("settings of registers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "kind"], name="kind_setting_once")]

    def __str__(self) -> str:
        return self.kind
