# SPDX-License-Identifier: EUPL-1.2
"""Which things lack an entry in a register, and what was refused for that: Ada sees hers, Ben his, nobody else any."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.houses.observations.test_demanding import demand, enter
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.queries.without_entry import Overview, things_without_entry
from stoa.houses.observations.terms import Way
from stoa.houses.registers.terms import Demand

pytestmark = pytest.mark.django_db
PAGE = "/c/here/desk/things/without-entry/"


def seen(town: Town, who: str = "ada") -> Overview:
    with acting_in(town.cast.city):
        return things_without_entry(city=town.cast.city, by=town.cast.principal(who))


def page(town: Town, who: str) -> tuple[int, str]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(town.cast, who))
    answer = client.get(PAGE)
    return answer.status_code, answer.content.decode()


def test_what_lacks_an_entry_is_told_with_what_was_refused(db: None) -> None:
    town = make_town()
    cast = town.cast
    demand(cast, Demand.NOTHING)
    assert "does not ask for entries" in page(town, "ada")[1]
    demand(cast, Demand.FLAG)
    with acting_in(cast.city):
        setting_up.change_thing(thing=town.thing, by=cast.principal("ada"), in_public_space=True)
    (one,) = seen(town).found
    assert (one.thing.name, one.series, one.aside, one.thing.awaits_entry) == ("Station", 1, 0, False)
    demand(cast, Demand.REFUSE)
    with acting_in(cast.city):
        value = Observed(town.series.pk, timezone.now(), 3.5)
        keep_observations(city=cast.city, observations=[value], by=cast.principal("ada"), way=Way.HTTP)
        ada = cast.principal("ada")
        with CaptureQueriesContext(connection) as asked:
            (one,) = things_without_entry(city=cast.city, by=ada).found
    assert (one.aside, one.thing.awaits_entry) == (1, True)
    assert len(asked) <= 7
    status, text = page(town, "ada")
    assert (status, "What they measure is refused" in text, str(town.thing.uid) in text) == (200, True, True)
    assert seen(town, "ben").found == []
    assert "Nothing lacks an entry" in page(town, "ben")[1]
    assert page(town, "egon")[0] == 403
    enter(cast, str(town.thing.uid))
    assert seen(town).found == []
