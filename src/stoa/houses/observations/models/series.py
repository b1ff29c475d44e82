# SPDX-License-Identifier: EUPL-1.2
"""A series of observations: by which sensor, of which property, of which thing."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models.thing import Thing, of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import OBSERVATION_TYPES, Access, ResultType


class Sensor(models.Model):
    """The procedure or device that observes."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    name = models.CharField(_("name"), max_length=255, help_text=_("What people call it."))
    description = models.TextField(_("description"), blank=True, help_text=_("How it works."))
    encoding_type = models.CharField(
        max_length=100, default="text/plain", help_text=_("How its description is written.")
    )
    metadata = models.JSONField(default=str, blank=True, help_text=_("Its data sheet, or the address of it."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("sensor")
        verbose_name_plural = _("sensors")

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is observed, e.g. air temperature."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    name = models.CharField(_("name"), max_length=255, help_text=_("What people call it."))
    definition = models.CharField(
        _("definition"), max_length=500, help_text=_("The address at which it is defined.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("What it means."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("observed property")
        verbose_name_plural = _("observed properties")
        indexes: ClassVar = [models.Index(fields=["city", "definition"], name="property_by_definition")]

    def __str__(self) -> str:
        return self.name


class DatastreamQuerySet(models.QuerySet["Datastream"]):
    """Rights are part of the query: of the series and of its thing."""

    def visible_to(self, principal: Principal) -> DatastreamQuerySet:
        """Series whose observations this principal may read."""
        return self.filter(
            models.Q(access=Access.OPEN, thing__access=Access.OPEN)
            | of_departments(principal, Permission.SEE_INTERNAL, "thing__department_id")
        )

    def writable_by(self, principal: Principal) -> DatastreamQuerySet:
        return self.filter(of_departments(principal, Permission.WRITE_OBSERVATION, "thing__department_id"))


class Datastream(models.Model):
    """A series: observations of one property of one thing by one sensor; also an attribute of the entity."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    thing = models.ForeignKey(
        Thing, on_delete=models.CASCADE, related_name="datastreams", help_text=_("What is observed.")
    )
    sensor = models.ForeignKey(
        Sensor, on_delete=models.CASCADE, related_name="datastreams", help_text=_("What observes.")
    )
    observed_property = models.ForeignKey(
        ObservedProperty,
        on_delete=models.CASCADE,
        related_name="datastreams",
        help_text=_("What is measured."),
    )
    name = models.CharField(_("name"), max_length=255, help_text=_("What people call it."))
    description = models.TextField(_("description"), blank=True, help_text=_("What it tells."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    unit_name = models.CharField(max_length=100, blank=True, help_text=_("Unit in words."))
    unit_symbol = models.CharField(
        max_length=30, blank=True, help_text=_("Unit as it is written after a number.")
    )
    unit_definition = models.CharField(max_length=300, blank=True, help_text=_("Where the unit is defined."))
    unit_code = models.CharField(max_length=40, blank=True, help_text=_("Code of the unit in UCUM."))
    observation_type = models.CharField(
        max_length=120,
        default=OBSERVATION_TYPES[ResultType.NUMBER],
        help_text=_("Kind of observation, in the codes of OGC."),
    )
    result_type = models.CharField(
        max_length=10,
        choices=[(t, t) for t in ResultType],
        default=ResultType.NUMBER,
        help_text=_("What a result is: number, count, truth, category, text or JSON."),
    )
    multi = models.JSONField(
        null=True,
        blank=True,
        help_text=_("For several properties at once: unit, type and property of each part, in order."),
    )
    observed_area = models.JSONField(
        null=True, blank=True, help_text=_("Area that it speaks of, as a GeoJSON geometry.")
    )
    attribute = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("Name as an attribute of the entity, a full IRI; empty: it has none."),
    )
    dataset_id = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("datasetId of NGSI-LD, where an attribute has several values."),
    )
    access = models.CharField(
        _("access"),
        max_length=10,
        choices=[(a, a) for a in Access],
        default=Access.OPEN,
        help_text=_("Who may read it; never more than who may see the thing."),
    )
    expected_interval_s = models.PositiveIntegerField(
        _("expected interval"),
        null=True,
        blank=True,
        help_text=_("After how many seconds a new value is expected; empty: none is."),
    )
    keep_days = models.PositiveIntegerField(
        _("kept for"),
        null=True,
        blank=True,
        help_text=_("How many days single values are kept; empty: for ever."),
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was set up."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    objects = DatastreamQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["thing", "attribute", "dataset_id"],
                condition=~models.Q(attribute=""),
                name="datastream_attribute_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "observed_property"], name="datastream_by_property"),
        ]

    def __str__(self) -> str:
        return self.name


class DatastreamPart(models.Model):
    """Which properties a series of several properties observes, in order."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="parts", help_text=_("The series.")
    )
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.CASCADE, related_name="parts", help_text=_("What is measured.")
    )
    place = models.PositiveSmallIntegerField(help_text=_("Which part of the result, from 0."))

    class Meta:
        verbose_name = _("part of a series")
        verbose_name_plural = _("parts of a series")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["datastream", "place"], name="datastream_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.datastream_id}[{self.place}]"
