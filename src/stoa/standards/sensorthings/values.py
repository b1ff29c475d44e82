# SPDX-License-Identifier: EUPL-1.2
"""JSON that strangers send: read without what a database cannot keep, and without end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from stoa.ground.problems import Refused
from stoa.ground.words import Saying, say
from stoa.standards.sensorthings import times
from stoa.standards.sensorthings.model import Form, Property
from stoa.standards.sensorthings.problems import body_refused

MOST_DEPTH, MOST_PARTS = 40, 5_000


def read_json(body: bytes | str) -> Any:
    """The value; refused where it is no JSON (RFC 8259), or holds NaN, half letters or the letter zero."""
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        found = json.loads(text, parse_constant=_no_number)
        text.encode("utf-8")
    except (ValueError, RecursionError):
        raise body_refused(say("The body is no JSON that can be read.")) from None
    if "\\u" in text and _is_broken(found):
        raise body_refused(say("A text in the body holds a letter that cannot be kept."))
    if "\0" in text:
        raise body_refused(say("A text in the body holds a letter that cannot be kept."))
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _is_broken(value: Any) -> bool:
    """Whether any text holds U+0000 or half of a pair, which PostgreSQL refuses."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and ("\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one)):
            return True
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False


def within_limits(value: Any, field: str) -> Any:
    """The value itself, unless it is nested too deeply or has too many parts."""
    level, parts, depth = [value], 0, 0
    while level:
        depth, parts = depth + 1, parts + len(level)
        if depth > MOST_DEPTH or parts > MOST_PARTS:
            do = say(
                "At most %(parts)s parts in %(depth)s levels are kept.", parts=MOST_PARTS, depth=MOST_DEPTH
            )
            raise body_refused(say("“%(field)s” is too large or nested too deeply.", field=field), field, do)
        level = [part for one in level for part in _inside(one)]
    return value


def _inside(value: Any) -> list[Any]:
    return [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []


def read_value(known: Property, value: Any) -> Any:
    """A property's value as ours: times as times, the rest as JSON; `Refused` if it does not fit."""
    if value is None and not known.is_needed:
        return None
    return _READ[known.form](known, value)


def unfitting(known: Property, needs: Saying) -> Refused:
    what = say("“%(name)s” does not fit: %(needs)s.", name=known.name, needs=needs)
    return body_refused(what, known.name)


def _text(known: Property, value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 20_000:
        raise unfitting(known, say("it must be a text"))
    return value


def _json(known: Property, value: Any) -> Any:
    return within_limits(value, known.name)


def _object(known: Property, value: Any) -> Any:
    if not isinstance(value, dict):
        raise unfitting(known, say("it must be a JSON object"))
    return within_limits(value, known.name)


def _geometry(known: Property, value: Any) -> Any:
    if value is None:
        raise unfitting(known, say("it must not be empty"))
    return value


def _time(known: Property, value: Any) -> Any:
    try:
        return _TIMES[known.form](value)
    except ValueError:
        raise unfitting(known, say("it must be a time with its offset, e.g. 2026-05-31T12:00:00Z")) from None


_TIMES: dict[Form, Callable[[object], object]] = {
    Form.INSTANT: times.instant_of,
    Form.TIME: times.time_of,
    Form.INTERVAL: times.interval_of,
}


def _unit(known: Property, value: Any) -> Any:
    names = ("name", "symbol", "definition")
    if not isinstance(value, dict) or not all(
        value.get(name) is None or isinstance(value[name], str) for name in names
    ):
        raise unfitting(known, say("it must be a JSON object with name, symbol and definition"))
    return within_limits({**value, **{name: value.get(name) for name in names}}, known.name)


def _units(known: Property, value: Any) -> Any:
    if not isinstance(value, list) or len(value) > 100:
        raise unfitting(known, say("it must be a list"))
    return [_unit(known, one) for one in value]


def _texts(known: Property, value: Any) -> Any:
    if not isinstance(value, list) or len(value) > 100:
        raise unfitting(known, say("it must be a list"))
    return [_text(known, one) for one in value]


_READ: dict[Form, Callable[[Property, Any], Any]] = {
    Form.TEXT: _text,
    Form.JSON: _json,
    Form.OBJECT: _object,
    Form.GEOMETRY: _geometry,
    Form.INSTANT: _time,
    Form.TIME: _time,
    Form.INTERVAL: _time,
    Form.UNIT: _unit,
    Form.UNITS: _units,
    Form.TEXTS: _texts,
}


def write_value(value: Any) -> Any:
    """A value of ours as JSON has it."""
    from stoa.ground.conditions import Period

    return times.time_text(value) if isinstance(value, datetime | Period) else value
