# SPDX-License-Identifier: EUPL-1.2
"""Where the history of this install lies, and the border between two days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

from django.conf import settings

from stoa.commons.lake.values import Layout


def layout() -> Layout:
    """The lake of this install."""
    return Layout(Path(settings.STOA_LAKE), Path(settings.STOA_CACHE), settings.ENVIRONMENT.lake_memory_mib)


def midnight(day: date) -> datetime:
    """When a day begins, UTC: files of history and parts of the table end there."""
    return datetime.combine(day, time(), tzinfo=UTC)
