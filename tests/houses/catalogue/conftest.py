# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    """Every test has a lake, a cache and a work place of its own."""
    for name in ("LAKE", "CACHE", "FILES", "WORK"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
