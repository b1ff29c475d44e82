# SPDX-License-Identifier: EUPL-1.2
"""The refusals that several readers share, each with what happened, why, and what to do."""

from __future__ import annotations

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say


def refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    """A refusal to raise; `code` is the part after `reading.`."""
    return Refused(Problem(f"reading.{code}", what=what, why=why, do=do))


def short(text: object, most: int = 200) -> str:
    """A message of a library, cut, on one line, without the folder names of this machine."""
    words = [w for w in str(text).split() if "/" not in w]
    return " ".join(words)[:most]


def file_empty(name: str) -> Refused:
    return refused(
        "file_empty",
        say("The file “%(name)s” is empty.", name=name),
        say("There is nothing in it that could be read."),
        say("Save the file again where it came from, and look at its size before you send it."),
    )


def encrypted() -> Refused:
    return refused(
        "file_encrypted",
        say("The spreadsheet is protected by a password."),
        say("Without the password nothing in it can be read, and passwords are not asked for here."),
        say("Open it in your spreadsheet program, save a copy without password, and send the copy."),
    )


def too_large(size: int, most: int) -> Refused:
    return refused(
        "file_too_large",
        say("The file has %(size)s megabytes.", size=size // 1_000_000),
        say("At most %(most)s megabytes are read in one piece.", most=most // 1_000_000),
        say("Split the file, for example by year, or ask the operator to raise the limit."),
    )


def too_many_columns(found: int, most: int) -> Refused:
    return refused(
        "columns_too_many",
        say("The table has %(found)s columns.", found=found),
        say("At most %(most)s columns are read; a table of that width is hardly ever meant.", most=most),
        say("Check whether rows and columns were exchanged, or whether a wrong separator was used."),
    )


def too_many_rows(most: int) -> Refused:
    return refused(
        "rows_too_many",
        say("The table has more than %(most)s rows.", most=most),
        say("More rows are not read in one piece."),
        say("Split the file, for example by year."),
    )


def cell_too_long(most: int) -> Refused:
    return refused(
        "cell_too_long",
        say("One cell or line of the file is longer than %(most)s kilobytes.", most=most // 1024),
        say("Usually a quotation mark is opened and never closed, or the file is not a table."),
        say("Open the file in a text editor, look for the long line, and save it again."),
    )


def damaged(kind: str, detail: str) -> Refused:
    return refused(
        "file_damaged",
        say("The file says that it is %(kind)s, but it cannot be read: %(detail)s", kind=kind, detail=detail),
        say("It may have been cut off on its way, or saved by a program that makes mistakes."),
        say("Open it in the program that made it, save it again, and send the new file."),
    )


def not_a_table(why: Saying) -> Refused:
    return refused(
        "no_table_found",
        say("No table was found in this file."),
        why,
        say("Send the table itself: a spreadsheet, a CSV file, GeoJSON or a GeoPackage."),
    )
