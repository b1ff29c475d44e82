# SPDX-License-Identifier: EUPL-1.2
"""Writing by programs that wait for the result: rows told one by one, files read at once, the end of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.commons.lake.editing import Change, Method, Record, merged
from stoa.commons.people.models import Department
from stoa.commons.reading.recipe import Recipe
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.actions import delivering, discarding, moving, publishing, recording
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Delivery
from stoa.houses.catalogue.queries.datasets import dataset_to_edit
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState

__all__ = [
    "Change",
    "Method",
    "Record",
    "Shape",
    "change_rows",
    "declare",
    "end",
    "merged",
    "move",
    "need_editing",
    "shape",
    "take_and_read",
]


def need_editing(*, city: City, by: Principal, uid: UUID) -> None:
    """`Refused` (`catalogue.right_missing`) unless whoever asks may change this dataset, which they know of."""
    need(by, Permission.EDIT_DATASET, _visible(city, by, uid).department_id)


def _visible(city: City, by: Principal, uid: UUID) -> Dataset:
    found = (
        Dataset.objects.filter(city=city, uid=uid)
        .visible_to(by)
        .select_related("department", "current")
        .first()
    )
    if found is None:
        raise NotFound("dataset", str(uid))
    return found


def change_rows(
    *,
    city: City,
    by: Principal,
    uid: UUID,
    change: Change,
    guessed: frozenset[str] = frozenset(),
    note: str = "",
) -> bool:
    """Make the next version by a change of rows; says whether it is public (else a steward is to look).

    Raises `Refused` with everything that stands between the rows and the public.
    """
    dataset = _visible(city, by, uid)
    version = recording.record_rows(dataset=dataset, change=change, by=by, guessed=guessed, note=note)
    return version is not None


def take_and_read(
    *, city: City, by: Principal, slug: str, chunks: Iterable[bytes], name: str, note: str = ""
) -> bool:
    """Take a file, read it while the caller waits, publish it if they may; says whether it is public now.

    Raises `Refused` if it cannot be read or may not be published as it is.
    """
    dataset = dataset_to_edit(city=city, principal=by, slug=slug)
    delivery = delivering.take_file(
        dataset=dataset, chunks=chunks, name=name, by=by, note=note, reads_itself=False
    )
    delivering.read_delivery(city_id=city.pk, delivery_id=delivery.pk)
    delivery = Delivery.objects.select_related(
        "dataset__department", "dataset__city", "dataset__current"
    ).get(pk=delivery.pk)
    if delivery.refusal is not None:
        raise Refused(delivery.refusal)
    if delivery.state == DeliveryState.HELD:
        return False
    return recording.publish_if_allowed(delivery=delivery, by=by) is not None


def move(*, city: City, by: Principal, uid: UUID, department: str) -> None:
    """Let another department answer for a dataset; needs rights in both."""
    found = Department.objects.filter(city=city, slug=department).first()
    if found is None:
        raise NotFound("department", department)
    moving.move_dataset(dataset=_visible(city, by, uid), department=found, by=by)


def end(*, city: City, by: Principal, uid: UUID, reason: str) -> None:
    """Take a dataset out of the offer, or delete a draft."""
    dataset = _visible(city, by, uid)
    if dataset.published_at is None:
        discarding.discard_draft(dataset=dataset, by=by)
    else:
        publishing.retire_dataset(dataset=dataset, by=by, reason=reason)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the next rows of a dataset have to fit."""

    columns: tuple[ColumnSpec, ...] = ()
    """Of the current version, or as they were declared for the first."""
    key: tuple[str, ...] = ()
    has_rows: bool = False
    guessed: frozenset[str] = frozenset()


def shape(*, city: City, by: Principal, uid: UUID) -> Shape:
    """The columns of a dataset for somebody who may change it (one query)."""
    dataset = _visible(city, by, uid)
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    if dataset.current is not None:
        return Shape(dataset.current.specs, tuple(dataset.current.key), has_rows=True)
    if dataset.recipe:
        recipe = Recipe.from_json(dataset.recipe)
        return Shape(recipe.specs(), recipe.key)
    return Shape()


def declare(
    *, city: City, by: Principal, uid: UUID, columns: Sequence[ColumnSpec], key: tuple[str, ...]
) -> None:
    """Say which columns the first rows will have."""
    recording.declare_columns(dataset=_visible(city, by, uid), columns=columns, key=key, by=by)
