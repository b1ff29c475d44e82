# SPDX-License-Identifier: EUPL-1.2
"""What the catalogue is and offers, as a value."""

from __future__ import annotations

from stoa.ground.manifest import Manifest, PersonalData
from stoa.ground.words import say

MANIFEST = Manifest(
    name="catalogue",
    title=say("Catalogue"),
    about=say("Which data the city has, how good it is, who may see it, and every version of it."),
    depends_on=(),
    standards=("GeoParquet 1.1", "Mapbox Vector Tile 2.1", "TileJSON 3.0", "Frictionless Table Schema 1"),
    permissions="stoa.houses.catalogue.roles:Permission",
    events=(
        "DatasetPublished",
        "DatasetRetired",
        "DeliveryHeld",
        "RowReported",
        "ReuseShown",
        "DataRequested",
        "DataRequestAnswered",
        "AccessGranted",
        "AccessRevoked",
        "CatalogueHarvested",
    ),
    listens_to=("catalogue.DatasetPublished",),
    jobs=(
        "catalogue.read_delivery",
        "catalogue.look_at_sources",
        "catalogue.harvest_sources",
        "catalogue.watch_freshness",
        "catalogue.keep_versions",
        "catalogue.refresh_view",
        "catalogue.send_letter",
        "catalogue.tell_followers",
        "catalogue.ask_republishers",
        "catalogue.ask_republisher",
    ),
    personal_data=(
        PersonalData(
            what=say("E-mail address of somebody who reports a wrong row"),
            why=say("To send the answer."),
            kept=say("Until the report is answered, at most 180 days."),
        ),
        PersonalData(
            what=say("E-mail address of somebody who registers a re-use, asks for data or comments"),
            why=say("To send the answer."),
            kept=say("Until it is answered, at most 180 days."),
        ),
        PersonalData(
            what=say("Name that somebody gives for a re-use or a comment"),
            why=say("To show by whom it is; it may be left out."),
            kept=say("As long as the re-use or comment is shown."),
        ),
        PersonalData(
            what=say("E-mail address of somebody who votes for a request"),
            why=say("To see that it is a person, and each only once."),
            kept=say(
                "Until the vote is confirmed, at most two days; afterwards only a keyed hash for this one request."
            ),
        ),
        PersonalData(
            what=say("E-mail address of somebody who follows a dataset"),
            why=say("To send a message when it changes."),
            kept=say("Until they stop following; two days if it is never confirmed."),
        ),
        PersonalData(
            what=say("E-mail address of somebody who follows the whole portal"),
            why=say("To send one message a day or a week with all that is new."),
            kept=say("Until they stop following; two days if it is never confirmed."),
        ),
        PersonalData(
            what=say("Name, organisation and e-mail address of somebody who asks for access"),
            why=say("To decide, and to know who has access."),
            kept=say("Until 180 days after the refusal or the end of access."),
        ),
    ),
)
