# SPDX-License-Identifier: EUPL-1.2
"""What the view of things as entities needs beside them: who wants to be told of changes, and the words they use."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.houses.observations.models.series import Datastream


class EntitySubscription(models.Model):
    """Somebody is to be told when entities change."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uri = models.CharField(max_length=500, help_text=_("Its id."))
    document = models.JSONField(help_text=_("What was asked for, as it was sent."))
    context = models.JSONField(null=True, help_text=_("JSON-LD context by which its words are read."))
    made_by = models.CharField(max_length=200, blank=True, help_text=_("Who asked for it."))
    owner_person = models.BigIntegerField(
        null=True, blank=True, help_text=_("Number of the person who may see and change it.")
    )
    owner_token = models.BigIntegerField(
        null=True, blank=True, help_text=_("Number of the key that may see and change it.")
    )
    sees_all = models.BooleanField(default=False, help_text=_("May be told of everything in the city."))
    sees_departments = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text=_("Departments of which what is not public may be told, too."),
    )
    is_active = models.BooleanField(default=True, help_text=_("Is to be told."))
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("When it ends by itself."))
    throttling_s = models.FloatField(default=0, help_text=_("Least seconds between two notifications."))
    interval_s = models.FloatField(default=0, help_text=_("Told every so many seconds, whatever happens."))
    next_at = models.DateTimeField(null=True, blank=True, help_text=_("When it is told next by the clock."))
    times_sent = models.BigIntegerField(default=0, help_text=_("How often it was told."))
    times_failed = models.BigIntegerField(default=0, help_text=_("How often that failed."))
    failures = models.PositiveIntegerField(default=0, help_text=_("How often it failed in a row."))
    last_notification = models.DateTimeField(null=True, blank=True, help_text=_("When it was told last."))
    last_success = models.DateTimeField(null=True, blank=True, help_text=_("When that worked last."))
    last_failure = models.DateTimeField(null=True, blank=True, help_text=_("When that failed last."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was set up."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    class Meta:
        verbose_name = _("subscription to entities")
        verbose_name_plural = _("subscriptions to entities")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "uri"], name="entity_subscription_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="entity_subscription_next"),
        ]

    def __str__(self) -> str:
        return self.uri


class EntityNews(models.Model):
    """What a subscriber is still to be told of one entity; written with the change itself."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    subscription = models.ForeignKey(
        EntitySubscription, on_delete=models.CASCADE, related_name="news", help_text=_("Who is to be told.")
    )
    entity = models.CharField(max_length=500, help_text=_("Id of the entity."))
    data = models.JSONField(help_text=_("The entity as it is told."))
    at = models.DateTimeField(help_text=_("When it happened."))
    due_at = models.DateTimeField(help_text=_("Not told before."))
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("How often it was tried."))

    class Meta:
        verbose_name = _("news of an entity")
        verbose_name_plural = _("news of entities")
        indexes: ClassVar = [
            models.Index(fields=["city", "due_at"], name="entity_news_due"),
            models.Index(fields=["subscription", "entity"], name="entity_news_of"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.entity}"


class ToldSeries(models.Model):
    """Up to when subscribers were told of a series that is an attribute of an entity."""

    datastream = models.OneToOneField(
        Datastream,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="told",
        help_text=_("The series."),
    )
    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    received_at = models.DateTimeField(help_text=_("When the value came in that was told last."))

    class Meta:
        verbose_name = _("told series")
        verbose_name_plural = _("told series")

    def __str__(self) -> str:
        return f"{self.datastream_id}"


class LinkedContext(models.Model):
    """A JSON-LD context: the words by which somebody names types and attributes."""

    class Kind(models.TextChoices):
        HOSTED = "Hosted", _("kept here for others")
        CACHED = "Cached", _("fetched from elsewhere")
        IMPLICIT = "ImplicitlyCreated", _("came with a request")

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    kind = models.CharField(max_length=20, choices=Kind.choices, help_text=_("How it came here."))
    address = models.CharField(
        max_length=2000, blank=True, help_text=_("Where it was fetched; empty: kept here.")
    )
    document = models.JSONField(help_text=_("The context."))
    hits = models.BigIntegerField(default=0, help_text=_("How often it was used."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    last_used_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was used last."))
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("When it is fetched anew."))

    class Meta:
        verbose_name = _("JSON-LD context")
        verbose_name_plural = _("JSON-LD contexts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["city", "address"], condition=~models.Q(address=""), name="linked_context_once"
            ),
        ]

    def __str__(self) -> str:
        return self.address or str(self.uid)
