# SPDX-License-Identifier: EUPL-1.2
"""What the broker lets a device and a reader do, and how it is set up."""

from __future__ import annotations

from stoa.houses.observations.rules.device_keys import (
    EVERY_CHANGE,
    Ports,
    Writer,
    access_lines,
    configuration,
    reader_lines,
)

DEVICES = [Writer("one", "x", [7]), Writer("two", "x", [8])]


def of_user(lines: list[str], user: str) -> set[str]:
    begin = lines.index(f"user {user}") + 1
    return set(lines[begin : lines.index("", begin)])


def test_a_device_reads_nothing_that_another_device_writes() -> None:
    lines = access_lines([("here", DEVICES), ("there", [])], "stoa")
    assert of_user(lines, "one") == {
        *("topic write here/v1.1/Datastreams(7)/Observations", "topic write here/devices/one/up"),
        "topic read here/news/#",
    }


def test_in_an_install_of_one_city_devices_may_leave_it_out() -> None:
    lines = of_user(access_lines([("here", DEVICES)], "stoa"), "two")
    assert {"topic write v1.1/Datastreams(8)/Observations", "topic read news/#"} < lines
    assert not [line for line in lines if "news" in line and "write" in line]


def test_only_the_platform_reads_the_log() -> None:
    lines = access_lines([("here", DEVICES)], "stoa")
    assert "topic read $SYS/broker/log/#" in of_user(lines, "stoa")
    assert not [line for name in ("one", "two") for line in of_user(lines, name) if "SYS" in line]


def listeners(text: str) -> list[list[str]]:
    """The lines of each listener, its port first."""
    return [part.splitlines() for part in text.split("\nlistener ")[1:]]


def test_only_readers_come_in_without_a_name_and_they_only_read_their_city() -> None:
    ports = Ports(1883, 8883, {"here": 1884, "there": 1885}, readers_have_tls=True)
    found = {part[0]: part for part in listeners(configuration(folder="/f", ports=ports))}
    assert set(found) == {"1883 127.0.0.1", "8883", "1884", "1885"}
    for port in ("1883 127.0.0.1", "8883"):
        assert {"allow_anonymous false", "password_file /f/passwords", "acl_file /f/access"} < set(
            found[port]
        )
    assert {"allow_anonymous true", "acl_file /f/readers", "mount_point there/news/"} < set(found["1885"])
    assert all("certfile /f/certs/fullchain.pem" in found[port] for port in ("8883", "1884", "1885"))
    assert reader_lines(["here", "there"]) == ["topic read here/news/#", "topic read there/news/#"]


def test_without_ports_for_readers_nobody_comes_in_without_a_name() -> None:
    assert "allow_anonymous true" not in configuration(folder="/f", ports=Ports(1883))


def test_the_broker_drops_nothing_of_a_long_queue_and_throws_nobody_out_for_a_refused_topic() -> None:
    text = configuration(folder="/f", ports=Ports(1883))
    assert "max_queued_messages 0" not in text
    assert "max_queued_messages 100000000" in text
    assert "autosave_on_changes" not in text
    assert "autosave_on_changes true\nautosave_interval 1" in configuration(
        folder="/f", ports=Ports(1883), saves=EVERY_CHANGE
    )
