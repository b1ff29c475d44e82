# SPDX-License-Identifier: EUPL-1.2
"""Requests for data that does not exist or is not open, and how many people want it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import RequestState


class DataRequest(models.Model):
    """Somebody wants data; public after a steward's glance, answered with a reason by a promised day."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Part of its address."))
    title = models.CharField(_("title"), max_length=200, help_text=_("Which data is wanted."))
    description = models.TextField(max_length=3000, help_text=_("What should be in it, and what for."))
    email = models.EmailField(blank=True, help_text=_("For the answer; erased when answered."))
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("Who is to answer.")
    )
    dataset = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="data_requests",
        help_text=_("The dataset that answers it, or that is not open yet."),
    )
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in RequestState],
        default=RequestState.WAITING,
        help_text=_("What became of it."),
    )
    votes = models.PositiveIntegerField(default=0, help_text=_("How many people want it too."))
    promised_on = models.DateField(null=True, blank=True, help_text=_("By when it is to be answered."))
    reason = models.TextField(max_length=3000, blank=True, help_text=_("The answer and its reason."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    shown_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when it is public."))
    decided_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was answered."))
    decided_by = models.CharField(max_length=200, blank=True, help_text=_("Who answered."))

    class Meta:
        verbose_name = _("request for data")
        verbose_name_plural = _("requests for data")
        indexes: ClassVar = [
            models.Index(fields=["city", "state", "-votes", "-made_at"], name="data_request_by_votes")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "open"]) | ~models.Q(reason=""),
                name="data_request_answer_has_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="open") | models.Q(promised_on__isnull=False),
                name="data_request_open_is_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RequestVote(models.Model):
    """One person wants the data too. Who it was cannot be read from it: only a keyed hash for this request stays."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    request = models.ForeignKey(
        DataRequest, on_delete=models.CASCADE, related_name="voices", help_text=_("The request.")
    )
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address that confirms it.")
    )
    mark = models.CharField(
        max_length=64, help_text=_("Keyed hash of person and request, so that nobody votes twice.")
    )
    email = models.EmailField(
        blank=True, help_text=_("Where the confirmation goes; erased as soon as it is confirmed.")
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when it counts."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was given."))

    class Meta:
        verbose_name = _("vote for a request")
        verbose_name_plural = _("votes for requests")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "mark"], name="request_vote_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(email=""),
                name="request_vote_confirmed_has_no_email",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
