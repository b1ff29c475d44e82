# SPDX-License-Identifier: EUPL-1.2
"""Roles and principals as pure values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from stoa.ground.words import Saying


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody may do, in words a clerk can read."""

    code: str
    title: Saying
    description: Saying
    permissions: frozenset[str]
    is_for_whole_city: bool = False
    """Held for the city; a role that is not, holds for a department and those below it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that a principal holds, for the departments with these ids (None: for the whole city)."""

    role: str
    permissions: frozenset[str]
    departments: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, in which city, with which rights. Anonymous residents are principals without grants."""

    city_id: int | None = None
    person_id: int | None = None
    name: str = ""
    """For the audit trail and for colleagues; never for the public."""
    grants: tuple[Grant, ...] = ()
    is_operator: bool = False
    """Runs the install: may do everything in every city."""
    channel: str = "web"
    """How they come: `web`, `api`, `command`, `job`."""
    department_ids: frozenset[int] = field(default_factory=frozenset)
    """Departments that they belong to, with those below."""
    opened: frozenset[str] = field(default_factory=frozenset)
    """Single things that were opened to them beside any role, e.g. `catalogue.dataset:17`."""
    token_id: int | None = None
    """The key by which a program came."""

    @property
    def is_known(self) -> bool:
        return self.person_id is not None or self.is_operator or bool(self.grants or self.opened)

    @property
    def is_inside(self) -> bool:
        """Belongs to this city's administration."""
        return self.is_operator or bool(self.grants)

    def may(self, permission: StrEnum | str, department_id: int | None = None) -> bool:
        """Whether the right is held; with a department, for it; without, anywhere in the city."""
        if self.is_operator:
            return True
        held = (grant for grant in self.grants if str(permission) in grant.permissions)
        return any(
            grant.departments is None or department_id is None or department_id in grant.departments
            for grant in held
        )

    def departments_with(self, permission: StrEnum | str) -> frozenset[int] | None:
        """The departments for which the right is held; None means all of them."""
        if self.is_operator:
            return None
        found: set[int] = set()
        for grant in self.grants:
            if str(permission) in grant.permissions:
                if grant.departments is None:
                    return None
                found |= grant.departments
        return frozenset(found)


NOBODY = Principal()


class RoleBook:
    """All roles of the install, by code; each house adds its permissions to the common roles at start."""

    def __init__(self) -> None:
        self._roles: dict[str, Role] = {}

    def add(self, roles: Iterable[Role]) -> None:
        for role in roles:
            known = self._roles.get(role.code)
            permissions = role.permissions | (known.permissions if known else frozenset())
            base = known or role
            self._roles[role.code] = Role(
                role.code, base.title, base.description, permissions, base.is_for_whole_city
            )

    def extend(self, permissions: Mapping[str, Iterable[str]]) -> None:
        """Give more permissions to known roles: `{"officer": ["catalogue.add_dataset"]}`."""
        for code, more in permissions.items():
            role = self._roles[code]
            wider = role.permissions | frozenset(str(p) for p in more)
            self._roles[code] = Role(code, role.title, role.description, wider, role.is_for_whole_city)

    def __getitem__(self, code: str) -> Role:
        return self._roles[code]

    def __contains__(self, code: object) -> bool:
        return code in self._roles

    def all(self) -> list[Role]:
        return list(self._roles.values())
