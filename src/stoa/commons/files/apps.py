# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "stoa.commons.files"
    label = "files"
