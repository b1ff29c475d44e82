# SPDX-License-Identifier: EUPL-1.2
"""Who may see the rows of a dataset. Pure."""

from __future__ import annotations

from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import Access, State

ON_ASKING = frozenset({Access.ENTITLED, Access.ON_REQUEST})
"""Access levels whose rows may be opened to somebody who asks."""


def opened_name(dataset_id: int) -> str:
    """How a principal's list of opened things names a dataset."""
    return f"catalogue.dataset:{dataset_id}"


def oldest_version(principal: Principal, *, department_id: int, readable_from: int) -> int:
    """The first version that this principal may read, among those of a dataset whose rows may be read.

    What was made while fewer people could read it stays with these: nobody looked at it with everybody in mind.
    """
    return 1 if principal.may(Permission.SEE_INTERNAL, department_id) else readable_from


def may_see_rows(
    principal: Principal, *, access: Access, state: State, department_id: int, dataset_id: int | None = None
) -> bool:
    """Whether this principal may read rows of a dataset in this city (the city itself is locked elsewhere).

    With `dataset_id`, access that was given to this principal on request counts too.
    """
    if state in {State.DRAFT, State.REVIEW}:
        return principal.may(Permission.SEE_DRAFTS, department_id)
    if access is Access.OPEN:
        return True
    if access is Access.ENTITLED and principal.may(Permission.SEE_ENTITLED):
        return True
    if access in ON_ASKING and dataset_id is not None and opened_name(dataset_id) in principal.opened:
        return True
    return principal.may(Permission.SEE_INTERNAL, department_id)
