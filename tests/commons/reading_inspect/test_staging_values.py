# SPDX-License-Identifier: EUPL-1.2
"""The staged reading of single cells agrees with a slow, obvious one."""

from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.commons.reading.recipe import RecipeColumn, Treatment
from stoa.commons.reading.rules.numbers import read_number
from stoa.commons.reading.staging_casts import treated, typed
from stoa.ground.tables import Kind

CONNECTION = duckdb.connect()
CONNECTION.execute("SET TimeZone = 'UTC'")


def staged(text: str | None, column: RecipeColumn, zone: str = "UTC", missing: tuple[str, ...] = ("",)):
    value = typed("c", column, missing, zone)
    if column.kind is Kind.DATETIME:
        value = f"timezone('UTC', {value})"
    return CONNECTION.execute(f"SELECT {value} FROM (SELECT ?::VARCHAR AS c)", [text]).fetchone()[0]


def column(kind: Kind, **more) -> RecipeColumn:
    return RecipeColumn("x", "x", kind, **more)


SIGNS = st.sampled_from(["", "-", "+"])
DIGITS = st.text("0123456789", min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(SIGNS, DIGITS, st.sampled_from([".", ","]), DIGITS, st.sampled_from([".", ","]))
def test_decimal_numbers_agree_with_the_slow_reading(sign, whole, mark, fraction, decimal):
    text = f"{sign}{whole}{mark}{fraction}"
    expected = read_number(text, decimal, "")
    found = staged(text, column(Kind.NUMBER, decimal=decimal))
    assert found == pytest.approx(expected) if expected is not None else found is None


@settings(max_examples=150, deadline=None)
@given(st.integers(-(10**9), 10**9), st.sampled_from([(",", "."), (".", ","), (",", " "), (".", "'")]))
def test_grouped_numbers_are_read_back(number, marks):
    decimal, thousands = marks
    text = f"{number / 100:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert staged(text, column(Kind.NUMBER, decimal=decimal, thousands=thousands)) == pytest.approx(
        number / 100
    )


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789.,-+eEx_ n", max_size=8))
def test_whole_numbers_are_only_digits(text):
    found = staged(text, column(Kind.INTEGER))
    body = text.strip()
    expected = int(body) if body.lstrip("+-").isdigit() and len(body) - len(body.lstrip("+-")) <= 1 else None
    assert found == expected


@pytest.mark.parametrize("text", ["1.5", "0x1F", "1_000", "1e3", "nan", "inf"])
def test_what_the_engine_would_take_for_a_whole_number_is_refused(text):
    assert staged(text, column(Kind.INTEGER)) is None


@pytest.mark.parametrize("text", ["nan", "inf", "Infinity", "1_0"])
def test_not_a_number_is_not_a_number(text):
    assert staged(text, column(Kind.NUMBER)) is None


def test_wrong_groups_are_unreadable():
    assert staged("1.5", column(Kind.NUMBER, decimal=",", thousands=".")) is None
    assert staged("12.345", column(Kind.INTEGER, thousands=".", decimal=",")) == 12345


def test_a_currency_sign_is_taken_off():
    assert staged("€ 12,50", column(Kind.NUMBER, decimal=",", unit="€")) == 12.5


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", ""]),
)
def test_dates_are_read_back(day, text):
    shown = day.strftime(text or "%Y-%m-%d")
    assert staged(shown, column(Kind.DATE, date_format=text)) == day


def test_days_without_leading_zeros_are_read():
    assert staged("7.3.2022", column(Kind.DATE, date_format="%d.%m.%Y")) == date(2022, 3, 7)


def test_impossible_days_are_unreadable():
    assert staged("31.02.2022", column(Kind.DATE, date_format="%d.%m.%Y")) is None


def test_serial_numbers_are_days_since_1899():
    assert staged("42167", column(Kind.DATE, date_format="%d/%m/%Y|excel")) == date(2015, 6, 12)
    assert staged("44848.5", column(Kind.DATETIME, date_format="excel")) == datetime(2022, 10, 14, 12)
    assert staged("99999999999", column(Kind.DATE, date_format="excel")) is None


def test_local_times_become_instants():
    found = staged(
        "07.03.2022 09:05", column(Kind.DATETIME, date_format="%d.%m.%Y %H:%M"), zone="Europe/Berlin"
    )
    assert found == datetime(2022, 3, 7, 8, 5)
    summer = staged("2022-07-01 12:00", column(Kind.DATETIME), zone="Europe/Berlin")
    assert summer == datetime(2022, 7, 1, 10, 0)


def test_an_offset_in_the_cell_goes_before_the_zone():
    assert staged("2022-07-01T12:00:00Z", column(Kind.DATETIME), zone="Europe/Berlin") == datetime(
        2022, 7, 1, 12, 0
    )
    assert staged("2022-07-01T12:00:00+05:00", column(Kind.DATETIME), zone="Europe/Berlin") == datetime(
        2022, 7, 1, 7, 0
    )


def test_twenty_four_o_clock_is_the_next_midnight():
    found = staged("'2022-01-01 24:00'", column(Kind.DATETIME, date_format="'%Y-%m-%d %H:%M'"))
    assert found == datetime(2022, 1, 2, 0, 0)


def test_yes_no_and_a_mark():
    pair = column(Kind.BOOLEAN, true_values=("ja",), false_values=("nein",))
    assert [staged(t, pair) for t in ("Ja", " nein ", "", "vielleicht")] == [True, False, None, None]
    mark = column(Kind.BOOLEAN, true_values=("x",), false_values=("",))
    assert [staged(t, mark) for t in ("X", "", None)] == [True, False, False]


def test_words_for_no_value_become_empty():
    assert staged(" k.A. ", column(Kind.TEXT), missing=("", "k.A.")) is None
    assert staged(" Weg ", column(Kind.TEXT), missing=("", "k.A.")) == "Weg"


def test_many_words_for_no_value_cost_no_more_than_one():
    words = ("", *(f"({number})" for number in range(40)))
    assert staged(" (39) ", column(Kind.TEXT), missing=words) is None
    assert staged(" Weg ", column(Kind.TEXT), missing=words) == "Weg"
    assert len(typed("c", column(Kind.TEXT), words, "UTC")) < 2000


@pytest.mark.parametrize(
    ("kind", "treatment", "value", "expected"),
    [
        (Kind.DATE, Treatment.YEAR, "DATE '2001-05-06'", 2001),
        (Kind.DATE, Treatment.MONTH, "DATE '2001-05-06'", date(2001, 5, 1)),
        (Kind.TEXT, Treatment.AREA_CODE, "'48143'", "481"),
        (Kind.INTEGER, Treatment.ROUND, "1234::BIGINT", 1200),
        (Kind.NUMBER, Treatment.ROUND, "-0.01234::DOUBLE", pytest.approx(-0.012)),
        (Kind.NUMBER, Treatment.ROUND, "0::DOUBLE", 0),
    ],
)
def test_treatments_generalise(kind, treatment, value, expected):
    sql = treated("v", column(kind, treatment=treatment), "UTC")
    assert CONNECTION.execute(f"SELECT {sql} FROM (SELECT {value} AS v)").fetchone()[0] == expected


def test_a_year_is_that_of_the_city():
    sql = treated("v", column(Kind.DATETIME, treatment=Treatment.YEAR), "Europe/Berlin")
    assert (
        CONNECTION.execute(f"SELECT {sql} FROM (SELECT TIMESTAMPTZ '2021-12-31 23:30:00Z' AS v)").fetchone()[
            0
        ]
        == 2022
    )
    assert datetime(2021, 12, 31, 23, 30, tzinfo=UTC).year == 2021


@settings(max_examples=300, deadline=None)
@given(st.text(" \t\n\u00a0\u2009\u202f\u3000\u0085äöA1ñ€\u200b", max_size=6))
def test_blanks_around_a_text_are_taken_off_as_by_trim(text):
    expected = CONNECTION.execute("SELECT trim(?)", [text]).fetchone()[0]
    assert staged(text, column(Kind.TEXT), missing=()) == (expected or None)


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789.,-+eE_ nNaif%\u00a0", max_size=8),
    st.sampled_from([".", ","]),
    st.sampled_from(["", "%"]),
)
def test_any_text_is_the_number_that_the_slow_reading_finds(text, decimal, unit):
    expected = read_number(text, decimal, "", unit)
    found = staged(text, column(Kind.NUMBER, decimal=decimal, unit=unit))
    assert found == pytest.approx(expected) if expected is not None else found is None
