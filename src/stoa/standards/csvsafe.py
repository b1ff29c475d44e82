# SPDX-License-Identifier: EUPL-1.2
"""Cells of a delimited file that a spreadsheet would run as a formula, made harmless.

Rule (after the OWASP note on CSV injection): a text is risky if, after blanks and double quotes, it begins
with one of `= + - @` or a full-width form of them, or if it begins with a tab or a carriage return. A plain
signed number (`-12.5`, `+3`) is not risky. A risky text gets an apostrophe in front, which spreadsheets take
as "this is text". The rule is for text only: numbers, dates and booleans are never touched. Applying it twice
changes nothing.
"""

from __future__ import annotations

import re

MARK = "'"
_STARTERS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# RE2 and Python must read these patterns alike, so blanks are listed instead of named.
_BLANKS = "\\x00-\\x20\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
RISKY = f'[\\t\\r]|[{_BLANKS}"]*[{_STARTERS}]'
"""Pattern for the beginning of a risky text; the same letters in Python's `re` and in RE2."""
SIGNED_NUMBER = "[+-][0-9]+([.,][0-9]+)*"
"""Pattern for a whole text that is a plain number with a sign."""

_RISKY = re.compile(RISKY)
_SIGNED_NUMBER = re.compile(SIGNED_NUMBER)


def harmless(text: str) -> str:
    """The text as it may stand in a delimited file.

    >>> harmless('=HYPERLINK("http://evil.example")')
    '\\'=HYPERLINK("http://evil.example")'
    >>> harmless("-12,5")
    '-12,5'
    """
    if _RISKY.match(text) and not _SIGNED_NUMBER.fullmatch(text):
        return MARK + text
    return text


def harmless_sql(expression: str) -> str:
    """The same rule as a DuckDB expression over a VARCHAR expression.

    The first test looks at one letter only and settles nearly all cells, so that the patterns rarely run.
    """
    risky, number = RISKY.replace("'", "''"), SIGNED_NUMBER
    first = (
        f"(ord({expression}) IN (34, 43, 45, 61, 64) OR ord({expression}) <= 32 OR ord({expression}) > 127)"
    )
    pattern = (
        f"regexp_matches({expression}, '^({risky})') AND NOT regexp_full_match({expression}, '{number}')"
    )
    return f"CASE WHEN {first} AND {pattern} THEN '{MARK * 2}' || {expression} ELSE {expression} END"
