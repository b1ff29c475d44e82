# SPDX-License-Identifier: EUPL-1.2
"""`package_search`: CKAN's search fields as conditions of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import finding
from stoa.houses.catalogue.door.finding import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Everything,
    Field,
    Is,
    NoneOf,
    Reach,
    Words,
)
from stoa.standards.ckan import asked, solr
from stoa.standards.ckan.identifiers import licence_code, licence_id
from stoa.standards.ckan.packages import facet_dict
from stoa.standards.ckan.problems import BadQuery, invalid
from stoa.standards.vocabularies import LICENCES

MOST_ROWS = 1000
_NOTHING = NoneOf(Everything())
_WORDS = {"title": Field.TITLE, "notes": Field.DESCRIPTION, "text": None, "": None}
_VALUES = {
    "name": Field.SLUG,
    "id": Field.UID,
    "organization": Field.DEPARTMENT,
    "tags": Field.KEYWORD,
    "groups": Field.THEME,
    "license_id": Field.LICENCE,
    "maintainer_email": Field.CONTACT,
    "extras_spatial_text": Field.SPATIAL,
}
_MOMENTS = {"metadata_modified": Field.UPDATED, "metadata_created": Field.CREATED}
_ORDER = {
    "score": "relevance",
    "relevance": "relevance",
    "metadata_modified": "updated",
    "metadata_created": "created",
    "name": "slug",
    "title": "title",
    "title_string": "title",
    "views_recent": "updated",
}
_FACETS = {
    "organization": Field.DEPARTMENT,
    "groups": Field.THEME,
    "tags": Field.KEYWORD,
    "license_id": Field.LICENCE,
    "res_format": Field.PLACE,
}


@reading
def package_search(call: Call) -> dict[str, Any]:
    """Datasets by words and fields: `q`, `fq`, `fq_list`, `sort`, `rows` (10, at most 1000), `start`, `facet.field`,
    `facet.limit`, `facet.mincount`, `fl` (only these fields), `include_private`, `include_drafts`."""
    q = solr.parse(asked.text(call.asked, "q", most=solr.MOST_LETTERS))
    filters = [
        asked.text(call.asked, "fq", most=solr.MOST_LETTERS),
        *asked.listed_texts(call.asked, "fq_list"),
    ]
    trees = [q, *(solr.parse(text) for text in filters)]
    reach = Reach(
        with_internal=asked.yes(call.asked, "include_private"),
        with_drafts=asked.yes(call.asked, "include_drafts"),
    )
    facets = _facet_fields(call)
    sort = asked.text(call.asked, "sort", most=500).strip()
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=AllOf(tuple(_condition(call, tree) for tree in trees)),
        order=_order(sort, has_words=any(solr.has_words(tree) for tree in trees)),
        start=asked.whole(call.asked, "start", 0, most=1_000_000),
        rows=asked.whole(call.asked, "rows", 10, most=MOST_ROWS),
        count_by=[_FACETS[name] for name in facets if name in _FACETS],
        reach=reach,
    )
    items = {name: _items(call, name, found) for name in facets}
    return {
        "count": found.total,
        "results": _shown(call, found),
        "sort": sort or "score desc, metadata_modified desc",
        "facets": {name: {one[0]: one[2] for one in listed} for name, listed in items.items()},
        "search_facets": {name: facet_dict(_title(name), listed) for name, listed in items.items()},
    }


def _shown(call: Call, found: finding.Found) -> list[dict[str, Any]]:
    """The packages, or only the fields of them that `fl` names."""
    wanted = set(asked.listed(call.asked, "fl", most=100)) - {"*", "score"}
    packages = [entries.package(call, entry) for entry in found.entries]
    return [{k: v for k, v in one.items() if k in wanted} for one in packages] if wanted else packages


def _order(sort: str, *, has_words: bool) -> list[tuple[str, bool]]:
    order = []
    for name, down in solr.sorts(sort):
        if name not in _ORDER:
            raise BadQuery(f'Cannot sort by "{name[:60]}"')
        order.append((_ORDER[name], down))
    return order or ([("relevance", True)] if has_words else []) + [("updated", True)]


def _condition(call: Call, node: solr.Node) -> Condition:
    if isinstance(node, solr.Everything):
        return Everything()
    if isinstance(node, solr.Both):
        return AllOf(tuple(_condition(call, part) for part in node.parts))
    if isinstance(node, solr.Either):
        return AnyOf(tuple(_condition(call, part) for part in node.parts))
    if isinstance(node, solr.Not):
        return NoneOf(_condition(call, node.part))
    if isinstance(node, solr.Span):
        return _span(node)
    return _term(call, node)


def _span(node: solr.Span) -> Condition:
    if node.field in _MOMENTS:
        edges = [_moment(edge) if edge else None for edge in (node.low, node.high)]
        return Between(
            _MOMENTS[node.field], edges[0], edges[1], with_low=node.with_low, with_high=node.with_high
        )
    if node.field in _VALUES and node.field not in {"id", "tags"}:
        return Between(_VALUES[node.field], node.low, node.high)
    raise BadQuery(f'A range of the field "{node.field[:60]}" cannot be searched')


def _moment(text: str) -> datetime:
    """ISO 8601, or Solr's `NOW`, `NOW-7DAYS`, `NOW/DAY-1MONTH`."""
    if text.startswith("NOW"):
        return _now_and_then(text.removeprefix("NOW").replace("/DAY", "").replace("/HOUR", ""))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(f'"{text[:40]}" is no time') from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_UNITS = {"HOUR": 1 / 24, "DAY": 1, "WEEK": 7, "MONTH": 30.44, "YEAR": 365.25}


def _now_and_then(span: str) -> datetime:
    now = datetime.now(UTC)
    if not span:
        return now
    digits = span[1:].rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = span[1 + len(digits) :].removesuffix("S")
    if span[0] not in "+-" or not digits.isdecimal() or len(digits) > 5 or unit not in _UNITS:
        raise BadQuery(f'"NOW{span[:40]}" is no time')
    try:
        return now + timedelta(days=_UNITS[unit] * int(digits)) * (1 if span[0] == "+" else -1)
    except OverflowError:
        raise BadQuery(f'"NOW{span[:40]}" is no time') from None


def _term(call: Call, node: solr.Term) -> Condition:
    if node.field in _WORDS:
        return Words(node.text.rstrip("*"), is_phrase=node.is_phrase, within=_WORDS[node.field])
    if node.field in _MOMENTS:
        at = _moment(node.text)
        return Between(_MOMENTS[node.field], at, at)
    special = _SPECIAL.get(node.field)
    if special:
        return special(call, node.text)
    if node.field in _VALUES:
        is_pattern = not node.is_phrase and node.text != "*" and ("*" in node.text or "?" in node.text)
        return Is(_VALUES[node.field], node.text, is_pattern=is_pattern)
    # CKAN's index has a field for every extra; of those that are not kept here nothing can be found.
    return _NOTHING


def _by_format(call: Call, text: str) -> Condition:
    code = next((code for code, facts in entries.FORMATS.items() if facts[0].lower() == text.lower()), None)
    if text == "*":
        return Everything()
    if code is None:
        return _NOTHING
    return Is(Field.PLACE, "true") if code in entries.PLACES else Everything()


def _by_licence(call: Call, text: str) -> Condition:
    code = text if text == "*" else licence_code(text)
    return Is(Field.LICENCE, code) if code else _NOTHING


def _by_theme(call: Call, text: str) -> Condition:
    if text == "*":
        return Is(Field.THEME, "*")
    try:
        return Is(Field.THEME, entries.theme_of(text))
    except NotFound:
        return _NOTHING


def _by_owner(call: Call, text: str) -> Condition:
    try:
        return Is(Field.DEPARTMENT, entries.organisation(call, text).slug)
    except NotFound:
        return _NOTHING


def _by_state(call: Call, text: str) -> Condition:
    states = [state for state, name in entries.STATES.items() if name == text]
    return AnyOf(tuple(Is(Field.STATE, state) for state in states))


def _by_privacy(call: Call, text: str) -> Condition:
    internal = Is(Field.ACCESS, "internal")
    return internal if text.lower() == "true" else NoneOf(internal)


def _by_kind(call: Call, text: str) -> Condition:
    return Everything() if text in {"dataset", "*"} else _NOTHING


_SPECIAL = {
    "res_format": _by_format,
    "license_id": _by_licence,
    "groups": _by_theme,
    "owner_org": _by_owner,
    "state": _by_state,
    "private": _by_privacy,
    "dataset_type": _by_kind,
    "type": _by_kind,
}


def _facet_fields(call: Call) -> list[str]:
    if not asked.yes(call.asked, "facet", default=True):
        return []
    fields = asked.listed(call.asked, "facet.field", most=20)
    if any(len(field) > 100 for field in fields):
        raise invalid("facet.field", "Unknown field")
    return list(dict.fromkeys(fields))


def _items(call: Call, name: str, found: finding.Found) -> list[tuple[str, str, int]]:
    """Name, words and count of each value; CKAN counts none for a field that its index does not have."""
    counts = found.counts[_FACETS[name]] if name in _FACETS else []
    most = asked.whole(call.asked, "facet.limit", 50, least=-1, most=1000)
    least = asked.whole(call.asked, "facet.mincount", 1, most=1_000_000)
    if name == "res_format":
        named = _formats(counts)
    else:
        titles = _titles(call) if name == "organization" and counts else {}
        named = [(*_named(name, value, titles), n) for value, n in counts]
    return [one for one in named if one[2] >= least][: most if most >= 0 else None]


def _formats(counts: list[tuple[str, int]]) -> list[tuple[str, str, int]]:
    with_place = dict(counts).get("True", 0)
    total = sum(n for _value, n in counts)
    found = [
        (label, label, with_place if code in entries.PLACES else total)
        for code, (label, _media, _words) in entries.FORMATS.items()
    ]
    return sorted((one for one in found if one[2]), key=lambda one: (-one[2], one[0]))


def _titles(call: Call) -> dict[str, str]:
    return {one.slug: one.name for one in entries.organisations(call)}


def _named(name: str, value: str, titles: Mapping[str, str]) -> tuple[str, str]:
    if name == "organization":
        return value, titles.get(value, value)
    if name == "groups":
        facts = entries.group_facts(value)
        return (facts.slug, facts.name) if facts else (value, value)
    if name == "license_id":
        known = LICENCES.get(value)
        return licence_id(value), gettext(known.label) if known else value
    return value, value


def _title(name: str) -> str:
    return {
        "organization": gettext("Departments"),
        "groups": gettext("Themes"),
        "tags": gettext("Keywords"),
        "license_id": gettext("Licences"),
        "res_format": gettext("Formats"),
    }.get(name, name)
