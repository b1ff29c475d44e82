# SPDX-License-Identifier: EUPL-1.2
"""The Django application of the design system."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "stoa.web"
    label = "web"
