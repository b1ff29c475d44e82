# SPDX-License-Identifier: EUPL-1.2
"""What writers must know of series: plain psycopg, so that a process without Django can ask too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from stoa.houses.observations.rules.judging import Series
from stoa.houses.observations.terms import ResultType

_ASK = """
select d.id, d.city_id, d.thing_id, t.department_id, d.result_type, d.access = 'open' and t.access = 'open',
  coalesce(d.properties->>'forecast', '') = 'true',
  case jsonb_typeof(d.multi) when 'array' then jsonb_array_length(d.multi) else 0 end,
  d.unit_code, d.unit_symbol, d.unit_name, d.unit_definition, d.observed_property_id, t.awaits_entry
from observations_datastream d join observations_thing t on t.id = d.thing_id
"""
_KINDS = {kind.value: kind for kind in ResultType}


def series_by_id(cursor: psycopg.Cursor[Any], ids: Iterable[int]) -> dict[int, Series]:
    """The series with these numbers that may be seen by the connection; one query.

    Senders write any number; one that no series can have must not cost those that came with it.
    """
    cursor.execute(_ASK + " where d.id = any(%s::bigint[])", [[pk for pk in ids if 0 < pk < 2**63]])
    return {series.pk: series for series in _read(cursor)}


def all_series(cursor: psycopg.Cursor[Any]) -> dict[int, Series]:
    """Every series that may be seen by the connection; one query."""
    cursor.execute(_ASK)
    return {series.pk: series for series in _read(cursor)}


def _read(cursor: psycopg.Cursor[Any]) -> Iterator[Series]:
    units: dict[frozenset[str], frozenset[str]] = {}
    for pk, city, thing, department, kind, is_open, is_forecast, parts, *told, observed, awaits in cursor:
        unit = frozenset(name for name in told if name)
        yield Series(
            pk,
            city,
            thing,
            department,
            _KINDS[kind],
            is_open,
            is_forecast,
            parts,
            units.setdefault(unit, unit),
            observed,
            awaits,
        )
