# SPDX-License-Identifier: EUPL-1.2
"""Telling the Iceberg table, which other engines read, what lies in the history; and clearing what is not needed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from django.db import connection
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import iceberg
from stoa.commons.history.values import SeriesFile
from stoa.commons.history.writing import FOLDER, HOURS, hours_name
from stoa.commons.lake.place import layout
from stoa.houses.observations.models import HistoryFile

KEEP_REPLACED = timedelta(days=2)
"""A replaced file stays so long: somebody may be reading it, or copying it into a backup."""


def register(city_id: int) -> int:
    """Make the city's Iceberg table agree with its files of history; returns how many files it took or gave up."""
    with acting_in(city_id):
        pending = HistoryFile.objects.filter(city_id=city_id, is_registered=False)
        told = list(pending.values_list("pk", flat=True))
        if not told:
            return 0
        files = [_value(file) for file in HistoryFile.objects.filter(city_id=city_id, replaced_at=None)]
    catalog = iceberg.open_catalog(layout(), _database_url())
    try:
        table = iceberg.open_table(catalog, city_id)
        changed = iceberg.agree(layout(), table, files)
        iceberg.expire(table, older_than=KEEP_REPLACED)
    finally:
        catalog.engine.dispose()
    with acting_in(city_id):
        HistoryFile.objects.filter(pk__in=told).update(is_registered=True)
    return changed


def clear(city_id: int) -> int:
    """Delete replaced files that nobody reads any more, and what a killed roll left; returns how many counted once."""
    place = layout().lake
    with acting_in(city_id):
        old = list(
            HistoryFile.objects.filter(
                city_id=city_id, is_registered=True, replaced_at__lt=timezone.now() - KEEP_REPLACED
            )
        )
        for file in old:
            file.delete()
        known = set(HistoryFile.objects.filter(city_id=city_id).values_list("path", flat=True))
    known |= {hours_name(path) for path in known}
    gone = {path for file in old for path in (file.path, hours_name(file.path))}
    young = (timezone.now() - KEEP_REPLACED).timestamp()
    for folder in (FOLDER, HOURS):
        for path in (place / folder / str(city_id)).glob("*/*"):
            name = str(path.relative_to(place))
            if name in gone or (name not in known and path.stat().st_mtime < young):
                path.unlink(missing_ok=True)
    return len(old)


def _value(file: HistoryFile) -> SeriesFile:
    return SeriesFile(file.path, file.begins, file.ends, file.rows, file.bytes)


def _database_url() -> str:
    """Address of our database for SQLAlchemy, which pyiceberg uses."""
    told = connection.get_connection_params()
    user, password = quote(str(told.get("user", "")), safe=""), quote(str(told.get("password", "")), safe="")
    host, port = str(told.get("host", "")), told.get("port", "")
    name = quote(str(told.get("dbname", "")), safe="")
    if host.startswith("/"):
        return f"postgresql+psycopg2://{user}:{password}@/{name}?host={quote(host, safe='')}&port={port}"
    return f"postgresql+psycopg2://{user}:{password}@{host}:{port}/{name}"
