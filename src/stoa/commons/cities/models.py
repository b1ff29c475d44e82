# SPDX-License-Identifier: EUPL-1.2
"""The cities of one install."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.ground.geometry import Box


class City(models.Model):
    """A municipality. Not locked by row-level security: everybody may know that it exists."""

    slug = models.SlugField(
        _("short name"), max_length=40, unique=True, help_text=_("Part of addresses: /c/short-name/.")
    )
    name = models.JSONField(_("name"), help_text=_("The city's name per language."))
    languages = ArrayField(
        models.CharField(max_length=10),
        default=list,
        help_text=_("Languages of the portal, the main one first."),
    )
    zone = models.CharField(
        _("time zone"),
        max_length=50,
        default="UTC",
        help_text=_("Time zone of the city, e.g. Europe/Berlin."),
    )
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Two-letter country code.")
    )
    area = ArrayField(
        models.FloatField(),
        size=4,
        null=True,
        blank=True,
        help_text=_("West, south, east, north of the city, degrees."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#1d5b79",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
        help_text=_("The city's colour; contrast is corrected where it is used."),
    )
    hosts = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text=_("Host names that show this city."),
    )
    is_simulated = models.BooleanField(
        _("simulated"),
        default=False,
        help_text=_("An invented city for trying things out; marked on every page."),
    )
    about = models.JSONField(
        default=dict,
        blank=True,
        help_text=_(
            "Who answers questions about the portal, and the city's own words on accessibility and privacy."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When the city was set up."))

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def box(self) -> Box | None:
        return Box(*self.area) if self.area else None
