# SPDX-License-Identifier: EUPL-1.2
"""Where each kind of entity lies: its table, its properties as SQL, and how it is joined to others.

`{a}` stands for the alias of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stoa.houses.observations.queries.asking.pieces import Type
from stoa.houses.observations.terms import NO_RESULT_TIME


@dataclass(frozen=True, slots=True)
class Column:
    """A property as SQL."""

    type: Type
    sql: str
    end: str = ""
    """Where a time ends."""
    source: str = ""
    """For places: the query of id, geometry and box of all rows."""
    has_box: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """How another kind is reached: by a key of ours, by a key of theirs, or by a table between."""

    kind: str
    key: str = ""
    """SQL of the id at the other end: there is one."""
    back: str = ""
    """Their column with our id: there are many."""
    hang: str = ""
    """SQL that `{b}`, one of many, hangs on us with the id `{p}`, where no single column says so."""
    between: tuple[str, str, str] = ("", "", "")
    """A table, its column with our id and its column with theirs: there are many."""

    @property
    def is_many(self) -> bool:
        return not self.key


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity."""

    table: str
    columns: Mapping[str, Column]
    ways: Mapping[str, Way]
    only: str = ""
    """Which rows of the table are of this kind."""
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Properties that are objects made of several columns."""


def _text(*names: str) -> dict[str, Column]:
    return {name: Column(Type.TEXT, f"{{a}}.{name}") for name in names}


def _json(*names: str) -> dict[str, Column]:
    return {name: Column(Type.JSON, f"{{a}}.{name}") for name in names}


_ID = {"id": Column(Type.NUMBER, "{a}.id")}
_PLACE = "select x.id, x.{name}, x.box from observations_{table} x"
_STANDS = ("observations_thinglocation", "thing_id", "location_id")
_STOOD = ("observations_historicalplace", "historical_location_id", "location_id")
_PARTS = ("observations_datastreampart", "datastream_id", "observed_property_id")
_STATE = "(select s.{column} from observations_seriesstate s where s.datastream_id = {{a}}.id)"

FEATURE = """coalesce({a}.feature_id, (
  select f.id from observations_datastream fd
  join observations_historicallocation fh on fh.thing_id = fd.thing_id
  join observations_historicalplace fp on fp.historical_location_id = fh.id
  join observations_featureofinterest f on f.made_of_location_id = fp.location_id
  where fd.id = {a}.datastream_id
  order by (fh.time <= {a}.at) desc, case when fh.time <= {a}.at then fh.time end desc, fh.time, fp.id limit 1))"""
"""What an observation speaks of: what was told, else where the thing stood then, else where it first stood."""

_SPOKEN_OF = f"""({{b}}.feature_id = {{p}} or ({{b}}.feature_id is null and {{b}}.datastream_id in (
  select hd.id from observations_featureofinterest hf
  join observations_historicalplace hp on hp.location_id = hf.made_of_location_id
  join observations_historicallocation hl on hl.id = hp.historical_location_id
  join observations_datastream hd on hd.thing_id = hl.thing_id
  where hf.id = {{p}}) and {FEATURE.replace("{a}", "{b}")} = {{p}}))"""


def _area() -> Column:
    area = "coalesce({a}.observed_area, (select t.place from observations_thing t where t.id = {a}.thing_id))"
    source = (
        "select x.id, coalesce(x.observed_area, t.place), t.box from observations_datastream x"
        " join observations_thing t on t.id = x.thing_id"
    )
    return Column(Type.SHAPE, area, source=source, has_box=False)


def _span(begin: str, end: str) -> Column:
    return Column(Type.TIME, _STATE.format(column=begin), end=_STATE.format(column=end))


_SERIES = {
    **_ID,
    **_text("name", "description", "observation_type"),
    **_json("properties"),
    "observed_area": _area(),
    "phenomenon_time": _span("first_at", "last_until"),
    "result_time": _span("first_result_at", "last_result_at"),
}
_OF_SERIES = {
    "thing": Way("thing", "{a}.thing_id"),
    "sensor": Way("sensor", "{a}.sensor_id"),
    "observations": Way("observation", back="datastream_id"),
}
_UNIT = {part: f"{{a}}.unit_{part}" for part in ("name", "symbol", "definition")}
_NOT_TOLD = f"timestamptz '{NO_RESULT_TIME}'"
_RESULT_TIME = f"nullif({{a}}.result_at, {_NOT_TOLD})"


def _to_series(key: str, **multi: tuple[str, str, str]) -> dict[str, Way]:
    between = multi.get("between")
    return {
        "datastreams": Way("datastream", back=key),
        "multi_datastreams": Way("multi_datastream", between=between)
        if between
        else Way("multi_datastream", back=key),
    }


KINDS: Mapping[str, Kind] = {
    "thing": Kind(
        "observations_thing",
        {**_ID, **_text("name", "description"), **_json("properties")},
        {
            "locations": Way("location", between=_STANDS),
            "historical_locations": Way("historical_location", back="thing_id"),
            **_to_series("thing_id"),
        },
    ),
    "location": Kind(
        "observations_location",
        {
            **_ID,
            **_text("name", "description", "encoding_type"),
            **_json("properties"),
            "location": Column(
                Type.SHAPE, "{a}.location", source=_PLACE.format(name="location", table="location")
            ),
        },
        {
            "things": Way("thing", between=(_STANDS[0], _STANDS[2], _STANDS[1])),
            "historical_locations": Way("historical_location", between=(_STOOD[0], _STOOD[2], _STOOD[1])),
        },
    ),
    "historical_location": Kind(
        "observations_historicallocation",
        {**_ID, "time": Column(Type.TIME, "{a}.time", "{a}.time")},
        {"thing": Way("thing", "{a}.thing_id"), "locations": Way("location", between=_STOOD)},
    ),
    "datastream": Kind(
        "observations_datastream",
        _SERIES,
        {**_OF_SERIES, "observed_property": Way("observed_property", "{a}.observed_property_id")},
        "{a}.multi is null",
        {"unit_of_measurement": _UNIT},
    ),
    "multi_datastream": Kind(
        "observations_datastream",
        {
            **_SERIES,
            "unit_of_measurements": Column(Type.JSON, "{a}.multi"),
            "multi_observation_data_types": Column(
                Type.JSON,
                "(select jsonb_agg(m -> 'observation_type') from jsonb_array_elements({a}.multi) m)",
            ),
        },
        {**_OF_SERIES, "observed_properties": Way("observed_property", between=_PARTS)},
        "{a}.multi is not null",
    ),
    "sensor": Kind(
        "observations_sensor",
        {**_ID, **_text("name", "description", "encoding_type"), **_json("metadata", "properties")},
        _to_series("sensor_id"),
    ),
    "observed_property": Kind(
        "observations_observedproperty",
        {**_ID, **_text("name", "description", "definition"), **_json("properties")},
        _to_series("observed_property_id", between=(_PARTS[0], _PARTS[2], _PARTS[1])),
    ),
    "feature_of_interest": Kind(
        "observations_featureofinterest",
        {
            **_ID,
            **_text("name", "description", "encoding_type"),
            **_json("properties"),
            "feature": Column(
                Type.SHAPE, "{a}.feature", source=_PLACE.format(name="feature", table="featureofinterest")
            ),
        },
        {"observations": Way("observation", hang=_SPOKEN_OF)},
    ),
    "observation": Kind(
        "observations_observation",
        {
            "id": Column(Type.KEY, "{a}"),
            "phenomenon_time": Column(Type.TIME, "{a}.at", "coalesce({a}.until, {a}.at)"),
            "result_time": Column(Type.TIME, _RESULT_TIME, _RESULT_TIME),
            "result": Column(Type.RESULT, "{a}"),
            "result_quality": Column(
                Type.JSON, "coalesce({a}.extra -> 'resultQuality', to_jsonb({a}.quality))"
            ),
            "parameters": Column(Type.JSON, "({a}.extra -> 'parameters')"),
            "valid_time": Column(
                Type.TIME,
                "split_part({a}.extra ->> 'validTime', '/', 1)::timestamptz",
                "split_part({a}.extra ->> 'validTime', '/', 2)::timestamptz",
            ),
        },
        {
            "datastream": Way("datastream", "{a}.datastream_id"),
            "multi_datastream": Way("multi_datastream", "{a}.datastream_id"),
            "feature_of_interest": Way("feature_of_interest", FEATURE),
        },
    ),
}
