# SPDX-License-Identifier: EUPL-1.2
"""The small town, built once for all tests of a module; the parks' trees are a high-value dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, build_town, take_down

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import door

SAID = {
    "hvd_category": "c_ac64a52d",
    "languages": ["de", "en"],
    "conforms_to": "https://standards.example/trees",
    "landing_page": "https://geo.lake.example/trees",
    "source_note": "Parks of Stoa-on-Lake",
}


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Built once for all tests of a module, and taken down after them."""
    with django_db_blocker.unblock():
        made = build_town()
        with acting_in(made.city):
            door.describe(city=made.city, by=OPERATOR, slug="street-trees", **SAID)
    yield made
    with django_db_blocker.unblock():
        take_down([SLUG, OTHER])
