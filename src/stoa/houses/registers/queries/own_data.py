# SPDX-License-Identifier: EUPL-1.2
"""Where the registers hold something on people with an account."""

from __future__ import annotations

from stoa.commons.people.own_data import Own
from stoa.ground.words import say
from stoa.houses.registers.models import EntryComment, EntryImport, EntryVersion

OWN_DATA = (
    Own(
        "changes",
        say("Entries of registers that you changed"),
        EntryVersion,
        "by_id",
        ("entry__kind", "entry__code", "number", "deed", "note", "by_name", "made_at"),
    ),
    Own(
        "comments",
        say("Comments on entries of registers"),
        EntryComment,
        "by_id",
        ("entry__kind", "entry__code", "text", "by_name", "made_at"),
    ),
    Own(
        "sheets",
        say("Spreadsheets that you sent for a register"),
        EntryImport,
        "by_id",
        ("kind", "name", "by_name"),
    ),
)
