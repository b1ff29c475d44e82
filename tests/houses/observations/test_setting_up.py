# SPDX-License-Identifier: EUPL-1.2
"""Who may set up, move and remove things, and what goes along with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.houses.observations.town import POINT, Town, make_town

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.models import Datastream, HistoricalLocation, SeriesState, Thing
from stoa.houses.observations.terms import Access

pytestmark = pytest.mark.django_db
ELSEWHERE = {"type": "Point", "coordinates": [7.65, 51.97]}


@pytest.fixture
def town() -> Town:
    return make_town()


def test_the_owner_sets_up_a_thing_and_its_series_has_a_state_and_a_place(town: Town) -> None:
    with acting_in(town.cast.city):
        state = SeriesState.objects.get(datastream=town.series)
        assert state.count == 0
        assert state.box == (7.62, 51.96, 7.62, 51.96)
        assert Thing.objects.get().place == POINT
        assert AuditLine.objects.filter(verb="datastream.set_up").count() == 1


def test_a_colleague_of_another_department_and_an_outsider_may_not(town: Town) -> None:
    with acting_in(town.cast.city):
        for name in ("ben", "dora", "egon"):
            with pytest.raises(Refused) as refused:
                setting_up.change_thing(thing=town.thing, by=town.cast.principal(name), name="Mine")
            assert refused.value.problem.code == "observations.right_missing"


def test_an_internal_thing_hides_its_open_series(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        setting_up.change_thing(thing=town.thing, by=cast.principal("ada"), access=Access.INTERNAL)
        seen = {
            name: Datastream.objects.visible_to(cast.principal(name)).exists()
            and Thing.objects.visible_to(cast.principal(name)).exists()
            for name in ("ada", "cleo", "ben", "dora", "egon")
        }
    assert seen == {"ada": True, "cleo": True, "ben": False, "dora": False, "egon": False}


def test_a_move_is_remembered_and_the_map_follows_the_newest(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        ada = cast.principal("ada")
        new = setting_up.set_up_location(city=cast.city, by=ada, name="Bridge", location=ELSEWHERE)
        setting_up.place_thing(thing=town.thing, locations=[new], by=ada)
        before = datetime.now(tz=UTC) - timedelta(days=400)
        setting_up.place_thing(thing=town.thing, locations=[town.location], by=ada, at=before)
        assert HistoricalLocation.objects.count() == 3
        assert Thing.objects.get().place == ELSEWHERE
        assert SeriesState.objects.get().box == (7.65, 51.97, 7.65, 51.97)


def test_when_a_place_is_corrected_what_stands_there_moves_along(town: Town) -> None:
    with acting_in(town.cast.city):
        setting_up.change_location(
            location=town.location, by=town.cast.principal("ada"), facts={"location": ELSEWHERE}
        )
        assert Thing.objects.get().place == ELSEWHERE


def test_one_id_stands_for_one_thing(town: Town) -> None:
    with acting_in(town.cast.city), pytest.raises(Refused) as refused:
        setting_up.set_up_thing(
            city=town.cast.city, by=town.cast.principal("ada"), name="Twin", uri=town.thing.uri
        )
    assert refused.value.problem.code == "observations.uri_taken"


def test_removing_a_sensor_takes_its_series_along_but_not_the_thing(town: Town) -> None:
    with acting_in(town.cast.city):
        setting_up.remove_shared(row=town.sensor, by=town.cast.principal("ada"))
        assert not Datastream.objects.exists()
        assert Thing.objects.exists()


def test_what_another_department_uses_too_is_changed_only_by_who_may_change_all_of_it(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        ada, ben = cast.principal("ada"), cast.principal("ben")
        feature = setting_up.set_up_feature(
            city=cast.city, by=ada, made_of=town.location, name="F", feature=POINT
        )
        for row in (town.sensor, town.temperature, feature):
            with pytest.raises(Refused) as refused:
                setting_up.change_shared(row=row, by=ben, name="Mine")
            assert refused.value.problem.code == "observations.right_missing"
        for gone in (town.sensor, town.temperature, feature, town.location):
            with pytest.raises(Refused):
                setting_up.remove_shared(row=gone, by=ben)
        alone = setting_up.set_up_sensor(city=cast.city, by=ben, name="New")
        setting_up.change_shared(row=alone, by=ben, name="Mine")
        setting_up.remove_shared(row=alone, by=ben)
        setting_up.change_shared(row=town.sensor, by=ada, name="Hers")
        town.sensor.refresh_from_db()
        assert town.sensor.name == "Hers"


@pytest.mark.parametrize(
    "place",
    [
        {"type": "Point", "coordinates": [51.96, 207.62]},
        {"type": "Point", "coordinates": ["7", "51"]},
        {"type": "Point", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0]]]},
        {"type": "FeatureCollection", "features": []},
        "POINT(7 51)",
        None,
    ],
)
def test_a_place_that_is_none_is_refused_in_words(town: Town, place: object) -> None:
    with acting_in(town.cast.city), pytest.raises(Refused) as refused:
        setting_up.set_up_location(
            city=town.cast.city, by=town.cast.principal("ada"), name="Nowhere", location=place
        )
    assert refused.value.problem.code == "observations.place_unreadable"
