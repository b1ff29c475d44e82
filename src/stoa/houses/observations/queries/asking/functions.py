# SPDX-License-Identifier: EUPL-1.2
"""Operators and functions of conditions as SQL, with what they do to texts, numbers and times (OData 4, 11.2.6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from stoa.houses.observations.queries.asking.pieces import Sql, Type, Value, joined, put, unfitting
from stoa.houses.observations.rules.ids import key_of
from stoa.houses.observations.rules.instants import moment_of

_SAME = "same"
"""Like `eq`, where both sides may be nothing, and then are equal."""
_EQUAL = frozenset({"eq", "ne", _SAME})
SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_DYNAMIC = {Type.JSON, Type.RESULT}
_NULL = Sql("null")

# -- one type as another


def as_text(value: Value, name: str) -> Sql:
    """The text, nothing where a part of JSON or a result is none."""
    if value.type is Type.TEXT:
        return value.sql
    if value.type is Type.RESULT:
        a = value.sql.text
        return Sql(
            f"coalesce({a}.text, case when jsonb_typeof({a}.json) = 'string' then {a}.json #>> '{{}}' end)"
        )
    if value.type is Type.JSON:
        return put("(case when jsonb_typeof({}) = 'string' then {} #>> '{{}}' end)", value.sql, value.sql)
    return _nothing_or_unfitting(value, "text", name)


def as_number(value: Value, name: str) -> Sql:
    if value.type is Type.NUMBER:
        return value.sql
    if value.type is Type.RESULT:
        a = value.sql.text
        of_json = f"case when jsonb_typeof({a}.json) = 'number' then ({a}.json #>> '{{}}')::float8 end"
        return Sql(f"coalesce({a}.number, {of_json})")
    if value.type is Type.JSON:
        return put(
            "(case when jsonb_typeof({}) = 'number' then ({} #>> '{{}}')::float8 end)", value.sql, value.sql
        )
    return _nothing_or_unfitting(value, "float8", name)


def as_real(value: Value, name: str) -> Sql:
    """A number that is not whole, so that dividing does not cut off."""
    return put("({})::float8", as_number(value, name))


def as_truth(value: Value, name: str) -> Sql:
    if value.type is Type.TRUTH:
        return value.sql
    if value.type is Type.RESULT:
        a = value.sql.text
        return Sql(f"coalesce({a}.number = 1, {a}.json = 'true'::jsonb)")
    if value.type is Type.JSON:
        return put(
            "(case when jsonb_typeof({}) = 'boolean' then {} = 'true'::jsonb end)", value.sql, value.sql
        )
    return _nothing_or_unfitting(value, "boolean", name)


def as_time(value: Value, name: str) -> tuple[Sql, Sql]:
    """Begin and end; a day is its first instant (UTC)."""
    if value.type is Type.TIME:
        return value.sql, value.end or value.sql
    if value.type is Type.DATE:
        at = put("({}::timestamp at time zone 'UTC')", value.sql)
        return at, at
    if value.type in _DYNAMIC:
        text = as_text(value, name)
        at = put("(case when pg_input_is_valid({}, 'timestamptz') then ({})::timestamptz end)", text, text)
        return at, at
    nothing = _nothing_or_unfitting(value, "timestamptz", name)
    return nothing, nothing


def _nothing_or_unfitting(value: Value, type_name: str, name: str) -> Sql:
    if value.type is Type.NOTHING:
        return Sql(f"null::{type_name}")
    raise unfitting("eq" if name == _SAME else name)


# -- comparison


def compared(name: str, left: Value, right: Value) -> Value:
    """`eq ne gt ge lt le`: what is nothing is equal to nothing and neither more nor less than anything."""
    if Type.NOTHING in {left.type, right.type}:
        return truth(_with_nothing(name, left, right))
    if Type.KEY in {left.type, right.type}:
        return truth(_keys(name, left, right))
    if name == "eq" and not (left.is_told or right.is_told):
        name = _SAME
    if {left.type, right.type} == {Type.DATE}:
        return _simply(name, left.sql, right.sql)
    if Type.TIME in {left.type, right.type} or Type.DATE in {left.type, right.type}:
        return truth(_times(name, as_time(left, name), as_time(right, name)))
    for kind in (Type.CLOCK, Type.DURATION):
        if kind in {left.type, right.type}:
            if left.type is not right.type:
                raise unfitting(name)
            return _simply(name, left.sql, right.sql)
    if left.type is right.type is Type.JSON and name in _EQUAL:
        return _simply(name, left.sql, right.sql)
    return _simple_types(name, left, right)


def _simple_types(name: str, left: Value, right: Value) -> Value:
    types = {left.type, right.type}
    if Type.TEXT in types:
        collated = '{} collate "C"' if name not in _EQUAL else "{}"
        return _simply(name, put(collated, as_text(left, name)), as_text(right, name))
    if Type.TRUTH in types:
        return _simply(name, as_truth(left, name), as_truth(right, name))
    return _simply(name, as_number(left, name), as_number(right, name))


def _simply(name: str, left: Sql, right: Sql) -> Value:
    if name in {"ne", _SAME}:
        words = "is distinct from" if name == "ne" else "is not distinct from"
        return truth(put(f"({{}} {words} {{}})", left, right))
    return truth(put(f"({{}} {SIGNS[name]} {{}})", left, right))


def _with_nothing(name: str, left: Value, right: Value) -> Sql:
    if name not in {"eq", "ne"}:
        return Sql("false")
    value = right if left.type is Type.NOTHING else left
    wanted = "is null" if name == "eq" else "is not null"
    if value.type is Type.NOTHING:
        return Sql("true" if name == "eq" else "false")
    if value.type is Type.RESULT:
        nothing = Sql(
            f"({value.sql.text}.number is null and {value.sql.text}.text is null and {value.sql.text}.json is null)"
        )
        return nothing if name == "eq" else put("(not {})", nothing)
    if value.type is Type.KEY:
        return Sql(f"({value.sql.text}.datastream_id {wanted})")
    if value.type is Type.JSON:
        nullif = put("nullif({}, 'null'::jsonb)", value.sql)
        return put(f"({{}} {wanted})", nullif)
    return put(f"({{}} {wanted})", value.sql)


def _keys(name: str, left: Value, right: Value) -> Sql:
    """An observation by its id, which the index finds."""
    column, written = (left, right) if left.type is Type.KEY else (right, left)
    if name not in {"eq", "ne"} or not isinstance(written.written, str):
        raise unfitting(name)
    key = key_of(written.written)
    if key is None:
        return Sql("false" if name == "eq" else "true")
    a = column.sql.text
    is_it = Sql(
        f"({a}.datastream_id = %s and {a}.at = %s and {a}.result_at = %s)",
        (key.series, moment_of(key.at), moment_of(key.result_at)),
    )
    return is_it if name == "eq" else put("({} is not true)", is_it)


def _times(name: str, left: tuple[Sql, Sql], right: tuple[Sql, Sql]) -> Sql:
    """Intervals are after one another, or equal; an instant is an interval without length."""
    (b1, e1), (b2, e2) = left, right
    if name == "eq":
        return put("({} = {} and {} = {})", b1, b2, e1, e2)
    if name in {"ne", _SAME}:
        words = "is distinct from" if name == "ne" else "is not distinct from"
        return put(f"(({{}}, {{}}) {words} ({{}}, {{}}))", b1, e1, b2, e2)
    if name == "gt":
        return put("({} > {})", b1, e2)
    if name == "ge":
        return put("({} >= {})", b1, b2)
    # The begin is no later than the end: said twice, because only the begin is in the index.
    if name == "lt":
        return _narrowed(put("({} < {})", e1, b2), b1, e1, put("({} < {})", b1, b2))
    return _narrowed(put("({} <= {})", e1, e2), b1, e1, put("({} <= {})", b1, e2))


def _narrowed(condition: Sql, begin: Sql, end: Sql, more: Sql) -> Sql:
    return condition if begin == end else put("({} and {})", condition, more)


def truth(sql: Sql) -> Value:
    return Value(Type.TRUTH, sql)


# -- arithmetic


def _plus(name: str, left: Value, right: Value) -> Value:
    sign = "+" if name == "add" else "-"
    if right.type is Type.DURATION:
        if left.type is Type.DURATION:
            return Value(Type.DURATION, put(f"({{}} {sign} {{}})", left.sql, right.sql))
        begin, end = as_time(left, name)
        return Value(
            Type.TIME,
            put(f"({{}} {sign} {{}})", begin, right.sql),
            put(f"({{}} {sign} {{}})", end, right.sql),
        )
    if name == "add" and left.type is Type.DURATION:
        return _plus(name, right, left)
    if name == "sub" and Type.TIME in {left.type, right.type}:
        return Value(Type.DURATION, put("({} - {})", as_time(left, name)[0], as_time(right, name)[0]))
    return _number(put(f"({{}} {sign} {{}})", as_real(left, name), as_real(right, name)))


def _number(sql: Sql) -> Value:
    return Value(Type.NUMBER, sql)


def _mod(name: str, left: Value, right: Value) -> Value:
    a, b = as_real(left, name), as_real(right, name)
    return _number(put("mod({}::numeric, nullif({}::numeric, 0))::float8", a, b))


# -- functions


def _substring(name: str, text: Value, begin: Value, most: Value | None = None) -> Value:
    start = put("greatest(trunc({})::int, 0) + 1", as_real(begin, name))
    if most is None:
        return Value(Type.TEXT, put("substr({}, {})", as_text(text, name), start))
    length = put("greatest(trunc({})::int, 0)", as_real(most, name))
    return Value(Type.TEXT, put("substr({}, {}, {})", as_text(text, name), start, length))


def _texts(template: str, result: Type = Type.TEXT) -> Callable[..., Value]:
    return lambda name, *args: Value(result, put(template, *(as_text(one, name) for one in args)))


def _ends_with(name: str, text: Value, end: Value) -> Value:
    tail = as_text(end, name)
    return truth(put("(right({}, length({})) = {})", as_text(text, name), tail, tail))


def _rounded(template: str) -> Callable[..., Value]:
    def made(name: str, value: Value) -> Value:
        return _number(put(template, as_real(value, name)))

    return made


def _part(field: str) -> Callable[..., Value]:
    """A part of an instant in UTC."""

    def made(name: str, value: Value) -> Value:
        if value.type is Type.CLOCK:
            return _number(put(f"extract({field} from {{}})::float8", value.sql))
        at = put("({} at time zone 'UTC')", as_time(value, name)[0])
        if field == "second":
            return _number(put("floor(extract(second from {}))::float8", at))
        return _number(put(f"extract({field} from {{}})::float8", at))

    return made


def _fraction(name: str, value: Value) -> Value:
    at = value.sql if value.type is Type.CLOCK else as_time(value, name)[0]
    return _number(put("((extract(microseconds from {})::bigint %% 1000000) / 1000000.0::float8)", at))


def _day(name: str, value: Value) -> Value:
    return Value(Type.DATE, put("({} at time zone 'UTC')::date", as_time(value, name)[0]))


def _clock(name: str, value: Value) -> Value:
    return Value(Type.CLOCK, put("({} at time zone 'UTC')::time", as_time(value, name)[0]))


def _offset(name: str, value: Value) -> Value:
    """Times are kept in UTC."""
    return _number(put("(case when {} is not null then 0.0::float8 end)", as_time(value, name)[0]))


def _instant(sql: str) -> Callable[..., Value]:
    return lambda _name: Value(Type.TIME, Sql(sql), Sql(sql))


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "add": _plus,
    "sub": _plus,
    "mul": lambda name, a, b: _number(put("({} * {})", as_real(a, name), as_real(b, name))),
    "div": lambda name, a, b: _number(put("({} / nullif({}, 0))", as_real(a, name), as_real(b, name))),
    "mod": _mod,
    "neg": lambda name, a: _number(put("(- {})", as_real(a, name))),
    "substringof": lambda name, part, text: truth(
        put("(strpos({}, {}) > 0)", as_text(text, name), as_text(part, name))
    ),
    "startswith": _texts("starts_with({}, {})", Type.TRUTH),
    "endswith": _ends_with,
    "length": _texts("length({})", Type.NUMBER),
    "indexof": _texts("(strpos({}, {}) - 1)", Type.NUMBER),
    "substring": _substring,
    "tolower": _texts("lower({})"),
    "toupper": _texts("upper({})"),
    "trim": _texts("btrim({}, E' \\t\\r\\n')"),
    "concat": _texts("({} || {})"),
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "second": _part("second"),
    "fractionalseconds": _fraction,
    "date": _day,
    "time": _clock,
    "totaloffsetminutes": _offset,
    "now": _instant("now()"),
    "mindatetime": _instant("'-infinity'::timestamptz"),
    "maxdatetime": _instant("'infinity'::timestamptz"),
    "round": _rounded("round(({})::numeric)::float8"),
    "floor": _rounded("floor({})"),
    "ceiling": _rounded("ceil({})"),
}


def called(name: str, args: Sequence[Value]) -> Value:
    """A function or an arithmetic operator on values."""
    make = FUNCTIONS.get(name)
    if make is None:
        raise unfitting(name)
    try:
        return make(name, *args)
    except (TypeError, IndexError):  # more or fewer parts than it takes
        raise unfitting(name) from None


def chosen(left: Value, values: Sequence[Value]) -> Value:
    """Whether a value is one of a list."""
    return truth(put("({})", joined(" or ", [compared("eq", left, one).sql for one in values])))
