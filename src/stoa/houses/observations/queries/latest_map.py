# SPDX-License-Identifier: EUPL-1.2
"""The latest of every series in a box as one GeoJSON text, made by the database itself: plain psycopg."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from stoa.ground.geometry import Box

_VISIBLE = (
    "((d.access = 'open' and t.is_open) or %(all)s or t.department_id = any(%(departments)s::bigint[]))"
)
_LATEST = f"""
with t as materialized (
  select id, department_id, access = 'open' as is_open,
    coalesce(place::text, 'null') || ',"properties":{{"thing":' || id || ',"name":' || to_json(name) as head
  from observations_thing where city_id = %(city)s and box && box(point(%(east)s, %(north)s), point(%(west)s, %(south)s))
)
select convert_to('{{"type":"FeatureCollection","features":[' || coalesce(string_agg(concat(
  '{{"type":"Feature","id":', s.id, ',"geometry":', s.head, ',"datastream":', s.id, ',"series":', to_json(s.name),
  ',"property":', s.observed_property_id, ',"unit":', to_json(s.unit_symbol),
  ',"at":', left(to_json(s.at at time zone 'UTC')::text, -1), 'Z","result":',
  case when s.number is not null then case when s.result_type = 'truth' then (s.number <> 0)::text else s.number::text end
    else coalesce(to_json(s.text)::text, s.json::text, 'null') end,
  ',"quality":', s.quality, '}}}}'), ','), '') || ']}}', 'UTF8')
from (
  select s.at, s.number, s.text, s.json, s.quality, d.id, d.name, d.observed_property_id, d.unit_symbol, d.result_type, t.head
  from t join observations_datastream d on d.thing_id = t.id
  join observations_seriesstate s on s.datastream_id = d.id
  where s.at is not null and {_VISIBLE} and (%(property)s::bigint is null or d.observed_property_id = %(property)s)
  limit %(most)s
) s
"""
"""What a thing says is written once for all of its series."""


def latest_map(
    cursor: psycopg.Cursor[Any],
    *,
    city: int,
    departments: Iterable[int] | None,
    box: Box,
    observed_property: int | None,
    most: int,
) -> bytes:
    """Series that are open, or internal ones of these departments (None: of all), at most `most` of them; one query."""
    cursor.execute(
        _LATEST,
        {
            "city": city,
            "all": departments is None,
            "departments": sorted(departments or ()),
            **box._asdict(),
            "property": observed_property,
            "most": most,
        },
    )
    found = cursor.fetchone()
    return bytes(found[0]) if found else b""


def series_inside(cursor: psycopg.Cursor[Any], *, city: int, box: Box) -> list[int]:
    """Series whose thing stands in the box; one query."""
    cursor.execute(
        "select datastream_id from observations_seriesstate where city_id = %s"
        " and box && box(point(%s, %s), point(%s, %s))",
        [city, box.east, box.north, box.west, box.south],
    )
    return [found[0] for found in cursor.fetchall()]
