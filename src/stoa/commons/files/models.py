# SPDX-License-Identifier: EUPL-1.2
"""Files that people gave us."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file, kept once a city by its content; never changed."""

    city_id = models.BigIntegerField(help_text=_("Number of the city."))
    sha256 = models.CharField(max_length=64, help_text=_("SHA-256 of the content."))
    bytes = models.BigIntegerField(help_text=_("Size in bytes."))
    stored_at = models.DateTimeField(auto_now_add=True, help_text=_("When it came."))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints: ClassVar = [models.UniqueConstraint(fields=["city_id", "sha256"], name="file_once")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> Path:
        return Path(settings.STOA_FILES) / str(self.city_id) / self.sha256[:2] / self.sha256
