# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "stoa.commons.notices"
    label = "notices"
