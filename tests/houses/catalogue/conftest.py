# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast, make_cast
from tests.houses.catalogue.residents import Letters

from stoa.houses.catalogue import jobs


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    """Every test has a lake, a cache and a work place of its own."""
    for name in ("LAKE", "CACHE", "FILES", "WORK"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """Letters that were asked for; a test sends them itself, as the worker would."""
    asked: Letters = []
    monkeypatch.setattr(jobs, "ask_for_letter", lambda *letter: asked.append(letter))
    return asked
