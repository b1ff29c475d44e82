# SPDX-License-Identifier: EUPL-1.2
"""Departments as organisations."""

from __future__ import annotations

from typing import Any

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.gates.ckan.listing import Listed, listing
from stoa.houses.catalogue.door import finding
from stoa.standards.ckan import asked
from stoa.standards.ckan.packages import organisation_dict

MOST_PACKAGES = 1000


@reading
def organization_list(call: Call) -> list[Any]:
    """Departments: names, or whole with `all_fields`; `sort` (name, title, package_count), `limit`, `offset`,
    `organizations` (only these)."""
    found = [
        Listed(one.slug, one.name, one.packages, lambda one=one: organisation_dict(one))  # type: ignore[misc]
        for one in entries.organisations(call)
    ]
    return listing(call, found, "organizations")


@reading
def organization_show(call: Call) -> dict[str, Any]:
    """One department by `id`; with `include_datasets` its packages (at most 1000)."""
    facts = entries.organisation(call, asked.needed(call.asked, "id"))
    if not asked.yes(call.asked, "include_datasets"):
        return organisation_dict(facts)
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=finding.Is(finding.Field.DEPARTMENT, facts.slug),
        order=[("updated", True)],
        rows=MOST_PACKAGES,
    )
    return organisation_dict(facts, [entries.package(call, entry) for entry in found.entries])


@reading
def organization_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Departments with `q` in their name or title; `limit`."""
    text = asked.text(call.asked, "q", most=200).lower()
    hits = [one for one in entries.organisations(call) if text in one.slug or text in one.name.lower()]
    most = asked.whole(call.asked, "limit", 20, most=100)
    return [{"id": one.id, "name": one.slug, "title": one.name} for one in hits[:most]]


@reading
def organization_list_for_user(call: Call) -> list[dict[str, Any]]:
    """Departments for which this caller may bring in datasets."""
    mine = finding.departments_to_fill(city=call.city, by=call.by)
    return [organisation_dict(one) for one in entries.organisations(call) if one.slug in mine]
