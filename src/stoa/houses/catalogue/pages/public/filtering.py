# SPDX-License-Identifier: EUPL-1.2
"""The filter form of a table: one field or two for every column, by what the column holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from stoa.commons.lake.values import Facet, Filter, Op, Query
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.models import Version
from stoa.houses.catalogue.pages.public.opening import Opened
from stoa.houses.catalogue.pages.public.showing import for_machines, in_words
from stoa.houses.catalogue.rules.table_questions import MARK, OP_WORDS, plain_label
from stoa.web.parts import Facet as FilterGroup
from stoa.web.parts import FacetOption

MOST_FIELDS = 60
_RANGES = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.DATETIME: "date",
    Kind.TIME: "time",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One control of the form."""

    name: str
    label: str
    type: str
    value: str = ""
    options: Sequence[tuple[str, str, bool]] = ()
    """Value, words, chosen; for a list."""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Field:
    """A column that can be filtered."""

    label: str
    unit: str
    inputs: Sequence[Input]
    is_used: bool


def fields_of(version: Version, query: Query, lists: Mapping[str, Facet]) -> list[Field]:
    """One field a column, with what was typed."""
    typed = {(one.column, one.op): one.values for one in query.filters}
    found = []
    for spec in version.specs[:MOST_FIELDS]:
        inputs = _inputs(spec, typed, lists.get(spec.name))
        found.append(
            Field(plain_label(spec), spec.unit, inputs, any(column == spec.name for column, _op in typed))
        )
    return found


Typed = Mapping[tuple[str, Op], tuple[str, ...]]


def _typed(typed: Typed, spec: ColumnSpec, op: Op) -> str:
    return next(iter(typed.get((spec.name, op), ())), "")


def _name(spec: ColumnSpec, op: Op) -> str:
    return f"{MARK}{spec.name}.{op}"


def _inputs(spec: ColumnSpec, typed: Typed, facet: Facet | None) -> list[Input]:
    if spec.kind is Kind.BOOLEAN:
        return [_list(spec, _typed(typed, spec, Op.IS), [("true", gettext("yes")), ("false", gettext("no"))])]
    if facet is not None and facet.values and facet.distinct <= len(facet.values):
        options = [
            (for_machines(value), f"{in_words(value, is_name=True)} ({in_words(n)})")
            for value, n in facet.values
            if value is not None
        ]
        return [_list(spec, _typed(typed, spec, Op.IS), options)]
    if spec.kind in _RANGES:
        least, most = Op.AT_LEAST, Op.AT_MOST
        # Typed text is kept even where it is no number: the browser would empty a number field.
        kinds = [_fitting(_typed(typed, spec, op), _RANGES[spec.kind]) for op in (least, most)]
        return [
            Input(_name(spec, least), gettext("from"), kinds[0], _typed(typed, spec, least)),
            Input(_name(spec, most), gettext("to"), kinds[1], _typed(typed, spec, most)),
        ]
    return [Input(_name(spec, Op.HAS), gettext("contains"), "text", _typed(typed, spec, Op.HAS))]


def _fitting(value: str, kind: str) -> str:
    """The type of a control that can show what was typed."""
    if kind == "number":
        return "text"
    return kind if not value or (len(value) == 10 and value[4:5] == "-") or kind == "time" else "text"


def _list(spec: ColumnSpec, chosen: str, options: Sequence[tuple[str, str]]) -> Input:
    listed = [(value, words, value == chosen) for value, words in options]
    if chosen and not any(is_chosen for _v, _w, is_chosen in listed):
        listed.append((chosen, chosen, True))
    return Input(_name(spec, Op.IS), gettext("is"), "list", chosen, listed)


_IN_FORM = {Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.HAS}


def hidden_of(query: Query) -> list[tuple[str, str]]:
    """What the form does not show but must keep."""
    kept = [
        (f"{MARK}{one.column}.{one.op}", value)
        for one in query.filters
        if one.op not in _IN_FORM
        for value in one.values or ("1",)
    ]
    return kept + ([("sort", query.sort)] if query.sort else [])


def chosen_filters(opened: Opened, query: Query, pairs: Sequence[tuple[str, str]]) -> list[FilterGroup]:
    """Every filter that is set, in words, with the address without it."""
    groups = []
    if query.text:
        kept = tuple(pair for pair in pairs if pair[0] != "q")
        groups.append(_chip(gettext("Search"), f"“{query.text}”", opened.url("dataset-table", pairs=kept)))
    for one in query.filters:
        name = f"{MARK}{one.column}.{one.op}"
        kept = tuple(pair for pair in pairs if pair[0] != name)
        groups.append(
            _chip(gettext("Filter"), filter_words(one, opened.shown), opened.url("dataset-table", pairs=kept))
        )
    return groups


def _chip(label: str, words: str, url: str) -> FilterGroup:
    return FilterGroup(label, [FacetOption(words, url, is_chosen=True)])


def filter_words(one: Filter, version: Version) -> str:
    """A filter as people say it: “Year of planting at least 2010”."""
    spec = version.ref.column(one.column)
    label = plain_label(spec) if spec else one.column
    return " ".join(part for part in (label, gettext(OP_WORDS[one.op]), ", ".join(one.values)) if part)
