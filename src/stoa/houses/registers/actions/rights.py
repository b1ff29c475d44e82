# SPDX-License-Identifier: EUPL-1.2
"""Asking for a right before a verb does anything."""

from __future__ import annotations

from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.registers.roles import DESCRIPTIONS, Permission


def need(by: Principal, permission: Permission, department_id: int | None) -> None:
    """Raise `Refused` (`registers.right_missing`) unless the right is held; None: anywhere in the city."""
    if by.may(permission, department_id):
        return
    raise Refused(
        Problem(
            "registers.right_missing",
            say("You may not do this here."),
            say("It needs the right: %(right)s.", right=Saying(DESCRIPTIONS[permission])),
            say("Ask the manager of the portal for a role that has it."),
        )
    )


def need_keeping(by: Principal, department_id: int) -> None:
    """Writing is for those who keep entries of the department, and for those who review them."""
    if not by.may(Permission.REVIEW_ENTRY, department_id):
        need(by, Permission.KEEP_ENTRY, department_id)
