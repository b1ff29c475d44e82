# SPDX-License-Identifier: EUPL-1.2
"""Keywords as tags."""

from __future__ import annotations

from typing import Any

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import finding
from stoa.standards.ckan import asked
from stoa.standards.ckan.identifiers import named_id
from stoa.standards.ckan.packages import tag_dict

MOST_PACKAGES = 1000


def _words(call: Call, text: str) -> list[str]:
    """All keywords that have this text in them, in alphabetical order."""
    if call.asked.get("vocabulary_id"):
        return []  # keywords are free words
    found = finding.counts(city=call.city, by=call.by, field=finding.Field.KEYWORD)
    return sorted((word for word, _n in found if text.casefold() in word.casefold()), key=str.casefold)


@reading
def tag_list(call: Call) -> list[Any]:
    """Keywords; `query` (only those with this text), `all_fields`."""
    words = _words(call, asked.text(call.asked, "query", most=100))
    return [tag_dict(word) for word in words] if asked.yes(call.asked, "all_fields") else words


@reading
def tag_show(call: Call) -> dict[str, Any]:
    """One keyword by `id`; with `include_datasets` the packages that have it."""
    told = asked.needed(call.asked, "id", most=200)
    word = next((word for word in _words(call, "") if told in {word, named_id("tag", word)}), None)
    if word is None:
        raise NotFound("tag", told[:80])
    if not asked.yes(call.asked, "include_datasets"):
        return tag_dict(word)
    found = finding.find(
        city=call.city,
        by=call.by,
        condition=finding.Is(finding.Field.KEYWORD, word),
        rows=MOST_PACKAGES,
    )
    return tag_dict(word) | {"packages": [entries.package(call, entry) for entry in found.entries]}


@reading
def tag_search(call: Call) -> dict[str, Any]:
    """Keywords that have `query` in them; `limit`, `offset`."""
    words = _words(call, asked.text(call.asked, "query", most=100))
    start = asked.whole(call.asked, "offset", 0, most=100_000)
    most = asked.whole(call.asked, "limit", 100, most=1000)
    return {"count": len(words), "results": [tag_dict(word) for word in words[start : start + most]]}


@reading
def tag_autocomplete(call: Call) -> list[str]:
    """Keywords that have `query` (or `q`) in them; `limit`."""
    text = asked.text(call.asked, "query", most=100) or asked.text(call.asked, "q", most=100)
    return _words(call, text)[: asked.whole(call.asked, "limit", 10, most=100)]
