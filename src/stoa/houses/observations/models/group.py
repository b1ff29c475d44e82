# SPDX-License-Identifier: EUPL-1.2
"""Series that together are one dataset of the catalogue, and how long their single values are kept."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models.series import Datastream, ObservedProperty
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import GroupKind


class SeriesGroupQuerySet(models.QuerySet["SeriesGroup"]):
    """Rights are part of the query."""

    def changeable_by(self, principal: Principal) -> SeriesGroupQuerySet:
        """Groups that this principal may look after."""
        return self.filter(of_departments(principal, Permission.CHANGE_THING, "department_id"))


class SeriesGroup(models.Model):
    """Series of one department that are given out together: as a dataset with a version for every day."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, help_text=_("Whose series they are, and who answers for them.")
    )
    title = models.JSONField(default=dict, help_text=_("What the dataset is called, by language."))
    description = models.JSONField(
        default=dict, help_text=_("What the values are and what to beware of, by language.")
    )
    kind = models.CharField(
        max_length=10,
        choices=[(k, k) for k in GroupKind],
        help_text=_("Which series: of a property, of things of a kind, or chosen ones."),
    )
    observed_property = models.ForeignKey(
        ObservedProperty,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("The property, where the series are those of one."),
    )
    entity_type = models.CharField(
        max_length=300, blank=True, help_text=_("The kind of the things as a full IRI, where it is by kind.")
    )
    licence = models.CharField(max_length=40, help_text=_("Under which licence the dataset is given out."))
    theme = models.CharField(max_length=10, default="ENVI", help_text=_("Theme of the dataset (EU)."))
    window_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("How many days a version reaches back; empty: the whole history."),
    )
    keep_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("How many days single values of its series are kept; empty: it says nothing of that."),
    )
    dataset = models.CharField(
        max_length=100, blank=True, help_text=_("Short name of the dataset; empty: there is none yet.")
    )
    exported = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text=_("Numbers of all series that ever stood in a version."),
    )
    closed = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text=_("Numbers of those among them that were not public at some time since."),
    )
    stamp = models.CharField(
        max_length=100, blank=True, help_text=_("What the newest version was made of, as a digest.")
    )
    tried_at = models.DateTimeField(null=True, help_text=_("When it was last seen whether anything is new."))
    reaches_to = models.DateTimeField(null=True, help_text=_("Before when the values of the version lie."))
    problem = models.JSONField(null=True, help_text=_("What went wrong the last time; empty: nothing."))

    objects = SeriesGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group of series")
        verbose_name_plural = _("groups of series")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind=GroupKind.PROPERTY, observed_property__isnull=False)
                | (models.Q(kind=GroupKind.THINGS) & ~models.Q(entity_type=""))
                | models.Q(kind=GroupKind.CHOSEN),
                name="group_says_which",
            ),
            models.UniqueConstraint(
                fields=["city", "dataset"], condition=~models.Q(dataset=""), name="group_dataset_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "department"], name="group_by_department")]

    def __str__(self) -> str:
        return self.dataset or str(self.uid)


class GroupedSeries(models.Model):
    """A series that was chosen into a group by name."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    group = models.ForeignKey(
        SeriesGroup, on_delete=models.CASCADE, related_name="chosen", help_text=_("The group.")
    )
    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="grouped", help_text=_("The series.")
    )

    class Meta:
        verbose_name = _("series of a group")
        verbose_name_plural = _("series of groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "datastream"], name="grouped_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.datastream_id}"
