# SPDX-License-Identifier: EUPL-1.2
"""The example of the big analysis: one Ibis expression, the same answer from DuckDB and from Sail over our Iceberg table."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.gates.sensorthings.test_clients import strangers_python
from tests.houses.observations.town import make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import iceberg
from stoa.houses.observations.actions import registering, rolling
from stoa.houses.observations.models import Observation
from stoa.houses.observations.terms import NO_RESULT_TIME

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "how-to" / "big_analysis.py"
DAYS = (date(2031, 5, 31), date(2031, 6, 1))


def python_with_both() -> Path:
    """The clients' interpreter, if both engines are there."""
    python = strangers_python()
    if python is None:
        pytest.skip("the clients' environment is not here; `make test` builds it")
    told = subprocess.run([python, "-c", "import ibis, pysail, pyspark"], capture_output=True, check=False)
    if told.returncode:
        pytest.skip("the clients' environment is older than its list; `make test` builds it anew")
    return python


def test_duckdb_and_sail_answer_alike_over_the_table_that_is_written_every_night(
    transactional_db: None, settings: LazySettings, tmp_path: Path
) -> None:
    python = python_with_both()
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    town = make_town()
    city, series = town.cast.city.pk, town.series.pk
    for day in DAYS:
        _fill(city, series, day)
        rolling.roll_day(day)
    registering.register(city)
    folder = settings.STOA_LAKE / iceberg.FOLDER / "/".join(iceberg.table_name(city))
    done = subprocess.run([python, EXAMPLE, folder], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert told["duckdb"] == told["sail"]
    assert len(told["duckdb"]) == 48
    assert told["duckdb"][0] == [series, "2031-05-31T00:00", 1, 4.0, 4.0]
    assert told["duckdb"][25] == [series, "2031-06-01T01:00", 2, 7.5, 9.0]


def _fill(city: int, series: int, day: date) -> None:
    """Two values an hour, the first of the day judged bad."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [day])
    with acting_in(city):
        Observation.objects.bulk_create(
            Observation(
                city_id=city, datastream_id=series, at=begin + timedelta(minutes=30 * n), result_at=NO_RESULT_TIME,
                number=3.0 * n + (1.0 if n == 1 else 0.0), quality=2 if n else 4, received_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for n in range(48)
        )  # fmt: skip


def test_the_page_shows_the_question_that_the_example_asks() -> None:
    page = (ROOT / "docs" / "how-to" / "big-analysis.md").read_text(encoding="utf-8")
    told = page.split("```python\n")[1].split("```")[0].strip().splitlines()
    script = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert [line for line in told if line not in script] == []
