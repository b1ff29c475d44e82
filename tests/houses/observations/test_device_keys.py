# SPDX-License-Identifier: EUPL-1.2
"""What the broker lets a device write and read."""

from __future__ import annotations

from stoa.houses.observations.rules.device_keys import Writer, access_lines


def test_a_device_reads_nothing_that_another_device_writes() -> None:
    lines = access_lines([("here", [Writer("one", "x", [7]), Writer("two", "x", [8])])], "stoa")
    assert "topic write here/v1.1/Datastreams(7)/Observations" in lines
    assert {line for line in lines if line.startswith("topic read ")} == {"topic read here/news/#"}
    assert not [line for line in lines if line.startswith("topic write here/news/")]
