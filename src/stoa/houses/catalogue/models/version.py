# SPDX-License-Identifier: EUPL-1.2
"""An immutable version and its quality."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.lake.values import VersionRef
from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.models.delivery import Delivery


class Version(models.Model):
    """What a dataset was at one time; its files lie in the lake and never change."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="versions", help_text=_("The dataset.")
    )
    number = models.PositiveIntegerField(help_text=_("1, 2, 3 ... within the dataset."))
    delivery = models.ForeignKey(
        Delivery, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("The file it was made from.")
    )
    made_at = models.DateTimeField(help_text=_("When it was published."))
    by_id = models.BigIntegerField(null=True, help_text=_("Number of the person who published it."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who published it."))
    note = models.CharField(max_length=500, blank=True, help_text=_("What changed, in the owner's words."))
    path = models.CharField(max_length=200, help_text=_("Folder in the lake."))
    columns = models.JSONField(help_text=_("The dictionary of its columns."))
    key = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text=_("Columns that name a row.")
    )
    rows = models.BigIntegerField(help_text=_("How many rows."))
    bytes = models.BigIntegerField(help_text=_("Size of its file."))
    box = ArrayField(
        models.FloatField(), size=4, null=True, blank=True, help_text=_("West, south, east, north.")
    )
    geometry_types = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        help_text=_("Kinds of places; empty: none."),
    )
    content_hash = models.CharField(max_length=120, help_text=_("Same hash, same content."))
    least_most = models.JSONField(
        default=dict, help_text=_("Least and greatest value of number and date columns.")
    )
    recipe = models.JSONField(help_text=_("How the file was read."))
    dropped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its files were removed by the retention rule.")
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, rows__gte=0), name="version_counts_right"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def specs(self) -> tuple[ColumnSpec, ...]:
        return tuple(ColumnSpec.from_json(column) for column in self.columns)

    @property
    def bounds(self) -> Box | None:
        return Box(*self.box) if self.box else None

    @property
    def ref(self) -> VersionRef:
        """The version as the lake knows it."""
        return VersionRef(
            self.path, self.specs, tuple(self.geometry_types), self.rows, tuple(self.key), self.content_hash
        )


class QualityReport(models.Model):
    """How good a version is: a score from 0 to 100 with its parts, each with its sentences."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    version = models.OneToOneField(
        Version, on_delete=models.CASCADE, related_name="quality", help_text=_("The version.")
    )
    score = models.PositiveSmallIntegerField(help_text=_("Mean of the parts, 0 to 100."))
    completeness = models.PositiveSmallIntegerField(help_text=_("Filled cells, 0 to 100."))
    validity = models.PositiveSmallIntegerField(help_text=_("Readable cells and usable places, 0 to 100."))
    uniqueness = models.PositiveSmallIntegerField(help_text=_("Rows that are not there twice, 0 to 100."))
    timeliness = models.PositiveSmallIntegerField(help_text=_("Kept promise of updates, 0 to 100."))
    openness = models.PositiveSmallIntegerField(help_text=_("Access and licence, 0 to 100."))
    documentation = models.PositiveSmallIntegerField(help_text=_("How well it is described, 0 to 100."))
    sayings = models.JSONField(default=dict, help_text=_("Why, by part."))
    judged_at = models.DateTimeField(auto_now=True, help_text=_("When it was judged."))

    class Meta:
        verbose_name = _("quality report")
        verbose_name_plural = _("quality reports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(**{f"{part}__lte": 100}), name=f"quality_{part}_in_range"
            )
            for part in (
                "score",
                "completeness",
                "validity",
                "uniqueness",
                "timeliness",
                "openness",
                "documentation",
            )
        ]

    def __str__(self) -> str:
        return str(self.score)
