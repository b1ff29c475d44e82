# SPDX-License-Identifier: EUPL-1.2
"""Messages to people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.people.models import Person
from stoa.ground.words import Saying


class Notice(models.Model):
    """One message to one person, on their desk; also sent by mail."""

    city_id = models.BigIntegerField(help_text=_("Number of the city."))
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="notices", help_text=_("To whom.")
    )
    topic = models.CharField(max_length=60, help_text=_("What it is about, e.g. dataset.late."))
    saying = models.JSONField(help_text=_("The sentence and its facts."))
    link = models.CharField(max_length=300, blank=True, help_text=_("Where to act on it (path)."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When."))
    read_at = models.DateTimeField(null=True, help_text=_("When it was seen."))
    mailed_at = models.DateTimeField(null=True, help_text=_("When it was sent by mail."))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [models.Index(fields=["city_id", "person", "-made_at"], name="notice_by_person")]

    def __str__(self) -> str:
        return self.topic

    @property
    def sentence(self) -> Saying:
        return Saying.from_json(self.saying)
