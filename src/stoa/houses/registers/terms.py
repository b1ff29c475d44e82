# SPDX-License-Identifier: EUPL-1.2
"""States of an entry, answers to a question of yes or no, and what the city demands of things without an entry."""

from __future__ import annotations

from enum import StrEnum

from stoa.ground.words import N_


class State(StrEnum):
    """Where an entry is on its way to the public; what the public sees is kept apart from it."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    RETIRED = "retired"


STATE_LABELS = {
    State.DRAFT: N_("Draft"),
    State.REVIEW: N_("In review"),
    State.PUBLISHED: N_("Published"),
    State.RETIRED: N_("No longer in use"),
}


class Truth(StrEnum):
    """Three answers: nobody may take `unknown` for `no`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


TRUTH_LABELS = {Truth.YES: N_("Yes"), Truth.NO: N_("No"), Truth.UNKNOWN: N_("Not known yet")}


class Deed(StrEnum):
    """What was done to an entry, one line of its history each."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    RETIRED = "retired"
    EXPIRED = "expired"
    TAKEN_UP = "taken_up"


DEED_LABELS = {
    Deed.DRAFTED: N_("Begun"),
    Deed.CHANGED: N_("Changed"),
    Deed.SUBMITTED: N_("Sent to review"),
    Deed.RETURNED: N_("Sent back"),
    Deed.PUBLISHED: N_("Published"),
    Deed.RETIRED: N_("Ended"),
    Deed.EXPIRED: N_("Ended because its day had come"),
    Deed.TAKEN_UP: N_("Taken up again"),
}


class Demand(StrEnum):
    """What the city does about a thing in public space that has no published entry."""

    NOTHING = "nothing"
    FLAG = "flag"
    REFUSE = "refuse"


DEMAND_LABELS = {
    Demand.NOTHING: N_("Nothing"),
    Demand.FLAG: N_("It is marked, for colleagues and for everybody"),
    Demand.REFUSE: N_("It is marked, and its measurements are refused"),
}


class ImportState(StrEnum):
    """How far a spreadsheet is."""

    WAITING = "waiting"
    READ = "read"
    REFUSED = "refused"
    APPLIED = "applied"


class RowOutcome(StrEnum):
    """What became of one row of a spreadsheet."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


OUTCOME_LABELS = {
    RowOutcome.NEW: N_("New"),
    RowOutcome.CHANGED: N_("Changed"),
    RowOutcome.SAME: N_("Unchanged"),
    RowOutcome.REFUSED: N_("Not taken"),
}
