# SPDX-License-Identifier: EUPL-1.2
"""Formulas in delimited files: the rule against a slow reading of it, and its SQL form against the rule."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.standards.csvsafe import harmless, harmless_sql

BLANKS = {chr(n) for n in range(33)} | set("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff")
BLANKS |= {chr(n) for n in range(0x2000, 0x200C)}
CELLS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="=+-@\t\r\n \"'0123456789.,aA\xa0\u200b\uff1d\uff0b\uff20\ufeffé", max_size=8),
)


def is_risky_said_slowly(text: str) -> bool:
    if text[:1] in {"\t", "\r"} and text:
        return True
    sign, rest = text[:1], text[1:]
    parts = rest.replace(",", ".").split(".")
    if sign in {"+", "-"} and sign and all(part and set(part) <= set("0123456789") for part in parts):
        return False
    place = 0
    while place < len(text) and (text[place] in BLANKS or text[place] == '"'):
        place += 1
    return text[place : place + 1] in set("=+-@＝＋－＠")


@given(CELLS)
def test_a_risky_text_gets_an_apostrophe_and_nothing_else_changes(text: str) -> None:
    assert harmless(text) == ("'" + text if is_risky_said_slowly(text) else text)
    assert not is_risky_said_slowly(harmless(text))
    assert harmless(harmless(text)) == harmless(text)


@given(st.lists(CELLS, min_size=1, max_size=30))
def test_the_form_in_sql_is_the_same_rule(texts: list[str]) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {harmless_sql('t')} FROM unnest(?) AS u(t)", [texts]).fetchall()
    assert [row[0] for row in found] == [harmless(text) for text in texts]


def test_the_form_in_sql_leaves_nothing_where_there_is_nothing() -> None:
    assert duckdb.sql(f"SELECT {harmless_sql('t')} FROM (SELECT NULL::VARCHAR AS t)").fetchone() == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 251 123",
        "-A1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        " =1",
        '"=1',
        '" "=cmd|x',
        "＝1",
        "\ufeff=1",
        "-1+1",
        "-",
        "--1",
    ],
)
def test_a_text_that_a_spreadsheet_may_run_is_marked(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "Linde", "-5", "-12,5", "+3", "-1.234,56", "a=b", "1-2", "'=1", "\nLinde", "10 % = x"]
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
