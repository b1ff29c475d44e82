# SPDX-License-Identifier: EUPL-1.2
"""The roles that every city has. Houses add permissions to them in their own `roles.py`."""

from __future__ import annotations

from stoa.commons.roles.values import Role, RoleBook
from stoa.ground.words import say

OFFICER, STEWARD, READER, MANAGER = "officer", "steward", "reader", "manager"

BOOK = RoleBook()
BOOK.add(
    (
        Role(
            OFFICER,
            say("Officer of a department"),
            say(
                "Brings in the data of the own department, keeps it up to date and answers questions about it."
            ),
            frozenset(),
        ),
        Role(
            STEWARD,
            say("Data steward"),
            say("Checks what departments want to publish, publishes it, and answers for personal data."),
            frozenset(),
            is_for_whole_city=True,
        ),
        Role(
            READER,
            say("Colleague in the administration"),
            say("Reads what is open to the administration, and changes nothing."),
            frozenset(),
        ),
        Role(
            MANAGER,
            say("Manager of the portal"),
            say("Invites people, gives roles, and sets up departments and the look of the portal."),
            frozenset({"people.invite_person", "people.change_department", "cities.change_city"}),
            is_for_whole_city=True,
        ),
    )
)
