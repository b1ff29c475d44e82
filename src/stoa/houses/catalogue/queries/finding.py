# SPDX-License-Identifier: EUPL-1.2
"""Finding datasets by any condition, in any order, from any place on: what catalogues ask of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import BooleanField, Count, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Cast

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.rules.finding import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Everything,
    Field,
    Is,
    NoneOf,
    Words,
)
from stoa.houses.catalogue.rules.search import configuration, words_of
from stoa.houses.catalogue.terms import Access, State

_PLAIN = {
    Field.SLUG: "slug",
    Field.DEPARTMENT: "department__slug",
    Field.THEME: "theme",
    Field.LICENCE: "licence",
    Field.ACCESS: "access",
    Field.SPATIAL: "spatial",
    Field.FREQUENCY: "frequency",
    Field.CONTACT: "contact",
    Field.STATE: "state",
}
_MOMENTS = {Field.UPDATED: "updated_at", Field.CREATED: "created_at", Field.PUBLISHED: "published_at"}
_ORDER = {
    "title": "sort_key",
    "slug": "slug",
    "updated": "updated_at",
    "created": "created_at",
    "published": "published_at",
    "relevance": "rank",
}
_WEIGHTS = {Field.TITLE: "A", Field.NAMES: "B", Field.DESCRIPTION: "C"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Which datasets are looked through at all."""

    with_internal: bool = False
    with_drafts: bool = False
    with_retired: bool = False


def reached(*, city: City, principal: Principal, reach: Reach) -> DatasetQuerySet:
    """Published datasets that this principal may know of, and others only where they were asked for."""
    states = [State.PUBLISHED]
    states += [State.DRAFT, State.REVIEW] if reach.with_drafts else []
    states += [State.RETIRED] if reach.with_retired else []
    hits = Dataset.objects.filter(city=city, state__in=states).visible_to(principal)
    return hits if reach.with_internal else hits.exclude(access=Access.INTERNAL)


def matching(hits: DatasetQuerySet, condition: Condition, languages: Sequence[str]) -> DatasetQuerySet:
    """The datasets that meet a condition; `rank` says how well its words are met."""
    found = hits.filter(_where(condition, languages))
    query = _all_words(condition, languages)
    if query is None:
        return found.annotate(rank=Cast(Value(0.0), FloatField()))
    return found.annotate(rank=SearchRank(F("search"), query, cover_density=True))


def page_of(
    hits: DatasetQuerySet, order: Sequence[tuple[str, bool]], *, start: int, rows: int
) -> list[Dataset]:
    """Some datasets of an order (two queries: numbers are sorted, then the rows fetched;
    three more if some are of other catalogues)."""
    by = [F(_ORDER[name]).desc(nulls_last=True) if down else F(_ORDER[name]).asc() for name, down in order]
    numbers = list(hits.order_by(*by, "pk").values_list("pk", flat=True)[start : start + rows])
    found = Dataset.objects.select_related("department", "current").in_bulk(numbers)
    return [*with_origins([found[number] for number in numbers if number in found])]


def counts_by(hits: DatasetQuerySet, field: Field) -> list[tuple[str, int]]:
    """How many datasets have each value of a field, most first (one query)."""
    bare: QuerySet[Any] = hits.order_by()
    if field is Field.KEYWORD:
        bare = bare.annotate(value=Func(F("keywords"), function="unnest"))
    elif field is Field.PLACE:
        bare = bare.annotate(value=F("has_map"))
    else:
        bare = bare.annotate(value=F(_PLAIN[field]))
    counted = bare.values("value").annotate(n=Count("pk")).order_by("-n", "value")
    return [(str(line["value"]), line["n"]) for line in counted if line["value"] not in (None, "")]


def _where(condition: Condition, languages: Sequence[str]) -> Q:
    if isinstance(condition, Everything):
        return Q()
    if isinstance(condition, AllOf):
        return reduce(and_, (_where(part, languages) for part in condition.parts), Q())
    if isinstance(condition, AnyOf):
        parts = [_where(part, languages) for part in condition.parts]
        return Q() if Q() in parts else reduce(or_, parts, Q(pk__in=[]))
    if isinstance(condition, NoneOf):
        inner = _where(condition.part, languages)
        return Q(pk__in=[]) if inner == Q() else ~inner
    if isinstance(condition, Words):
        query = _words(condition, languages)
        return Q(pk__in=[]) if query is None else Q(search=query)
    if isinstance(condition, Between):
        return _between(condition)
    return _is(condition)


def _words(asked: Words, languages: Sequence[str]) -> SearchQuery | None:
    """The words in every language of the city, any of which may match."""
    words = words_of(asked.text)
    if not words:
        return None
    weight = _WEIGHTS[asked.within] if asked.within else ""
    joint = " <-> " if asked.is_phrase else " & "
    mark = weight if asked.is_phrase else f"*{weight}"
    raw = joint.join(f"'{word}'{':' if mark else ''}{mark}" for word in words)
    queries = [
        SearchQuery(raw, config=configuration(language), search_type="raw")
        for language in languages or ["en"]
    ]
    return reduce(or_, queries)


def _all_words(condition: Condition, languages: Sequence[str]) -> SearchQuery | None:
    """Every word that a dataset is wanted for, for the ranking."""
    if isinstance(condition, Words):
        return _words(condition, languages)
    if isinstance(condition, AllOf | AnyOf):
        found = [query for part in condition.parts if (query := _all_words(part, languages)) is not None]
        return reduce(or_, found) if found else None
    return None


def _between(asked: Between) -> Q:
    name = _MOMENTS.get(asked.field)
    found = Q()
    if name is None:
        low, high, name = asked.low, asked.high, _PLAIN.get(asked.field, "slug")
        found &= Q(**{f"{name}__gte": low}) if isinstance(low, str) else Q()
        return found & (Q(**{f"{name}__lte": high}) if isinstance(high, str) else Q())
    for edge, sign in (
        (asked.low, "gte" if asked.with_low else "gt"),
        (asked.high, "lte" if asked.with_high else "lt"),
    ):
        if isinstance(edge, datetime):
            found &= Q(**{f"{name}__{sign}": edge})
    return found or Q(**{f"{name}__isnull": False})


def _is(asked: Is) -> Q:
    reader = _SPECIAL.get(asked.field)
    if reader is not None:
        return reader(asked)
    name = _PLAIN[asked.field]
    if asked.value == "*":
        return ~Q(**{name: ""})
    if asked.is_pattern:
        return Q(**{f"{name}__iregex": _pattern(asked.value)})
    return Q(**{f"{name}__iexact": asked.value})


def _pattern(text: str) -> str:
    """`*` and `?` as a regular expression that matches the whole value; everything else means itself."""
    signs = {"*": ".*", "?": "."}
    return "^" + "".join(signs.get(c, c if c.isalnum() or c in "-_ " else f"\\{c}") for c in text[:200]) + "$"


def _uid(asked: Is) -> Q:
    try:
        return Q(uid=UUID(asked.value))
    except ValueError:
        return Q() if asked.value == "*" else Q(pk__in=[])


def _keyword(asked: Is) -> Q:
    if asked.value == "*":
        return ~Q(keywords=[])
    if asked.is_pattern:
        joined = Func(F("keywords"), Value("\n"), function="array_to_string")
        test = Func(
            joined,
            Value(f"(^|\n){_pattern(asked.value)[1:-1]}($|\n)"),
            template="%(expressions)s",
            arg_joiner=" ~* ",
        )
        return Q(ExpressionWrapper(test, output_field=BooleanField()))
    return Q(keywords__contains=[asked.value])


def _place(asked: Is) -> Q:
    return Q(has_map=asked.value.lower() in {"true", "map", "1"})


_SPECIAL: dict[Field, Callable[[Is], Q]] = {Field.UID: _uid, Field.KEYWORD: _keyword, Field.PLACE: _place}
