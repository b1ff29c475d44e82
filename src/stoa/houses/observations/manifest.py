# SPDX-License-Identifier: EUPL-1.2
"""What the house of observations is and offers, as a value."""

from __future__ import annotations

from stoa.ground.manifest import Manifest, PersonalData
from stoa.ground.words import say

MANIFEST = Manifest(
    name="observations",
    title=say("Observations"),
    about=say("What the city measures: things, sensors and their series, live and as history."),
    depends_on=("catalogue", "registers"),
    standards=(
        "OGC SensorThings 1.1",
        "NGSI-LD 1.8",
        "Apache Iceberg 2",
        "GBFS 3.0 (read)",
        "LoRaWAN uplinks",
    ),
    permissions="stoa.houses.observations.roles:Permission",
    events=("AlertEnded", "AlertRaised", "DeviceFellSilent", "ThingChanged"),
    listens_to=("observations.ThingChanged",),
    jobs=(
        "observations.ask_feed",
        "observations.ask_feeds",
        "observations.find_silent",
        "observations.forget_quarantined",
        "observations.make_days",
        "observations.count_hours",
        "observations.count_long",
        "observations.play_replays",
        "observations.roll_history",
        "observations.send_entity_news",
        "observations.tell_subscribers",
        "observations.watch",
        "observations.watch_all",
    ),
    personal_data=(
        PersonalData(
            what=say("Messages of sensors that could not be taken, as they were sent"),
            why=say("To find and mend the fault; nobody knows beforehand what a wrong message holds."),
            kept=say("Until the night after they are settled, at most 30 days."),
        ),
    ),
)
