# SPDX-License-Identifier: EUPL-1.2
"""Finding datasets: full text in the city's languages, filters with counts, misspelt words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Greatest

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.ids import plain
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries import shelves
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.rules.freshness import Freshness
from stoa.houses.catalogue.rules.search import configuration, prefix_query, words_of
from stoa.houses.catalogue.rules.shelf import Shelf
from stoa.houses.catalogue.terms import State

FACETS = ("theme", "department", "licence", "format", "spatial", "freshness", "place", "access", "origin")
_FACET_SQL = {
    "theme": "theme",
    "department": "department_id::text",
    "licence": "licence",
    "format": "format",
    "spatial": "spatial",
    "freshness": "case when frequency = 'NEVER' then 'ended' when late_at is null then 'no_promise'"
    " when late_at <= now() then 'late' else 'fresh' end",
    "place": "case when has_map then 'map' when rows > 0 then 'table' end",
    "access": "access",
    "origin": "case when is_remote then 'elsewhere' else 'here' end",
}
PAGE = 20
MOST_ALIKE = 100
"""How many titles with similar words are offered when none has the words themselves."""
ALIKE = 0.45
"""From which share of common letter triples two words count as alike (a letter too many or exchanged)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for."""

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """By facet; the department by its id as text."""
    order: str = ""
    """`relevance` (default with words), `newest` (default without), `title`, `quality`."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the result, and how many there are by every filter."""

    datasets: list[Dataset]
    total: int
    facets: Mapping[str, list[tuple[str, int]]]
    pages: int
    is_guess: bool = False
    """Nothing had these words; these are titles with similar ones."""
    corrected: str = ""
    """The words that were looked for instead."""


def search(*, city: City, principal: Principal, asked: Asked, now: datetime) -> Found:
    """One page of what this principal may find.

    Two queries for somebody without rights, three if the words had to be corrected, one more when the catalogue
    has changed; for all others three by dataset_search and dataset_newest, three more by dataset_search_text for
    misspelt words.
    """
    found = None if principal.is_known else search_by_shelf(city=city, asked=asked, now=now)
    return found or search_by_sql(city=city, principal=principal, asked=asked, now=now)


def search_by_sql(*, city: City, principal: Principal, asked: Asked, now: datetime) -> Found:
    """All by the database, whatever the rights."""
    base = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    hits = _chosen(base, asked.chosen, now)
    by_words = with_words(hits, asked.text, list(city.languages))
    total, facets = _count(by_words)
    is_guess = bool(not total and words_of(asked.text))
    if is_guess:
        by_words = _similar(hits, asked.text)
        total, facets = _count(by_words)
    ordered = _ordered(by_words, asked, is_guess=is_guess)
    first = (max(1, asked.page) - 1) * PAGE
    datasets = _whole(base, list(ordered.values_list("pk", flat=True)[first : first + PAGE]))
    return Found(datasets, total, facets, max(1, -(-total // PAGE)), is_guess and bool(total))


def search_by_shelf(*, city: City, asked: Asked, now: datetime) -> Found | None:
    """What everybody may find: words by the database, filters, counts and orders from memory; None if it cannot."""
    if not words_of(asked.text):
        on_shelf = shelves.ask(city)
        return _from_shelf(city, asked, now, on_shelf.kept.shelf, None) if on_shelf else None
    on_shelf = shelves.ask(city, _ranked(city, asked, asked.text, now))
    if on_shelf is None:
        return None
    if on_shelf.pks:
        return _from_shelf(city, asked, now, on_shelf.kept.shelf, on_shelf.pks)
    return _corrected(city, asked, now, on_shelf.kept)


def _corrected(city: City, asked: Asked, now: datetime, kept: shelves.Kept) -> Found | None:
    """What has the words that were probably meant: all of them, else any."""
    words = words_of(asked.text)
    meant = kept.spelling().corrected(words)
    told = " ".join(meant) if [plain(word) for word in meant] != [plain(word) for word in words] else ""
    for either in [*([False] if told else []), *([True] if words[1:] else [])]:
        on_shelf = shelves.ask(city, _ranked(city, asked, " ".join(meant), now, either=either))
        if on_shelf is None:
            return None
        if on_shelf.pks:
            found = _from_shelf(city, asked, now, on_shelf.kept.shelf, on_shelf.pks)
            return replace(found, is_guess=True, corrected=told)
    return _from_shelf(city, asked, now, kept.shelf, ())


def _ranked(city: City, asked: Asked, text: str, now: datetime, *, either: bool = False) -> Any:
    """The numbers of the datasets with these words, best first where that is asked; None if none can fit."""
    hits = with_words(
        _chosen(shelves.everybodys(city), asked.chosen, now), text, list(city.languages), either=either
    )
    by_rank = (asked.order or "relevance") == "relevance"
    hits = _ordered(hits, replace(asked, text=text), is_guess=False) if by_rank else hits.order_by()
    return hits.values_list("pk", flat=True)


def _from_shelf(city: City, asked: Asked, now: datetime, shelf: Shelf, pks: Sequence[int] | None) -> Found:
    """One page of the hits (None: everything that passes the filters), in the order asked for."""
    if pks is None:
        places = shelf.in_order(asked.order, shelf.fitting(asked.chosen, now))
    else:
        places = shelf.places(pks)
        if (asked.order or "relevance") != "relevance":
            mask = np.zeros(len(shelf.pks), dtype=np.bool_)
            mask[places] = True
            places = shelf.in_order(asked.order, mask)
    first = (max(1, asked.page) - 1) * PAGE
    shown = [int(pk) for pk in shelf.pks[places[first : first + PAGE]]]
    total = len(places)
    datasets = _whole(shelves.everybodys(city), shown)
    return Found(datasets, total, shelf.count(places, now), max(1, -(-total // PAGE)))


def _whole(base: DatasetQuerySet, numbers: list[int]) -> list[Dataset]:
    """Datasets by number, in this order: sorting numbers is light, sorting whole rows is not."""
    hits = base.select_related("department", "current").defer("search", "search_text", "recipe")
    found = hits.in_bulk(numbers) if numbers else {}
    return list(with_origins([found[number] for number in numbers if number in found]))


def _chosen(hits: DatasetQuerySet, chosen: Mapping[str, str], now: datetime) -> DatasetQuerySet:
    plain_fields = {
        "theme": "theme",
        "licence": "licence",
        "format": "format",
        "spatial": "spatial",
        "access": "access",
    }
    for facet, value in chosen.items():
        if not value:
            continue
        if facet in plain_fields:
            hits = hits.filter(**{plain_fields[facet]: value})
        elif facet == "department":
            hits = (
                hits.filter(department_id=int(value))
                if value.isdecimal() and len(value) < 18
                else hits.none()
            )
        elif facet == "place":
            hits = hits.filter(has_map=True) if value == "map" else hits.filter(has_map=False, rows__gt=0)
        elif facet == "origin":
            hits = hits.filter(is_remote=value == "elsewhere")
        elif facet == "freshness":
            hits = hits.filter(_freshness(value, now))
    return hits


def _freshness(value: str, now: datetime) -> Q:
    ended = Q(frequency="NEVER")
    return {
        Freshness.ENDED: ended,
        Freshness.NO_PROMISE: ~ended & Q(late_at=None),
        Freshness.LATE: ~ended & Q(late_at__lte=now),
    }.get(Freshness(value) if value in set(Freshness) else Freshness.FRESH, ~ended & Q(late_at__gt=now))


def _query(text: str, languages: list[str], *, either: bool = False) -> SearchQuery | None:
    """The words in every language of the city, any of which may match; with `either` any of the words will do."""
    raw = prefix_query(text).replace(" & ", " | " if either else " & ")
    if not raw:
        return None
    queries = [
        SearchQuery(raw, config=configuration(language), search_type="raw")
        for language in languages or ["en"]
    ]
    return reduce(or_, queries)


def with_words(
    hits: DatasetQuerySet, text: str, languages: list[str], *, either: bool = False
) -> DatasetQuerySet:
    """Those that have all of these words (or any) in one language of the city, with their `rank`; all without words."""
    query = _query(text, languages, either=either)
    if query is None:
        return hits
    return hits.filter(search=query).annotate(rank=SearchRank(F("search"), query, cover_density=True))


def _similar(hits: DatasetQuerySet, text: str) -> Any:
    """The titles with words most like these, at most a hundred, found once and then counted by number."""
    from django.contrib.postgres.search import TrigramWordSimilarity

    words = plain(text).split()[:4]
    if not words:
        return hits.none().annotate(rank=Value(0))
    with connection.cursor() as cursor:
        cursor.execute("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
    near = [TrigramWordSimilarity(word, "search_text") for word in words]
    condition = Q()
    for word in words:
        condition |= Q(search_text__trigram_word_similar=word)
    rank = Greatest(*near) if len(near) > 1 else near[0]
    alike = hits.filter(condition).annotate(rank=rank).order_by("-rank", "pk")
    places = {pk: place for place, pk in enumerate(alike.values_list("pk", flat=True)[:MOST_ALIKE])}
    if not places:
        return hits.none().annotate(rank=Value(0))
    order = [When(pk=pk, then=-place) for pk, place in places.items()]
    return hits.filter(pk__in=places).annotate(rank=Case(*order, default=0, output_field=IntegerField()))


def _ordered(hits: Any, asked: Asked, *, is_guess: bool) -> Any:
    has_words = is_guess or bool(words_of(asked.text))
    order = asked.order or ("relevance" if has_words else "newest")
    if order == "relevance" and has_words:
        return hits.order_by("-rank", "sort_key", "pk")
    if order == "title":
        return hits.order_by("sort_key", "pk")
    if order == "quality":
        return hits.order_by(F("quality").desc(nulls_last=True), "sort_key", "pk")
    return hits.order_by("-updated_at", "pk")


def _count(hits: DatasetQuerySet) -> tuple[int, dict[str, list[tuple[str, int]]]]:
    """All counts in one pass over the hits: rights and filters come from the query set, the groups from SQL."""
    columns = (
        "theme",
        "department_id",
        "licence",
        "format",
        "spatial",
        "frequency",
        "late_at",
        "has_map",
        "access",
        "is_remote",
        "rows",
    )
    if hits.query.is_empty():
        return 0, {name: [] for name in FACETS}
    sql, params = hits.order_by().values(*columns).query.sql_with_params()
    groups = ", ".join(f"{expression} as {name}" for name, expression in _FACET_SQL.items())
    sets = ", ".join(f"({name})" for name in _FACET_SQL)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select grouping({', '.join(_FACET_SQL)}), {', '.join(_FACET_SQL)}, count(*)"
            f" from (select {groups} from ({sql}) hits) named group by grouping sets ({sets}, ())",
            params,
        )
        return _unfold(cursor.fetchall())


def _unfold(rows: list[tuple[object, ...]]) -> tuple[int, dict[str, list[tuple[str, int]]]]:
    names = list(_FACET_SQL)
    all_bits = 2 ** len(names) - 1
    total = 0
    facets: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    for bits, *values, n in rows:
        if bits == all_bits:
            total = int(str(n))
            continue
        place = len(names) - 1 - (all_bits ^ int(str(bits))).bit_length() + 1
        value = values[place]
        if value not in (None, ""):
            facets[names[place]].append((str(value), int(str(n))))
    for counts in facets.values():
        counts.sort(key=lambda pair: (-pair[1], pair[0]))
    return total, facets
