# SPDX-License-Identifier: EUPL-1.2
"""Other engines find the history as an Iceberg table that agrees with ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import iceberg
from stoa.commons.lake.place import layout
from stoa.houses.observations.actions import registering, rolling
from stoa.houses.observations.models import Observation
from stoa.houses.observations.terms import NO_RESULT_TIME

DAYS = [date(2031, 5, 6), date(2031, 5, 7), date(2031, 6, 1)]


@pytest.fixture
def town(transactional_db: None, settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    return make_town()


def observe(town: Town, day: date, number: float) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [day])
    with acting_in(town.cast.city):
        Observation.objects.create(
            city_id=town.cast.city.pk, datastream_id=town.series.pk, at=at, result_at=NO_RESULT_TIME,
            number=number, received_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip


def numbers(town: Town) -> list[float]:
    """What a stranger's engine reads, through the catalogue alone."""
    catalog = iceberg.open_catalog(layout(), registering._database_url())
    try:
        table = catalog.load_table(iceberg.table_name(town.cast.city.pk))
        found = table.scan(row_filter=f"datastream_id == {town.series.pk}").to_arrow()
        return sorted(found["number"].to_pylist())
    finally:
        catalog.engine.dispose()


def test_the_table_agrees_with_the_history_after_every_roll_late_rows_and_months(town: Town) -> None:
    for number, day in enumerate(DAYS):
        observe(town, day, float(number))
        rolling.roll_day(day)
    city = town.cast.city.pk
    assert registering.register(city) == 3
    assert numbers(town) == [0.0, 1.0, 2.0]
    assert registering.register(city) == 0
    observe(town, DAYS[0] + timedelta(days=3), 9.0)
    rolling.merge_span(city, date(2031, 5, 1), date(2031, 6, 1))
    assert registering.register(city) == 3, "two files of days went, one of the month came"
    assert numbers(town) == [0.0, 1.0, 2.0, 9.0]
    files = {path.name for path in (layout().lake / "series").rglob("*.parquet")}
    assert len(files) == 4, "nothing was written by the table itself"
