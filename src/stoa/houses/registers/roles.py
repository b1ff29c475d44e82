# SPDX-License-Identifier: EUPL-1.2
"""What may be done in the registers, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from stoa.commons.roles.book import BOOK, MANAGER, OFFICER, STEWARD
from stoa.commons.roles.values import Role
from stoa.ground.words import N_, say

REGISTRAR, REVIEWER = "registrar", "reviewer"


class Permission(StrEnum):
    """Rights of the registers."""

    SEE_ENTRY = "registers.see_entry"
    KEEP_ENTRY = "registers.keep_entry"
    REVIEW_ENTRY = "registers.review_entry"
    CHANGE_KIND = "registers.change_kind"


DESCRIPTIONS = {
    Permission.SEE_ENTRY: N_("See drafts and the internal fields of register entries"),
    Permission.KEEP_ENTRY: N_("Write register entries, change them, bring them in from a spreadsheet"),
    Permission.REVIEW_ENTRY: N_("Publish register entries, send them back, end them"),
    Permission.CHANGE_KIND: N_(
        "Say what happens to things without an entry, and which fields a register has"
    ),
}

_KEEPING = (Permission.SEE_ENTRY, Permission.KEEP_ENTRY)


def register() -> None:
    """Add the registers' roles and rights to the city's; called once at start."""
    BOOK.add(
        (
            Role(
                REGISTRAR,
                say("Registrar of a department"),
                say("Enters what the own department has to register, and keeps it up to date."),
                frozenset(map(str, _KEEPING)),
            ),
            Role(
                REVIEWER,
                say("Reviewer of register entries"),
                say("Checks register entries before everybody sees them, publishes them or sends them back."),
                frozenset({str(Permission.SEE_ENTRY), str(Permission.REVIEW_ENTRY)}),
            ),
        )
    )
    BOOK.extend({OFFICER: _KEEPING, STEWARD: tuple(Permission), MANAGER: (Permission.CHANGE_KIND,)})
