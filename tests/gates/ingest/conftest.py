# SPDX-License-Identifier: EUPL-1.2
"""The town of the hot path stands for a file of tests; what a test sent is swept away after it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from tests.gates.ingest.hot_town import Standing, outside, sweep, take_down, urls_by_role
from tests.houses.observations.town import make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.terms import Access


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock():
        town = make_town()
        cast = town.cast
        cast.city.hosts = ["data.test"]
        cast.city.save()
        with acting_in(cast.city):
            ada = cast.principal("ada")
            key = make_token(city=cast.city, role="officer", note="gateway", by=ada, department=cast.parks)
            foreign = make_token(city=cast.city, role="officer", note="roads", by=ada, department=cast.roads)
            secret = setting_up.set_up_datastream(
                thing=town.thing, sensor=town.sensor, observed_property=town.temperature, by=ada, name="Hidden",
                access=Access.INTERNAL,
            )  # fmt: skip
        yield Standing(town, urls_by_role(), key, foreign, secret.pk)
        take_down(town)
        connection.close()


@pytest.fixture(params=["stoa_ingest", "stoa_owner"])
def role(request: pytest.FixtureRequest) -> str:
    """By COPY past row-level security, and as a role that is bound by it: an operator's own server may have no other."""
    return str(request.param)


@pytest.fixture(autouse=True)
def clean(standing: Standing) -> Iterator[None]:
    yield

    outside(partial(sweep, standing))
