# SPDX-License-Identifier: EUPL-1.2
"""One town for all tests of the registers; every test gives back what it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.houses.registers.town import OTHER, SLUG, Town, build_town, take_down_town

from stoa.commons.cities.acting import acting_in


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with django_db_blocker.unblock():
        made = build_town()
    yield made
    with django_db_blocker.unblock():
        take_down_town([SLUG, OTHER])


@pytest.fixture
def town(built: Town, db: None) -> Iterator[Town]:
    """The town, with this test acting in its city."""
    with acting_in(built.city):
        yield built
