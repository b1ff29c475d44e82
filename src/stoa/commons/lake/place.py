# SPDX-License-Identifier: EUPL-1.2
"""Where this install's lake stands."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from stoa.commons.lake.values import Layout


def layout() -> Layout:
    """The lake of this install."""
    return Layout(Path(settings.STOA_LAKE), Path(settings.STOA_CACHE), settings.ENVIRONMENT.lake_memory_mib)
