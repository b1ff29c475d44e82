# SPDX-License-Identifier: EUPL-1.2
"""A file comes for a dataset and is read."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.files.actions import keep_file
from stoa.commons.jobs.asking import ask
from stoa.commons.jobs.events import emit
from stoa.commons.reading.door import Limits, Order, inspect
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.events import DeliveryHeld
from stoa.houses.catalogue.models import Dataset, Delivery
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState, Origin

if TYPE_CHECKING:
    from stoa.commons.reading.cell import Cell

log = logging.getLogger(__name__)
LIMITS = Limits()


@transaction.atomic
def take_file(
    *,
    dataset: Dataset,
    chunks: Iterable[bytes],
    name: str,
    by: Principal,
    origin: Origin = Origin.UPLOAD,
    choices: Mapping[str, Any] | None = None,
    publishes_itself: bool = False,
    note: str = "",
    reads_itself: bool = True,
) -> Delivery:
    """Keep a file for a dataset and ask for it to be read (unless the caller reads it at once)."""
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    stored = keep_file(city_id=dataset.city_id, chunks=chunks, most_bytes=LIMITS.file_bytes)
    delivery = Delivery.objects.create(
        city_id=dataset.city_id,
        dataset=dataset,
        file=stored,
        name=name[:255] or "file",
        origin=origin,
        choices=dict(choices or {}),
        publishes_itself=publishes_itself,
        note=note[:500],
        by_id=by.person_id,
        by_name=by.name,
    )
    record(
        city_id=dataset.city_id,
        by=by,
        verb="file.came",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"bytes": stored.bytes, "origin": str(origin)},
    )
    if reads_itself:
        _ask_reading(delivery)
    return delivery


def _ask_reading(delivery: Delivery) -> None:
    from stoa.houses.catalogue.jobs import read_delivery

    ask(read_delivery, lock=f"delivery-{delivery.pk}", city_id=delivery.city_id, delivery_id=delivery.pk)


@transaction.atomic
def choose(
    *, delivery: Delivery, choices: Mapping[str, Any], by: Principal, reads_itself: bool = True
) -> Delivery:
    """Change guesses about a file; it is read again with them."""
    need(by, Permission.EDIT_DATASET, delivery.dataset.department_id)
    if delivery.state in {DeliveryState.PUBLISHED, DeliveryState.PUBLISHING}:
        raise Refused(
            Problem(
                "catalogue.delivery_published",
                say("This file has been published already."),
                say("A version never changes once it exists."),
                say("Send the file again to read it in another way."),
            )
        )
    delivery.choices = dict(choices)
    delivery.state, delivery.step, delivery.share = DeliveryState.WAITING, "", 0
    delivery.save(update_fields=["choices", "state", "step", "share"])
    record(
        city_id=delivery.city_id,
        by=by,
        verb="file.choices_changed",
        thing="dataset",
        thing_id=delivery.dataset.slug,
    )
    if reads_itself:
        _ask_reading(delivery)
    return delivery


@transaction.atomic
def discard(*, delivery: Delivery, by: Principal) -> None:
    """The file is not wanted; the content goes with the next clean-up."""
    need(by, Permission.EDIT_DATASET, delivery.dataset.department_id)
    delivery.state = DeliveryState.DISCARDED
    delivery.save(update_fields=["state"])
    record(
        city_id=delivery.city_id,
        by=by,
        verb="file.discarded",
        thing="dataset",
        thing_id=delivery.dataset.slug,
    )
    transaction.on_commit(lambda: shutil.rmtree(delivery.workdir, ignore_errors=True))


def read_delivery(
    *,
    city_id: int,
    delivery_id: int,
    progress: Callable[[str, float], None] | None = None,
    cell: Cell | None = None,
) -> DeliveryState:
    """Read a waiting file in a child process and keep what was understood, or why it was refused.

    Runs between two transactions: nothing is locked while the file is read. Reading again is harmless.
    """
    with acting_in(city_id):
        delivery = Delivery.objects.select_related("dataset__city", "dataset__current", "file").get(
            pk=delivery_id
        )
        if delivery.state in {DeliveryState.PUBLISHED, DeliveryState.DISCARDED}:
            return DeliveryState(delivery.state)
        Delivery.objects.filter(pk=delivery_id).update(state=DeliveryState.READING, step="reading", share=0)
        order = order_of(delivery)
    shutil.rmtree(order.workdir, ignore_errors=True)
    order.workdir.mkdir(parents=True)
    try:
        found: Inspection | Problem = inspect(order, progress or _keep_progress(city_id, delivery_id), cell)
    except Refused as refusal:
        found = refusal.problem
    with acting_in(city_id):
        return _keep_reading(delivery_id, found)


def order_of(delivery: Delivery) -> Order:
    city, dataset = delivery.dataset.city, delivery.dataset
    choices = dict(delivery.choices)
    if dataset.current:
        choices.setdefault("previous_rows", dataset.current.rows)
    return Order(
        path=delivery.file.path,
        name=delivery.name,
        workdir=delivery.workdir,
        recipe=Recipe.from_json(dataset.recipe) if dataset.recipe else None,
        choices=choices,
        zone=city.zone,
        languages=tuple(city.languages) or ("en",),
        area=tuple(city.area) if city.area else None,  # type: ignore[arg-type]
        limits=LIMITS,
        sha256=delivery.file.sha256,
    )


def _keep_progress(city_id: int, delivery_id: int) -> Callable[[str, float], None]:
    def keep(step: str, share: float) -> None:
        with acting_in(city_id):
            Delivery.objects.filter(pk=delivery_id).update(step=step[:20], share=share)

    return keep


def _keep_reading(delivery_id: int, found: Inspection | Problem) -> DeliveryState:
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=delivery_id)
    if isinstance(found, Problem):
        delivery.state, delivery.problem, delivery.reading = DeliveryState.REFUSED, found.to_json(), None
    else:
        held = bool(found.drift) and delivery.dataset.current_id is not None
        delivery.state = DeliveryState.HELD if held else DeliveryState.READY
        delivery.reading, delivery.problem = found.to_json(), None
        if held:
            emit(delivery.city_id, DeliveryHeld(delivery.dataset.slug, delivery.pk))
    delivery.read_at, delivery.step, delivery.share = timezone.now(), "", 1
    delivery.save()
    return DeliveryState(delivery.state)
