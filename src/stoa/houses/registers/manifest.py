# SPDX-License-Identifier: EUPL-1.2
"""What the registers are and offer, as a value."""

from __future__ import annotations

from stoa.ground.manifest import Manifest, PersonalData
from stoa.ground.words import say

MANIFEST = Manifest(
    name="registers",
    title=say("Registers"),
    about=say(
        "Lists of one kind of thing that the city keeps and shows, beginning with the sensors in public space."
    ),
    depends_on=("catalogue",),
    standards=(),
    permissions="stoa.houses.registers.roles:Permission",
    events=("DemandDecided", "EntryPublished", "EntryRetired"),
    listens_to=("registers.EntryPublished", "registers.EntryRetired"),
    jobs=("registers.export_kind", "registers.read_import", "registers.watch_entries"),
    personal_data=(
        PersonalData(
            what=say("Name, e-mail address and telephone of the contact for a registered sensor"),
            why=say("To ask the owner; a company or a private person has nobody in the administration."),
            kept=say(
                "Until 180 days after the sensor is no longer in use; they are in no history and no export."
            ),
        ),
    ),
    datasets=("register-sensors",),
)
