# SPDX-License-Identifier: EUPL-1.2
"""What the lake says when it cannot answer."""

from __future__ import annotations

from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import N_, Saying, say

_EXAMPLES = {
    Kind.TEXT: N_("Write a text."),
    Kind.INTEGER: N_("Write a whole number, for example 12."),
    Kind.NUMBER: N_("Write a number, for example 12.5."),
    Kind.BOOLEAN: N_("Write true or false."),
    Kind.DATE: N_("Write a date, for example 2026-11-30."),
    Kind.DATETIME: N_("Write a date or a date with time, for example 2026-11-30T14:30:00Z."),
    Kind.TIME: N_("Write a time, for example 14:30."),
}


def column_unknown(name: str) -> Refused:
    return Refused(
        Problem(
            "lake.column_unknown",
            what=say("There is no column “%(name)s” in this dataset.", name=name[:80]),
            why=say("Rows can only be chosen and ordered by columns that exist."),
            do=say("Choose one of the columns that the dataset page lists."),
            field=name[:80],
        )
    )


def value_unreadable(column: ColumnSpec, raw: str) -> Refused:
    return Refused(
        Problem(
            "lake.filter_value_unreadable",
            what=say(
                "“%(value)s” cannot be compared with the column “%(label)s”.",
                value=raw[:80],
                label=column.label,
            ),
            why=say("The values of the column are of another kind."),
            do=Saying(_EXAMPLES[column.kind]),
            field=column.name,
        )
    )


def filter_unfit(column: ColumnSpec) -> Refused:
    return Refused(
        Problem(
            "lake.filter_unfit",
            what=say(
                "The column “%(label)s” cannot be filtered or measured in this way.", label=column.label
            ),
            why=say("Parts of a text can only be looked for in texts, and sums only be made of numbers."),
            do=say("Choose another comparison or another column."),
            field=column.name,
        )
    )


def too_much(thing: str, most: int) -> Refused:
    return Refused(
        Problem(
            "lake.query_too_much",
            what=say("The question is too large or makes no sense: %(thing)s.", thing=thing),
            why=say("At most %(most)s are answered at a time.", most=most),
            do=say("Ask for less at a time, or download the whole dataset."),
            field=thing,
        )
    )


def token_unreadable() -> Refused:
    return Refused(
        Problem(
            "lake.token_unreadable",
            what=say("This link to a page of the table does not work any more."),
            why=say("It belongs to another order of the rows or to another version of the data."),
            do=say("Go back to the first page."),
        )
    )


def query_too_slow() -> Refused:
    return Refused(
        Problem(
            "lake.query_too_slow",
            what=say("The question took too long and was stopped."),
            why=say("Other people are waiting for their answers too."),
            do=say("Narrow it down with a filter, or download the dataset."),
        )
    )


def query_too_large() -> Refused:
    return Refused(
        Problem(
            "lake.query_too_large",
            what=say("The answer needs more memory than there is."),
            why=say("The server must keep answering everybody else."),
            do=say("Narrow it down with a filter, or download the dataset."),
        )
    )


def busy() -> Refused:
    return Refused(
        Problem(
            "lake.busy",
            what=say("Too many questions are being answered just now."),
            why=say("Every answer would become slower for everybody."),
            do=say("Try again in a moment."),
        )
    )
