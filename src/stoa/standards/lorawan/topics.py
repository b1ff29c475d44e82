# SPDX-License-Identifier: EUPL-1.2
"""The MQTT topics on which network servers publish uplinks."""

from __future__ import annotations

import re

from stoa.standards.lorawan.uplink import Network

_LEVEL = r"[^/+#\x00]{1,128}"
_TOPICS = (
    (Network.THINGS_STACK, re.compile(rf"v3/{_LEVEL}/devices/(?P<device>{_LEVEL})/up")),
    (
        Network.CHIRPSTACK,
        re.compile(rf"application/{_LEVEL}/device/(?P<device>{_LEVEL})/event/(?:up|status)"),
    ),
)

SUBSCRIPTIONS = {
    Network.THINGS_STACK: ("v3/+/devices/+/up",),
    Network.CHIRPSTACK: ("application/+/device/+/event/up", "application/+/device/+/event/status"),
}
"""What to subscribe to at a broker that carries them; LORIOT and ThingPark leave the topic to their customer."""


def uplink_topic(topic: str) -> tuple[Network, str] | None:
    """The network server and the device that a topic names; None when it is no topic of theirs."""
    for network, pattern in _TOPICS:
        if found := pattern.fullmatch(topic):
            return network, found["device"]
    return None
