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
    events=("DatasetPublished", "DatasetRetired", "DeliveryHeld", "RowReported"),
    listens_to=(),
    jobs=(
        "catalogue.read_delivery",
        "catalogue.look_at_sources",
        "catalogue.watch_freshness",
        "catalogue.keep_versions",
    ),
    personal_data=(
        PersonalData(
            what=say("E-mail address of somebody who reports a wrong row"),
            why=say("To send the answer."),
            kept=say("Until the report is answered, at most 180 days."),
        ),
    ),
)
