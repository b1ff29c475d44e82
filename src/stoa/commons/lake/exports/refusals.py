# SPDX-License-Identifier: EUPL-1.2
"""Why a download cannot be had, in plain words."""

from __future__ import annotations

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say


def too_many_rows(rows: int, most: int) -> Refused:
    return Refused(
        Problem(
            "export.too_many_rows",
            what=say(
                "There are %(rows)s rows, but this format holds at most %(most)s.", rows=rows, most=most
            ),
            why=say("A file with some of the rows left out would be wrong without anybody noticing."),
            do=say("Filter the rows first, or take the CSV or Parquet file."),
        )
    )


def too_many_cells(most: int) -> Refused:
    return Refused(
        Problem(
            "export.too_many_cells",
            what=say("The table is too large for a workbook: more than %(most)s cells.", most=most),
            why=say("Spreadsheet programs cannot open such a workbook on usual computers."),
            do=say("Choose fewer rows or columns, or take the CSV or Parquet file."),
        )
    )


def too_large(most_bytes: int) -> Refused:
    return Refused(
        Problem(
            "export.too_large",
            what=say("The file would be larger than %(mib)s MiB.", mib=max(1, most_bytes // 1024**2)),
            why=say("It could fill the disk of this machine."),
            do=say("Filter the rows first, or take the Parquet file, which is much smaller."),
        )
    )


def too_slow() -> Refused:
    return Refused(
        Problem(
            "export.too_slow",
            what=say("Making the file took too long and was given up."),
            why=say("One large download must not hold up everybody else."),
            do=say("Filter the rows first, or take the Parquet file of the whole dataset."),
        )
    )


def no_place() -> Refused:
    return Refused(
        Problem(
            "export.no_place",
            what=say("This dataset has no places, so there is no map file of it."),
            why=say("GeoJSON describes things that have a place on the map."),
            do=say("Take the CSV, JSON or XLSX file."),
        )
    )


def not_streamed() -> Refused:
    return Refused(
        Problem(
            "export.not_streamed",
            what=say("This format can only be sent as a whole file."),
            why=say("Its first bytes depend on its last rows."),
            do=say("Ask for the file instead."),
        )
    )


def zone_unknown() -> Refused:
    return Refused(
        Problem(
            "export.zone_unknown",
            what=say("There is no such time zone."),
            why=say("Without it the times in the file would be doubtful."),
            do=say("Give a name like Europe/Berlin, or UTC."),
        )
    )
