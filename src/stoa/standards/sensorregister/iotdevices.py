# SPDX-License-Identifier: EUPL-1.2
"""Entries as the devices of the first mandatory sensor register's API: the field names of its public `/devices` view.

Written after its published models and serializers (Mozilla Public License 2.0, used as a list of facts). Contact data
of people is never in the public view, so `owner` has no name and no telephone here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stoa.standards.sensorregister.record import SensorRecord

TYPES: Mapping[str, str] = {
    "presence": "Presence or proximity",
    "temperature": "Temperature",
    "density": "Density",
    "pressure": "Pressure",
    "position": "Position or displacement",
    "flow": "Liquid and gas flow",
    "electricity": "Electricity",
    "chemical": "Chemical",
    "climate": "Climate",
    "sound": "Sound",
    "optical": "Optical or camera",
}
OTHER = "Other"
THEMES: Mapping[str, str] = {
    "mobility": "Mobility",
    "parking": "Mobility: car",
    "safety": "Safety",
    "crowd": "Crowds",
    "air": "Environment",
    "noise": "Environment",
    "climate": "Environment",
    "water": "Environment",
    "green": "Environment",
    "energy": "Energy",
    "waste": "Cleaning",
    "buildings": "Buildings",
}


def device(record: SensorRecord) -> dict[str, Any]:
    """One device. `contains_pi_data` is null where it is not known yet; `location` is null for what moves or is hidden."""
    return {
        "id": record.id,
        "reference": record.reference,
        "application": record.title,
        "type": TYPES.get(record.type, OTHER),
        "owner": {
            "organisation": record.organisation or None,
            "email": record.email or None,
            "website": record.website or None,
        },
        "regions": [*record.regions],
        "location": (
            {"latitude": record.place.lat, "longitude": record.place.lon}
            if record.place and not record.mobile
            else None
        ),
        "location_description": record.place_description or None,
        "datastream": record.measures or None,
        "themes": [*dict.fromkeys(THEMES.get(theme, OTHER) for theme in record.themes)],
        "contains_pi_data": record.personal_data,
        "observation_goals": [
            {
                "observation_goal": goal.goal,
                "legal_ground": goal.legal_ground or None,
                "privacy_declaration": goal.privacy_declaration or None,
            }
            for goal in record.goals
        ],
        "project_paths": [[record.organisation, record.project]]
        if record.project and record.organisation
        else [],
        "active_until": record.active_until.isoformat() if record.active_until else None,
    }
