# SPDX-License-Identifier: EUPL-1.2
"""Reading packages and resources."""

from __future__ import annotations

from typing import Any

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import finding, usage
from stoa.houses.catalogue.door.finding import Reach
from stoa.standards.ckan import asked
from stoa.standards.ckan.identifiers import named_id
from stoa.standards.ckan.packages import moment
from stoa.standards.ckan.problems import BadQuery, invalid

MOST_LISTED = 1000
MOST_NAMES = 100_000
_BY_FORMAT = {label.lower(): code for code, (label, _media, _words) in entries.FORMATS.items()}


@reading
def package_list(call: Call) -> list[str]:
    """Names of all published datasets in alphabetical order; `limit`, `offset`; `include_private`, `include_drafts` and
    `include_deleted` for those who may see them."""
    start = asked.whole(call.asked, "offset", 0, most=MOST_NAMES)
    most = asked.whole(call.asked, "limit", MOST_NAMES, most=MOST_NAMES)
    reach = Reach(
        with_internal=asked.yes(call.asked, "include_private"),
        with_drafts=asked.yes(call.asked, "include_drafts"),
        with_retired=asked.yes(call.asked, "include_deleted"),
    )
    return finding.names(city=call.city, by=call.by, reach=reach, start=start, most=most)


@reading
def current_package_list_with_resources(call: Call) -> list[dict[str, Any]]:
    """Whole packages, the newest first; `limit` (at most 1000), `offset` or `page`."""
    most = asked.whole(call.asked, "limit", 10, most=MOST_LISTED)
    start = asked.whole(call.asked, "offset", 0, most=MOST_NAMES)
    if not start and call.asked.get("page"):
        start = (asked.whole(call.asked, "page", 1, least=1, most=MOST_NAMES) - 1) * most
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=finding.Everything(),
        order=[("updated", True)],
        start=start,
        rows=most,
    )
    return [entries.package(call, entry) for entry in found.entries]


@reading
def package_show(call: Call) -> dict[str, Any]:
    """One dataset by `id`: its name or its id."""
    entry = entries.entry_of(call, asked.needed(call.asked, "id"))
    usage.note(city=call.city, uid=entry.card.uid, gate="ckan")
    return entries.package(call, entry)


@reading
def package_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Datasets whose names or titles have words beginning with `q`; `limit`."""
    text = asked.text(call.asked, "q", most=200)
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=finding.Words(text, within=finding.Field.TITLE) if text.strip() else finding.Everything(),
        order=[("title", False)],
        rows=asked.whole(call.asked, "limit", 10, most=100),
    )
    facts = [entries.package_facts(call, entry) for entry in found.entries]
    return [
        {"name": one.slug, "title": one.title, "match_field": "title", "match_displayed": one.title}
        for one in facts
    ]


@reading
def package_activity_list(call: Call) -> list[dict[str, Any]]:
    """The versions of a dataset as activities, newest first; `offset`, `limit` (31, at most 100)."""
    entry = entries.entry_of(call, asked.needed(call.asked, "id"))
    if entry.card.version is None:
        return []
    found = door.versions(city=call.city, by=call.by, slug=entry.card.slug)
    start = asked.whole(call.asked, "offset", 0, most=MOST_NAMES)
    most = asked.whole(call.asked, "limit", 31, most=100)
    title = entries.package_facts(call, entry).title
    return [
        {
            "id": named_id("version", str(entry.card.uid), str(version.number)),
            "timestamp": moment(version.made_at),
            "user_id": None,
            "object_id": str(entry.card.uid),
            "activity_type": "new package" if version.number == 1 else "changed package",
            "data": {"package": {"id": str(entry.card.uid), "name": entry.card.slug, "title": title}},
        }
        for version in found[start : start + most]
    ]


@reading
def resource_show(call: Call) -> dict[str, Any]:
    """One format of a dataset by `id`."""
    return entries.resource(call, *entries.resource_entry(call, asked.needed(call.asked, "id")))


@reading
def resource_search(call: Call) -> dict[str, Any]:
    """Resources by `query`: `name:words`, `format:csv`, `url:...` or `id:...`, or several of them; `limit`, `offset`."""
    wanted = _wanted(asked.loaded(call.asked, "query"))
    condition = finding.AllOf(tuple(finding.Words(words) for words in wanted.pop("name", [])))
    start = asked.whole(call.asked, "offset", 0, most=MOST_NAMES)
    most = asked.whole(call.asked, "limit", 100, most=MOST_LISTED)
    results: list[dict[str, Any]] = []
    total, at = 1, 0
    while at < total and len(results) < start + most:
        found = finding.find(city=call.city, by=call.by, condition=condition, start=at, rows=200)
        total, at = min(found.total, MOST_LISTED), at + 200
        listed = [one for entry in found.entries for one in entries.package(call, entry)["resources"]]
        results += [one for one in listed if _fits(one, wanted)]
    return {"count": len(results), "results": results[start : start + most]}


def _wanted(query: Any) -> dict[str, list[str]]:
    parts = [query] if isinstance(query, str) else query
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise invalid("query", "Missing value")
    found: dict[str, list[str]] = {}
    for part in parts[:20]:
        field, colon, words = part.partition(":")
        if not colon or field not in {"name", "format", "url", "id", "description"}:
            raise BadQuery(f'"{part[:60]}" is no search of the form field:term')
        found.setdefault(field, []).append(words.strip())
    return found


def _fits(one: dict[str, Any], wanted: dict[str, list[str]]) -> bool:
    return all(
        words.lower() in str(one[field] or "").lower() for field, listed in wanted.items() for words in listed
    )


@reading
def format_autocomplete(call: Call) -> list[str]:
    """Formats that begin with `q`."""
    text = asked.text(call.asked, "q", most=100).lower()
    return [name for name in sorted(_BY_FORMAT) if name.startswith(text)]


@reading
def package_relationships_list(call: Call) -> list[dict[str, Any]]:
    """Relations between datasets: none are kept."""
    entries.entry_of(call, asked.needed(call.asked, "id"))
    return []


@reading
def resource_view_list(call: Call) -> list[dict[str, Any]]:
    """Views of a resource: the portal has its own pages instead."""
    entries.resource_entry(call, asked.needed(call.asked, "id"))
    return []
