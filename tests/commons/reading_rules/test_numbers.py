# SPDX-License-Identifier: EUPL-1.2
"""How numbers are written in a column."""

import pytest

from stoa.commons.reading.rules.numbers import number_style, read_number
from stoa.commons.reading.rules.samples import sample_of


def style(*cells: str, languages: tuple[str, ...] = ("en",)):
    return number_style(sample_of("x", cells).shapes, languages)


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (("1.5", "20.25"), ".", ""),
        (("1,5", "20,25"), ",", ""),
        (("1.234,56", "7,00"), ",", "."),
        (("1,234.56", "7.00"), ".", ","),
        (("1 234,5", "12,25"), ",", " "),
        (("1'234.50", "3.10"), ".", "'"),
        (("1.234.567", "12"), ",", "."),
    ],
)
def test_marks_are_recognised(cells, decimal, thousands):
    found = style(*cells)
    assert (found.decimal, found.thousands) == (decimal, thousands)
    assert found.rows == len(cells)
    assert not found.doubtful


def test_a_mark_before_three_digits_is_doubtful_and_the_language_decides():
    german, english = style("1.234", "5.678", languages=("de",)), style("1.234", "5.678")
    assert german.doubtful
    assert german.thousands == "."
    assert german.is_whole
    assert english.doubtful
    assert english.decimal == "."
    assert not english.is_whole


def test_plain_numbers_below_a_thousand_beside_it_make_it_a_thousands_mark():
    found = style("1,209", "17", "950", languages=("de",))
    assert (found.thousands, found.is_whole, found.doubtful) == (",", True, False)


def test_a_leading_zero_shows_a_decimal_mark():
    found = style("0,456", "123,456", languages=("en",))
    assert (found.decimal, found.thousands, found.doubtful) == (",", "", False)


def test_a_currency_sign_becomes_the_unit():
    assert style("€ 12,50", "€ 3,10").unit == "€"
    assert style("12 %", "3,5 %").unit == "%"


def test_words_are_no_numbers():
    assert style("ges", "kei") is None


def test_the_slow_reading_refuses_what_is_no_number():
    assert read_number("1.5", ",", "") is None
    assert read_number("nan", ".", "") is None
    assert read_number("1.234,5", ",", ".") == 1234.5
