# SPDX-License-Identifier: EUPL-1.2
"""How often a catalogue has changed, counted by the database itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City


class Generation(models.Model):
    """The state of a city's catalogue as a number: what was worked out from one state is good for that number.

    A trigger raises it at the end of every transaction that changed what the search shows; nobody else writes it.
    """

    city = models.OneToOneField(City, on_delete=models.CASCADE, related_name="+", help_text=_("The city."))
    number = models.BigIntegerField(
        default=0, help_text=_("Rises with every transaction that changed the catalogue.")
    )

    class Meta:
        verbose_name = _("state of the catalogue")
        verbose_name_plural = _("states of catalogues")

    def __str__(self) -> str:
        return str(self.number)
