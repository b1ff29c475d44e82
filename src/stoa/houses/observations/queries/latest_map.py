# SPDX-License-Identifier: EUPL-1.2
"""The latest of every series in a box as one GeoJSON text, made by the database itself: plain psycopg."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from stoa.ground.geometry import Box

_VISIBLE = "((d.access = 'open' and t.access = 'open') or %(all)s or t.department_id = any(%(departments)s::bigint[]))"
_LATEST = f"""
select '{{"type":"FeatureCollection","features":[' || coalesce(string_agg(
  '{{"type":"Feature","id":' || s.datastream_id || ',"geometry":' || coalesce(s.place::text, 'null')
  || ',"properties":{{"datastream":' || s.datastream_id || ',"thing":' || s.thing_id
  || ',"name":' || to_json(s.thing_name) || ',"series":' || to_json(s.name) || ',"property":' || s.observed_property_id
  || ',"unit":' || to_json(s.unit_symbol)
  || ',"at":"' || to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  || '","result":' || coalesce(
       case when s.number is null then null when s.result_type = 'truth' then (s.number <> 0)::text else s.number::text end,
       to_json(s.text)::text, s.json::text, 'null')
  || ',"quality":' || s.quality || '}}}}', ','), '') || ']}}'
from (
  select s.datastream_id, s.at, s.number, s.text, s.json, s.quality, d.name, d.observed_property_id, d.unit_symbol,
    d.result_type, t.id as thing_id, t.name as thing_name, t.place
  from observations_seriesstate s
  join observations_datastream d on d.id = s.datastream_id
  join observations_thing t on t.id = d.thing_id
  where s.city_id = %(city)s and s.box && box(point(%(east)s, %(north)s), point(%(west)s, %(south)s))
    and s.at is not null and {_VISIBLE} and (%(property)s::bigint is null or d.observed_property_id = %(property)s)
  limit %(most)s
) s
"""


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
    return str(found[0]).encode() if found else b""


def series_inside(cursor: psycopg.Cursor[Any], *, city: int, box: Box) -> list[int]:
    """Series whose thing stands in the box; one query."""
    cursor.execute(
        "select datastream_id from observations_seriesstate where city_id = %s"
        " and box && box(point(%s, %s), point(%s, %s))",
        [city, box.east, box.north, box.west, box.south],
    )
    return [found[0] for found in cursor.fetchall()]
