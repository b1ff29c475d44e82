# SPDX-License-Identifier: EUPL-1.2
"""What subscribers listen to is learnt from the broker's log, within limits and within their city."""

from __future__ import annotations

import pytest

from stoa.gates.mqtt import watched
from stoa.gates.mqtt.watched import Watched, is_news, matches, read_watch, topic_of

BOTH = ["here", "there"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("here/news/v1.1/Things", ("here", "thing", None)),
        ("here/news/v1.1/Things(7)", ("here", "thing", 7)),
        ("here/news/v1.1/Datastreams(7)/phenomenonTime", ("here", "datastream", 7)),
        ("here/news/v1.1/Datastreams(7)/Thing", ("here", "thing", None)),
        ("there/news/v1.1/Datastreams(7)/Observations?$select=result", ("there", "series", 7)),
        ("here/news/v1.1/MultiDatastreams(7)/Observations", ("here", "series", 7)),
        ("here/news/v1.1/FeaturesOfInterest(3)/Observations", ("here", "observation", None)),
        ("here/news/v1.1/Observations?$select=result", ("here", "observation", None)),
        ("here/news/v1.1/Observations('7-1')/result", ("here", "observation", "7-1")),
    ],
)
def test_a_subscription_says_what_it_listens_to(name: str, key: watched.Key) -> None:
    found = read_watch(name, BOTH)
    assert found is not None
    assert (found.name, found.key) == (name, key)


@pytest.mark.parametrize(
    "name",
    [
        "here/news/v1.1/Observations",
        "here/news/v1.1/Datastreams(7)/Observations",
        "here/v1.1/Things",
        "nowhere/news/v1.1/Things",
        "news/v1.1/Things",
        "+/news/v1.1/Things",
        "here/news/#",
        "here/news/v1.1/+",
        "here/news/v1.1/Cars",
        "here/news/v1.1/Things?$filter=name eq 'a'",
        "here/news/v1.1/Datastreams(7)/result",
        "here/news/v1.0/Things",
        "here/news/v1.1/Things/" + "x" * 1_000,
        "",
    ],
)
def test_what_is_told_anyway_or_is_no_resource_need_not_be_known(name: str) -> None:
    assert read_watch(name, BOTH) is None


def test_an_install_of_one_city_has_topics_without_it() -> None:
    found = read_watch("news/v1.1/Things", ["here"])
    assert found is not None
    assert (found.name, found.city) == ("news/v1.1/Things", "here")


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("1700000000: client 1 here/news/v1.1/Things", "here/news/v1.1/Things"),
        ("a client 0 with 2 numbers 1 $share/group/here/news/v1.1/Things", "here/news/v1.1/Things"),
        ("nothing of the kind", ""),
    ],
)
def test_the_topic_is_read_from_a_line_of_the_log(line: str, topic: str) -> None:
    assert topic_of(line) == topic


def test_each_topic_is_known_once_and_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MOST", 2)
    known = Watched()
    one, two, three = (read_watch(f"here/news/v1.1/Things({n})", BOTH) for n in (1, 2, 3))
    assert one
    assert two
    assert three
    assert [known.add(each) for each in (one, two, one, three)] == [True, True, False, True]
    assert known.names() == [one.name, three.name]
    assert list(known.of(("here", "thing", 1), ("here", "thing", 2))) == [one]


@pytest.mark.parametrize(
    ("name", "topic", "is_heard"),
    [
        ("#", "here/news/v1.1/Observations", True),
        ("here/#", "here/news/v1.1/Observations", True),
        ("here/news/v1.1/Observations/#", "here/news/v1.1/Observations", True),
        ("+/news/v1.1/+/Observations", "here/news/v1.1/Datastreams(7)/Observations", True),
        ("+/news/v1.1/+", "here/news/v1.1/Datastreams(7)/Observations", False),
        ("there/#", "here/news/v1.1/Observations", False),
        ("here/news/v1.1/Observations", "here/news/v1.1/Observations", True),
    ],
)
def test_wildcards_are_understood_as_the_broker_does(name: str, topic: str, is_heard: bool) -> None:
    assert matches(name, topic) == is_heard


def test_where_the_broker_says_who_listens_only_that_is_published() -> None:
    known, topic = Watched(), "here/news/v1.1/Datastreams(7)/Observations"
    assert known.hears(topic)
    known.is_complete = True
    assert not known.hears(topic)
    assert [known.add_plain("here/news/v1.1/+/Observations"), known.add_plain(topic)] == [True, True]
    assert known.hears(topic)
    assert known.hears("here/news/v1.1/Datastreams(8)/Observations")
    assert not known.hears("here/news/v1.1/Observations")
    assert not known.add_plain(topic)
    assert known.names() == [topic, "here/news/v1.1/+/Observations"]


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [("#", True), ("+/news/#", True), ("here/news/x", True), ("news/x", True), ("here/+/x", True),
     ("elsewhere/news/x", False), ("here/v1.1/Things", False), ("", False)],
)  # fmt: skip
def test_only_subscriptions_that_may_be_to_our_news_are_kept(name: str, is_ours: bool) -> None:
    assert is_news(name, BOTH) == is_ours
