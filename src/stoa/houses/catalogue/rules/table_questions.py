# SPDX-License-Identifier: EUPL-1.2
"""What somebody asks of a table by its address, and what names a row. Pure.

Filters are `f.<column>.<comparison>=<value>`; the same parameter twice means several values. Empty values are what
an untouched field of a form sends, and mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.problems import Problem
from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import N_, say

MARK = "f."
MOST_TEXT = 200
MOST_FILTERS = 40
Pairs = Iterable[tuple[str, str]]

OP_WORDS = {
    Op.IS: N_("is"),
    Op.NOT: N_("is not"),
    Op.LESS: N_("below"),
    Op.AT_MOST: N_("at most"),
    Op.MORE: N_("above"),
    Op.AT_LEAST: N_("at least"),
    Op.HAS: N_("contains"),
    Op.STARTS: N_("begins with"),
    Op.ONE_OF: N_("is one of"),
    Op.EMPTY: N_("is empty"),
    Op.FILLED: N_("is filled"),
}
_WITHOUT_VALUE = {Op.EMPTY, Op.FILLED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a table as far as it makes sense, and what does not."""

    query: Query
    problems: tuple[Problem, ...] = ()


def read_question(pairs: Pairs, columns: Sequence[ColumnSpec]) -> Asked:
    """The question in the parameters of an address; unknown columns and comparisons become problems."""
    listed = [(name, value) for name, value in pairs if value]
    names = {column.name for column in columns}
    problems: list[Problem] = []
    filters = _filters(listed, names, problems)
    sort = _last(listed, "sort")
    unknown = [one for one in (part.removeprefix("-") for part in sort.split(",")) if one not in names]
    if sort and unknown:
        problems.append(_unknown_column(unknown[0]))
        sort = ""
    wanted = tuple(dict.fromkeys(value for name, value in listed if name == "columns"))
    problems += [_unknown_column(name) for name in wanted if name not in names]
    shown = tuple(name for name in wanted if name in names)
    return Asked(
        Query(filters, _last(listed, "q")[:MOST_TEXT], None, sort, shown),
        tuple(one for place, one in enumerate(problems) if one not in problems[:place]),
    )


def _last(pairs: Sequence[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in reversed(pairs) if name == wanted), "").strip()


def _filters(
    pairs: Sequence[tuple[str, str]], names: set[str], problems: list[Problem]
) -> tuple[Filter, ...]:
    found: dict[tuple[str, Op], list[str]] = {}
    for name, value in pairs:
        if not name.startswith(MARK):
            continue
        column, _dot, op = name[len(MARK) :].rpartition(".")
        if column not in names:
            problems.append(_unknown_column(column or op))
        elif op not in set(Op):
            problems.append(_unknown_comparison(op))
        elif len(found) < MOST_FILTERS or (column, Op(op)) in found:
            found.setdefault((column, Op(op)), []).append(value)
    return tuple(
        Filter(column, op, () if op in _WITHOUT_VALUE else tuple(values))
        for (column, op), values in found.items()
    )


def _unknown_column(name: str) -> Problem:
    return Problem(
        "catalogue.column_unknown",
        say("There is no column “%(name)s” in this table.", name=name[:60]),
        say("It may have been renamed in a newer version of the data."),
        say("Choose one of the columns below."),
        name[:60],
    )


def _unknown_comparison(op: str) -> Problem:
    known = ", ".join(Op)
    return Problem(
        "catalogue.comparison_unknown",
        say("“%(op)s” is no comparison that we know.", op=op[:30]),
        say("A filter is written f.column.comparison=value."),
        say("Use one of: %(known)s.", known=known),
    )


def question_pairs(query: Query) -> list[tuple[str, str]]:
    """The question as parameters of an address: what `read_question` reads, in a fixed order."""
    pairs = [("q", query.text)] if query.text else []
    for one in query.filters:
        name = f"{MARK}{one.column}.{one.op}"
        pairs += [(name, value) for value in one.values] if one.values else [(name, "1")]
    if query.sort:
        pairs.append(("sort", query.sort))
    return pairs + [("columns", name) for name in query.columns]


def next_sort(column: str, now: str) -> str:
    """Which order a click on a heading asks for: upwards, then downwards, then the order of the source."""
    return {column: f"-{column}", f"-{column}": ""}.get(now, column)


_TITLE_NAMES = (
    "name",
    "title",
    "titel",
    "bezeichnung",
    "label",
    "nom",
    "nombre",
    "naam",
    "designation",
    "standort",
    "location",
)


def title_column(columns: Sequence[ColumnSpec], key: Sequence[str] = ()) -> str:
    """The column whose value names a row for people; empty where there are no columns.

    A text called like a name; else a text that is no code list; else the key; else the first column.
    """
    texts = [column for column in columns if column.kind is Kind.TEXT]
    exact = [c.name for c in texts if c.name in _TITLE_NAMES]
    ending = [
        c.name for c in texts if c.name.split("_")[-1] in _TITLE_NAMES or c.name.split("_")[0] in _TITLE_NAMES
    ]
    plain = [c.name for c in texts if not c.is_code_list and c.name not in key]
    last = [c.name for c in columns]
    return next(iter([*exact, *ending, *plain, *(name for name in key if name in last), *last]), "")


_NUMBER_NAMES = {
    "id",
    "nr",
    "no",
    "num",
    "number",
    "nummer",
    "code",
    "plz",
    "zip",
    "postcode",
    "ags",
    "key",
    "jahr",
    "year",
    "oid",
    "fid",
}


def is_label_number(column: ColumnSpec, key: Sequence[str] = ()) -> bool:
    """Whether the whole numbers of a column are names (postcodes, years, ids), which take no thousands mark."""
    if column.kind is not Kind.INTEGER:
        return False
    return [column.name] == [*key] or bool(_NUMBER_NAMES & set(column.name.split("_")))


def plain_label(column: ColumnSpec) -> str:
    """The heading without the unit, which stands in a place of its own.

    >>> plain_label(ColumnSpec("girth_cm", "Girth [cm]", Kind.INTEGER, "cm"))
    'Girth'
    """
    for opening, closing in ("[]", "()", "{}"):
        ending = f"{opening}{column.unit}{closing}"
        if column.unit and column.label.endswith(ending):
            return column.label.removesuffix(ending).rstrip(" ,:") or column.label
    return column.label


def day_asked(text: str) -> date | None:
    """The day in `?on=`; None if it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
