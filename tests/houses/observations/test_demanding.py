# SPDX-License-Identifier: EUPL-1.2
"""A city that refuses what is not in its register refuses it on every way by which a measurement can come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.houses.catalogue.cast import OPERATOR, Cast, make_cast
from tests.houses.observations.test_devices import RECIPE, register, take, uplink
from tests.houses.observations.test_feeds import Town as Elsewhere
from tests.houses.observations.test_feeds import ask, elsewhere, feed
from tests.houses.observations.town import Town, make_town
from tests.houses.registers.town import raw

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import deliver_waiting
from stoa.ground.problems import Refused
from stoa.houses.observations.actions import demanding, setting_up
from stoa.houses.observations.actions.device_sheets import register_sheet
from stoa.houses.observations.actions.entities import create_entity
from stoa.houses.observations.actions.json_messages import take_json
from stoa.houses.observations.actions.keeping import Observed, keep_observations, psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.models import Device, Observation, Quarantined, Thing
from stoa.houses.observations.queries.series_facts import series_by_id
from stoa.houses.observations.rules import judging
from stoa.houses.observations.terms import Carrier, Way
from stoa.houses.registers.actions.deciding import decide
from stoa.houses.registers.actions.keeping import draft_entry
from stoa.houses.registers.actions.publishing import publish_entry, retire_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry
from stoa.houses.registers.terms import Demand
from stoa.standards.ngsild import contexts, parsing

pytestmark = pytest.mark.django_db
__all__ = ["elsewhere"]
CODE = "observations.thing_unregistered"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    demand(made, Demand.REFUSE)
    return made


def demand(cast: Cast, wanted: Demand) -> None:
    with acting_in(cast.city):
        decide(city=cast.city, kind=SENSORS, by=OPERATOR, demand=wanted, remind_days=30)
    deliver_waiting(cast.city.pk)


def enter(cast: Cast, *things: str) -> Entry:
    """A published entry for these things."""
    with acting_in(cast.city):
        entry = draft_entry(
            city=cast.city, kind=SENSORS, department=cast.parks, raw=raw(things=list(things)), by=OPERATOR
        )
        publish_entry(entry=entry, kind=SENSORS, by=OPERATOR)
    deliver_waiting(cast.city.pk)
    return entry


def count(cast: Cast) -> int:
    with acting_in(cast.city):
        return Observation.objects.count()


def aside(cast: Cast) -> set[str]:
    with acting_in(cast.city):
        return {*Quarantined.objects.values_list("code", flat=True)}


def by_lorawan(cast: Cast) -> None:
    register(cast)
    (taken,) = take(cast, uplink())
    assert (taken.written, taken.refused) == (0, 4)


def by_json(cast: Cast) -> None:
    device = register(cast, carrier=Carrier.HTTP, identifier="", decoder="", recipe=RECIPE)
    with acting_in(cast.city):
        taken = take_json(device=device, message={"water": {"level_cm": 3}}, payload=b"{}", way=Way.PUSH)
    assert (taken.written, taken.refused) == (0, 1)


def by_sheet(cast: Cast) -> None:
    rows = b"Name,DevEUI,Decoder\nRoom 7,24E124707C483636,milesight_am103l\n"
    with acting_in(cast.city):
        (done,) = register_sheet(
            city=cast.city,
            by=cast.principal("ada"),
            department=cast.parks,
            chunks=[rows],
            name="d.csv",
            access="open",
        )
        assert done.problem is None
        assert Device.objects.get().thing.awaits_entry
    (taken,) = take(cast, uplink())
    assert (taken.written, taken.refused) == (0, 4)


@pytest.mark.parametrize("send", [by_lorawan, by_json, by_sheet])
def test_what_devices_measure_is_put_aside_until_they_are_registered(
    cast: Cast, send: Callable[[Cast], None]
) -> None:
    send(cast)
    assert (count(cast), aside(cast)) == (0, {CODE})
    with acting_in(cast.city):
        thing = Thing.objects.get()
    enter(cast, str(thing.uid))
    (taken,) = take(cast, uplink()) if send is not by_json else (None,)
    assert taken is None or (taken.written, taken.refused) == (4, 0)
    with acting_in(cast.city):
        assert not Thing.objects.get().awaits_entry


def test_what_a_feed_says_is_put_aside(cast: Cast, elsewhere: Elsewhere) -> None:
    elsewhere.bikes(5)
    ask(cast, feed(cast, f"{elsewhere.url}/gbfs.json"))
    assert (count(cast), aside(cast)) == (0, {CODE})


def test_an_entity_comes_with_its_values_once_its_id_stands_in_the_register(cast: Cast) -> None:
    document = {
        "id": "urn:x:Room:1",
        "type": "Room",
        "warmth": {"value": 1, "observedAt": "2026-11-20T08:00:00Z"},
    }
    entity = parsing.entity(document, contexts.core())
    ada = cast.principal("ada")
    with acting_in(cast.city), pytest.raises(Refused) as refused:
        create_entity(city=cast.city, by=ada, entity=entity)
    assert refused.value.problem.code == CODE
    enter(cast, "urn:x:Room:1")
    with acting_in(cast.city):
        create_entity(city=cast.city, by=ada, entity=entity)
    assert count(cast) == 1


# -- a station that stands there already


@pytest.fixture
def town() -> Town:
    return make_town()


def observe(town: Town) -> list[str]:
    """What becomes of a value: nothing, or why it was refused."""
    with acting_in(town.cast.city):
        kept = keep_observations(
            city=town.cast.city,
            observations=[Observed(town.series.pk, NOW - timedelta(seconds=count(town.cast)), 5)],
            by=town.cast.principal("ada"),
            way=Way.HTTP,
        )
    return [one.code for one in kept.refused]


def on_the_hot_path(town: Town) -> bool:
    """Whether the process that knows no Django would take a value."""
    with acting_in(town.cast.city), packing_cursor(psycopg_connection()) as cursor:
        series = series_by_id(cursor, [town.series.pk])[town.series.pk]
    try:
        judging.judge(series, judging.us_of(NOW), 5, judging.us_of(NOW))
    except judging.Wrong as wrong:
        return wrong.code != CODE
    return True


def test_the_registers_news_open_and_close_the_way(town: Town) -> None:
    assert (observe(town), on_the_hot_path(town)) == ([], True)
    demand(town.cast, Demand.REFUSE)
    assert (observe(town), on_the_hot_path(town)) == ([CODE], False)
    entry = enter(town.cast, town.thing.uri)
    assert (observe(town), on_the_hot_path(town)) == ([], True)
    with acting_in(town.cast.city):
        retire_entry(entry=entry, kind=SENSORS, by=OPERATOR, reason="Gone")
    deliver_waiting(town.cast.city.pk)
    assert (observe(town), on_the_hot_path(town)) == ([CODE], False)
    demand(town.cast, Demand.FLAG)
    assert (observe(town), on_the_hot_path(town)) == ([], True)


def test_what_stands_elsewhere_needs_no_entry(town: Town) -> None:
    demand(town.cast, Demand.REFUSE)
    with acting_in(town.cast.city):
        thing = Thing.objects.get(pk=town.thing.pk)
        setting_up.change_thing(thing=thing, by=town.cast.principal("ada"), in_public_space=False)
    assert observe(town) == []
    with acting_in(town.cast.city):
        setting_up.change_thing(thing=thing, by=town.cast.principal("ada"), in_public_space=True)
    assert observe(town) == [CODE]


def test_another_city_and_who_may_not_write_hear_nothing_of_it(town: Town) -> None:
    demand(town.cast, Demand.REFUSE)
    with acting_in(town.cast.other_city):
        assert not demanding.awaits_entry(Thing(city=town.cast.other_city, uri="urn:x:1"))
    with acting_in(town.cast.city):
        kept = keep_observations(
            city=town.cast.city,
            observations=[Observed(town.series.pk, NOW, 5)],
            by=town.cast.principal("ben"),
            way=Way.HTTP,
        )
    assert [one.code for one in kept.refused] == ["observations.series_not_writable"]
