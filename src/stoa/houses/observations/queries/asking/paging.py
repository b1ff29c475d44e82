# SPDX-License-Identifier: EUPL-1.2
"""The order of a page and where the next one begins: after the last row by its keys, never by counting rows.

Ascending, what is nothing comes first (18-088, clause 9.3.3.4); descending, last.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from stoa.ground.conditions import Order, Period
from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.conditions import value_of
from stoa.houses.observations.queries.asking.joins import Joins
from stoa.houses.observations.queries.asking.pieces import Sql, Type, Value, joined, put, refused, unfitting
from stoa.houses.observations.queries.asking.questions import Found
from stoa.houses.observations.rules.ids import key_of
from stoa.houses.observations.rules.instants import moment_of

_CASTS = {
    Type.TEXT: "text",
    Type.NUMBER: "float8",
    Type.TRUTH: "boolean",
    Type.TIME: "timestamptz",
    Type.DATE: "date",
    Type.CLOCK: "time",
    Type.DURATION: "interval",
    Type.JSON: "jsonb",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the order."""

    sql: Sql
    cast: str
    is_down: bool = False
    is_always: bool = False
    """Never nothing."""


def keys_of(order: Sequence[Order], joins: Joins) -> list[Key]:
    """The keys that were asked, and the id, so that no two rows are level."""
    keys = [key for one in order for key in _keys(value_of(one.by, joins), is_down=one.is_down)]
    if joins.kind != "observation":
        return [*keys, Key(Sql(f"{joins.alias}.id"), "bigint", is_always=True)]
    known = {key.sql.text for key in keys}
    is_down = bool(keys) and keys[-1].is_down
    last = [Key(Sql(f"{joins.alias}.{name}"), cast, is_down, is_always=True) for name, cast in _OBSERVATION]
    return [*keys, *(key for key in last if key.sql.text not in known)]


_OBSERVATION = (("datastream_id", "bigint"), ("at", "timestamptz"), ("result_at", "timestamptz"))


def _keys(value: Value, *, is_down: bool) -> list[Key]:
    if value.type is Type.RESULT:
        alias = value.sql.text
        return [
            Key(Sql(f"{alias}.number"), "float8", is_down),
            Key(Sql(f'{alias}.text collate "C"'), "text", is_down),
            Key(Sql(f"{alias}.json"), "jsonb", is_down),
        ]
    if value.type is Type.KEY:
        alias = value.sql.text
        return [Key(Sql(f"{alias}.{name}"), cast, is_down, is_always=True) for name, cast in _OBSERVATION]
    if value.type not in _CASTS:
        raise unfitting("$orderby")
    sql = put('({}) collate "C"', value.sql) if value.type is Type.TEXT else value.sql
    is_always = sql.text.endswith((".at", ".id")) and "(" not in sql.text and not sql.text.startswith("j")
    return [Key(sql, _CASTS[value.type], is_down, is_always)]


def order_by(keys: Sequence[Key]) -> Sql:
    return joined(", ", [put(f"{{}} {_direction(key)}", key.sql) for key in keys])


def _direction(key: Key) -> str:
    if key.is_always:
        return "desc" if key.is_down else "asc"
    return "desc nulls last" if key.is_down else "asc nulls first"


def after(keys: Sequence[Key], last: Sequence[Any]) -> Sql:
    """The rows behind the row with these key values."""
    if all(key.is_always for key in keys) and len({key.is_down for key in keys}) == 1:
        row = joined(", ", [key.sql for key in keys])
        values = joined(", ", [_given(key, value) for key, value in zip(keys, last, strict=True)])
        return put(f"(({{}}) {'<' if keys[0].is_down else '>'} ({{}}))", row, values)
    choices: list[Sql] = []
    level: list[Sql] = []
    for key, value in zip(keys, last, strict=True):
        behind = _behind(key, value)
        if behind is not None:
            choices.append(joined(" and ", [*level, behind]))
        level.append(put("{} is not distinct from {}", key.sql, _given(key, value)))
    return put("({})", joined(" or ", [put("({})", one) for one in choices]))


def _behind(key: Key, value: Any) -> Sql | None:
    """Later in the order of this key alone; None if nothing can be."""
    if value is None:
        return None if key.is_down else put("{} is not null", key.sql)
    if not key.is_down:
        return put("{} > {}", key.sql, _given(key, value))
    smaller = put("{} < {}", key.sql, _given(key, value))
    return smaller if key.is_always else put("({} or {} is null)", smaller, key.sql)


def _given(key: Key, value: Any) -> Sql:
    return Sql(f"%s::{key.cast}", (value,))


def token_of(values: Sequence[Any]) -> str:
    """Key values as a text that fits into an address."""
    told = json.dumps([_told(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _told(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value / timedelta(microseconds=1):.0f} microseconds"
    return value


def read_token(token: str, keys: Sequence[Key]) -> list[Any]:
    """The key values of a token; refused if it was not made by this order."""
    try:
        padded = token + "=" * (-len(token) % 4)
        found = (
            json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if len(token) < 20_000
            else None
        )
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if (
        not isinstance(found, list)
        or len(found) != len(keys)
        or not all(_fits(one, key) for one, key in zip(found, keys, strict=True))
    ):
        raise _no_token()
    return found


_FITS: dict[str, tuple[type, ...]] = {"bigint": (int,), "float8": (int, float), "boolean": (bool,)}


def _fits(value: object, key: Key) -> bool:
    if value is None:
        return not key.is_always
    if isinstance(value, bool) and key.cast != "boolean":
        return False
    return isinstance(value, _FITS.get(key.cast, (str,))) and not (isinstance(value, str) and "\0" in value)


def _no_token() -> Refused:
    return refused(say("The address of the next page was changed, so nothing can be found there."))


def begin_of(found: Found) -> datetime:
    """When an observation was so."""
    time: Any = found.values["phenomenon_time"]
    if isinstance(time, Period):
        time = time.begins
    assert isinstance(time, datetime)  # every observation has a time
    return time


def token_after(found: Found) -> str:
    """The token of the page behind an observation, in the order of series and time."""
    key = key_of(str(found.id))
    assert key is not None  # the id is ours
    return token_of([key.series, moment_of(key.at), moment_of(key.result_at)])
