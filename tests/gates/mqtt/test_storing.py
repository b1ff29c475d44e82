# SPDX-License-Identifier: EUPL-1.2
"""Messages of a broker: what is right is kept once, what is wrong lies aside with topic, payload and reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.gates.mqtt import storing
from stoa.gates.mqtt.messages import Message
from stoa.gates.mqtt.storing import Store, Stored
from stoa.houses.observations.actions import devices, setting_up
from stoa.houses.observations.models import FeatureOfInterest, Observation, Quarantined, SeriesState
from stoa.houses.observations.terms import Access, Carrier

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def town() -> Town:
    return make_town()


def sent(topic: str, body: object, number: int = 1) -> Message:
    return Message(topic, body if isinstance(body, bytes) else json.dumps(body).encode(), number)


def observed(minutes: int, result: object, **more: object) -> dict[str, object]:
    return {"result": result, "phenomenonTime": (NOW - timedelta(minutes=minutes)).isoformat(), **more}


def topic(town: Town) -> str:
    return f"here/v1.1/Datastreams({town.series.pk})/Observations"


def test_observations_by_all_three_kinds_of_topics_are_kept_once(town: Town) -> None:
    link = {"Datastream": {"@iot.id": town.series.pk}}
    batch = [
        sent(topic(town), observed(3, 1.5)),
        sent("here/v1.1/Observations", observed(2, 2.5, **link)),
        sent(topic(town), observed(1, 3.5, parameters={"a": 1}, validTime=None)),
    ]
    store = Store()
    assert store.store(batch) == Stored(3, 0, 0)
    assert store.store(batch) == Stored(0, 3, 0)
    with acting_in(town.cast.city):
        state = SeriesState.objects.get(datastream=town.series)
        assert (state.count, state.number) == (3, 3.5)


def test_an_interval_is_kept_with_both_ends(town: Town) -> None:
    span = f"{(NOW - timedelta(hours=2)).isoformat()}/{(NOW - timedelta(hours=1)).isoformat()}"
    assert Store().store([sent(topic(town), {"result": 4, "phenomenonTime": span})]) == Stored(1, 0, 0)
    with acting_in(town.cast.city):
        assert Observation.objects.get().until == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("where", "body", "code"),
    [
        ("here/v1.1/Things", {}, "topic_unknown"),
        ("here/v1.1/Datastreams(999999999)/Observations", {"result": 1}, "series_unknown"),
        ("", b"\xff\x00", "message_unreadable"),
        ("", b"", "message_unreadable"),
        ("", b"[" * 100_000, "message_unreadable"),
        ("", b"{" + b" " * 1_048_576, "message_too_large"),
        ("", [], "message_unreadable"),
        ("", {"phenomenonTime": "2026-01-01T00:00:00Z"}, "message_unreadable"),
        ("", {"result": 1, "phenomenonTime": "2026-01-01T00:00:00"}, "message_unreadable"),
        ("", {"result": 1, "phenomenonTime": "2999-01-01T00:00:00Z"}, "time_in_future"),
        ("", {"result": "warm"}, "result_type_differs"),
        ("", b'{"result": NaN}', "message_unreadable"),
        ("", {"result": 1, "colour": "red"}, "message_unreadable"),
        ("here/v1.1/Observations", {"result": 1}, "message_unreadable"),
        ("here/v1.1/Observations", {"result": 1, "Datastream": {"name": "new"}}, "message_unreadable"),
        ("", {"result": 1, "FeatureOfInterest": {"@iot.id": 999_999_999}}, "feature_unknown"),
        ("here/v1.1/FeaturesOfInterest(999999999)/Observations", {"result": 1, "Datastream": 0}, "feature_unknown"),
        ("", {"result": 1, "FeatureOfInterest": {"name": "a"}}, "message_unreadable"),
        ("", {"result": 1, "FeatureOfInterest": {"name": "a", "description": "b", "encodingType": "application/geo+json",
              "feature": {"type": "Point", "coordinates": [1, 2]}, "Observations": [{"result": 2}]}}, "message_unreadable"),
        ("here/v3/a/devices/b/up", {"uplink_message": {"a": 1}}, "message_unreadable"),
        ("here/devices/01234567-89ab-cdef-0123-456789abcdef/up", {"a": 1}, "device_unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_lies_aside_and_the_rest_of_the_batch_is_kept(
    town: Town, where: str, body: object, code: str
) -> None:
    if isinstance(body, dict) and body.get("Datastream") == 0:
        body = {**body, "Datastream": {"@iot.id": town.series.pk}}
    wrong = sent(where or topic(town), body)
    assert Store().store(
        [sent(topic(town), observed(2, 1)), wrong, sent(topic(town), observed(1, 2))]
    ) == Stored(2, 0, 1)
    with acting_in(town.cast.city):
        aside = Quarantined.objects.get()
        assert (aside.code, aside.origin) == (f"observations.{code}", wrong.topic)
        assert bytes(aside.payload) == wrong.payload[: 64 * 1024]


def test_the_same_rubbish_again_is_counted_and_not_kept_twice(town: Town) -> None:
    store = Store()
    for _ in range(3):
        store.store([sent(topic(town), b"rubbish")])
    with acting_in(town.cast.city):
        assert Quarantined.objects.get().times == 3


def test_an_uplink_of_a_network_server_is_decoded_and_a_join_is_passed_over(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        devices.register_device(
            city=cast.city, by=cast.principal("ada"), name="Button", carrier=Carrier.LORAWAN,
            identifier="24E124535B316056", decoder="milesight_ws101", thing=town.thing,
        )  # fmt: skip
    up = {
        "deviceInfo": {"devEui": "24e124535b316056"},
        "time": NOW.isoformat(),
        "fPort": 85,
        "data": "AXUQ/y4B",
    }
    batch = [
        sent("here/application/1/device/24e124535b316056/event/up", up),
        sent("here/v3/a/devices/b/up", {"end_device_ids": {}, "join_accept": {}}),
    ]
    assert Store().store(batch) == Stored(2, 0, 0)


def test_while_the_database_is_away_the_batch_waits_and_is_stored_afterwards(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, waits = storing._store_for, []

    def away(*args: object) -> Stored:
        if len(waits) < 3:
            raise OperationalError
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_store_for", away)
    monkeypatch.setattr(storing, "let_go", lambda: None)
    assert Store().store([sent(topic(town), observed(1, 2))], waits.append) == Stored(1, 0, 0)
    assert waits == [0.2, 0.4, 0.8]


def test_a_message_that_breaks_us_is_put_aside_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = storing.read_observation

    def breaks(route: object, payload: bytes) -> object:
        if b"break" in payload:
            raise ZeroDivisionError
        return real(route, payload)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "read_observation", breaks)
    batch = [sent(topic(town), observed(n, n)) for n in range(1, 8)]
    batch.insert(3, sent(topic(town), {"result": "break"}))
    assert Store().store(batch) == Stored(7, 0, 1)
    with acting_in(town.cast.city):
        assert Quarantined.objects.get().code == "observations.message_unreadable"


def test_a_message_of_one_city_cannot_write_into_another(town: Town) -> None:
    wrong = sent(f"there/v1.1/Datastreams({town.series.pk})/Observations", observed(1, 9))
    assert Store().store([wrong]) == Stored(0, 0, 1)
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 0
    with acting_in(town.cast.other_city):
        assert Quarantined.objects.get().code == "observations.series_unknown"


FEATURE = {
    "name": "Bus 7", "description": "Where the bus was", "encodingType": "application/geo+json",
    "feature": {"type": "Point", "coordinates": [7.6, 51.9]},
}  # fmt: skip


def test_an_observation_may_bring_its_feature_of_interest_and_twice_is_once(town: Town) -> None:
    message = sent(topic(town), observed(1, 9, FeatureOfInterest=FEATURE))
    store = Store()
    assert store.store([message]) == Stored(1, 0, 0)
    assert store.store([message]) == Stored(0, 1, 0)
    with acting_in(town.cast.city):
        feature = FeatureOfInterest.objects.get(name="Bus 7")
        assert Observation.objects.get().feature_id == feature.pk


def test_who_may_not_write_the_series_makes_no_feature_either(town: Town) -> None:
    message = sent("here/v1.1/Datastreams(999999999)/Observations", observed(1, 9, FeatureOfInterest=FEATURE))
    assert Store().store([message]) == Stored(0, 0, 1)
    with acting_in(town.cast.city):
        assert not FeatureOfInterest.objects.filter(name="Bus 7").exists()


def test_the_feature_of_another_thing_that_is_internal_or_of_another_city_cannot_be_named(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        hidden = setting_up.set_up_thing(
            city=cast.city,
            by=cast.principal("ada"),
            department=cast.parks,
            name="Hidden",
            access=Access.INTERNAL,
        )
        place = setting_up.set_up_location(
            city=cast.city,
            by=cast.principal("ada"),
            name="Secret",
            location={"type": "Point", "coordinates": [7, 51]},
        )
        setting_up.place_thing(thing=hidden, locations=[place], by=cast.principal("ada"))
        own, secret = (FeatureOfInterest.objects.get(name=name).pk for name in ("Park", "Secret"))
    with acting_in(cast.other_city):
        foreign = FeatureOfInterest.objects.create(city=cast.other_city, name="Theirs", feature={}).pk
    batch = [
        sent(topic(town), observed(n, n, FeatureOfInterest={"@iot.id": pk}))
        for n, pk in enumerate((own, secret, foreign), 1)
    ]
    assert Store().store(batch) == Stored(1, 0, 2)
    with acting_in(cast.city):
        assert Observation.objects.get().feature_id == own
        assert set(Quarantined.objects.values_list("code", flat=True)) == {"observations.feature_unknown"}


def test_a_series_that_is_internal_may_speak_of_its_own_place(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        setting_up.change_thing(thing=town.thing, by=cast.principal("ada"), access=Access.INTERNAL)
        own = FeatureOfInterest.objects.get(name="Park").pk
    message = sent(f"here/v1.1/FeaturesOfInterest({own})/Observations",
                   observed(1, 2, Datastream={"@iot.id": town.series.pk}))  # fmt: skip
    assert Store().store([message]) == Stored(1, 0, 0)


def test_quality_and_valid_time_are_kept_as_over_http(town: Town) -> None:
    more = {
        "resultQuality": "good",
        "validTime": "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z",
        "parameters": {"a": 1},
    }
    assert Store().store([sent(topic(town), observed(1, 2, **more))]) == Stored(1, 0, 0)
    with acting_in(town.cast.city):
        assert Observation.objects.get().extra == {
            "parameters": {"a": 1}, "resultQuality": "good",
            "validTime": "2026-01-01T00:00:00+00:00/2026-01-02T00:00:00+00:00",
        }  # fmt: skip
