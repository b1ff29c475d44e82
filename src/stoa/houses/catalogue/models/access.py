# SPDX-License-Identifier: EUPL-1.2
"""Access on request: who asked for rows that are not open, what for, and until when they may see them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Person
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import AccessState


class AccessRequest(models.Model):
    """A named person or organisation asks for the rows of a dataset that is not open."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Part of the address by which the sender follows it.")
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="access_requests", help_text=_("The dataset.")
    )
    name = models.CharField(_("name"), max_length=200, blank=True, help_text=_("Who asks."))
    organisation = models.CharField(
        _("organisation"), max_length=200, blank=True, help_text=_("For which organisation.")
    )
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("For the answer."))
    purpose = models.TextField(max_length=3000, help_text=_("What the data is wanted for."))
    wanted_until_on = models.DateField(help_text=_("Until when it is wanted."))
    agreement = models.TextField(help_text=_("The terms as they were accepted, word by word."))
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in AccessState],
        default=AccessState.WAITING,
        help_text=_("What became of it."),
    )
    reason = models.TextField(max_length=2000, blank=True, help_text=_("Why it was granted or refused."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))
    decided_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was decided."))
    decided_by = models.CharField(max_length=200, blank=True, help_text=_("Who decided."))

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        indexes: ClassVar = [
            models.Index(fields=["city", "state", "made_at"], name="access_request_by_state")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="waiting")
                | (~models.Q(reason="") & models.Q(decided_at__isnull=False)),
                name="access_request_decision_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AccessGrant(models.Model):
    """Rows of one dataset are open to one person or program until a day, unless taken back before."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        help_text=_("Part of the address that is mailed, where the key is made."),
    )
    request = models.OneToOneField(
        AccessRequest, on_delete=models.CASCADE, related_name="grant", help_text=_("The request it answers.")
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="grants", help_text=_("The dataset.")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The account that sees the rows when signed in; empty: only the key."),
    )
    digest = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        help_text=_("SHA-256 of the key; empty: none was made."),
    )
    until_on = models.DateField(help_text=_("The last day of access."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was given."))
    revoked_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was taken back."))
    revoked_by = models.CharField(max_length=200, blank=True, help_text=_("Who took it back."))
    revoked_why = models.TextField(max_length=1000, blank=True, help_text=_("Why it was taken back."))

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes: ClassVar = [
            models.Index(fields=["city", "person", "until_on"], name="access_grant_by_person")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revoked_why=""),
                name="access_grant_revoked_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
