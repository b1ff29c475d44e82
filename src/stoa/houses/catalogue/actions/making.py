# SPDX-License-Identifier: EUPL-1.2
"""How a file that was read becomes a row and files of a version; the steps of `publishing.publish_delivery`."""

from __future__ import annotations

import secrets

from django.utils import timezone

from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Written
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.models import Dataset, Delivery, Version
from stoa.houses.catalogue.rules.freshness import due_at, late_at
from stoa.houses.catalogue.terms import DELIVERY_LABELS, DeliveryState


def publishable(delivery: Delivery) -> Inspection:
    inspection = delivery.inspection
    states = {DeliveryState.READY, DeliveryState.HELD, DeliveryState.PUBLISHING}
    if inspection is None or inspection.staged is None or delivery.state not in states:
        raise Refused(
            Problem(
                "catalogue.delivery_not_ready",
                say(
                    "This file cannot be published: its state is %(state)s.",
                    state=Saying(DELIVERY_LABELS[DeliveryState(delivery.state)]),
                ),
                say("Only a file that has been read can become a version."),
                say("Wait until it has been read, or send it again."),
            )
        )
    return inspection


def says_same(current: Version, inspection: Inspection) -> bool:
    return current.specs == inspection.recipe.specs() and tuple(current.key) == inspection.recipe.key


def write_files(dataset: Dataset, inspection: Inspection) -> Written:
    number = next_number(dataset)
    if inspection.staged is None or not inspection.staged.files:
        raise Refused(
            Problem(
                "catalogue.staged_gone",
                say("What was read of the file is not there any more."),
                say("It is kept for a while only."),
                say("Have the file read again, then publish."),
            )
        )
    path = f"{dataset.lake_folder}/v{number:06d}-{secrets.token_hex(3)}"
    recipe = inspection.recipe
    return lake.write_version(layout(), inspection.staged, path=path, columns=recipe.specs(), key=recipe.key)


def next_number(dataset: Dataset) -> int:
    newest = (
        Version.objects.filter(dataset=dataset).order_by("-number").values_list("number", flat=True).first()
    )
    return (newest or 0) + 1


def keep_unchanged(dataset: Dataset, delivery: Delivery, written: Written) -> None:
    """Same content: no new version, but the promise of an update is kept."""
    lake.remove_version(layout(), written.ref)
    delivery.state = DeliveryState.UNCHANGED
    delivery.save(update_fields=["state"])
    keep_fresh(dataset)
    dataset.save(update_fields=["checked_at", "due_at", "late_at"])


def keep_fresh(dataset: Dataset) -> None:
    dataset.checked_at = timezone.now()
    dataset.due_at = due_at(dataset.frequency, dataset.checked_at)
    dataset.late_at = late_at(dataset.frequency, dataset.checked_at)


def make_version(
    *, dataset: Dataset, delivery: Delivery, recipe: Recipe, written: Written, by: Principal, note: str
) -> Version:
    version = Version.objects.create(
        city_id=dataset.city_id,
        dataset=dataset,
        number=next_number(dataset),
        delivery=delivery,
        made_at=timezone.now(),
        by_id=by.person_id,
        by_name=by.name,
        note=(note or delivery.note)[:500],
        path=written.ref.path,
        columns=[column.to_json() for column in written.ref.columns],
        key=list(written.ref.key),
        rows=written.ref.rows,
        bytes=written.bytes,
        box=list(written.bbox) if written.bbox else None,
        geometry_types=list(written.ref.geometry_types),
        content_hash=written.ref.content_hash,
        least_most={name: list(pair) for name, pair in written.least_most.items()},
        recipe=recipe.to_json(),
    )
    delivery.state = DeliveryState.PUBLISHED
    delivery.save(update_fields=["state"])
    return version
