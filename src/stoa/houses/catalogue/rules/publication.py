# SPDX-License-Identifier: EUPL-1.2
"""When a dataset may go a step further, and what is still missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.houses.catalogue.terms import Access, State

STEPS: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.REVIEW, State.PUBLISHED}),
    State.REVIEW: frozenset({State.DRAFT, State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.RETIRED}),
    State.RETIRED: frozenset({State.PUBLISHED}),
}
"""Which step may follow which. A steward may publish a draft of the own desk without a second step."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is to be published, as far as the rules need it."""

    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    access: Access
    contact: str
    has_reading: bool
    rows: int
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kinds of personal data found, by column that would be published."""
    released: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Kinds that a named person has released, by column."""
    is_remote: bool = False
    """Harvested: it may be published without rows of its own, its files stand elsewhere."""


def may_step(now: State, then: State) -> bool:
    """Whether a dataset in state `now` may go to `then`."""
    return then in STEPS[now]


def personal_left(candidate: Candidate) -> dict[str, frozenset[str]]:
    """Columns and kinds of personal data that nobody has released."""
    left = {
        col: kinds - candidate.released.get(col, frozenset()) for col, kinds in candidate.personal.items()
    }
    return {col: kinds for col, kinds in left.items() if kinds}


def obstacles(candidate: Candidate) -> list[Problem]:
    """Everything that stands between this dataset and its publication; empty: it may be published."""
    found = []
    if candidate.is_remote and not candidate.has_reading:
        pass
    elif not candidate.has_reading:
        found.append(
            Problem(
                "catalogue.file_missing",
                say("There is no file that has been read."),
                say("A dataset without data helps nobody."),
                say("Send a file, wait until it has been read, and look at what was understood."),
            )
        )
    elif not candidate.rows:
        found.append(
            Problem(
                "catalogue.rows_missing",
                say("The table has no rows."),
                say("People would open an empty table."),
                say("Check which rows are taken as headings and which are skipped."),
            )
        )
    if not any(text.strip() for text in candidate.title.values()):
        found.append(
            Problem(
                "catalogue.title_missing",
                say("There is no title."),
                say("People find a dataset by its title."),
                say("Write a title of a few words."),
                "title",
            )
        )
    # What another catalogue does not say nobody here can add: its data comes in all the same.
    if not candidate.is_remote and not any(text.strip() for text in candidate.description.values()):
        found.append(
            Problem(
                "catalogue.description_missing",
                say("There is no description."),
                say("Without it nobody can judge what the figures mean."),
                say("Write two or three sentences: what is counted, by whom, and what to beware of."),
                "description",
            )
        )
    return found + _open_obstacles(candidate)


def _open_obstacles(candidate: Candidate) -> list[Problem]:
    """What stands between a dataset and the public, if it is meant for the public."""
    if candidate.access is not Access.OPEN:
        return []
    found = []
    if not candidate.licence:
        found.append(
            Problem(
                "catalogue.licence_missing",
                say("There is no licence."),
                say("Without one nobody may use the data."),
                say("Choose a licence, or say that it is not stated."),
                "licence",
            )
        )
    left = personal_left(candidate)
    if left:
        found.append(
            Problem(
                "catalogue.personal_data",
                say("There seem to be personal data in: %(columns)s.", columns=", ".join(sorted(left))),
                say("Personal data may not be published open without a legal ground."),
                say(
                    "Drop or coarsen these columns, or have a data steward release them by name and with a reason."
                ),
                "columns",
            )
        )
    return found
