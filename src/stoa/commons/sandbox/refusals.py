# SPDX-License-Identifier: EUPL-1.2
"""What the sandbox says when a question has no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

READ_ONLY = say(
    "Only questions are answered here: nothing can be changed, and no file or setting be reached."
)


def _refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    return Refused(Problem(f"sql.{code}", what=what, why=why, do=do, field="query"))


def _with_place(told: Mapping[str, Any]) -> Saying:
    detail, line, column = str(told["detail"]), int(told["line"]), int(told["column"])
    if line:
        return say(
            "In line %(line)s at letter %(column)s: %(detail)s", line=line, column=column, detail=detail
        )
    return say("The engine says: %(detail)s", detail=detail)


def _empty(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statement_empty",
        say("There is no question yet."),
        say("Without a statement there is nothing to answer."),
        say("Write one that begins with SELECT, or take one of the examples."),
    )


def _several(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statements_several",
        say("There is more than one statement."),
        say("One question is answered at a time."),
        say("Leave one statement, and no semicolon between others."),
    )


def _not_a_question(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statement_not_question",
        say("This statement is not a question."),
        READ_ONLY,
        say(
            "Begin with SELECT, WITH, FROM, VALUES, DESCRIBE or SUMMARIZE. A PIVOT needs a list: PIVOT … ON … IN (…)."
        ),
    )


def _unreadable(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statement_unreadable",
        say("The statement cannot be understood."),
        _with_place(told),
        say("Look at that place: a comma, a bracket or a quote is missing or too much."),
    )


def _wrong(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statement_wrong",
        say("The statement can be read but not answered."),
        _with_place(told),
        say(
            "Compare the names with the list of tables and columns; names with odd letters stand in double quotes."
        ),
    )


def _function(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "function_unavailable",
        say("The function “%(name)s” cannot be used here.", name=str(told["detail"])[:80]),
        READ_ONLY,
        say("Leave it out; the functions that compute with texts, numbers, dates and places are all there."),
    )


def _qualified(told: Mapping[str, Any]) -> Refused:
    return table_unknown(str(told["detail"]))


def table_unknown(name: str) -> Refused:
    """Said alike of tables that do not exist and of those that this person may not know of."""
    return _refused(
        "table_unknown",
        say("There is no table “%(name)s”.", name=name[:80]),
        say("Questions can be asked about the published datasets of this portal."),
        say("Look into the list of tables; a hyphen in a name is written as an underscore."),
    )


def _many_tables(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "tables_too_many",
        say("The question is about too many tables."),
        say("At most %(most)s tables are opened at a time.", most=str(told["detail"])),
        say("Ask in several steps."),
    )


def _many_columns(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "columns_too_many",
        say("The answer would have too many columns."),
        say("At most %(most)s columns are given.", most=str(told["detail"])),
        say("Name the columns you need instead of the asterisk."),
    )


def _parameter(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "parameter_unfilled",
        say("The statement has a gap for a value."),
        say("A question mark or a dollar sign outside of quotes stands for a value that nobody gave."),
        say("Write the value itself."),
    )


def _too_deep(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "statement_too_deep",
        say("The statement is nested too deeply."),
        say("So many brackets in brackets could break the engine."),
        say("Write it flatter; a list of values can stand in IN (…)."),
    )


def too_long(most: int) -> Refused:
    return _refused(
        "statement_too_long",
        say("The statement is too long."),
        say("At most %(most)s letters are read.", most=most),
        say("Ask in several steps."),
    )


def _too_large(told: Mapping[str, Any]) -> Refused:
    return _refused(
        "answer_too_large",
        say("The question needs more memory than one question may have."),
        say("The server must keep answering everybody else."),
        say("Count or group first, choose fewer rows and columns, or download the dataset."),
    )


def too_many_rows(most: int) -> Refused:
    """For files: a part of an answer that looks like the whole would mislead."""
    return _refused(
        "answer_too_many_rows",
        say("The answer has more than %(most)s rows.", most=most),
        say("A file that silently ended there would look whole."),
        say("Choose fewer rows with WHERE or LIMIT, or download the whole dataset from its page."),
    )


def asked_too_often(seconds: int) -> Refused:
    return _refused(
        "asked_too_often",
        say("You asked very many questions in a short time."),
        say("Everybody shares the engine that answers them."),
        say("Wait %(n)s seconds. Programs are better served by whole files.", n=seconds),
    )


def too_slow(seconds: float) -> Refused:
    return _refused(
        "answer_too_slow",
        say("The question took longer than %(n)s seconds and was stopped.", n=round(seconds)),
        say("Other people are waiting for their answers too."),
        say("Choose fewer rows with WHERE, join by equal columns, or download the dataset."),
    )


def cancelled() -> Refused:
    return _refused(
        "question_cancelled",
        say("The question was cancelled."),
        say("Somebody asked for that while it was being answered."),
        say("Change it and ask again."),
    )


def broke() -> Refused:
    return _refused(
        "engine_broke",
        say("The question broke the engine that answers questions."),
        say("It was started anew; nothing else was harmed."),
        say("Ask in another way; what it needs at once is probably too large."),
    )


_BY_CODE: Mapping[str, Callable[[Mapping[str, Any]], Refused]] = {
    "empty": _empty,
    "several": _several,
    "not_a_question": _not_a_question,
    "unreadable": _unreadable,
    "wrong": _wrong,
    "function_unavailable": _function,
    "table_qualified": _qualified,
    "many_tables": _many_tables,
    "many_columns": _many_columns,
    "parameter": _parameter,
    "too_deep": _too_deep,
    "too_large": _too_large,
}


def of_failure(told: Mapping[str, Any]) -> Refused:
    """The refusal for what the child told."""
    made = _BY_CODE.get(str(told.get("code")))
    return made(told) if made else broke()
