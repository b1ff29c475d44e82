# SPDX-License-Identifier: EUPL-1.2
"""Making, changing and removing entities of any kind, each all or nothing, each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.actions import keeping
from stoa.houses.observations.actions import making as _making
from stoa.houses.observations.actions import remaking as _remaking
from stoa.houses.observations.actions.drafts import Draft, Id
from stoa.houses.observations.actions.told_features import told_feature
from stoa.houses.observations.terms import Way

__all__ = [
    "Draft",
    "Id",
    "Undo",
    "change",
    "feature_of",
    "make",
    "observed",
    "remove",
    "together",
    "undone_if_refused",
]


def make(*, city: City, by: Principal, draft: Draft, way: Way = Way.HTTP) -> Id:
    """Make an entity with everything inside of it; gives its id. Refused, with nothing made, if any part cannot be."""
    return _making.make_entity(city=city, by=by, draft=draft, way=way)


def change(*, city: City, by: Principal, id: Id, draft: Draft, way: Way = Way.HTTP) -> Id:  # noqa: A002 - its name
    """Change what the draft names; gives the id, new where an observation got another time. NotFound, Refused."""
    return _remaking.change_entity(city=city, by=by, id=id, draft=draft, way=way)


def remove(*, city: City, by: Principal, kind: str, id: Id) -> None:  # noqa: A002 - its name
    """Remove an entity and what cannot be without it. NotFound, Refused."""
    _remaking.remove_entity(city=city, by=by, kind=kind, id=id)


def observed(*, draft: Draft, series: int, features: Sequence[int] = ()) -> keeping.Observed:
    """An observation of a series for `keeping.keep`, which takes many at once."""
    return _making.observed_of(draft, series, features[0] if features else None)


def feature_of(*, city: City, by: Principal, series: int, draft: Draft) -> int | None:
    """The feature that is told inside of an observation of a series: the equal one that may be used, or a new one.

    None where `by` may not write into the series. Refused if it cannot be made.
    """
    return told_feature(city=city, by=by, series=series, draft=draft)


@contextmanager
def undone_if_refused() -> Iterator[None]:
    """A block whose writes are taken back where it ends with an exception."""
    with transaction.atomic():
        yield


class Undo:
    """A block's way to take back everything without an exception."""

    def undo(self) -> None:
        transaction.set_rollback(True)


@contextmanager
def together() -> Iterator[Undo]:
    """A block whose writes stand together: all of them, or, after `undo`, none."""
    with transaction.atomic():
        yield Undo()
