# SPDX-License-Identifier: EUPL-1.2
"""Asking for a right before a verb does anything."""

from __future__ import annotations

from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.roles import DESCRIPTIONS, Permission


def need(by: Principal, permission: Permission, department_id: int | None) -> None:
    """Raise `Refused` (`catalogue.right_missing`) unless the right is held for the department (None: for the whole city)."""
    if by.may(permission, department_id):
        return
    raise Refused(
        Problem(
            "catalogue.right_missing",
            say("You may not do this here."),
            say("It needs the right: %(right)s.", right=Saying(DESCRIPTIONS[permission])),
            say("Ask the manager of the portal for a role that has it."),
        )
    )
