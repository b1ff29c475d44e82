# SPDX-License-Identifier: EUPL-1.2
"""Public datasets in this process's memory, each good for as long as its rows stand as they stood.

PostgreSQL stamps every row with the transaction that wrote it (`xmin`) and with its place (`ctid`): no two states of
a row ever share both. Who asks for a dataset by name therefore reads only the stamps of the dataset, its department
and its current version, under the same rights as ever, and what was made of the same stamps before is still true.
Only what everybody may know of is kept; whoever has rights is answered by the database alone.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from stoa.commons.cities.models import City
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.memory import Memory
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.terms import State

MOST_BYTES = 8 * 1024 * 1024
"""Of all cities together, as they are written; in memory they take some three times as much. A usual one has 5 KB; the
longest unused go first, and one that fills an eighth is read anew every time."""
_STAMP = ", ".join(
    f'"{table}".{mark}'
    for table in ("catalogue_dataset", "people_department", "catalogue_version")
    for mark in ("xmin", "ctid")
)
_CITY, _SLUG = -1, "?"
"""Stand for the values in a statement that is written once."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset as it stood under one stamp."""

    stamp: str
    shared: Dataset
    """The one of this memory, with its department and its current version: to be looked at and never changed."""
    written: bytes
    _made: dict[object, Any] = field(default_factory=dict)

    def dataset(self, city: City) -> Dataset:
        """A copy of its own for each who asks."""
        found: Dataset = pickle.loads(self.written)  # noqa: S301 - written by this process
        found.city = city
        return found

    def made(self, make: Callable[[Dataset], T]) -> T:
        """What a function makes of the dataset, made once: a frozen value that depends on the three rows alone.

        Of what was harvested more is known in other tables, so it is made anew every time.
        """
        if self.shared.is_remote:
            return make(self.shared)
        if make not in self._made:
            self._made[make] = make(self.shared)
        return cast("T", self._made[make])


datasets: Memory[tuple[int, str], Kept] = Memory(MOST_BYTES, lambda kept: len(kept.written))
"""The kept ones of this process, by city and short name."""


def is_public(principal: Principal) -> bool:
    """Whether this principal may know of the same datasets as everybody."""
    return not principal.is_inside


def public_dataset(city: City, slug: str) -> Kept | None:
    """The dataset, if everybody may read its description (one query, two when it has changed)."""
    known = datasets.get((city.pk, slug))
    if known is not None:
        stamp = _one(_stamp_statement(), city, slug)
        if stamp is None or stamp == known.stamp:
            return known if stamp else None
    found = _stamped(_hits(city.pk, slug)).select_related("department", "current")
    dataset: Any = found.defer("search", "search_text").first()
    if dataset is None:
        return None
    kept = Kept(dataset.stamp, dataset, pickle.dumps(dataset, pickle.HIGHEST_PROTOCOL))
    datasets.keep((city.pk, slug), kept)
    return kept


def public_stamps(city: City) -> str:
    """A text that changes whenever a published dataset does that everybody may know of (one query)."""
    return _one(_stamps_statement(), city, "") or ""


def _hits(city_id: int, slug: str) -> DatasetQuerySet:
    return Dataset.objects.filter(city_id=city_id, slug=slug).visible_to(NOBODY)


def _stamped(hits: DatasetQuerySet) -> Any:
    return hits.annotate(stamp=RawSQL(f"concat_ws(' ', {_STAMP})", [], TextField()))  # noqa: S611 - fixed names


def _one(statement: tuple[str, tuple[Any, ...]], city: City, slug: str) -> str | None:
    text, values = statement
    given = [city.pk if value == _CITY else slug if value == _SLUG else value for value in values]
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        row = cursor.fetchone()
    return str(row[0]) if row and row[0] is not None else None


@cache
def _stamp_statement() -> tuple[str, tuple[Any, ...]]:
    """Written once: to put it together costs Django several times what the database needs to answer it."""
    # The two names join the tables whose stamps are asked for.
    found = _stamped(_hits(_CITY, _SLUG)).values_list("stamp", "department__slug", "current__number")
    text, values = found.query.sql_with_params()
    return text, tuple(values)


@cache
def _stamps_statement() -> tuple[str, tuple[Any, ...]]:
    hits = Dataset.objects.filter(city_id=_CITY, state=State.PUBLISHED).visible_to(NOBODY)
    found = _stamped(hits).order_by("pk").values_list("stamp", "department__slug", "current__number")
    text, values = found.query.sql_with_params()
    return f"SELECT md5(string_agg(stamp, ',')) FROM ({text}) AS listed(stamp)", tuple(values)
