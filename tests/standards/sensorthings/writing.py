# SPDX-License-Identifier: EUPL-1.2
"""The way back, for tests only: conditions as OData writes them, and as invented by hypothesis."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import shapely
from hypothesis import strategies as st

from stoa.ground.conditions import Call, Duration, Literal, Moment, Node, Path, Period, Shape, Values
from stoa.standards.sensorthings.expressions import COMPARISONS, FUNCTIONS

WIRE = {
    "phenomenon_time": "phenomenonTime", "result_time": "resultTime", "datastream": "Datastream", "thing": "Thing",
    "observed_property": "ObservedProperty", "feature_of_interest": "FeatureOfInterest", "observation_type": "observationType",
    "unit_of_measurement": "unitOfMeasurement", "valid_time": "validTime", "result_quality": "resultQuality",
    "datastreams": "Datastreams", "locations": "Locations", "historical_locations": "HistoricalLocations",
}  # fmt: skip
"""Names on the wire of the neutral ones that tests use; all others are the same."""


def as_text(node: Any) -> str:
    match node:
        case Path(names):
            return "/".join(WIRE.get(name, name) for name in names)
        case Literal(value):
            return _literal_as_text(value)
        case Period(begins, ends):
            return f"{as_text(Moment(begins))}/{as_text(Moment(ends))}"
        case Duration(value):
            return f"duration'{'-' if value < timedelta(0) else ''}PT{abs(value).total_seconds():.0f}S'"
        case Shape(wkb):
            return f"geography'{shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=-1)}'"
        case Values(values):
            return "(" + ",".join(map(as_text, values)) + ")"
    return _moment_as_text(node.value) if isinstance(node, Moment) else _call_as_text(node)


def _moment_as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.replace(tzinfo=None).isoformat() if isinstance(value, time) else str(value.isoformat())


def _literal_as_text(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "null" if value is None else repr(value).lower()


def _call_as_text(node: Call) -> str:
    parts = [as_text(part) for part in node.args]
    if node.name in FUNCTIONS:
        return f"{node.name}({', '.join(parts)})"
    if node.name == "not":
        return f"not ({parts[0]})"
    if node.name == "neg":
        return f"-({parts[0]})"
    return "(" + f" {node.name} ".join(parts) + ")"


LETTERS = st.text(alphabet="aäÄeEnoOpr%_'\\ .*(/", max_size=5)


def numbers() -> st.SearchStrategy[Node]:
    return st.one_of(st.integers(-4, 40), st.sampled_from([0.0, 1.5, 2.25, -7.25, 20.5])).map(Literal)


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-50, 700).map(
        lambda tens: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=10 * tens)
    )


def durations() -> st.SearchStrategy[Node]:
    return st.integers(-9_000, 9_000).map(lambda seconds: Duration(timedelta(seconds=seconds)))


def shapes() -> st.SearchStrategy[Shape]:
    edge = st.integers(-4, 4)
    points = st.builds(shapely.Point, edge, edge)
    boxes = st.builds(
        lambda x, y, w, h: shapely.box(x, y, x + w, y + h), edge, edge, st.integers(1, 5), st.integers(1, 5)
    )
    lines = st.builds(
        lambda x, y, d: shapely.LineString([(x, y), (x + d, y + 1)]), edge, edge, st.integers(1, 4)
    )
    return (points | boxes | lines).map(lambda shape: Shape(shapely.to_wkb(shape)))


def texts_of(paths: list[tuple[str, ...]]) -> st.SearchStrategy[Node]:
    """Texts made of text properties and letters."""
    start = st.sampled_from(paths).map(Path) | LETTERS.map(Literal)
    one = st.builds(
        lambda name, arg: Call(name, (arg,)), st.sampled_from(["tolower", "toupper", "trim"]), start
    )
    cut = st.builds(
        lambda arg, begin, most: Call("substring", (arg, Literal(begin), *([Literal(most)] if most else []))),
        start, st.integers(0, 3), st.integers(0, 3),
    )  # fmt: skip
    return start | one | cut | st.builds(lambda a, b: Call("concat", (a, b)), start, start)


def amounts_of(paths: list[tuple[str, ...]], texts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Numbers made of number properties, lengths and arithmetic."""
    start = st.sampled_from(paths).map(Path) | numbers()
    counted = st.builds(lambda a: Call("length", (a,)), texts) | st.builds(
        lambda a, b: Call("indexof", (a, b)), texts, LETTERS.map(Literal)
    )
    rounded = st.builds(
        lambda name, a: Call(name, (a,)), st.sampled_from(["round", "floor", "ceiling"]), start
    )
    both = st.builds(
        lambda op, a, b: Call(op, (a, b)), st.sampled_from(["add", "sub", "mul", "div", "mod"]), start, start
    )
    return start | counted | rounded | both


def moments_of(paths: list[tuple[str, ...]]) -> st.SearchStrategy[Node]:
    start = st.sampled_from(paths).map(Path)
    return start | st.builds(
        lambda op, a, b: Call(op, (a, b)), st.sampled_from(["add", "sub"]), start, durations()
    )


PARTS = ["year", "month", "day", "hour", "minute", "second", "fractionalseconds", "totaloffsetminutes"]
SPATIAL = [
    "geo.intersects", "st_equals", "st_disjoint", "st_touches", "st_within", "st_overlaps", "st_crosses", "st_intersects",
    "st_contains",
]  # fmt: skip


def leaves_of(
    texts: list[tuple[str, ...]],
    amounts: list[tuple[str, ...]],
    times: list[tuple[str, ...]],
    places: list[tuple[str, ...]],
) -> st.SearchStrategy[Node]:
    """Conditions without and, or, not."""
    signs = st.sampled_from(COMPARISONS)
    text, moment = texts_of(texts), moments_of(times)
    amount = amounts_of(amounts, text)
    place = st.sampled_from(places).map(Path)
    instant = instants().map(Moment)

    def compared(left: st.SearchStrategy[Node], right: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        return st.builds(lambda op, a, b: Call(op, (a, b)), signs, left, right)

    anything = st.sampled_from([*texts, *amounts, *times]).map(Path)
    return st.one_of(
        compared(text, text),
        compared(amount, amount),
        compared(moment, instant),
        compared(instant, moment),
        compared(moment, st.builds(lambda a, b: Period(min(a, b), max(a, b)), instants(), instants())),
        compared(
            st.builds(lambda name, a: Call(name, (a,)), st.sampled_from(PARTS), moment), numbers()
        ),
        compared(
            moment.map(lambda a: Call("date", (a,))),
            st.integers(-2, 6).map(lambda days: Moment(date(2026, 1, 1) + timedelta(days=days))),
        ),
        compared(
            moment.map(lambda a: Call("time", (a,))), instants().map(lambda at: Moment(at.timetz()))
        ),
        compared(place.map(lambda a: Call("geo.length", (a,))), numbers()),
        compared(st.builds(lambda a, b: Call("geo.distance", (a, b)), place, shapes()), numbers()),
        st.builds(lambda op, a: Call(op, (a, Literal(None))), st.sampled_from(["eq", "ne"]), anything),
        st.builds(
            lambda op, a, b: Call(op, (a, b)), st.sampled_from(["startswith", "endswith", "substringof"]), text, text
        ),
        st.builds(lambda op, a, b: Call(op, (a, b)), st.sampled_from(SPATIAL), place, shapes()),
        st.builds(lambda op, a, b: Call(op, (b, a)), st.sampled_from(SPATIAL), place, shapes()),
        st.builds(lambda a, b: Call("st_relate", (a, b, Literal("T*F**F***"))), place, shapes()),
        st.builds(
            lambda a, b: Call("in", (a, Values(tuple(b)))), st.sampled_from(amounts).map(Path),
            st.lists(numbers(), min_size=1, max_size=4),
        ),
        st.builds(
            lambda a, b: Call("in", (a, Values(tuple(map(Literal, b))))), st.sampled_from(texts).map(Path),
            st.lists(LETTERS, min_size=1, max_size=3),
        ),
    )  # fmt: skip


def conditions_of(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.recursive(
        leaves,
        lambda inner: st.builds(lambda op, parts: Call(op, tuple(parts)), st.sampled_from(["and", "or"]),
                                st.lists(inner, min_size=2, max_size=3))
        | inner.map(lambda one: Call("not", (one,))),
        max_leaves=5,
    )  # fmt: skip


OF_OBSERVATIONS = conditions_of(
    leaves_of(
        texts=[("datastream", "name"), ("datastream", "thing", "name"), ("datastream", "properties", "kind")],
        amounts=[("result",), ("datastream", "properties", "size"), ("datastream", "id")],
        times=[("phenomenon_time",), ("result_time",)],
        places=[("feature_of_interest", "feature")],
    )
)
