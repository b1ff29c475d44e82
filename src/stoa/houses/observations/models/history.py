# SPDX-License-Identifier: EUPL-1.2
"""Which observations lie in the lake, in which file; the truth about history is here, not in the folder."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.observations.models.observation import FeatureOfInterest
from stoa.houses.observations.models.series import Datastream


class _DateRange(models.Func):
    function = "daterange"
    output_field = DateRangeField()


class HistoryFile(models.Model):
    """One file of the lake with all observations of a span of whole days (UTC) that were rolled.

    A file is never changed: a newer one replaces it, and only one file speaks of a day.
    """

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    begins = models.DateField(help_text=_("First day."))
    ends = models.DateField(help_text=_("The day after the last."))
    generation = models.PositiveIntegerField(help_text=_("How often the span was written."))
    path = models.CharField(max_length=200, help_text=_("Where it stands in the lake."))
    rows = models.BigIntegerField(help_text=_("How many observations."))
    bytes = models.BigIntegerField(help_text=_("How large it is."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was written."))
    replaced_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When another file took its place; empty: it is the one that counts."),
    )
    is_stale = models.BooleanField(
        default=False, help_text=_("A series in it was removed as a whole: it is written anew at night.")
    )
    is_registered = models.BooleanField(
        default=False, help_text=_("The table for other engines (Iceberg) knows what became of it.")
    )

    class Meta:
        verbose_name = _("file of history")
        verbose_name_plural = _("files of history")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "path"], name="history_file_once"),
            ExclusionConstraint(
                name="history_file_one_a_day",
                expressions=[
                    ("city", RangeOperators.EQUAL),
                    (_DateRange("begins", "ends", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(replaced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class RemovedObservation(models.Model):
    """An observation that was removed after it went to the lake: nobody reads it, and the next writing leaves it out."""

    pk = models.CompositePrimaryKey("datastream_id", "at", "result_at")
    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    datastream_id = models.BigIntegerField(help_text=_("Number of the series."))
    at = models.DateTimeField(help_text=_("Its phenomenon time."))
    result_at = models.DateTimeField(help_text=_("Its result time; the year 1000: not told."))
    removed_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was removed."))

    class Meta:
        verbose_name = _("removed observation")
        verbose_name_plural = _("removed observations")
        indexes: ClassVar = [models.Index(fields=["city", "at"], name="removed_by_time")]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.at:%Y-%m-%d %H:%M:%S}"


class FeatureSeries(models.Model):
    """That observations of a series which went to the lake were told to speak of a feature of interest."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    feature = models.ForeignKey(
        FeatureOfInterest, on_delete=models.CASCADE, help_text=_("What they speak of.")
    )
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, help_text=_("The series."))

    class Meta:
        verbose_name = _("feature of old observations")
        verbose_name_plural = _("features of old observations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feature", "datastream"], name="feature_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} of {self.datastream_id}"
