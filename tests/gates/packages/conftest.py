# SPDX-License-Identifier: EUPL-1.2
"""The small town, built once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.houses.catalogue.town import OTHER, SLUG, Town, build_town, take_down


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Built once for all tests of a module, and taken down after them."""
    with django_db_blocker.unblock():
        made = build_town()
    yield made
    with django_db_blocker.unblock():
        take_down([SLUG, OTHER])
