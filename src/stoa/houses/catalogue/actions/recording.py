# SPDX-License-Identifier: EUPL-1.2
"""Rows told one by one: the next version is made from the one before and the records, and checked like a file."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.files.actions import OwnFile
from stoa.commons.lake import editing
from stoa.commons.lake.editing import Change
from stoa.commons.lake.place import layout
from stoa.commons.reading.door import inspect
from stoa.commons.reading.recipe import Recipe, RecipeColumn
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.actions import delivering
from stoa.houses.catalogue.actions.publishing import hold_dataset, publish_delivery
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Delivery, Version
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState, State


@transaction.atomic
def record_rows(
    *,
    dataset: Dataset,
    change: Change,
    by: Principal,
    guessed: frozenset[str] = frozenset(),
    note: str = "",
) -> Version | None:
    """Make the next version by a change of rows; a draft of somebody who may not publish waits with its file.

    Columns in `guessed` are looked at as texts of a file are; the others keep their kind. The dataset is held from
    the reading of the old rows on, so that of two changes at once none is lost.
    """
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    current = dataset.current
    place = Path(settings.STOA_WORK) / f"records-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    try:
        file = place / "records.parquet"
        editing.write_next(layout(), current.ref if current else None, change, file)
        delivery = delivering.take_file(
            dataset=dataset,
            chunks=OwnFile(file),
            name=file.name,
            by=by,
            note=note,
            choices=_choices(dataset, change, guessed),
            reads_itself=False,
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)
    read_by_kinds(delivery=delivery)
    return publish_if_allowed(delivery=delivery, by=by)


def _choices(dataset: Dataset, change: Change, guessed: frozenset[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "missing": [""],
        "columns": {column.name: _told(column, guessed) for column in change.columns},
    }
    if change.key:
        chosen["key"] = list(change.key)
    geometry = (dataset.recipe or {}).get("geometry") if dataset.current else None
    if geometry and geometry.get("source") in {"xy", "wkt", "pair"}:
        chosen["geometry"] = geometry
    return chosen


def _told(column: ColumnSpec, guessed: frozenset[str]) -> dict[str, str]:
    told = {"label": column.label, "unit": column.unit, "description": column.description}
    kind = {} if column.name in guessed else {"kind": str(column.kind)}
    return {name: text for name, text in told.items() if text} | kind


def read_by_kinds(*, delivery: Delivery) -> None:
    """Read a file of our own making by the kinds that its columns have, not by how other files are read."""
    order = replace(delivering.order_of(delivery), recipe=None)
    shutil.rmtree(order.workdir, ignore_errors=True)
    order.workdir.mkdir(parents=True)
    found = inspect(order)
    delivery.reading = _in_agreed_recipe(found, delivery.dataset.recipe).to_json()
    delivery.state, delivery.read_at, delivery.share = DeliveryState.READY, timezone.now(), 1
    delivery.save()


def _in_agreed_recipe(found: Inspection, agreed: Mapping[str, Any] | None) -> Inspection:
    """With the recipe of the dataset where both give the same columns, so that its usual file still fits."""
    recipe = Recipe.from_json(agreed) if agreed else None
    if recipe is None or recipe.key != found.recipe.key:
        return found
    same = [(one.name, one.kind) for one in recipe.specs()] == [
        (one.name, one.kind) for one in found.recipe.specs()
    ]
    return replace(found, recipe=recipe) if same else found


def publish_if_allowed(*, delivery: Delivery, by: Principal) -> Version | None:
    """Publish what was read if this principal may; else it waits for a steward (None)."""
    is_public = delivery.dataset.state == State.PUBLISHED
    if is_public or by.may(Permission.PUBLISH_DATASET, delivery.dataset.department_id):
        return publish_delivery(delivery=delivery, by=by)
    return None


@transaction.atomic
def declare_columns(
    *, dataset: Dataset, columns: Sequence[ColumnSpec], key: tuple[str, ...], by: Principal
) -> None:
    """Say which columns the first rows of a draft will have; nothing is public by it."""
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    kept = tuple(
        RecipeColumn(one.name, one.name, one.kind, one.label, one.unit, one.description) for one in columns
    )
    dataset.recipe = Recipe("parquet", columns=kept, key=key, missing=("",)).to_json()
    dataset.save(update_fields=["recipe"])
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.columns_declared",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"columns": len(kept)},
    )
