# SPDX-License-Identifier: EUPL-1.2
"""How a dataset is called in SQL. Pure.

A short name has hyphens, which SQL would read as minus; so `street-trees` is called `street_trees`, and both
are understood.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_KEYWORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast
check collate collation column concurrently constraint create cross default deferrable desc describe
distinct do else end except false fetch for foreign freeze from full glob group having ilike in
initially inner intersect into is isnull join lambda lateral leading left like limit natural not notnull
null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
qualify references returning right select semi show similar some summarize symmetric table tablesample
then to trailing true union unique unpack unpivot using variadic verbose when where window with
"""
RESERVED = frozenset(_KEYWORDS.split())
"""Words that SQL reads as its own where a name is expected."""


def table_name(slug: str) -> str:
    """The name that the list of tables shows; in double quotes where SQL needs them.

    >>> table_name("street-trees"), table_name("2024-trees"), table_name("order")
    ('street_trees', '"2024_trees"', '"order"')
    """
    name = slug.replace("-", "_")
    return name if _PLAIN.fullmatch(name) and name not in RESERVED else f'"{name}"'


def column_in_sql(name: str) -> str:
    """A column's machine name as it is written in SQL.

    >>> column_in_sql("height_m"), column_in_sql("at")
    ('height_m', '"at"')
    """
    return f'"{name}"' if name in RESERVED else name


def slug_candidates(name: str) -> tuple[str, ...]:
    """The short names that a name in a statement may mean, the nearest first.

    >>> slug_candidates("Street_Trees")
    ('street_trees', 'street-trees')
    """
    lower = name.lower()
    return tuple(dict.fromkeys((lower, lower.replace("_", "-"))))
