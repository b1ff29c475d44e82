# SPDX-License-Identifier: EUPL-1.2
"""What officers arrange and say about series: the tiles of the page that shows the city now, and judgements."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.observations.models.series import Datastream, ObservedProperty
from stoa.houses.observations.terms import Quality, TileKind


class NowTile(models.Model):
    """One tile of the page that shows the city now."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    place = models.PositiveIntegerField(help_text=_("Its place on the page, the first is 1."))
    kind = models.CharField(
        max_length=10,
        choices=[(k, k) for k in TileKind],
        help_text=_("One value, all values of a property, or a map."),
    )
    datastream = models.ForeignKey(
        Datastream, null=True, blank=True, on_delete=models.CASCADE, help_text=_("The series of one value.")
    )
    observed_property = models.ForeignKey(
        ObservedProperty,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("The property of a list or a map; empty on a map: all."),
    )
    title = models.JSONField(
        default=dict, blank=True, help_text=_("Its heading by language; empty: the name of what it shows.")
    )
    is_visible = models.BooleanField(_("shown"), default=True, help_text=_("Stands on the page."))

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind=TileKind.SERIES, datastream__isnull=False)
                | models.Q(kind=TileKind.GROUP, observed_property__isnull=False)
                | models.Q(kind=TileKind.MAP),
                name="tile_shows_something",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "place"], name="tile_by_place")]

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"


class QualityMark(models.Model):
    """A judgement of somebody about a span of a series, with the reason that everybody reads."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="marks", help_text=_("The series.")
    )
    since = models.DateTimeField(help_text=_("From when on."))
    until = models.DateTimeField(help_text=_("Before when."))
    quality = models.PositiveSmallIntegerField(
        choices=[(q.value, q.name.lower()) for q in Quality],
        help_text=_("Quality flag, in the codes of QARTOD."),
    )
    reason = models.CharField(max_length=500, help_text=_("Why, for everybody to read."))
    count = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text=_("How many values it is about.")
    )
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was said."))

    class Meta:
        verbose_name = _("judgement of values")
        verbose_name_plural = _("judgements of values")
        indexes: ClassVar = [models.Index(fields=["datastream", "-made_at"], name="mark_newest")]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.since:%Y-%m-%d %H:%M}: {self.quality}"
