# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast
from tests.houses.catalogue.harvest.portal import Portal

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.models import HarvestSource


@pytest.fixture
def follow(cast: Cast, settings: Any) -> Callable[..., HarvestSource]:
    """Add a portal of the test as a source of the city; the operator allows its host."""

    def add(there: Portal, kind: str = "ckan", path: str = "", **said: Any) -> HarvestSource:
        known = settings.ENVIRONMENT.allowed_private_hosts
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"allowed_private_hosts": (*known, there.host)}
        )
        with acting_in(cast.city):
            return harvest_sources.add_source(
                city=cast.city,
                by=cast.principal("cleo"),
                title=said.pop("title", "District"),
                kind=kind,
                url=there.url + path,
                department=cast.parks,
                **said,
            )

    return add
