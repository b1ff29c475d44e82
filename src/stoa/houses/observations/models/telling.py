# SPDX-License-Identifier: EUPL-1.2
"""Who is told of alerts, what they were told and when, and residents who want to be warned."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department, Person
from stoa.houses.observations.models.alert import Alert, Rule
from stoa.houses.observations.terms import Channel, MessageKind, Severity

LATEST_STEP_MINUTES = 1440


class AlertRoute(models.Model):
    """One way by which alerts of a rule are told: to an address, to a person, or to everybody of a department."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="routes", help_text=_("The rule."))
    channel = models.CharField(
        _("way"), max_length=10, choices=[(c, c) for c in Channel], help_text=_("How it is told.")
    )
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_(
            "E-mail address, phone number, web address or MQTT topic; empty for a person or a department."
        ),
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, help_text=_("A person of the city.")
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("A department: everybody who works in it."),
    )
    after_minutes = models.PositiveSmallIntegerField(
        _("after minutes"),
        default=0,
        validators=[MaxValueValidator(LATEST_STEP_MINUTES)],
        help_text=_("0: at once; else only if nobody has taken the alert over by then."),
    )
    wakes_from = models.CharField(
        _("wakes from"),
        max_length=10,
        choices=[(s, s) for s in Severity],
        default=Severity.SEVERE,
        help_text=_(
            "From this severity on it is told in quiet hours too; what is milder waits until they end."
        ),
    )
    secret = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Signs what is sent to a web address, so that it cannot be forged."),
    )

    class Meta:
        verbose_name = _("recipient of alerts")
        verbose_name_plural = _("recipients of alerts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "channel", "address", "person", "department"],
                nulls_distinct=False,
                name="alert_route_once",
            ),
            models.CheckConstraint(
                condition=(models.Q(person=None, department=None) & ~models.Q(address=""))
                | models.Q(address="", channel=Channel.EMAIL, person__isnull=False, department=None)
                | models.Q(address="", channel=Channel.EMAIL, person=None, department__isnull=False),
                name="alert_route_to_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.channel} {self.after_minutes}"


class WarningFollow(models.Model):
    """A resident's address that gets public warnings; only after it said yes, until it says no."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        help_text=_("Part of the address that confirms, changes and ends it."),
    )
    email = models.EmailField(help_text=_("Where warnings go; erased when it ends."))
    language = models.CharField(max_length=10, default="en", help_text=_("Language of the messages."))
    least = models.CharField(
        max_length=10,
        choices=[(s, s) for s in Severity],
        default=Severity.MINOR,
        help_text=_("Only warnings at least this bad."),
    )
    rules = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text=_("Numbers of the rules that it wants to hear of; empty: all."),
    )
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was asked for."))
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text=_("When the address said yes."))

    class Meta:
        verbose_name = _("follower of warnings")
        verbose_name_plural = _("followers of warnings")
        constraints: ClassVar = [models.UniqueConstraint("city", Lower("email"), name="warning_follow_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AlertMessage(models.Model):
    """What somebody is or was told of an alert; the address stands where they are kept, never here."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="messages", help_text=_("The alert.")
    )
    route = models.ForeignKey(
        AlertRoute,
        null=True,
        on_delete=models.CASCADE,
        related_name="messages",
        help_text=_("By which way; empty: to a resident who follows warnings."),
    )
    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="+", help_text=_("To which person.")
    )
    follower = models.ForeignKey(
        WarningFollow, null=True, on_delete=models.CASCADE, help_text=_("To which resident.")
    )
    channel = models.CharField(
        max_length=10, choices=[(c, c) for c in Channel], help_text=_("How it is told.")
    )
    kind = models.CharField(
        max_length=10, choices=[(k, k) for k in MessageKind], help_text=_("What it tells.")
    )
    due_at = models.DateTimeField(help_text=_("When it is to be sent, or tried again."))
    sent_at = models.DateTimeField(null=True, help_text=_("When it was sent."))
    given_up_at = models.DateTimeField(null=True, help_text=_("Since when it is not tried any more."))
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("How often sending was tried."))
    problem = models.JSONField(null=True, help_text=_("Why it could not be sent the last time."))

    class Meta:
        verbose_name = _("message about an alert")
        verbose_name_plural = _("messages about alerts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "route", "person", "follower", "kind"],
                nulls_distinct=False,
                name="alert_message_once",
            ),
            models.CheckConstraint(
                condition=models.Q(route=None, follower__isnull=False)
                | models.Q(route__isnull=False, follower=None),
                name="alert_message_to_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["city", "channel", "due_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="alert_message_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.kind} {self.channel}"
