# SPDX-License-Identifier: EUPL-1.2
"""A dataset that is played again as if its sensors were live; for demonstrations and load."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department


class Replay(models.Model):
    """Which dataset is played, and how its columns become things and series."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, help_text=_("Who answers for the things.")
    )
    name = models.SlugField(max_length=80, help_text=_("Short name of the replay."))
    recipe = models.JSONField(
        help_text=_("Which columns are time, thing and values; see the reference of city.toml.")
    )
    is_on = models.BooleanField(default=True, help_text=_("New values are written every minute."))
    last_at = models.DateTimeField(null=True, blank=True, help_text=_("Until when values were written."))

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "name"], name="replay_once")]

    def __str__(self) -> str:
        return self.name
