# SPDX-License-Identifier: EUPL-1.2
"""A register that a city declared on a page, or fields that it added to one that ships with the product."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City


class CityKind(models.Model):
    """What a city declared; a short name that ships with the product means: more fields for that register."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    slug = models.SlugField(max_length=40, help_text=_("Short name of the register."))
    title = models.JSONField(default=dict, help_text=_("What the register is called, per language."))
    about = models.JSONField(
        default=dict, help_text=_("What is in it and why the city keeps it, per language.")
    )
    has_places = models.BooleanField(default=False, help_text=_("Its entries have a place, so it has a map."))
    fields = models.JSONField(default=list, help_text=_("The fields that the city declared, in order."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was declared."))
    changed_at = models.DateTimeField(auto_now=True, help_text=_("When its declaration last changed."))

    class Meta:
        verbose_name = _("register of a city")
        verbose_name_plural = _("registers of a city")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "slug"], name="city_kind_once")]
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug
