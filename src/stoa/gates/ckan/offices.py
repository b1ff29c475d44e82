# SPDX-License-Identifier: EUPL-1.2
"""Writing organisations, as far as departments can be; and what is not offered, said in CKAN's words."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import get_language

from stoa.commons.people.actions import set_up_department
from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, writing
from stoa.standards.ckan import asked
from stoa.standards.ckan.packages import OrganisationFacts, organisation_dict
from stoa.standards.ckan.problems import Denied, invalid

_RIGHT = "people.change_department"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,59}", re.ASCII)
_THEMES = "Groups are the data themes of the EU, which are the same in every city"


@writing
def organization_create(call: Call) -> dict[str, Any]:
    """A new department: `name`, `title`, below which one (`groups`); for whoever manages the portal."""
    _need_right(call)
    name = asked.needed(call.asked, "name", most=200)
    if not _NAME.fullmatch(name):
        raise invalid("name", "Must be 2 to 60 lowercase letters, digits and hyphens")
    if any(one.slug == name for one in entries.organisations(call)):
        raise invalid("name", "Group name already exists in database")
    title = asked.text(call.asked, "title", name, most=200).strip() or name
    return _set_up(call, name, title, parent=_parent(call, ""))


@writing
def organization_update(call: Call) -> dict[str, Any]:
    """Another `title` or place in the tree (`groups`) for a department (`id`)."""
    return _renamed(call)


@writing
def organization_patch(call: Call) -> dict[str, Any]:
    """Another `title` or place in the tree (`groups`) for a department (`id`)."""
    return _renamed(call)


def _renamed(call: Call) -> dict[str, Any]:
    facts = _known(call)
    _need_right(call)
    title = asked.text(call.asked, "title", facts.name, most=200).strip() or facts.name
    return _set_up(call, facts.slug, title, facts, parent=_parent(call, facts.parent))


def _parent(call: Call, before: str) -> str:
    """The department above, told as CKAN's hierarchy does: `groups` with at most one `name`; left out: as before."""
    if call.asked.get("groups") is None:
        return before
    told = asked.entries(call.asked, "groups", most=2)
    if len(told) > 1:
        raise invalid("groups", "A department stands below one other at most")
    name = asked.needed(told[0], "name", most=200) if told else ""
    if name and not any(one.slug == name for one in entries.organisations(call)):
        raise invalid("groups", "Organization does not exist")
    return name


def _known(call: Call) -> OrganisationFacts:
    name = asked.text(call.asked, "id", most=200) or asked.needed(call.asked, "name", most=200)
    return entries.organisation(call, name)


def _need_right(call: Call) -> None:
    if not call.by.may(_RIGHT):
        raise Denied("departments are set up by whoever manages the portal")


def _set_up(
    call: Call, slug: str, title: str, before: OrganisationFacts | None = None, *, parent: str
) -> dict[str, Any]:
    languages = list(call.city.languages) or ["en"]
    current = get_language() or ""
    names = {current if current in languages else languages[0]: title}
    set_up_department(
        city=call.city,
        slug=slug,
        name={**(before.names if before else {}), **names},
        by=call.by,
        parent=parent,
        email=before.email if before else "",
    )
    return organisation_dict(entries.organisation(call, slug))


@writing
def organization_delete(call: Call) -> None:
    """Not offered: datasets belong to a department for ever."""
    _known(call)
    raise Denied("a department answers for its datasets and is not deleted here")


@writing
def organization_purge(call: Call) -> None:
    """Not offered."""
    organization_delete(call)


def _fixed(call: Call) -> None:
    raise Denied(_THEMES)


@writing
def group_create(call: Call) -> None:
    """Not offered: groups are the EU's data themes."""
    _fixed(call)


@writing
def group_update(call: Call) -> None:
    """Not offered: groups are the EU's data themes."""
    _fixed(call)


@writing
def group_patch(call: Call) -> None:
    """Not offered: groups are the EU's data themes."""
    _fixed(call)


@writing
def group_delete(call: Call) -> None:
    """Not offered: groups are the EU's data themes."""
    _fixed(call)


@writing
def group_purge(call: Call) -> None:
    """Not offered: groups are the EU's data themes."""
    _fixed(call)
