# SPDX-License-Identifier: EUPL-1.2
"""Which columns each kind needs, and how a row becomes an entity."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from stoa.ground.conditions import Period
from stoa.houses.observations.queries.asking.questions import Found, Id
from stoa.houses.observations.queries.asking.tables import FEATURE
from stoa.houses.observations.rules.ids import id_of
from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.terms import ResultType

Row = Mapping[str, Any]

_STATE = ("count", "first_at", "last_until", "first_result_at", "last_result_at")
_SERIES = (
    "id", "name", "description", "properties", "observation_type", "thing_id", "sensor_id", "observed_property_id",
    "unit_name", "unit_symbol", "unit_definition", "multi",
)  # fmt: skip
_PLACE = "(select t.place from observations_thing t where t.id = {a}.thing_id)"


def _own(*names: str) -> dict[str, str]:
    return {name: f"{{a}}.{name}" for name in names}


def _series() -> dict[str, str]:
    state = {
        f"state_{name}": f"(select s.{name} from observations_seriesstate s where s.datastream_id = {{a}}.id)"
        for name in _STATE
    }
    return {**_own(*_SERIES), **state, "observed_area": f"coalesce({{a}}.observed_area, {_PLACE})"}


COLUMNS: Mapping[str, Mapping[str, str]] = {
    "thing": _own("id", "name", "description", "properties"),
    "location": _own("id", "name", "description", "encoding_type", "location", "properties"),
    "historical_location": _own("id", "time", "thing_id"),
    "datastream": _series(),
    "multi_datastream": _series(),
    "sensor": _own("id", "name", "description", "encoding_type", "metadata", "properties"),
    "observed_property": _own("id", "name", "definition", "description", "properties"),
    "feature_of_interest": _own("id", "name", "description", "encoding_type", "feature", "properties"),
    "observation": {
        **_own("datastream_id", "at", "result_at", "until", "number", "text", "json", "quality", "extra"),
        "result_type": "(select d.result_type from observations_datastream d where d.id = {a}.datastream_id)",
        "is_multi": "(select d.multi is not null from observations_datastream d where d.id = {a}.datastream_id)",
        "told_feature_id": "{a}.feature_id",
        "feature_id": FEATURE,
    },
}
"""What is read of each kind, by the name that the row has it under."""

_JSON = frozenset(
    {"properties", "location", "feature", "metadata", "multi", "observed_area", "json", "extra"}
)
DEAR = frozenset({"feature_id"})
"""Costs a look into other tables for each row; only read where somebody wants it."""


def entity_of(kind: str, row: dict[str, Any]) -> Found:
    """The entity of a row."""
    for name in _JSON & row.keys():
        if isinstance(row[name], str):
            row[name] = json.loads(row[name])
    made = _MAKE.get(kind, _plain)
    identity, values = made(row)
    return Found(kind, identity, values)


def _plain(row: Row) -> tuple[Id, dict[str, Any]]:
    values = {name: value for name, value in row.items() if name != "id"}
    if values.get("properties") == {}:
        values["properties"] = None
    return row["id"], values


def _datastream(row: Row) -> tuple[Id, dict[str, Any]]:
    identity, values = _plain(
        {name: value for name, value in row.items() if not name.startswith(("unit_", "state_"))}
    )
    unit = {part: row[f"unit_{part}"] or None for part in ("name", "symbol", "definition")}
    multi = row["multi"]
    values |= {
        "unit_of_measurement": unit,
        "phenomenon_time": _period(row["state_first_at"], row["state_last_until"]),
        "result_time": _period(row["state_first_result_at"], row["state_last_result_at"]),
        "observed_area": row["observed_area"] if row["state_count"] else None,
    }
    if multi is not None:
        values["unit_of_measurements"] = [_unit(part) for part in multi]
        values["multi_observation_data_types"] = [part.get("observation_type") for part in multi]
    return identity, values


def _unit(part: Mapping[str, Any]) -> dict[str, Any]:
    told = part.get("unit") if isinstance(part.get("unit"), dict) else {}
    return {name: (told or {}).get(name) for name in ("name", "symbol", "definition")}


def _period(begins: datetime | None, ends: datetime | None) -> Period | None:
    return Period(utc(begins), utc(ends)) if begins is not None and ends is not None else None


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _historical(row: Row) -> tuple[Id, dict[str, Any]]:
    return row["id"], {"time": utc(row["time"]), "thing_id": row["thing_id"]}


def _observation(row: Row) -> tuple[Id, dict[str, Any]]:
    at, until, made_at = utc(row["at"]), row["until"], us_of(utc(row["result_at"]))
    extra = row["extra"] or {}
    owner = "multi_datastream_id" if row["is_multi"] else "datastream_id"
    values = {
        "phenomenon_time": at if until is None else Period(at, utc(until)),
        "result_time": None if made_at == NO_RESULT_US else utc(row["result_at"]),
        "result": result_of(row),
        "result_quality": extra.get("resultQuality"),
        "valid_time": _valid(extra.get("validTime")),
        "parameters": extra.get("parameters"),
        "quality": row["quality"],
        owner: row["datastream_id"],
        "feature_of_interest_id": row.get("feature_id"),
        "told_feature_id": row["told_feature_id"],
        "without": ("datastream",) if row["is_multi"] else ("multi_datastream",),
    }
    return id_of(row["datastream_id"], us_of(at), made_at), values


def _valid(told: object) -> Period | None:
    begins, _slash, ends = told.partition("/") if isinstance(told, str) else ("", "", "")
    try:
        return Period(datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    except ValueError:
        return None


def result_of(row: Row) -> Any:
    """The result as its series says: whole numbers are told without a point."""
    number = row["number"]
    if number is None:
        return row["text"] if row["text"] is not None else row["json"]
    if row["result_type"] == ResultType.TRUTH:
        return bool(number)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


_MAKE: Mapping[str, Callable[[Row], tuple[Id, dict[str, Any]]]] = {
    "datastream": _datastream,
    "multi_datastream": _datastream,
    "historical_location": _historical,
    "observation": _observation,
}
