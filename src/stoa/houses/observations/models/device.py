# SPDX-License-Identifier: EUPL-1.2
"""Devices that send: by which network, read by which decoder, when last heard; and feeds that we ask ourselves."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models.series import Datastream
from stoa.houses.observations.models.thing import Thing, of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import Carrier, FeedKind


class CityDecoder(models.Model):
    """A payload decoder that the city wrote or changed; every change is a new version, old ones stay."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    identifier = models.CharField(max_length=80, help_text=_("Its id, as devices name it."))
    version = models.PositiveIntegerField(help_text=_("Counted up by every change."))
    title = models.CharField(max_length=200, help_text=_("For which devices it is."))
    definition = models.TextField(help_text=_("The definition as it was written (TOML or JSON)."))
    by_name = models.CharField(max_length=200, blank=True, help_text=_("Who kept this version."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was kept."))

    class Meta:
        verbose_name = _("decoder")
        verbose_name_plural = _("decoders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "identifier", "version"], name="decoder_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.version}"


class Feed(models.Model):
    """An address that we ask at intervals: bike share stations (GBFS), or any JSON by a recipe."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    title = models.CharField(_("title"), max_length=200, help_text=_("What people call it."))
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(k, k) for k in FeedKind], help_text=_("What is at the address.")
    )
    url = models.URLField(_("web address"), max_length=2000, help_text=_("Where it is asked."))
    recipe = models.JSONField(
        default=dict, blank=True, help_text=_("Which part of the answer is which value (JSON by a recipe).")
    )
    every_minutes = models.PositiveIntegerField(
        _("every so many minutes"), default=5, help_text=_("How often it is asked.")
    )
    is_active = models.BooleanField(_("asked by itself"), default=True, help_text=_("Asked by itself."))
    seen = models.JSONField(default=dict, blank=True, help_text=_("What the server said of its last answer."))
    asked_at = models.DateTimeField(null=True, help_text=_("When it was last asked."))
    next_at = models.DateTimeField(null=True, help_text=_("When it is asked next."))
    answered_at = models.DateTimeField(null=True, help_text=_("When it last answered well."))
    problem = models.JSONField(null=True, help_text=_("What went wrong the last time; empty: nothing."))
    taken = models.PositiveIntegerField(default=0, help_text=_("New observations of the last answer."))

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        indexes: ClassVar = [models.Index(fields=["city", "next_at"], name="feed_next")]

    def __str__(self) -> str:
        return self.title


class DeviceQuerySet(models.QuerySet["Device"]):
    """Rights are part of the query."""

    def visible_to(self, principal: Principal) -> DeviceQuerySet:
        """Devices are inside matters: whoever may set up things of the department."""
        return self.filter(of_departments(principal, Permission.CHANGE_THING, "thing__department_id"))


class Device(models.Model):
    """What sends observations of one thing."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    thing = models.ForeignKey(
        Thing, on_delete=models.CASCADE, related_name="devices", help_text=_("What it observes.")
    )
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.CASCADE, related_name="devices",
        help_text=_("The feed that tells of it; empty: it sends by itself."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=200, help_text=_("What people call it."))
    carrier = models.CharField(
        _("way"), max_length=12, choices=[(c, c) for c in Carrier], help_text=_("How its messages come.")
    )
    identifier = models.CharField(
        _("address"),
        max_length=200,
        help_text=_("Its address in its network: for LoRaWAN the DevEUI, 16 hexadecimal digits."),
    )
    decoder = models.CharField(
        _("decoder"), max_length=80, blank=True, help_text=_("Id of the decoder that reads its payloads.")
    )
    decoder_version = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Version of the decoder; empty: always the newest.")
    )
    parameters = models.JSONField(
        default=dict, blank=True, help_text=_("Numbers of the decoder that are otherwise for this device.")
    )
    recipe = models.JSONField(
        default=dict, blank=True, help_text=_("Which part of its JSON messages is which value.")
    )
    key_digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of its key."))
    mqtt_hash = models.CharField(
        max_length=200, blank=True, help_text=_("Its key as Mosquitto's password file wants it.")
    )
    expected_interval_s = models.PositiveIntegerField(
        _("expected interval"),
        null=True,
        blank=True,
        help_text=_("After how many seconds it should be heard again; empty: nobody waits."),
    )
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Its messages are taken; otherwise they are put aside.")
    )
    last_seen_at = models.DateTimeField(null=True, help_text=_("When it was last heard."))
    silent_since = models.DateTimeField(
        null=True, help_text=_("Since when it is silent; empty: it is heard.")
    )
    battery_percent = models.FloatField(null=True, help_text=_("How full its battery is, percent."))
    battery_v = models.FloatField(null=True, help_text=_("Voltage of its battery."))
    rssi_dbm = models.FloatField(null=True, help_text=_("How strongly the best gateway heard it, dBm."))
    snr_db = models.FloatField(null=True, help_text=_("How clearly the best gateway heard it, dB."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was registered."))

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["city", "feed", "identifier"], nulls_distinct=False, name="device_identifier_once"
            ),
            models.UniqueConstraint(
                fields=["key_digest"], condition=~models.Q(key_digest=""), name="device_key_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "last_seen_at"], name="device_last_seen")]

    def __str__(self) -> str:
        return self.name


class DeviceSeries(models.Model):
    """Into which series a value of a device goes."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, related_name="series", help_text=_("The device.")
    )
    value = models.CharField(max_length=120, help_text=_("Name of the value in its messages."))
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, help_text=_("The series."))

    class Meta:
        verbose_name = _("series of a device")
        verbose_name_plural = _("series of devices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "value"], name="device_value_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}.{self.value}"


class DeviceMessage(models.Model):
    """One of the last messages of a device and what was read in it: for whoever looks after it, not for ever."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, related_name="messages", help_text=_("The device.")
    )
    received_at = models.DateTimeField(help_text=_("When it was received."))
    counter = models.BigIntegerField(null=True, help_text=_("Number that the device gave it."))
    port = models.PositiveIntegerField(null=True, help_text=_("LoRaWAN port."))
    payload = models.BinaryField(help_text=_("The bytes, at most 1 KiB."))
    values = models.JSONField(default=list, help_text=_("What was read: name, value and unit."))
    problem = models.JSONField(null=True, help_text=_("Why it could not be read; empty: it could."))

    class Meta:
        verbose_name = _("message of a device")
        verbose_name_plural = _("messages of devices")
        indexes: ClassVar = [models.Index(fields=["device", "-received_at"], name="device_newest")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.received_at:%Y-%m-%d %H:%M:%S}"
