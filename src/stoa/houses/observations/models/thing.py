# SPDX-License-Identifier: EUPL-1.2
"""A thing of the city, where it stands, and where it stood before."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.places.fields import BoxField
from stoa.commons.roles.values import Principal
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import Access


def of_departments(principal: Principal, permission: Permission, field: str) -> models.Q:
    """The condition that `field` (a department's id) is one for which the principal holds the right."""
    departments = principal.departments_with(permission)
    # An empty condition would be dropped from a choice of several, and with it the right.
    everywhere = models.Q(**{f"{field}__isnull": False})
    return everywhere if departments is None else models.Q(**{f"{field}__in": sorted(departments)})


class ThingQuerySet(models.QuerySet["Thing"]):
    """Rights are part of the query."""

    def visible_to(self, principal: Principal) -> ThingQuerySet:
        """Things that this principal may read."""
        return self.filter(
            models.Q(access=Access.OPEN) | of_departments(principal, Permission.SEE_INTERNAL, "department_id")
        )

    def changeable_by(self, principal: Principal) -> ThingQuerySet:
        return self.filter(of_departments(principal, Permission.CHANGE_THING, "department_id"))


class Thing(models.Model):
    """Something of the city that is observed; also the entity of NGSI-LD with the same attributes."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    name = models.CharField(_("name"), max_length=255, help_text=_("What people call it."))
    description = models.TextField(_("description"), blank=True, help_text=_("What it is."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    access = models.CharField(
        _("access"),
        max_length=10,
        choices=[(a, a) for a in Access],
        default=Access.OPEN,
        help_text=_("Who may see it and its series."),
    )
    in_public_space = models.BooleanField(
        _("in public space"),
        default=True,
        help_text=_("Stands where everybody goes, so it belongs in the register of sensors."),
    )
    awaits_entry = models.BooleanField(
        default=False,
        help_text=_("What it measures is refused until a register has a published entry for it."),
    )
    uri = models.CharField(max_length=500, help_text=_("Its id as an NGSI-LD entity."))
    types = ArrayField(
        models.CharField(max_length=300),
        default=list,
        blank=True,
        help_text=_("Its entity types, as full IRIs."),
    )
    scopes = ArrayField(
        models.CharField(max_length=300),
        default=list,
        blank=True,
        help_text=_("Scopes of NGSI-LD, e.g. /north/park."),
    )
    attributes = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("Attributes of the entity that are no series: full IRI to a list of instances."),
    )
    place = models.JSONField(null=True, blank=True, help_text=_("Where it is now, as a GeoJSON geometry."))
    box = BoxField(null=True, blank=True, help_text=_("West, south, east, north of where it is now."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was set up."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    objects = ThingQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing")
        verbose_name_plural = _("things")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "uri"], name="thing_uri_once"),
        ]
        indexes: ClassVar = [
            GistIndex(fields=["box"], name="thing_box"),
            GinIndex(fields=["types"], name="thing_types"),
            GinIndex(fields=["attributes"], name="thing_attributes", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["city", "department"], name="thing_by_department"),
            models.Index("city", Collate("name", "C"), name="thing_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place where things are or were."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    name = models.CharField(max_length=255, help_text=_("What the place is called."))
    description = models.TextField(blank=True, help_text=_("How to find it."))
    encoding_type = models.CharField(
        max_length=100, default="application/geo+json", help_text=_("How the place is written.")
    )
    location = models.JSONField(help_text=_("The place: GeoJSON, a geometry or a feature."))
    properties = models.JSONField(default=dict, blank=True, help_text=_("Further facts, as they were sent."))
    box = BoxField(null=True, blank=True, help_text=_("West, south, east, north."))
    things = models.ManyToManyField(
        Thing, through="ThingLocation", related_name="locations", help_text=_("What stands here now.")
    )
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        indexes: ClassVar = [GistIndex(fields=["box"], name="location_box")]

    def __str__(self) -> str:
        return self.name


class ThingLocation(models.Model):
    """Where a thing stands now."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, help_text=_("The thing."))
    location = models.ForeignKey(Location, on_delete=models.CASCADE, help_text=_("The place."))

    class Meta:
        verbose_name = _("present location")
        verbose_name_plural = _("present locations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thing", "location"], name="thing_location_once"),
        ]

    def __str__(self) -> str:
        return f"{self.thing_id} at {self.location_id}"


class HistoricalLocation(models.Model):
    """From when on a thing stood at a place; made by itself when a thing gets a new location."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    thing = models.ForeignKey(
        Thing, on_delete=models.CASCADE, related_name="historical_locations", help_text=_("The thing.")
    )
    time = models.DateTimeField(help_text=_("From when on."))
    locations = models.ManyToManyField(
        Location,
        through="HistoricalPlace",
        related_name="historical_locations",
        help_text=_("Where it stood."),
    )

    class Meta:
        verbose_name = _("historical location")
        verbose_name_plural = _("historical locations")
        indexes: ClassVar = [models.Index(fields=["thing", "-time"], name="historical_location_time")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.time:%Y-%m-%d %H:%M}"


class HistoricalPlace(models.Model):
    """Which place belongs to a historical location."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    historical_location = models.ForeignKey(
        HistoricalLocation, on_delete=models.CASCADE, help_text=_("The moment of the move.")
    )
    location = models.ForeignKey(Location, on_delete=models.CASCADE, help_text=_("The place."))

    class Meta:
        verbose_name = _("place in the past")
        verbose_name_plural = _("places in the past")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["historical_location", "location"], name="historical_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.historical_location_id} at {self.location_id}"
