# SPDX-License-Identifier: EUPL-1.2
"""Background work of the registers; every job may run twice without harm."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.queries import all_cities
from stoa.houses.registers.actions import exporting, importing, watching


@app.task(name="registers.export_kind", retry=2)
def export_kind(city_id: int, kind: str) -> None:
    """Bring the dataset of a register up to date."""
    exporting.export_kind(city_id=city_id, slug=kind)


@app.task(name="registers.read_import", retry=2)
def read_import(city_id: int, import_id: int) -> None:
    """Read a spreadsheet and say what would become of each row."""
    importing.read_import(city_id=city_id, import_id=import_id)


@app.periodic(cron="23 4 * * *")
@app.task(name="registers.watch_entries")
def watch_entries(timestamp: int) -> None:
    """End what has come to its day, remind before, erase what is personal after its time."""
    for city in all_cities():
        with acting_in(city):
            watching.watch_entries(city=city, now=timezone.now())
