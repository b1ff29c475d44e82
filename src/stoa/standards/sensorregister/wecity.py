# SPDX-License-Identifier: EUPL-1.2
"""Entries as a table of the WeCity publication schema: 17 columns with Dutch headings, of which only `naam` is needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from stoa.standards.csvsafe import harmless
from stoa.standards.sensorregister.record import SensorRecord

HEADINGS = (
    "id",
    "naam",
    "doel",
    "type",
    "thema",
    "latitude",
    "longitude",
    "geldig tot",
    "referentie",
    "verwerkt persoonsgegevens",
    "mobiele sensor",
    "organisatie",
    "contactpersoon",
    "e-mail",
    "wettelijke grondslag",
    "niet tonen na",
    "bewaartermijn",
)
TYPES: Mapping[str, str] = {
    "presence": "proximity",
    "density": "proximity",
    "position": "proximity",
    "electricity": "electric",
    "flow": "liquid",
    "optical": "camera/optical",
    "temperature": "temperature",
    "climate": "climate",
}
OTHER = "other"
THEMES: Mapping[str, str] = {
    "mobility": "traffic safety",
    "safety": "traffic safety",
    "parking": "car",
    "air": "environment",
    "noise": "environment",
    "climate": "environment",
    "water": "environment",
    "green": "environment",
    "waste": "environment",
}
_TRUTHS = {True: "ja", False: "nee", None: ""}


def row(record: SensorRecord) -> list[str]:
    """One row; several goals or grounds stand behind each other, an unknown answer is an empty cell.

    The contact person stays empty: our register never gives one out.
    """
    place = record.place if not record.mobile else None
    until = record.active_until.isoformat() if record.active_until else ""
    return [
        record.id,
        record.title,
        "; ".join(goal.goal for goal in record.goals),
        TYPES.get(record.type, OTHER),
        next((THEMES[theme] for theme in record.themes if theme in THEMES), ""),
        str(place.lat) if place else "",
        str(place.lon) if place else "",
        until,
        record.reference,
        _TRUTHS[record.personal_data],
        _TRUTHS[record.mobile],
        record.organisation,
        "",
        record.email,
        "; ".join(dict.fromkeys(goal.legal_ground for goal in record.goals if goal.legal_ground)),
        until,
        "" if record.retention_months is None else str(record.retention_months),
    ]


def table(records: Iterable[SensorRecord]) -> str:
    """The whole register as CSV (RFC 4180); texts that a spreadsheet would run are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for record in records:
        cells = row(record)
        numbers = {HEADINGS.index(name) for name in ("latitude", "longitude", "bewaartermijn")}
        writer.writerow([cell if place in numbers else harmless(cell) for place, cell in enumerate(cells)])
    return out.getvalue()
