# SPDX-License-Identifier: EUPL-1.2
"""Observations, the latest of each series, and what is counted from them.

The table of observations is partitioned by day (see the migration) and written by COPY; Django only reads it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.places.fields import BoxField
from stoa.houses.observations.models.series import Datastream
from stoa.houses.observations.terms import Quality, Way, Width


class FeatureOfInterest(models.Model):
    """What an observation speaks of where that is not the thing itself."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    name = models.CharField(max_length=255, help_text=_("What people call it."))
    description = models.TextField(blank=True, help_text=_("What it is."))
    encoding_type = models.CharField(
        max_length=100, default="application/geo+json", help_text=_("How the feature is written.")
    )
    feature = models.JSONField(help_text=_("The feature: GeoJSON, a geometry or a feature."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    box = BoxField(null=True, blank=True, help_text=_("West, south, east, north."))
    made_of_location = models.ForeignKey(
        "observations.Location",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="features",
        help_text=_("The place it was made of by itself; empty: somebody sent it."),
    )
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("feature of interest")
        verbose_name_plural = _("features of interest")
        indexes: ClassVar = [GistIndex(fields=["box"], name="feature_box")]

    def __str__(self) -> str:
        return self.name


class Observation(models.Model):
    """One result at one time. The same series, phenomenon time and result time is the same observation."""

    pk = models.CompositePrimaryKey("datastream_id", "at", "result_at")
    city_id = models.BigIntegerField(help_text=_("Number of the city."))
    datastream_id = models.BigIntegerField(help_text=_("Number of the series."))
    at = models.DateTimeField(help_text=_("When it was so: the instant, or the begin of the interval."))
    result_at = models.DateTimeField(help_text=_("When the result was made; the year 1000: not told."))
    until = models.DateTimeField(null=True, help_text=_("End of the interval; empty: an instant."))
    number = models.FloatField(
        null=True, help_text=_("The result, if it is a number, a count or a truth value.")
    )
    text = models.TextField(null=True, help_text=_("The result, if it is a category or a text."))  # noqa: DJ001 - empty text is a result
    json = models.JSONField(null=True, help_text=_("The result, if it is anything else."))
    quality = models.PositiveSmallIntegerField(
        default=Quality.NOT_EVALUATED, help_text=_("Quality flag, in the codes of QARTOD.")
    )
    feature_id = models.BigIntegerField(
        null=True, help_text=_("Number of the feature of interest; empty: the thing's.")
    )
    extra = models.JSONField(null=True, help_text=_("Parameters, valid time and quality as they were sent."))
    received_at = models.DateTimeField(help_text=_("When it, or its last correction, came in."))
    revision = models.PositiveSmallIntegerField(default=0, help_text=_("How often it was corrected."))

    class Meta:
        managed = False
        db_table = "observations_observation"
        verbose_name = _("observation")
        verbose_name_plural = _("observations")

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.at:%Y-%m-%d %H:%M:%S}"


class SeriesState(models.Model):
    """The latest observation of a series and its counts: asked in constant time, whatever the history."""

    datastream = models.OneToOneField(
        Datastream,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="state",
        help_text=_("The series."),
    )
    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    count = models.BigIntegerField(
        default=0, help_text=_("How many observations there are, history included.")
    )
    first_at = models.DateTimeField(null=True, help_text=_("Phenomenon time of the first."))
    last_until = models.DateTimeField(null=True, help_text=_("End of the phenomenon time of the last."))
    first_result_at = models.DateTimeField(null=True, help_text=_("First result time that was told."))
    last_result_at = models.DateTimeField(null=True, help_text=_("Last result time that was told."))
    at = models.DateTimeField(null=True, help_text=_("Phenomenon time of the latest."))
    result_at = models.DateTimeField(
        null=True, help_text=_("Result time of the latest; the year 1000: not told.")
    )
    until = models.DateTimeField(null=True, help_text=_("End of the interval of the latest."))
    number = models.FloatField(
        null=True, help_text=_("Latest result, if it is a number, a count or a truth value.")
    )
    text = models.TextField(null=True, help_text=_("Latest result, if it is a category or a text."))  # noqa: DJ001 - empty text is a result
    json = models.JSONField(null=True, help_text=_("Latest result, if it is anything else."))
    quality = models.PositiveSmallIntegerField(
        default=Quality.NOT_EVALUATED, help_text=_("Quality flag of the latest.")
    )
    received_at = models.DateTimeField(null=True, help_text=_("When the latest came in."))
    box = BoxField(
        null=True, help_text=_("Where the thing is now; kept beside the value so that maps are quick.")
    )

    class Meta:
        verbose_name = _("state of a series")
        verbose_name_plural = _("states of series")
        indexes: ClassVar = [GistIndex(fields=["box"], name="state_box")]

    def __str__(self) -> str:
        return f"{self.datastream_id}: {self.count}"


class SeriesBucket(models.Model):
    """What a series came to in an hour, day, month or year: exact, counted anew when anything in it changes."""

    pk = models.CompositePrimaryKey("datastream_id", "width", "start")
    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="buckets", help_text=_("The series.")
    )
    width = models.PositiveSmallIntegerField(
        choices=[(w.value, w.name.lower()) for w in Width], help_text=_("Hour, day, month or year.")
    )
    start = models.DateTimeField(help_text=_("Begin of the bucket."))
    count = models.BigIntegerField(help_text=_("How many numbers."))
    total = models.FloatField(help_text=_("Their sum."))
    squares = models.FloatField(help_text=_("The sum of their squares."))
    low = models.FloatField(help_text=_("The smallest."))
    high = models.FloatField(help_text=_("The largest."))
    p05 = models.FloatField(null=True, help_text=_("Below it lie 5 percent."))
    p25 = models.FloatField(null=True, help_text=_("Below it lie 25 percent."))
    p50 = models.FloatField(null=True, help_text=_("Below it lies half."))
    p75 = models.FloatField(null=True, help_text=_("Below it lie 75 percent."))
    p95 = models.FloatField(null=True, help_text=_("Below it lie 95 percent."))

    class Meta:
        verbose_name = _("time bucket")
        verbose_name_plural = _("time buckets")

    def __str__(self) -> str:
        return f"{self.datastream_id} {Width(self.width).name} {self.start:%Y-%m-%d %H:%M}"


class DirtyBucket(models.Model):
    """A bucket in which something changed since it was counted.

    Writers mark hours only; who counts them marks the months and years above. `taken` parts what is being counted
    from what changed meanwhile: a writer always marks `taken = false`, so a change during the count marks the hour
    again. No foreign keys in the database: marks are written with every batch, and one too many does no harm.
    """

    pk = models.CompositePrimaryKey("datastream_id", "width", "start", "taken")
    city = models.ForeignKey(
        City, on_delete=models.CASCADE, db_constraint=False, db_index=False, help_text=_("The city.")
    )
    datastream = models.ForeignKey(
        Datastream,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        help_text=_("The series."),
    )
    width = models.PositiveSmallIntegerField(
        choices=[(w.value, w.name.lower()) for w in Width],
        default=Width.HOUR,
        help_text=_("Hour, day, month or year."),
    )
    start = models.DateTimeField(help_text=_("Begin of the bucket."))
    taken = models.BooleanField(default=False, help_text=_("Being counted now."))

    class Meta:
        verbose_name = _("bucket to be counted")
        verbose_name_plural = _("buckets to be counted")

    def __str__(self) -> str:
        return f"{self.datastream_id} {Width(self.width).name} {self.start:%Y-%m-%d %H:00}"


class Quarantined(models.Model):
    """Something that came in and could not be taken: kept with the reason, so that nothing is lost silently."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    at = models.DateTimeField(auto_now_add=True, help_text=_("When it came in."))
    way = models.CharField(max_length=10, choices=[(w, w) for w in Way], help_text=_("How it came in."))
    origin = models.CharField(
        max_length=300, blank=True, help_text=_("Topic, device or address it was sent to.")
    )
    datastream = models.ForeignKey(
        Datastream,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("The series, if it is known."),
    )
    code = models.CharField(max_length=60, help_text=_("Code of the reason."))
    reason = models.JSONField(default=dict, help_text=_("What is wrong, with the values that say so."))
    payload = models.BinaryField(help_text=_("The first 64 KiB of what was sent."))
    size = models.BigIntegerField(help_text=_("How large all of it was, bytes."))
    times = models.PositiveIntegerField(default=1, help_text=_("How often the same came within an hour."))
    settled_at = models.DateTimeField(null=True, blank=True, help_text=_("When an officer settled it."))

    class Meta:
        verbose_name = _("refused observation")
        verbose_name_plural = _("refused observations")
        indexes: ClassVar = [models.Index(fields=["city", "-at"], name="quarantined_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.origin}"
