# SPDX-License-Identifier: EUPL-1.2
"""Which topics are taken and where they lead; how the broker is named."""

from __future__ import annotations

import pytest

from stoa.gates.mqtt.broker import BadAddress, read_address
from stoa.gates.mqtt.routes import Kind, Route, route_of, subscriptions
from stoa.standards.lorawan.uplink import Network

ONE, TWO = frozenset({"here"}), frozenset({"here", "there"})
UID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("topic", "route"),
    [
        ("here/v1.1/Datastreams(7)/Observations", Route("here", Kind.OBSERVATION, series=7)),
        ("here/v1.1/MultiDatastreams(7)/Observations", Route("here", Kind.OBSERVATION, series=7)),
        ("here/v1.1/FeaturesOfInterest(3)/Observations", Route("here", Kind.OBSERVATION, feature=3)),
        ("here/v1.1/Observations", Route("here", Kind.OBSERVATION)),
        ("here/v3/app@ttn/devices/x/up", Route("here", Kind.UPLINK, network=Network.THINGS_STACK)),
        ("here/application/1/device/aa/event/up", Route("here", Kind.UPLINK, network=Network.CHIRPSTACK)),
        (f"here/devices/{UID}/up", Route("here", Kind.DEVICE, device=UID)),
        ("here/v1.1/Things", None),
        ("here/v1.1/Datastreams(7)", None),
        ("here/v1.1/Datastreams('a')/Observations", None),
        ("here/v1.1/Things(1)/Datastreams(2)/Observations", None),
        ("here/v1.0/Observations", None),
        ("elsewhere/v1.1/Observations", None),
        ("here/devices/7/up", None),
    ],
)
def test_a_topic_of_a_city_leads_where_it_says(topic: str, route: Route | None) -> None:
    assert route_of(topic, TWO) == route


def test_only_an_install_of_one_city_takes_topics_without_a_city() -> None:
    assert route_of("v1.1/Datastreams(7)/Observations", ONE) == Route("", Kind.OBSERVATION, series=7)
    assert route_of("v1.1/Datastreams(7)/Observations", TWO) is None
    assert "v1.1/Observations" in subscriptions(["here"])
    assert all(topic.startswith(("here/", "there/")) for topic in subscriptions(["here", "there"]))


def test_no_subscription_reaches_over_cities() -> None:
    assert not [topic for topic in subscriptions(["here", "there"]) if topic.startswith("+") or "#" in topic]


def test_the_address_of_the_broker_says_all() -> None:
    found = read_address("mqtts://me:p%40ss@broker.example?share=town&client=two&version=3.1.1&tell=no")
    assert (found.host, found.port, found.has_tls, found.user, found.password) == (
        *("broker.example", 8883, True, "me", "p@ss"),
    )
    assert (found.share, found.client, found.is_version_5, found.tells) == ("town", "two", False, False)
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://x",
            "mqtt://",
            "mqtt://x:abc",
            "mqtt://x?version=4",
            "mqtt://x?share=a/b",
            "mqtt://x?wrong=1",
        ),
        "",
    ],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        read_address(url)
