# SPDX-License-Identifier: EUPL-1.2
"""Themes of the EU's list as groups."""

from __future__ import annotations

from typing import Any

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.gates.ckan.listing import Listed, listing
from stoa.houses.catalogue.door import finding
from stoa.standards.ckan import asked
from stoa.standards.ckan.packages import GroupFacts, group_dict
from stoa.standards.vocabularies import THEMES

MOST_PACKAGES = 1000


def _groups(call: Call) -> list[GroupFacts]:
    counts = dict(finding.counts(city=call.city, by=call.by, field=finding.Field.THEME))
    return [found for code in THEMES if (found := entries.group_facts(code, counts.get(code, 0)))]


@reading
def group_list(call: Call) -> list[Any]:
    """Themes: names, or whole with `all_fields`; `sort`, `limit`, `offset`, `groups` (only these)."""
    found = [
        Listed(one.slug, one.name, one.packages, lambda one=one: group_dict(one))  # type: ignore[misc]
        for one in _groups(call)
    ]
    return listing(call, found, "groups")


@reading
def group_show(call: Call) -> dict[str, Any]:
    """One theme by `id`; with `include_datasets` its packages (at most 1000)."""
    code = entries.theme_of(asked.needed(call.asked, "id"))
    facts = next(one for one in _groups(call) if one.code == code)
    wanted = asked.yes(call.asked, "include_datasets")
    return group_dict(facts, _packages(call, code, MOST_PACKAGES) if wanted else [])


def _packages(call: Call, code: str, most: int) -> list[dict[str, Any]]:
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=finding.Is(finding.Field.THEME, code),
        order=[("updated", True)],
        rows=most,
    )
    return [entries.package(call, entry) for entry in found.entries]


@reading
def group_package_show(call: Call) -> list[dict[str, Any]]:
    """The packages of a theme; `limit` (at most 1000)."""
    code = entries.theme_of(asked.needed(call.asked, "id"))
    return _packages(call, code, asked.whole(call.asked, "limit", MOST_PACKAGES, most=MOST_PACKAGES))


@reading
def group_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Themes with `q` in their name or title; `limit`."""
    text = asked.text(call.asked, "q", most=200).lower()
    hits = [one for one in _groups(call) if text in one.slug or text in one.name.lower()]
    most = asked.whole(call.asked, "limit", 20, most=100)
    return [{"id": one.id, "name": one.slug, "title": one.name} for one in hits[:most]]
