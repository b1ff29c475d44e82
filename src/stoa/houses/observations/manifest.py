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
        "OASIS CAP 1.2",
    ),
    permissions="stoa.houses.observations.roles:Permission",
    events=("AlertEnded", "AlertRaised", "DeviceFellSilent", "ThingChanged"),
    listens_to=(
        "observations.AlertEnded",
        "observations.AlertRaised",
        "observations.ThingChanged",
        "registers.DemandDecided",
        "registers.EntryPublished",
        "registers.EntryRetired",
    ),
    jobs=(
        "observations.ask_feed",
        "observations.ask_feeds",
        "observations.ask_follower",
        "observations.check_drop",
        "observations.find_silent",
        "observations.forget_followers",
        "observations.forget_quarantined",
        "observations.make_days",
        "observations.count_hours",
        "observations.count_long",
        "observations.play_replays",
        "observations.publish_group",
        "observations.publish_groups",
        "observations.read_drop",
        "observations.roll_history",
        "observations.send_alerts",
        "observations.send_entity_news",
        "observations.settle_access",
        "observations.take_from_folder",
        "observations.tell_alerts",
        "observations.tell_subscribers",
        "observations.watch",
        "observations.watch_all",
        "observations.write_drop",
    ),
    personal_data=(
        PersonalData(
            what=say("Messages of sensors that could not be taken, as they were sent"),
            why=say("To find and mend the fault; nobody knows beforehand what a wrong message holds."),
            kept=say("Until the night after they are settled, at most 30 days."),
        ),
        PersonalData(
            what=say("Phone numbers and e-mail addresses of people who are told of alerts"),
            why=say("To call whoever is on duty when something happens."),
            kept=say("As long as they stand at a rule."),
        ),
        PersonalData(
            what=say("E-mail address of a resident who wants public warnings"),
            why=say("To send the warnings that they asked for."),
            kept=say("Until they stop; two days if it is never confirmed."),
        ),
        PersonalData(
            what=say("Who brought in a file of values, and the file as it came"),
            why=say("To say whose file it was when a value is doubted, and to read it once more."),
            kept=say("90 days."),
        ),
    ),
)
