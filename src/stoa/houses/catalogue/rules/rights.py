# SPDX-License-Identifier: EUPL-1.2
"""Who may see the rows of a dataset. Pure."""

from __future__ import annotations

from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import Access, State


def may_see_rows(principal: Principal, *, access: Access, state: State, department_id: int) -> bool:
    """Whether this principal may read rows of a dataset in this city (the city itself is locked elsewhere)."""
    if state in {State.DRAFT, State.REVIEW}:
        return principal.may(Permission.SEE_DRAFTS, department_id)
    if access is Access.OPEN:
        return True
    if access is Access.ENTITLED and principal.may(Permission.SEE_ENTITLED):
        return True
    return principal.may(Permission.SEE_INTERNAL, department_id)
