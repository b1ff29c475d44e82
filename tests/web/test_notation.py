# SPDX-License-Identifier: EUPL-1.2
"""Figures, days and sentences in the reader's notation."""

from __future__ import annotations

import datetime as dt
import math

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone, translation
from hypothesis import assume, given
from hypothesis import strategies as st

from stoa.ground.words import say
from stoa.web import notation

NOW = dt.datetime(2026, 11, 21, 13, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (1234567, "1,234,567", "1.234.567"),
        (2026, "2026", "2026"),
        (0.5, "0.5", "0,5"),
        (1234.5678, "1234.6", "1234,6"),
        (-3, "−3", "−3"),
        (0.00012, "0.00012", "0,00012"),
        (12.0, "12", "12"),
        (None, "–", "–"),
        ("about 5", "about 5", "about 5"),
        (float("nan"), "nan", "nan"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(value: float, english: str, german: str) -> None:
    with translation.override("en"):
        assert notation.number(value) == english
    with translation.override("de"):
        assert notation.number(value) == german


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1482300, "1.5 MB"),
        (48_000_000, "48 MB"),
        (2 * 10**12, "2 TB"),
    ],
)
def test_sizes_of_files_are_said_shortly(bytes_: int, words: str) -> None:
    assert notation.size(bytes_).replace("\N{NO-BREAK SPACE}", " ") == words


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("away", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=3), "3 minutes ago"),
        (dt.timedelta(days=71), "2 months ago"),
        (-dt.timedelta(days=2), "in 2 days"),
    ],
)
def test_moments_are_said_from_now(away: dt.timedelta, words: str) -> None:
    assert notation.ago(NOW - away).replace("\N{NO-BREAK SPACE}", " ") == words


@time_machine.travel(NOW, tick=False)
@override_settings(TIME_ZONE="Europe/Berlin")
def test_days_are_counted_in_the_citys_zone() -> None:
    with timezone.override("Pacific/Auckland"):  # there it is the 22nd already
        assert notation.ago(dt.date(2026, 11, 22)) == "today"
        assert notation.ago(dt.date(2026, 11, 21)) == "yesterday"
        assert notation.ago(dt.date(2026, 11, 25)) == "in 3 days"


def test_a_moment_is_the_date_in_words_with_time_and_zone() -> None:
    with timezone.override("Europe/Berlin"), translation.override("en"):
        assert notation.moment(NOW) == "21 November 2026, 14:05 CET"
    with timezone.override("Europe/Berlin"), translation.override("de"):
        assert notation.day(NOW) == "21. November 2026"


def test_a_sentence_of_a_rule_carries_its_figures_in_the_readers_notation() -> None:
    saying = say(
        "%(n)s of %(all)s rows, %(share).1f, %(d)d, %(who)s",
        n=12840,
        all=1_000_000,
        share=0.25,
        d=3,
        who="50%",
    )
    with translation.override("de"):
        assert notation.in_words(saying) == "12.840 of 1.000.000 rows, 0.2, 3, 50%"


def test_a_label_is_told_in_the_readers_language_or_in_any() -> None:
    with translation.override("de"):
        assert notation.label({"en": "Trees", "de": "Bäume"}) == "Bäume"
        assert notation.label({"en": "Trees"}) == "Trees"
        assert notation.label(None) == ""


def test_a_label_in_another_language_than_the_page_says_which() -> None:
    with translation.override("de"):
        assert notation.other_language({"en": "Trees"}) == "en"
        assert notation.other_language({"en": "Park", "de": "Park"}) == ""
        assert notation.other_language({"en": "", "fr": "Arbres"}) == "fr"
        for nothing in ({}, None, "Trees", {"en": ""}):
            assert notation.other_language(nothing) == ""


@given(
    st.one_of(
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=True, allow_infinity=True),
        st.decimals(-10_000_000, 10_000_000, places=3).map(float),
    ),
    st.sampled_from(["en", "de"]),
)
def test_numbers_of_a_table_are_written_quickly_as_django_writes_them_slowly(
    value: float, language: str
) -> None:
    assume(not (isinstance(value, float) and value == 0 and math.copysign(1, value) < 0))
    with translation.override(language):
        assert notation.exact(value) == notation._exact_by_django(value, repr(value))


def test_no_digit_of_a_long_number_is_lost() -> None:
    with translation.override("de"):
        assert notation.exact(9007199254740993) == "9.007.199.254.740.993"
