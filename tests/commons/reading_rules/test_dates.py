# SPDX-License-Identifier: EUPL-1.2
"""How dates are written in a column."""

from datetime import datetime

import pytest

from stoa.commons.reading.rules.dates import date_style
from stoa.commons.reading.rules.samples import sample_of
from stoa.ground.tables import Kind

MOMENTS = (datetime(2026, 11, 25, 13, 45, 10), datetime(2004, 2, 3, 7, 8, 9), datetime(2031, 1, 28, 0, 0, 0))


def style(*cells: str, zone: str = "Europe/Berlin", heading: bool = True):
    return date_style(sample_of("Datum", cells), zone, date_heading=heading)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        ("07.03.2022", Kind.DATE, "%d.%m.%Y"),
        ("7.3.2022 9:05", Kind.DATETIME, "%d.%m.%Y %H:%M"),
        ("2022-03-07", Kind.DATE, ""),
        ("2022-03-07T09:05:00", Kind.DATETIME, ""),
        ("20220307", Kind.DATE, "%Y%m%d"),
        ("12:30", Kind.TIME, "%H:%M"),
        ("'2022-01-01 01:00'", Kind.DATETIME, "'%Y-%m-%d %H:%M'"),
        ("44848", Kind.DATE, "excel"),
    ],
)
def test_usual_forms_are_recognised(cell, kind, text):
    found = style(cell)
    assert (found.kind, found.format) == (kind, text)


DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y",
)  # fmt: skip
TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("joint", [" ", "T", ", ", " - ", "  "])
def test_every_day_can_stand_before_every_time(day, joint):
    for time in TIMES:
        found = style(*(moment.strftime(day + joint + time) for moment in MOMENTS))
        assert found.kind is Kind.DATETIME
        assert found.rows == len(MOMENTS)


def test_a_part_above_twelve_is_the_day():
    assert style("01/02/2020", "13/02/2020").format == "%d/%m/%Y"
    assert style("01/02/2020", "02/13/2020").format == "%m/%d/%Y"
    assert style("01/02/2020", "02/13/2020").order_by == "value"


def test_without_one_the_zone_decides():
    assert style("01/02/2020").format == "%d/%m/%Y"
    assert style("01/02/2020", zone="America/New_York").format == "%m/%d/%Y"
    assert style("01/02/2020").order_by == "zone"


def test_both_orders_in_one_column_are_named():
    assert style("13/02/2020", "02/13/2020").order_by == "mixed"


def test_serial_numbers_between_dates_are_read_too():
    found = style("02/06/2015", "42167")
    assert found.format == "%d/%m/%Y|excel"
    assert found.rows == 2


def test_eight_digits_are_no_days_where_one_of_them_cannot_be():
    assert style("20220307", "20221399", heading=True) is None


def test_years_are_not_dates():
    assert style("2019", "2020", heading=False) is None


def test_midnight_without_its_time_stays_an_instant():
    assert style("2015-01-01", "2015-01-01 01:00:00").kind is Kind.DATETIME
